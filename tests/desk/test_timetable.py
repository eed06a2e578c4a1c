"""Hours as people write them become OSM opening_hours and intervals."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalmap.desk.reading.timetable import DAY, HoursUnreadable, compile_hours, read


@pytest.mark.parametrize(
    ("written", "osm"),
    [
        ("Mo-Fr 09:00-18:00", "Mo-Fr 09:00-18:00"),
        ("Дш-Жм 09:00-18:00, түшкү тыныгуу 12-13", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("Пн-Пт 9-18, обед 12-13", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("Иш сааты: 09:00-18:00", "Mo-Su 09:00-18:00"),
        ("Иш күнү: дүйшөмбү-жума 9-18", "Mo-Fr 09:00-18:00"),
        ("Mo 01:00-05:00", "Mo 01:00-05:00"),
        ("Mo-Fr 06:00-08:00", "Mo-Fr 06:00-08:00"),
        ("Режим работы: Пн-Пт 9-18", "Mo-Fr 09:00-18:00"),
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
        # times before days
        ("9:00-18:00, пн-пт", "Mo-Fr 09:00-18:00"),
        ("9-18 (пн-пт)", "Mo-Fr 09:00-18:00"),
        ("9:00-18:00 Mo-Fr", "Mo-Fr 09:00-18:00"),
        ("8:00-17:00 по будням", "Mo-Fr 08:00-17:00"),
        ("10-16 дш-жм", "Mo-Fr 10:00-16:00"),
        ("09:00-18:00 дүйшөмбү-жума", "Mo-Fr 09:00-18:00"),
        ("9-18 пн, ср", "Mo,We 09:00-18:00"),
        ("с 9:00 до 18:00 (пн-пт), сб 10-14", "Mo-Fr 09:00-18:00; Sa 10:00-14:00"),
        ("Пн-Пт 9-18; 10-14 Сб", "Mo-Fr 09:00-18:00; Sa 10:00-14:00"),
        ("Пн-Пт 9-18, 10-14 Сб", "Mo-Fr 09:00-18:00; Sa 10:00-14:00"),
        ("Пн-Пт 9-12, 13-18, сб, вс 10-14", "Mo-Fr 09:00-12:00,13:00-18:00; Sa-Su 10:00-14:00"),
        ("09:00-12:00,13:00-18:00 Mo-Fr", "Mo-Fr 09:00-12:00,13:00-18:00"),
        # closed days
        ("выходной: вс. Пн-Сб 9-18", "Mo-Sa 09:00-18:00"),
        ("выходной: сб, вс. Пн-Пт 9-18", "Mo-Fr 09:00-18:00"),
        ("Пн-Пт 9-18, Сб, Вс - выходной", "Mo-Fr 09:00-18:00"),
        ("9-18, сб-вс выходной", "Mo-Fr 09:00-18:00"),
        ("Ежедневно с 9.00 до 18.00 без выходных", "Mo-Su 09:00-18:00"),
        ("Ежедневно 9-18, вс 10-16", "Mo-Sa 09:00-18:00; Su 10:00-16:00"),
        # breaks
        (
            "Пн-Чт 9-18, Пт 9-16, обед 12-13, сб-вс выходные",
            "Mo-Th 09:00-12:00,13:00-18:00; Fr 09:00-12:00,13:00-16:00",
        ),
        ("Пн-Пт 9-18, 12:00-13:00 обед", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("Mo-Fr 09:00-18:00; lunch break 12-13", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("обед 12-13, пн-пт 9-18", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("Пн-Пт 9-18, обед 12-13, сб 10-14", "Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-14:00"),
        ("Пн-Пт 9-18, сб 9-14 без перерыва, обед 12-13", "Mo-Fr 09:00-12:00,13:00-18:00; Sa 09:00-14:00"),
        (
            "Пн-Пт 9-18; обед пн-чт 12-13; обед пт 13-14",
            "Mo-Th 09:00-12:00,13:00-18:00; Fr 09:00-13:00,14:00-18:00",
        ),
        ("Mo-Fr 09:00-12:00, обед 12-13, 13-18", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("Пн-Пт 9-18 без перерыва", "Mo-Fr 09:00-18:00"),
        ("Дш-Жм 9-18, тыныгуусуз", "Mo-Fr 09:00-18:00"),
        # other clocks and words
        ("Пн-Пт с 9-00 до 18-00", "Mo-Fr 09:00-18:00"),
        ("Пн-Пт 9-00 - 18-00", "Mo-Fr 09:00-18:00"),
        ("Пн-Пт 9-00-18-00, обед 12-00-13-00", "Mo-Fr 09:00-12:00,13:00-18:00"),
        ("Пн-Пт с 9 до 17-30", "Mo-Fr 09:00-17:30"),
        ("Mon-Fri 9am-6pm", "Mo-Fr 09:00-18:00"),
        ("Mon-Fri 12am-12pm", "Mo-Fr 00:00-12:00"),
        ("Mo-Fr 09:00-00:00", "Mo-Fr 09:00-24:00"),
        ("дүйшөмбүдөн жумага чейин 9:00дөн 18:00гө чейин", "Mo-Fr 09:00-18:00"),
        ("дүйшөмбүдөн жумага чейин 9:00-дөн 18:00-гө чейин", "Mo-Fr 09:00-18:00"),
        ("Дүйшөмбү – жума күндөрү 9-18", "Mo-Fr 09:00-18:00"),
        ("Дүйшөмбү-Жума саат 9:00-18:00", "Mo-Fr 09:00-18:00"),
        ("дш-жм саат 9дан 18ге чейин", "Mo-Fr 09:00-18:00"),
        ("с понедельника по пятницу с 9 до 18 часов", "Mo-Fr 09:00-18:00"),
        ("Пн-Вс с 9 до 24 часов", "Mo-Su 09:00-24:00"),
        ("в будние дни 8:30-17:30", "Mo-Fr 08:30-17:30"),
        ("по рабочим дням: 9.00–18.00 (перерыв на обед с 13.00 до 14.00)", "Mo-Fr 09:00-13:00,14:00-18:00"),
        (
            "Дүйшөмбү-жума: 9:00дөн 18:00гө чейин, түшкү тыныгуу: 12:00дөн 13:00гө чейин. "
            "Ишемби, жекшемби: дем алыш күндөрү",
            "Mo-Fr 09:00-12:00,13:00-18:00",
        ),
        # over midnight
        ("Mo-Su 22:00-06:00", "Mo-Su 22:00-06:00"),
        ("Ежедневно с 20:00 до 08:00", "Mo-Su 20:00-08:00"),
        ("Mo-Su 08:00-20:00,20:00-08:00", "Mo-Su 08:00-20:00,20:00-08:00"),
        ("24/7; PH off", "24/7; PH off"),
    ],
)
def test_usual_spellings_become_osm(written: str, osm: str) -> None:
    assert read(written).text == osm
    assert read(osm).text == osm


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "hours_unreadable"),
        ("8-12, 1-5", "hours_afternoon"),
        ("Пн-Пт 9-12, 2-5", "hours_afternoon"),
        ("с 2 до 5", "hours_afternoon"),
        ("зависит от врача", "hours_unreadable"),
        ("Mo-Fr", "hours_unreadable"),
        ("25:00-26:00", "hours_past_midnight"),
        ("Mo 09:75-12:00", "hours_past_midnight"),
        ("Mo-Fr 18:00-09:00", "hours_close_before_open"),
        ("Mo-Fr 09:00-09:00", "hours_close_before_open"),
        ("Mo-Fr 09:00-12:00, обед 14-15", "hours_break_outside"),
        ("Mo-Fr 09:00 18:00", "hours_unreadable"),
        ("-", "hours_unreadable"),
        ("Mo-Fr 09:00-18:00, Sa", "hours_unreadable"),
        ("Mo-Fr 09:00-12:00; 13:00-18:00", "hours_unreadable"),
        ("9-12; 13-18", "hours_unreadable"),
        ("9-12-13-18", "hours_unreadable"),
        ("Пн-Пт 1-5pm", "hours_unreadable"),
        ("Пн-Пт 9-18, обед", "hours_unreadable"),
        ("Mo 09-12; Mo 13-18", "hours_said_twice"),
        ("Mo-Fr 09:00-12:00, We 13:00-18:00", "hours_said_twice"),
        ("Mo-Fr 09:00-18:00; Mo-Fr 10:00-14:00", "hours_said_twice"),
        ("Su off; Mo-Su 09:00-18:00", "hours_said_twice"),
        ("Пн-Пт 9-18, перерыв 12-13, 16-16:30", "hours_said_twice"),
        ("Пн-Пт 9-18, обед пн-чт 12-13, пт 13-14", "hours_said_twice"),
        ("Пн-Пт 9-18, обед 8-10", "hours_break_outside"),
        ("Пн-Пт 10-11, обед 9-12", "hours_break_outside"),
        ("Mo-Su 15:00-02:00", "hours_close_before_open"),
        ("Mo-Su 16:00-05:00", "hours_close_before_open"),
        ("Mon 13pm-18pm", "hours_past_midnight"),
        ("а" * 30_000, "hours_too_long"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(HoursUnreadable) as refusal:
        read(written)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("written", "notices"),
    [
        ("9-18", ("hours_every_day",)),
        ("с 9:00 до 18:00", ("hours_every_day",)),
        ("саат 9дан 18ге чейин", ("hours_every_day",)),
        ("9-18 без перерыва", ("hours_every_day",)),
        ("09:00-18:00; PH off", ("hours_every_day",)),
        ("20:00-08:00", ("hours_every_day", "hours_over_night")),
        ("Mo-Su 22:00-06:00", ("hours_over_night",)),
        ("круглосуточно", ()),
        ("24/7", ()),
        ("Mo-Su 09:00-18:00", ()),
        ("9-18 ежедневно", ()),
    ],
)
def test_what_was_assumed_is_told(written: str, notices: tuple[str, ...]) -> None:
    assert read(written).notices == notices


def test_a_night_ends_on_the_next_day_and_sundays_on_monday() -> None:
    assert compile_hours("Mo 22:00-06:00", ()).weekly == ((22 * 60, DAY + 6 * 60),)
    assert compile_hours("Su 22:00-06:00", ()).weekly == ((0, 6 * 60), (6 * DAY + 22 * 60, 7 * DAY))
    assert compile_hours("Mo-Su 08:00-20:00,20:00-08:00", ()).weekly == ((0, 7 * DAY),)


def test_the_night_before_a_holiday_is_open_and_the_holidays_own_night_is_not() -> None:
    holiday = dt.date(2027, 3, 8)
    closed = compile_hours("Mo-Su 22:00-06:00", [holiday]).exceptions
    assert closed == {holiday: ((0, 360),), dt.date(2027, 3, 9): ((22 * 60, DAY),)}
    two = compile_hours("Mo-Su 22:00-06:00", [holiday, dt.date(2027, 3, 9)]).exceptions
    assert two == {
        holiday: ((0, 360),),
        dt.date(2027, 3, 9): (),
        dt.date(2027, 3, 10): ((22 * 60, DAY),),
    }


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
    "22:00-06:00",
    "9-00",
    "перерыв",
    "(пн-пт)",
    "дүйшөмбүдөн",
    "чейин",
    "9am",
]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)))
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(written: str) -> None:
    try:
        osm = read(written).text
    except HoursUnreadable:
        return
    assert read(osm).text == osm
    table = compile_hours(osm, ())
    assert all(0 <= start < end <= 7 * DAY for start, end in table.weekly)
    assert all(left[1] < right[0] for left, right in zip(table.weekly, table.weekly[1:], strict=False))
