"""Columns of near.json about days and hours: who made sure when, how old a source is, when a center is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from legalmap.directory.columns import FIRST, Table, tables
from legalmap.directory.filters import counted
from legalmap.directory.search import STALE_YEARS, source_fresh_until
from legalmap.hours import DAY, verified_day
from legalmap.model import Center, Timetable

_EPOCH = dt.date(1970, 1, 1)
_LETTERS = 50_000
"""As many days have letters of their own; past them come codes that are no letters."""
_Numbers = tuple[int, ...]


def trust(centers: Sequence[Center], today: dt.date) -> dict[str, Any]:
    """Who made sure and when, in letters: days before `day` (since 1970-01-01), from "$" on; "#": never. `sure`: the
    same for the hours that count, with "$" for that very day and the others from "%" on. `verified_else`: by index,
    what is no full date or has no letter; `sure_else`: such days since 1970-01-01."""
    verified, sure = "", ""
    verified_else: dict[int, str] = {}
    sure_else: dict[int, int] = {}
    for index, center in enumerate(centers):
        told = _back(center.verified_on, today)
        verified += "#" if told is None else chr(FIRST + 1 + told)
        if told is None and center.verified_on:
            verified_else[index] = center.verified_on
        of_hours = center.hours_verified_on if counted(center) else ""
        back, day = _back(of_hours, today), verified_day(of_hours)
        sure += "#" if back is None else "$" if back == told else chr(FIRST + 2 + back)
        if back is None and day:
            sure_else[index] = (day - _EPOCH).days
    return {
        "day": (today - _EPOCH).days, "verified_on": verified, "verified_else": verified_else,
        "sure": sure, "sure_else": sure_else, **tables(verified_by=(center.verified_by for center in centers)),
    }  # fmt: skip


def _back(date: str, today: dt.date) -> int | None:
    """How many days before `today` a full date is; None for any other text, and for days that have no letter."""
    day = verified_day(date)
    back = (today - day).days if day else -1
    return back if 0 <= back < _LETTERS else None


def sources(centers: Sequence[Center]) -> dict[str, Any]:
    """Each source: its date, whether there is one and, where that is not the first day of the date five years on, the
    last day on which it is fresh. Dates that begin alike stand together. Of a hidden center none is public."""

    def row(center: Center) -> tuple[str | int, ...]:
        date, there = (center.source_date, center.source) if center.show_location != "no" else ("", "")
        until = source_fresh_until(date).isoformat()
        plain = not date or (date[:4].isdecimal() and until == f"{int(date[:4]) + STALE_YEARS}{f'{date}-01-01'[4:10]}")
        return (date, int(bool(there))) if plain else (date, int(bool(there)), until)

    rows = [row(center) for center in centers]
    table = sorted(set(rows))
    letters = {value: chr(FIRST + place) for place, value in enumerate(table)}
    return {"source": table, "source_of": "".join(letters[value] for value in rows)}


def hours(centers: Sequence[Center]) -> dict[str, Any]:
    """Hours that count. `days`: open minutes of a day, from, to, from, to; `exceptions`: days after the one before (the
    first: after 1970-01-01) and the row in `days`, in turn; `hours`: seven letters for rows of `days` from Monday on,
    and the row in `exceptions`; row 0: no hours."""
    days, exceptions, weeks = Table(), Table(), Table()
    letters = {0: weeks.letter(0)}  # an edition has one object for equal hours

    def dated(timetable: Timetable) -> _Numbers:
        flat, before = [], _EPOCH
        for day, spans in sorted(timetable.exceptions.items()):
            flat += [(day - before).days, days.row(tuple(minute for span in spans for minute in span))]
            before = day
        return tuple(flat)

    def letter(timetable: Timetable | None) -> str:
        key = id(timetable) if timetable else 0
        if timetable and key not in letters:
            week = "".join(days.letter(_of_weekday(timetable, day)) for day in range(7))
            letters[key] = weeks.letter((week, exceptions.row(dated(timetable))))
        return letters[key]

    column = "".join(letter(counted(center)) for center in centers)
    return {"days": days.values(), "exceptions": exceptions.values(), "hours": weeks.values(), "hours_of": column}


def _of_weekday(timetable: Timetable, day: int) -> _Numbers:
    start = day * DAY
    shares = ((max(a - start, 0), min(b - start, DAY)) for a, b in timetable.weekly if a < start + DAY and b > start)
    return tuple(minute for share in shares for minute in share)
