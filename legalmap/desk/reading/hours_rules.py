"""Which times belong to which days, whichever of them was written first, and which break to which hours.

Only one reading may fit; where two would, or a piece is left over, the text is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from legalmap.desk.reading.hours_words import DAYS, HoursUnreadable, Item, Span

WEEK = frozenset(range(len(DAYS)))


@dataclass(frozen=True, slots=True)
class Rule:
    """`days` have `spans` (none: closed). `after`: a semicolon stands before; `at`: where in the text."""

    days: frozenset[int]
    spans: tuple[Span, ...]
    after: bool
    at: int
    part: str


@dataclass(frozen=True, slots=True)
class Break:
    """`days` None: those whose hours were said since the break before."""

    span: Span
    days: frozenset[int] | None
    at: int


@dataclass(frozen=True, slots=True)
class Rules:
    """`unbroken`: where "without a break" stands. `every_day`: no day of the week was named at all."""

    rules: tuple[Rule, ...]
    breaks: tuple[Break, ...]
    unbroken: tuple[int, ...]
    every_day: bool


@dataclass(frozen=True, slots=True)
class _Clause:
    days: frozenset[int] | None
    pieces: tuple[Item, ...]
    after: bool = False

    @property
    def contents(self) -> tuple[Item, ...]:
        return tuple(item for item in self.pieces if item.kind != "D")


def rules(text: str, found: Sequence[Item]) -> Rules:
    """The rules that `found` (the items of `text`) say. Raises HoursUnreadable."""
    rest, breaks = _without_breaks(text, found)
    clauses: list[_Clause] = []
    first = True
    for segment in _segments(rest):
        said = _pair(segment, first)
        if said is None:
            raise HoursUnreadable("hours_unreadable", _part(text, segment))
        clauses.extend(
            _Clause(clause.days, clause.pieces, after=not first and number == 0) for number, clause in enumerate(said)
        )
        first = False
    if not clauses:
        raise HoursUnreadable("hours_unreadable", text[:60])
    unbroken = tuple(item.start for item in found if item.kind == "N")
    named = frozenset[int]().union(*(clause.days or frozenset() for clause in clauses))
    bare = clauses[0].days is None and not clauses[0].contents[0].always
    return Rules(
        rules=tuple(_rule(text, clause, clauses, named) for clause in clauses),
        breaks=tuple(breaks),
        unbroken=unbroken,
        every_day=bare and not named & WEEK,
    )


def _rule(text: str, clause: _Clause, clauses: Sequence[_Clause], named: frozenset[int]) -> Rule:
    spans = tuple(sorted(item.span for item in clause.contents if item.kind == "T"))
    part = _part(text, clause.pieces)
    if any(left[1] > right[0] for left, right in zip(spans, spans[1:], strict=False)):
        raise HoursUnreadable("hours_said_twice", part)
    days = clause.days
    if days is None:
        # "9-18, Sunday closed": the days that are not closed. With other hours beside it, nobody can tell.
        others = [other for other in clauses if other is not clause and (other.days or WEEK) & WEEK]
        if any(item.kind == "T" for other in others for item in other.contents):
            raise HoursUnreadable("hours_unreadable", part)
        days = WEEK - named
        if not days:
            raise HoursUnreadable("hours_unreadable", part)
    return Rule(days, spans, clause.after, clause.contents[0].start, part)


def _part(text: str, segment: Sequence[Item]) -> str:
    return text[segment[0].start : segment[-1].end].strip()[:60] if segment else text[:60]


def _segments(found: Sequence[Item]) -> list[list[Item]]:
    segments: list[list[Item]] = [[]]
    for item in found:
        if item.kind == "S":
            segments.append([])
        else:
            segments[-1].append(item)
    return [segment for segment in segments if any(item.kind in "DTOH" for item in segment)]


def _without_breaks(text: str, found: Sequence[Item]) -> tuple[list[Item], list[Break]]:
    used: set[int] = set()
    breaks: list[Break] = []
    kinds = "".join(item.kind for item in found)
    for match in re.finditer("B", kinds):
        at = match.start()
        ahead = re.compile(r"[HX]*(T)").match(kinds, at + 1)
        behind = re.search(r"T[HX]*$", kinds[:at])
        of_days = re.compile(r"[HX]*(D(?:C?D)*)[HX]*(T)").match(kinds, at + 1)
        later = re.compile(r"C[HX]*(T)").match(kinds, at + 1)
        days: frozenset[int] | None = None
        if ahead:  # lunch 12-13
            first, last, when = at, ahead.end(), ahead.start(1)
        elif behind and behind.start() not in used and not of_days:  # 12-13 lunch
            first, last, when = behind.start(), at + 1, behind.start()
        elif of_days and not behind:  # lunch Mo-Th 12-13
            first, last, when = at, of_days.end(), of_days.start(2)
            days = frozenset[int]().union(*(item.days for item in found[of_days.start(1) : of_days.end(1)]))
        elif later:  # lunch, 12-13
            first, last, when = at, later.end(), later.start(1)
        else:
            raise HoursUnreadable("hours_unreadable", _part(text, found[at : at + 3]))
        used.update(range(first, last))
        breaks.append(Break(found[when].span, days, found[at].start))
    return [item for number, item in enumerate(found) if number not in used and item.kind != "N"], breaks


def _pair(segment: Sequence[Item], first: bool) -> list[_Clause] | None:
    """The clauses of one segment, or None. Days joined by commas stay together if they can."""
    joined = _joined(segment)
    split = [item for item in segment if item.kind not in "CX"]
    for pieces in (joined, split, _said_once(joined)):
        plain = _without_dashes(pieces)
        if plain is None:
            return None
        found = _parse(plain)
        if found is None and first:
            found = _parse_bare(plain)
        if found is not None:
            return found
    return None


def _joined(segment: Sequence[Item]) -> list[Item]:
    found: list[Item] = []
    comma = False
    for item in segment:
        last = found[-1] if found else None
        if item.kind == "D" and comma and last and last.kind == "D":
            found[-1] = Item("D", last.start, item.end, days=last.days | item.days)
        elif item.kind not in "C":
            found.append(item)
        comma = item.kind == "C"
    return [item for item in found if item.kind != "X"]


def _said_once(pieces: Sequence[Item]) -> list[Item]:
    """ "Daily 9-18, every day": the same days again say nothing new."""
    days = [item for item in pieces if item.kind == "D"]
    if any(item.days != days[0].days for item in days):
        return list(pieces)
    return [item for item in pieces if item.kind != "D" or item is days[0]]


def _without_dashes(pieces: Sequence[Item]) -> list[Item] | None:
    """A dash may stand between days and what they have ("Сб, Вс - выходной"), nowhere else."""
    kinds = "".join(item.kind for item in pieces)
    kept = re.sub(r"(?<=D)H(?=[TO])|(?<=[TO])H(?=D)", "", kinds)
    return None if "H" in kept else [item for item in pieces if item.kind != "H"]


def _parse(pieces: Sequence[Item]) -> list[_Clause] | None:
    kinds = "".join(item.kind for item in pieces)
    for clause in (r"D+(?:T+|O)", r"(?:T+|O)D+"):
        if re.fullmatch(rf"(?:{clause})+", kinds):
            return [_clause(pieces[match.start() : match.end()]) for match in re.finditer(clause, kinds)]
    cuts = _only_way(kinds)
    return None if cuts is None else [_clause(pieces[start:end]) for start, end in cuts]


def _parse_bare(pieces: Sequence[Item]) -> list[_Clause] | None:
    """Times that no days stand by, at the very beginning."""
    count = len(pieces) - len("".join(item.kind for item in pieces).lstrip("T"))
    if not count:
        return None
    rest = _parse(pieces[count:]) if count < len(pieces) else []
    return None if rest is None else [_Clause(None, tuple(pieces[:count])), *rest]


def _clause(pieces: Sequence[Item]) -> _Clause:
    days = frozenset[int]().union(*(item.days for item in pieces if item.kind == "D"))
    return _Clause(days, tuple(pieces))


def _only_way(kinds: str) -> list[tuple[int, int]] | None:
    """The one way to cut `kinds` into clauses of mixed order; None when there is none, or more than one."""
    shape = re.compile(r"D+(?:T+|O)|(?:T+|O)D+")
    ways = [0] * len(kinds) + [1]
    nexts = [0] * len(kinds)
    for start in range(len(kinds) - 1, -1, -1):
        for end in range(start + 2, len(kinds) + 1):
            if ways[end] and shape.fullmatch(kinds, start, end):
                ways[start] += ways[end]
                nexts[start] = end
    if ways[0] != 1 or not kinds:
        return None
    cuts = [0]
    while cuts[-1] < len(kinds):
        cuts.append(nexts[cuts[-1]])
    return list(zip(cuts, cuts[1:], strict=False))
