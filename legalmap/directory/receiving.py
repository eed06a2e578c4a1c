"""Which centers can receive somebody now: by what they need, where they are and who comes along."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legalmap.directory.edition import Directory
from legalmap.directory.nearest import Nearest
from legalmap.directory.search import match
from legalmap.model import Center, Localized, Match, Place, Point

GRAVEST = ("medical", "shelter", "police", "child", "psychological", "legal", "documents")
"""Needs, the one that can wait least first."""
NEAR_HOME_M = 15_000.0
"""How near to home is too near for who must not be seen there."""
_FAR_M = (60_000.0, 150_000.0)
"""From here on a way is long, then a day's: more weighty than what a center answers beside."""
NEVER = frozenset({"aksakal_court"})
"""Kinds nobody is sent to: they may press a victim to make peace."""

LOCAL = frozenset({"social_office", "police", "municipal_legal_aid"})
"""Kinds that work for their own rayon or town and send others away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What answers a need: centers of these kinds, with one of these topics where there are any; `note`: what to know
    before calling them."""

    kinds: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    note: Localized = Localized()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a member knows about somebody, kept nowhere. `rules`: need -> what answers it, the best first; `place`:
    where they are, None for only the `oblast`; `away`: not near that place, or not in that oblast; `oldest_son`: years,
    None for no son; `never`: numbers of centers where they must not be sent; `not_today`: of those that say they cannot
    receive anybody."""

    needs: frozenset[str]
    rules: Mapping[str, Sequence[Answering]]
    now: dt.datetime
    oblast: str
    place: Place | None = None
    away: bool = False
    languages: frozenset[str] = frozenset()
    children: bool = False
    oldest_son: int | None = None
    access: frozenset[str] = frozenset()
    never: frozenset[int] = frozenset()
    not_today: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One center. `answers`: the needs that it answers, the gravest first; `serves`: "rayon" when its area names the
    rayon, else "oblast", "country" or ""; `doubts`: codes of what speaks against it or must be asked on the phone;
    `notes`: of the rules by which it was found; `fit`: how well it answers the gravest of its needs, 0 the best."""

    match: Match
    answers: tuple[str, ...]
    serves: str
    doubts: tuple[str, ...] = ()
    notes: tuple[Localized, ...] = ()
    fit: int = 0

    @property
    def number(self) -> int:
        """The center's number in addresses."""
        return self.match.center.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """Who can receive them, the best first: `open_`, whose place is public; `hidden`, by phone alone, without a
    distance; `unfit`: what their own conditions exclude."""

    open_: tuple[Candidate, ...]
    hidden: tuple[Candidate, ...]
    unfit: tuple[Candidate, ...]


_EXCLUDES = frozenset({"suspended", "no_boys"})
"""Doubts that no call removes."""


def receiving(directory: Directory, asked: Situation) -> Receiving:
    """Every listed center that answers a need and is not excluded, in order: the gravest need first; who receives
    today; who is not near home; whose area covers the rayon, then the same oblast, then the country, then the others;
    who is near; who answers more, and better; who can be called; by meters along the geodesic; by id. Before the rest
    comes the best for each need that those before it do not answer.

    Only public points are measured; a center that is hidden, or has no point, has no distance. A local office of
    another rayon is none of them.
    """
    order = [need for need in GRAVEST if need in asked.needs]
    meters = _meters(directory, asked.place.point if asked.place else None)
    ranked: list[tuple[tuple[float | str, ...], Candidate]] = []
    for center in (*directory.ranked, *directory.unplaced):
        found_by = {need: fit for need in order if (fit := _fit(center, need, asked)) is not None}
        ranks = {need: rank for need, (rank, _note) in found_by.items()}
        if not ranks or center.kind in NEVER or center.number in asked.never or _of_others(center, asked):
            continue
        hidden = center.show_location == "no"
        far = None if hidden else meters.get(center.id)
        found = Candidate(
            match=match(center, asked.now, far), answers=tuple(ranks), serves=_serves(center, asked),
            doubts=tuple(_doubts(center, asked, far, sleeps="shelter" in ranks)),
            notes=tuple(dict.fromkeys(note for _rank, note in found_by.values() if note)),
            fit=next(iter(ranks.values())),
        )  # fmt: skip
        key = (
            order[0] not in ranks, "not_today" in found.doubts, "near_home" in found.doubts,
            ("rayon", "oblast", "country", "").index(found.serves),
            _far_away(far), -len(ranks), found.fit, not center.phones,
            float("inf") if far is None else round(far, 3), center.id,
        )  # fmt: skip
        ranked.append((key, found))
    ranked.sort(key=lambda pair: pair[0])
    able = [found for _, found in ranked if not _EXCLUDES & set(found.doubts)]
    return Receiving(
        open_=_each_need_early([found for found in able if found.match.center.show_location != "no"], order),
        hidden=_each_need_early([found for found in able if found.match.center.show_location == "no"], order),
        unfit=tuple(found for _, found in ranked if _EXCLUDES & set(found.doubts)),
    )


def _each_need_early(ranked: Sequence[Candidate], order: Sequence[str]) -> tuple[Candidate, ...]:
    """Few cards are looked at: no need may be answered only behind many that answer a graver one."""
    early: dict[int, Candidate] = {}
    for need in order:
        if not any(need in found.answers for found in early.values()):
            best = next((found for found in ranked if need in found.answers), None)
            if best:
                early[best.number] = best
    return (*early.values(), *(found for found in ranked if found.number not in early))


def _meters(directory: Directory, origin: Point | None) -> dict[str, float]:
    if origin is None:
        return {}
    index: Nearest = directory.nearest
    return {directory.ranked[place].id: meters for place, meters in index.find(origin, len(directory.ranked))}


def _fit(center: Center, need: str, asked: Situation) -> tuple[int, Localized] | None:
    """How well a center answers a need, 0 the best, and what to know before; None for not. What it says of itself goes
    before its kind."""
    said = need in center.needs
    for rank, rule in enumerate(asked.rules.get(need, ()), start=1):
        of_kind = center.kind in rule.kinds
        by_topic = (of_kind or not rule.kinds) and not rule.topics.isdisjoint(center.topics)
        if by_topic if rule.topics else of_kind and (said or not center.needs):
            return (0 if said else rank), rule.note
    return (0, Localized()) if said else None


def _serves(center: Center, asked: Situation) -> str:
    rayon = asked.place.rayon if asked.place else ""
    if rayon and rayon in center.area:
        return "rayon"
    if asked.oblast in (center.oblast, *center.area):
        return "oblast"
    return "country" if "country" in center.area else ""


def _far_away(meters: float | None) -> int:
    return sum(meters is None or meters > far for far in _FAR_M)


def _of_others(center: Center, asked: Situation) -> bool:
    """Whether it is a local office that works for somewhere else."""
    if center.kind not in LOCAL:
        return False
    rayon = asked.place.rayon if asked.place else ""
    if center.area and rayon:
        return not {rayon, asked.oblast, "country"} & set(center.area)
    if center.area:
        return not _serves(center, asked)
    return center.oblast != asked.oblast or bool(rayon and center.rayon and center.rayon != rayon)


def _doubts(center: Center, asked: Situation, meters: float | None, *, sleeps: bool) -> list[str]:
    takes = set(center.admission)
    oldest = [int(found[1]) for code in takes if (found := re.fullmatch(r"boys_up_to_([0-9]+)", code))]
    told = {
        "suspended": center.status == "suspended",
        "no_boys": asked.oldest_son is not None and bool(oldest) and asked.oldest_son > max(oldest),
        "not_today": center.number in asked.not_today,
        "near_home": asked.away and _near_home(center, asked, meters),
        "ask_children": asked.children and sleeps and "with_children" not in takes and not oldest,
        "needs_letter": "needs_letter" in takes,
        "needs_tests": "needs_tests" in takes,
        "language": bool(asked.languages and center.languages) and not asked.languages.intersection(center.languages),
        "access": not asked.access <= set(center.access),
    }
    return [code for code, yes in told.items() if yes]


def _near_home(center: Center, asked: Situation, meters: float | None) -> bool:
    if center.show_location == "no":
        return False
    if asked.place is None:  # where in the oblast home is, nobody said
        return center.oblast == asked.oblast
    return center.place_id == asked.place.id or (meters is not None and meters < NEAR_HOME_M)
