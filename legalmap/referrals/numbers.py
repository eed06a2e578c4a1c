"""Numbers that tell how much help was asked for, and never of anybody: nothing under five can be computed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legalmap.model import NEEDS, OBLASTS
from legalmap.referrals import counted
from legalmap.referrals.counted import OUTCOMES
from legalmap.store import Connection
from legalmap.store import referrals_gone as gone

LEAST = 5
"""Smaller numbers are not told, none at all among them."""
_MOST_HIDDEN = LEAST - 1
_BEGAN = 2026, 4
"""Year and quarter of the first referrals. A list that began with the first count would tell that there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A quarter of the country as it is shown, None for fewer than five: `oblasts`, and `needs` by (need, outcome).
    `needs` is empty where, beside the oblasts, it would narrow down what is hidden."""

    name: str
    oblasts: Mapping[str, int | None]
    needs: Mapping[tuple[str, str], int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A committee's year as it is shown: at least `made` referrals, None for fewer than five, in quarters up to
    `until`."""

    name: str
    made: int | None
    until: str


def of_country(connection: Connection) -> Sequence[Quarter]:
    """Every quarter that can change no more, newest first."""
    oblasts, needs = gone.counted(connection, "oblast"), gone.counted(connection, "need")
    return [
        shown(
            name,
            {oblast: oblasts.get((name, oblast, ""), 0) for oblast in OBLASTS},
            {(need, end): needs.get((name, need, end), 0) for need in NEEDS for end in OUTCOMES},
        )
        for name in _settled(connection)[::-1]
    ]


def of_committee(connection: Connection, committee: str) -> Sequence[Year]:
    """Every year of a committee of which a quarter can change no more, newest first."""
    known = {quarter: count for (quarter, *_), count in gone.counted(connection, "committee", committee).items()}
    quarters = _settled(connection)
    years = sorted({quarter[:4] for quarter in quarters}, reverse=True)
    return [year_shown([(one, known.get(one, 0)) for one in quarters if one[:4] == year]) for year in years]


def shown(name: str, oblasts: Mapping[str, int], needs: Mapping[tuple[str, str], int]) -> Quarter:
    """A quarter without what is small. The oblasts add up to all referrals, and so bound the needs, as these bound
    them: needs are shown where that holds whatever the hidden cells are, which the shown ones alone decide."""
    places, ends = {key: _hidden(count) for key, count in oblasts.items()}, {k: _hidden(n) for k, n in needs.items()}
    fewest = sum(count or 0 for count in places.values())
    most = fewest + _MOST_HIDDEN * sum(count is None for count in places.values())
    of_outcomes = sum(max(_most(ends[need, end]) for need in NEEDS) for end in OUTCOMES)
    free = of_outcomes <= fewest and most <= sum(count or 0 for count in ends.values())
    return Quarter(name=name, oblasts=places, needs=ends if free else {})


def year_shown(quarters: Sequence[tuple[str, int]]) -> Year:
    """A year of (quarter, count), oldest first: what came is added when, with what waits, it is five or more, so that
    no two looks differ by less."""
    made = waits = 0
    for _quarter, count in quarters:
        waits += count
        if waits >= LEAST:
            made, waits = made + waits, 0
    return Year(name=quarters[-1][0][:4], made=made or None, until=quarters[-1][0])


def _hidden(count: int) -> int | None:
    return count if count >= LEAST else None


def _most(count: int | None) -> int:
    return _MOST_HIDDEN if count is None else count


def _settled(connection: Connection) -> list[str]:
    """Quarters from the first to the last that can change no more, oldest first; also those in which nothing came."""
    at, found = gone.purged_at(connection), []
    year, number = _BEGAN
    while counted.settled(name := f"{year}-Q{number}", at):
        found.append(name)
        year, number = year + number // 4, number % 4 + 1
    return found
