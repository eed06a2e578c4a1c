"""What a member has answered so far on the way to a slip: it lives in the address alone, sealed for this session."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from flask import abort

from legalmap.model import ACCESS, LANGUAGES, NEEDS, OBLASTS
from legalmap.people.keys import KeyFault
from legalmap.referrals import clock
from legalmap.referrals.sights import ANSWERS
from legalmap.routes import page
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
_VOID = "way_void"
_ROOM = 640
"""Characters of every sealed text: the length of an address tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The answers so far, and the `step` that asks next. `place_id`: "" until chosen; `offered`: places to choose from;
    `son`: age of the oldest son, -1 for none; `never`: centers where not to send; `answers`: center -> what it said;
    `token`: makes the code of the slip, "" before consent; `code`, `handle`: of the referral that was made."""

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

    @property
    def said(self) -> dict[int, str]:
        """What each center that was called said."""
        return dict(self.answers)

    def at(self, step: str, **values: Any) -> Way:
        """The same with other answers, at another step."""
        return replace(self, step=step, **values)


_SHORT = {field.name: chr(ord("a") + place) for place, field in enumerate(fields(Way))}
_LONG = {short: name for name, short in _SHORT.items()}
_START = Way()


def address(way: Way, endpoint: str = "committee_way.show") -> str:
    """Where the page of a step is."""
    return page.link(endpoint, sealed=_seal(way))


def _seal(way: Way) -> str:
    told = {_SHORT[name]: value for name, value in asdict(way).items() if value != getattr(_START, name)}
    text = json.dumps([_session(), _moment(), told], separators=(",", ":"), ensure_ascii=True)
    return door.keys().seal(text.ljust(_ROOM))


def _session() -> str:
    found = door.here().found
    return found.hash[:12] if found else ""


def opened(sealed: str) -> Way:
    """The answers in an address. Leads to the committee's board when they are too old or of another session; aborts
    with 404 when they were never sealed here."""
    try:
        session, at, told = json.loads(door.keys().open(sealed[:4000]))
        values = {_LONG[short]: _whole(value) for short, value in told.items()}
        way = Way(**values)
    except (KeyFault, ValueError, KeyError, TypeError, UnicodeEncodeError):
        abort(404)
    age = (_moment() - at) / 1000
    if session != _session() or not -60 <= age <= LIFETIME or at <= door.here().get(_VOID, 0):
        raise Elsewhere(page.link("committee.board"))
    return way


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
        "oblast": OBLASTS,
    }  # fmt: skip
    return value in known[family]
