"""Hours as people write them become OSM opening_hours and intervals."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalmap.desk.timetable import DAY, HoursUnreadable, canonical, compile_hours


@pytest.mark.parametrize(
    ("written", "osm"),
    [
        ("Mo-Fr 09:00-18:00", "Mo-Fr 09:00-18:00"),
        ("Дш-Жм 09:00-18:00, түшкү тыныгуу 12-13", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("Пн-Пт 9-18, обед 12-13", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("круглосуточно", "24/7"),
        ("күнү-түнү", "24/7"),
        ("24/7", "24/7"),
        ("Ежедневно, круглосуточно", "24/7"),
        ("Mo-Su 00:00-24:00", "24/7"),
        ("Дү-Жм, 09:00-18:00", "Mo-Fr 09:00-18:00"),
        ("Дб-Иш 9-17", "Mo-Sa 09:00-17:00"),
        ("Дүйшөмбү-Жума 9:00дөн 18:00гө чейин", "Mo-Fr 09:00-18:00"),
        ("Пн-Пт с 9.00 до 18.00, перерыв с 12 до 13, Сб, Вс выходной", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("иш күндөрү 9.00-18.00, дем алыш: ишемби, жекшемби", "Mo-Fr 09:00-18:00"),
        ("пн-чт 9-18; пт 9-17; обед 12:00-13:00", "Mo-Th 09:00-12:00,13:00-18:00; Fr 09:00-12:00,13:00-17:00"),
        ("Mo-Fr 09:00-18:00; We 10:00-12:00", "Mo-Tu,Th-Fr 09:00-18:00; We 10:00-12:00"),
        ("Mo-Fr 09:00-12:00, Mo-Fr 13:00-18:00", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("Пн, Ср, Пт 10-16", "Mo,We,Fr 10:00-16:00"),
        ("ежедневно 8–20", "Mo-Su 08:00-20:00"),
        ("Mo-Fr 09:00-18:00; PH off", "Mo-Fr 09:00-18:00; PH off"),
        ("Mo-Fr 09:00-18:00; PH 10:00-12:00", "Mo-Fr 09:00-18:00; PH 10:00-12:00"),
    ],
)
def test_usual_spellings_become_osm(written: str, osm: str) -> None:
    assert canonical(written) == osm
    assert canonical(osm) == osm


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "hours_unreadable"),
        ("зависит от врача", "hours_unreadable"),
        ("Mo-Fr", "hours_unreadable"),
        ("25:00-26:00", "hours_past_midnight"),
        ("Mo 09:75-12:00", "hours_past_midnight"),
        ("Mo-Fr 18:00-09:00", "hours_close_before_open"),
        ("Mo-Fr 09:00-09:00", "hours_close_before_open"),
        ("Mo-Fr 09:00-12:00, обед 14-15", "hours_break_outside"),
        ("Mo-Fr 09:00 18:00", "hours_unreadable"),
        ("-", "hours_unreadable"),
        ("а" * 30_000, "hours_too_long"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(HoursUnreadable) as refusal:
        canonical(written)
    assert refusal.value.code == code


def test_intervals_are_minutes_of_the_week() -> None:
    table = compile_hours("Mo-Tu 09:00-12:00,13:00-18:00", ())
    assert table.weekly == ((540, 720), (780, 1080), (DAY + 540, DAY + 720), (DAY + 780, DAY + 1080))


def test_day_and_night_is_one_interval_that_holidays_do_not_break() -> None:
    table = compile_hours("24/7", [dt.date(2027, 1, 1)])
    assert table.weekly == ((0, 7 * DAY),)
    assert table.exceptions == {}


def test_a_holiday_closes_unless_the_hours_say_otherwise() -> None:
    holiday = dt.date(2027, 3, 8)
    assert compile_hours("Mo-Fr 09:00-18:00", [holiday]).exceptions == {holiday: ()}
    assert compile_hours("Mo-Fr 09:00-18:00; PH 10:00-12:00", [holiday]).exceptions == {holiday: ((600, 720),)}


WORDS = [
    "Mo",
    "пн",
    "Дш",
    "-",
    ",",
    ";",
    " ",
    "9",
    "09:00",
    "18:00",
    "обед",
    "12-13",
    "24/7",
    "выходной",
    "PH",
    "с",
    "до",
    "(",
    "и",
]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)))
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(written: str) -> None:
    try:
        osm = canonical(written)
    except HoursUnreadable:
        return
    assert canonical(osm) == osm
    table = compile_hours(osm, ())
    assert all(0 <= start < end <= 7 * DAY for start, end in table.weekly)
    assert all(left[1] < right[0] for left, right in zip(table.weekly, table.weekly[1:], strict=False))
