"""Tells from a compiled timetable whether a center is open, until when, and when it opens next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from legalmap.model import OpenState, Timetable

BISHKEK = dt.timezone(dt.timedelta(hours=6), "+06")
"""Kyrgyzstan keeps UTC+6 all year (no summer time since 2005)."""

DAY = 24 * 60
HORIZON_DAYS = 14
"""How far ahead the next opening or closing is looked for; open longer than that is open day and night."""
FRESH_DAYS = 180
"""Hours verified fewer days ago than this may be called "open now" (product definition)."""


def verified_day(verified_on: str) -> dt.date | None:
    """The day of a full ISO date; None for a partial or unreadable one, which makes no hours fresh."""
    try:
        day = dt.date.fromisoformat(verified_on)
    except ValueError:
        return None
    # fromisoformat also reads 20260131 and 2026-W05-6, which no person wrote here on purpose.
    return day if day.isoformat() == verified_on else None


def _fresh(verified_on: str, today: dt.date) -> bool:
    """Whether hours verified on that date are fresh; a future one never is."""
    day = verified_day(verified_on)
    return day is not None and 0 <= (today - day).days < FRESH_DAYS


def _of_day(timetable: Timetable, day: dt.date) -> Iterator[tuple[int, int]]:
    """Open intervals of one date in minutes of the day: its exception, else its share of the week."""
    exception = timetable.exceptions.get(day)
    if exception is not None:
        yield from exception
        return
    midnight = day.weekday() * DAY
    for start, end in timetable.weekly:
        if start < midnight + DAY and end > midnight:
            yield max(start - midnight, 0), min(end - midnight, DAY)


def _ahead(timetable: Timetable, today: dt.date) -> Iterator[tuple[int, int]]:
    """Open intervals from today on in minutes since today's midnight; touching ones are joined."""
    held: tuple[int, int] | None = None
    for offset in range(HORIZON_DAYS + 1):
        for start, end in _of_day(timetable, today + dt.timedelta(days=offset)):
            start, end = start + offset * DAY, end + offset * DAY
            if held and start <= held[1]:
                held = held[0], max(held[1], end)
                continue
            if held:
                yield held
            held = start, end
    if held:
        yield held


def state(timetable: Timetable, now: dt.datetime, verified_on: str) -> OpenState:
    """What `timetable` says at `now` (an aware datetime; seconds are dropped).

    `until` joins intervals that touch over midnight and the week's end and is None when nothing
    closes within 14 days; `opens` looks 14 days ahead. Times of the answer are Asia/Bishkek.
    """
    local = now.astimezone(BISHKEK)
    today = local.date()
    minute = local.hour * 60 + local.minute
    midnight = dt.datetime.combine(today, dt.time(), BISHKEK)
    verified = _fresh(verified_on, today)
    limit = minute + HORIZON_DAYS * DAY
    for start, end in _ahead(timetable, today):
        if end <= minute:
            continue
        if start <= minute:
            until = midnight + dt.timedelta(minutes=end) if end <= limit else None
            return OpenState(open=True, verified=verified, until=until)
        opens = midnight + dt.timedelta(minutes=start) if start <= limit else None
        return OpenState(open=False, verified=verified, opens=opens)
    return OpenState(open=False, verified=verified)


def changes(timetable: Timetable, now: dt.datetime) -> dt.datetime | None:
    """The first moment after `now` (an aware datetime; seconds are dropped) at which it opens or closes; None when that
    is not within 14 days."""
    local = now.astimezone(BISHKEK)
    minute = local.hour * 60 + local.minute
    midnight = dt.datetime.combine(local.date(), dt.time(), BISHKEK)
    moments = (moment for interval in _ahead(timetable, local.date()) for moment in interval if moment > minute)
    first = next(moments, None)
    return None if first is None else midnight + dt.timedelta(minutes=first)
