"""A timetable as the seven rows that people read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from legalmap.model import Timetable

_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Day:
    """One row: `day` 0 = Monday; `spans` like "09:00–12:00", empty when closed all day."""

    day: int
    spans: tuple[str, ...]


def rows(timetable: Timetable) -> tuple[Day, ...]:
    """Monday to Sunday. What runs past midnight stands on both days."""
    days = []
    for day in range(7):
        start, end = day * _DAY, (day + 1) * _DAY
        spans = [
            f"{_clock(max(opens, start) - start)}–{_clock(min(closes, end) - start)}"
            for opens, closes in timetable.weekly
            if opens < end and closes > start
        ]
        days.append(Day(day, tuple(spans)))
    return tuple(days)


def runs(timetable: Timetable) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    """Open days that follow one another with the same hours: (first day, last day, spans), Monday = 0."""
    found: list[tuple[int, int, tuple[str, ...]]] = []
    for row in rows(timetable):
        if row.spans and found and found[-1][1] == row.day - 1 and found[-1][2] == row.spans:
            found[-1] = (found[-1][0], row.day, row.spans)
        elif row.spans:
            found.append((row.day, row.day, row.spans))
    return tuple(found)


def always(timetable: Timetable) -> bool:
    """Whether it is open day and night."""
    return timetable.weekly == ((0, 7 * _DAY),)


def coming(timetable: Timetable, today: dt.date, days: int = 30) -> tuple[tuple[dt.date, tuple[str, ...]], ...]:
    """Dated exceptions of the next `days` days, earliest first."""
    last = today + dt.timedelta(days=days)
    return tuple(
        (date, tuple(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in spans))
        for date, spans in sorted(timetable.exceptions.items())
        if today <= date <= last
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
