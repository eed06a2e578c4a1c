"""Open or not, until when, opens when: held against walking every minute."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from legalmap.hours import BISHKEK, DAY, HORIZON_DAYS, state
from legalmap.model import OpenState, Timetable

WEEK = 7 * DAY
MONDAY = dt.date(2026, 11, 16)
OFFICE = Timetable(
    text="Mo-Fr 09:00-12:00,13:00-18:00",
    weekly=tuple((day * DAY + start, day * DAY + end) for day in range(5) for start, end in ((540, 720), (780, 1080))),
)
ALWAYS = Timetable(text="24/7", weekly=((0, WEEK),))


def moment(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of the week that begins on Monday 2026-11-16, Bishkek time."""
    return dt.datetime.combine(MONDAY, dt.time(hour, minute), BISHKEK) + dt.timedelta(days=day)


def walked(timetable: Timetable, now: dt.datetime) -> tuple[bool, dt.datetime | None]:
    """Whether open, and the first minute within 14 days when that changes, by looking at each one."""

    def is_open(at: dt.datetime) -> bool:
        minute = at.hour * 60 + at.minute
        if at.date() in timetable.exceptions:
            return any(start <= minute < end for start, end in timetable.exceptions[at.date()])
        return any(start <= at.weekday() * DAY + minute < end for start, end in timetable.weekly)

    now = now.astimezone(BISHKEK).replace(second=0, microsecond=0)
    opened = is_open(now)
    later = (now + dt.timedelta(minutes=minutes) for minutes in range(1, HORIZON_DAYS * DAY + 1))
    return opened, next((at for at in later if is_open(at) != opened), None)


def intervals(limit: int) -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    """Sorted half-open intervals that do not touch, within 0..limit, edges favored."""
    edge = st.one_of(st.sampled_from([0, limit, *range(0, limit + 1, DAY)]), st.integers(0, limit))
    return st.sets(edge, max_size=10).map(sorted).map(lambda cuts: tuple(zip(cuts[::2], cuts[1::2], strict=False)))


timetables = st.builds(
    Timetable,
    text=st.just(""),
    weekly=intervals(WEEK),
    exceptions=st.dictionaries(
        st.integers(-1, HORIZON_DAYS + 2).map(lambda days: MONDAY + dt.timedelta(days=days)),
        intervals(DAY),
        max_size=5,
    ),
)
moments = st.builds(
    lambda seconds, zone: (moment(0, 0) + dt.timedelta(seconds=seconds)).astimezone(zone),
    st.integers(0, WEEK * 60 - 1),
    st.sampled_from([BISHKEK, dt.UTC]),
)


@settings(max_examples=120, deadline=None)
@given(timetables, moments)
@example(ALWAYS, moment(6, 23, 59))
@example(Timetable(text="", weekly=((0, 60), (WEEK - 60, WEEK))), moment(6, 23, 30))
def test_state_is_what_walking_every_minute_finds(timetable: Timetable, now: dt.datetime) -> None:
    opened, change = walked(timetable, now)
    expected = (opened, change, None) if opened else (opened, None, change)
    found = state(timetable, now, "")
    assert (found.open, found.until, found.opens) == expected


def test_an_office_is_open_until_its_lunch() -> None:
    assert state(OFFICE, moment(0, 9), "") == OpenState(open=True, verified=False, until=moment(0, 12))


def test_the_last_minute_is_closed_and_the_one_before_open() -> None:
    assert state(OFFICE, moment(0, 11, 59), "").open
    assert not state(OFFICE, moment(0, 12), "").open


def test_after_friday_it_opens_on_monday() -> None:
    assert state(OFFICE, moment(4, 18), "").opens == moment(7, 9)


def test_day_and_night_has_no_end() -> None:
    assert state(ALWAYS, moment(3, 4), "") == OpenState(open=True, verified=False)


def test_a_holiday_closes_day_and_night_at_its_midnight() -> None:
    holiday = Timetable(text="24/7", weekly=((0, WEEK),), exceptions={MONDAY + dt.timedelta(days=1): ()})
    assert state(holiday, moment(0, 12), "").until == moment(1, 0)
    assert state(holiday, moment(1, 12), "").opens == moment(2, 0)


def test_night_hours_join_over_midnight_and_the_weeks_end() -> None:
    sunday = Timetable(text="Su 20:00-08:00", weekly=((0, 480), (6 * DAY + 1200, WEEK)))
    assert state(sunday, moment(6, 22), "").until == moment(7, 8)


def test_no_hours_in_the_week_never_open() -> None:
    assert state(Timetable(text="off", weekly=()), moment(2, 10), "") == OpenState(open=False, verified=False)


def test_hours_are_bishkeks_wherever_the_clock_is() -> None:
    utc = dt.datetime(2026, 11, 16, 3, 0, tzinfo=dt.UTC)
    assert state(OFFICE, utc, "") == state(OFFICE, moment(0, 9), "")


@pytest.mark.parametrize(
    ("verified_on", "verified"),
    [
        ("2026-11-16", True),
        ("2026-05-21", True),
        ("2026-05-20", False),
        ("2026-11-17", False),
        ("2026-11", False),
        ("2026", False),
        ("20261116", False),
        ("2026-W47-1", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_open_now_needs_a_whole_date_under_180_days_old(verified_on: str, verified: bool) -> None:
    assert state(OFFICE, moment(0, 10), verified_on).verified is verified
