"""The centers that a member may call for somebody: which, in which order, and what each said already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from legalmap.directory.receiving import GRAVEST, Answering, Candidate, Receiving, Situation, receiving
from legalmap.directory.search import match
from legalmap.model import Localized, Match
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import frame
from legalmap.routes.staff.way import Way
from legalmap.store import need_rules

FIRST_SHOWN = 3
"""Cards on a screen; of two groups the better one has two of them."""
MOST_SHOWN = 12
MOST_ANSWERS = 12


def of(asked: Way, *, excluded: bool = False) -> Receiving:
    """Who can receive them by the answers so far; `excluded`: those too where they must not be sent."""
    directory = page.directory()
    with frame.store().reading() as connection:
        found = need_rules.for_needs(connection, asked.needs)
    rules = {need: tuple(_answering(rule) for rule in several) for need, several in found.items()}
    return receiving(directory, Situation(
        needs=frozenset(asked.needs), rules=rules, now=page.now(), oblast=asked.oblast,
        place=directory.places.by_id.get(asked.place_id), away=asked.away,
        languages=frozenset({asked.language} - {""}), children=asked.children,
        oldest_son=asked.son if asked.son >= 0 else None, access=frozenset(asked.access),
        never=frozenset() if excluded else frozenset(asked.never), not_today=frozenset(page.notices()),
    ))  # fmt: skip


def everyone(asked: Way) -> list[Candidate]:
    """All that may be chosen, unfit ones too."""
    found = of(asked)
    return [*found.open_, *found.hidden, *found.unfit]


def _answering(rule: need_rules.Rule) -> Answering:
    note = Localized(ky=rule.note_ky, ru=rule.note_ru, en=rule.note_en)
    return Answering(kinds=frozenset(rule.kinds), topics=frozenset(rule.topics), note=note)


def likely(asked: Way) -> tuple[list[Candidate], list[Candidate]]:
    """Those whose cards would be shown first, and others that may be reached from there; excluded ones too."""
    found = of(asked, excluded=True)
    first = [*found.open_[:FIRST_SHOWN], *found.hidden[:FIRST_SHOWN]]
    further = [*found.open_[FIRST_SHOWN:MOST_SHOWN], *found.hidden[FIRST_SHOWN:MOST_SHOWN], *found.unfit[:MOST_SHOWN]]
    return first, further


def shown(asked: Way) -> dict[str, Any]:
    """What the screen of the cards shows: `groups` of (heading, first cards, further cards), `unfit`, what was said."""
    found, said = of(asked), asked.said
    headed = [(_("You can go there"), found.open_), (_("Only by phone: the address is not shown"), found.hidden)]
    headed.sort(key=lambda group: _urgent(group[1]))
    groups: list[tuple[str, list[Candidate], list[Candidate]]] = []
    alone = not (found.open_ and found.hidden)
    for heading, several in headed:
        # who said no stands behind those not asked yet
        order = sorted(several, key=lambda one: said.get(one.number) == "no_places")
        if order:
            first = FIRST_SHOWN if alone else FIRST_SHOWN - 1 if not groups else 1
            groups.append((heading, order[:first], order[first:MOST_SHOWN]))
    place = page.directory().places.by_id.get(asked.place_id)
    return {
        "groups": groups, "unfit": found.unfit[:MOST_SHOWN], "said": said, "place": place, "doubt": doubt,
        "words": said_words(), "empty": not groups and not found.unfit,
    }  # fmt: skip


def _urgent(several: Sequence[Candidate]) -> tuple[int, int]:
    """How grave a need its first one answers, and how well: the least first."""
    return (GRAVEST.index(several[0].answers[0]), several[0].fit) if several else (len(GRAVEST), 0)


def second(asked: Way) -> int:
    """The next best center after the chosen one, that did not say no; 0 for none."""
    found = of(asked)
    hidden = any(one.number == asked.first for one in found.hidden)
    order = (*found.hidden, *found.open_) if hidden else (*found.open_, *found.hidden)
    free = [one for one in order if one.number != asked.first and asked.said.get(one.number) != "no_places"]
    gravest = next(need for need in GRAVEST if need in asked.needs)
    best = next((one for one in free if gravest in one.answers), free[0] if free else None)
    return best.number if best else 0


def chosen(asked: Way) -> dict[str, Any]:
    """The center that was chosen, and what it said."""
    return {"match": entry(asked.first), "answered": asked.said.get(asked.first, "")}


def entry(number: int) -> Match | None:
    """A center as an entry of a list; None when it is closed or gone: an edition may have come."""
    center = page.directory().by_number.get(number)
    return match(center, page.now()) if center and center.status != "closed" else None


def social_offices(rayon: str) -> list[Match]:
    """The offices of a rayon that protect children, those that can be called."""
    there = (one for one in page.directory().by_number.values() if one.kind == "social_office" and one.phones)
    ours = [one for one in there if one.status == "active" and rayon and rayon in {one.rayon, *one.area}]
    return [match(one, page.now()) for one in ours]


def said_words() -> Mapping[str, str]:
    """What a center can have said."""
    return {"expected": _("They are expected"), "no_places": _("No places"), "no_answer": _("No answer")}


def final_words() -> Mapping[str, str]:
    """What can be written down later: silence is what there is until then."""
    return {answer: told for answer, told in said_words().items() if answer != "no_answer"}


def doubt(code: str) -> str:
    """In words, what speaks against a center or must be asked there."""
    return {
        "suspended": _("Not working for now."),
        "no_boys": _("Does not take boys of this age."),
        "not_today": _("They say that they cannot receive now: call first, or take the next."),
        "near_home": _("Near home: think of who may see them there."),
        "ask_children": _("Ask whether children are taken."),
        "needs_letter": _("Asks for a letter: call first."),
        "needs_tests": _("Asks for medical tests: call first."),
        "language": _("Their language is not named there: ask."),
        "access": _("Ask whether they can get in and be understood."),
    }[code]
