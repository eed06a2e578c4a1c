"""What a member has answered so far on the way to a slip: it lives in the address alone, sealed for this session."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from flask import flash

from legalmap.model import ACCESS, LANGUAGES, NEEDS
from legalmap.people.keys import KeyFault
from legalmap.referrals import clock
from legalmap.referrals.sights import ANSWERS
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door
from legalmap.routes.staff.door import Elsewhere

STEPS = (
    "danger", "hurt", "age", "place", "needs", "when", "who", "never", "cards", "consent", "paper", "done",
)  # fmt: skip
PAPERS = ("nothing", "number", "paper")
MOST_NEVER = 20
"""Centers that can be excluded: an address has an end."""
LIFETIME = 2 * 3600
"""Seconds an address of the way can be opened again; the session mostly ends before."""
_VOID, _USED = "way_void", "way_used"
_MOST_USED = 12
_ROOM = 720
"""Bytes of every sealed text: the length of an address tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The answers so far, and the `step` that asks next. `place_id`: "" until chosen; `offered`: places to choose from;
    `son`: age of the oldest son, -1 for none; `never`: centers where not to send; `answers`: center -> what it said;
    `token`: makes the code of the slip, "" before consent; `code`, `handle`: of the referral that was made; `fault`:
    what was wrong with the answer before, `typed`: the place in it."""

    step: str = "danger"
    hurt: bool = False
    minor: bool = False
    place_id: str = ""
    oblast: str = ""
    offered: tuple[str, ...] = ()
    away: bool = False
    needs: tuple[str, ...] = ()
    urgency: str = ""
    language: str = ""
    children: bool = False
    son: int = -1
    access: tuple[str, ...] = ()
    never: tuple[int, ...] = ()
    answers: tuple[tuple[int, str], ...] = ()
    first: int = 0
    token: str = ""
    code: str = ""
    handle: str = ""
    paper: str = ""
    fault: str = ""
    typed: str = ""

    @property
    def said(self) -> dict[int, str]:
        """What each center that was called said."""
        return dict(self.answers)

    def at(self, step: str, **values: Any) -> Way:
        """The same with other answers, at another step."""
        return replace(self, **{"fault": "", "typed": "", **values, "step": step})

    @property
    def made(self) -> Way:
        """What is needed after a slip was made: the answers are forgotten."""
        return Way(step="done", code=self.code, handle=self.handle, paper=self.paper)


_SHORT = {field.name: chr(ord("a") + place) for place, field in enumerate(fields(Way))}
_LONG = {short: name for name, short in _SHORT.items()}
_START = Way()


def address(way: Way, endpoint: str = "committee_way.show") -> str:
    """Where the page of a step is."""
    return page.link(endpoint, sealed=_seal(way))


def _seal(way: Way) -> str:
    told = {_SHORT[name]: value for name, value in asdict(way).items() if value != getattr(_START, name)}
    text = json.dumps([_moment(), told], separators=(",", ":"), ensure_ascii=False)
    # of this session alone: when it is over nobody opens its addresses, the operator neither
    return door.keys().seal(text + " " * (_ROOM - len(text.encode())), door.here().token)


def opened(sealed: str) -> Way:
    """The answers in an address. Leads to the committee's board, with a word, when it is too old, of another session or
    never was one."""
    try:
        at, told = json.loads(door.keys().open(sealed[:4000], door.here().token))
        way = Way(**{_LONG[short]: _whole(value) for short, value in told.items()})
    except (KeyFault, ValueError, KeyError, TypeError):
        at, way = 0, _START
    age = (_moment() - at) / 1000
    if not -60 <= age <= LIFETIME or at <= door.here().get(_VOID, 0):
        flash(_("This question is closed: nothing of it was kept. Begin anew when you need to."))
        raise Elsewhere(page.link("committee.board"))
    return way


def is_used(token: str) -> bool:
    """Whether a slip was made with it in this session."""
    return _short(token) in door.here().get(_USED, ())


def use(token: str) -> None:
    """A slip was made with it: what was taken back since, by whomever, is not made again by Back."""
    door.here()[_USED] = [*door.here().get(_USED, ()), _short(token)][-_MOST_USED:]


def _short(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def void_earlier() -> None:
    """No address of the way that was made until now opens any more: what was taken back is not made again by Back."""
    door.here()[_VOID] = _moment()


def _moment() -> int:
    """The moment of this request in milliseconds: a way begun right after is another one."""
    return round(door.now().timestamp() * 1000)


def _whole(value: Any) -> Any:
    return tuple(map(_whole, value)) if isinstance(value, list) else value


def before(way: Way) -> Way | None:
    """The step before, with all answers; None at the first, and once a slip was made."""
    place = STEPS.index(way.step)
    return way.at(STEPS[place - 1]) if 0 < place < len(STEPS) - 1 else None


def chosen_needs(values: list[str]) -> tuple[str, ...]:
    """Those of `values` that are needs, in our order."""
    return tuple(need for need in NEEDS if need in values)


def is_good(family: str, value: str) -> bool:
    """Whether a value that was sent is one of ours."""
    known = {
        "urgency": clock.URGENCIES, "answer": tuple(ANSWERS), "paper": PAPERS, "language": LANGUAGES, "access": ACCESS,
    }  # fmt: skip
    return value in known[family]
