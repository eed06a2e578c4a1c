"""Times of a referral, as coarse as they can be: what is kept must not tell when somebody sat with whom."""

from __future__ import annotations

import datetime as dt

from legalmap.hours import BISHKEK

HOUR = 3600
DAY = 24 * HOUR
SPANS = {"now": DAY, "3d": 3 * DAY, "2w": 14 * DAY}
"""Urgency -> seconds within which there should be an answer."""
URGENCIES = tuple(SPANS)
BUCKETS = ("hour", "day", "3d", "later")
"""How long an answer took; "" before there is one."""
_OPEN_DAYS, _CLOSED_DAYS, _COARSE = 30, 7, 6 * HOUR


def due(urgency: str, now: dt.datetime) -> int:
    """When there should be an answer: Unix seconds, rounded up to 6 hours."""
    return _up(int(now.timestamp()) + SPANS[urgency], _COARSE)


def expires(state: str, now: dt.datetime) -> int:
    """When nothing of it is shown any more: 7 days after the end, else 30; Unix seconds, the midnight that follows."""
    days = _CLOSED_DAYS if state == "closed" else _OPEN_DAYS
    local = int(BISHKEK.utcoffset(now).total_seconds())
    return _up(int(now.timestamp()) + local + days * DAY, DAY) - local


def week(now: dt.datetime) -> str:
    """The ISO week in Bishkek, like 2026-W47."""
    year, number, _day = now.astimezone(BISHKEK).isocalendar()
    return f"{year}-W{number:02}"


def bucket(urgency: str, due_at: int, now: dt.datetime) -> str:
    """How long an answer took at most: when it was asked is known to 6 hours alone, so never "hour", which is for an
    answer that came while the slip was made."""
    earliest = due_at - SPANS[urgency] - _COARSE
    took = int(now.timestamp()) - earliest
    return "day" if took <= DAY else "3d" if took <= 3 * DAY else "later"


def _up(seconds: int, step: int) -> int:
    return -(-seconds // step) * step
