"""Each cell is understood as people write it, or refused with what to do."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalmap.desk.cells import parse
from legalmap.desk.problems import Refused
from legalmap.visibility import COLUMNS

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("column", "written", "text"),
    [
        ("phones", "+996 312 65-10-10 (trust line)", "+996312651010 (trust line)"),
        ("phones", "0312510263; 0312570459", "+996312510263; +996312570459"),
        ("phones", "0555 12-34-56, 0700123456", "+996555123456; +996700123456"),
        ("phones", "(0312) 65-10-10", "+996312651010"),
        ("phones", "996312651010", "+996312651010"),
        ("whatsapp", "https://wa.me/996555123456", "+996555123456"),
        ("kind", "FLAC", "flac"),
        ("kind", "Приют (убежище)", "shelter"),
        ("kind", "Кризистик борбор", "crisis_center"),
        ("topics", "Семья, развод; земля", "family; land"),
        ("topics", "family; LAND|labor", "family; land; labor"),
        ("fee", "Бесплатно", "free"),
        ("status", "Жабылган", "closed"),
        ("show_location", "да", "yes"),
        ("show_location", "айылы гана", "settlement"),
        ("show_location", "нет, адрес скрыт", "no"),
        ("show_location", "жок", "no"),
        ("oblast", "Osh", "KG-O"),
        ("oblast", "Osh city", "KG-GO"),
        ("oblast", "г. Ош", "KG-GO"),
        ("oblast", "Ош шаары", "KG-GO"),
        ("oblast", "Ош облусу", "KG-O"),
        ("oblast", "Иссык-Кульская область", "KG-Y"),
        ("oblast", "ысык кол облусу", "KG-Y"),
        ("oblast", "Чуй обл.", "KG-C"),
        ("oblast", "Bishkek city", "KG-GB"),
        ("oblast", "город Бишкек", "KG-GB"),
        ("oblast", "kg-n", "KG-N"),
        ("oblast", "GB", "KG-GB"),
        ("lat", "42,8746", "42.8746"),
        ("lat", "42.87461234567", "42.874612"),
        ("lon", "74.60", "74.6"),
        ("source_date", "12.10.2026", "2026-10-12"),
        ("source_date", "2017-06", "2017-06"),
        ("verified_on", "2026-11-22", "2026-11-22"),
        ("languages", "ky; орусча; Uzbek", "ky; ru; uz"),
        ("admission", "boys up to 12; Night", "boys_up_to_12; night"),
        ("rank", "007", "7"),
        ("website", "adilet.kg", "https://adilet.kg"),
        ("name_ky", "  Ысык-Кѳл\u00a0борбору ", "Ысык-Көл борбору"),
        ("services", "one\r\n  two ", "one\ntwo"),
    ],
)
def test_a_cell_is_read_as_people_write_it(column: str, written: str, text: str) -> None:
    assert parse(column, written, TODAY).text == text


@pytest.mark.parametrize("number", ["102", "103", "111", "112", "114", "115", "117"])
def test_every_short_code_of_the_country_is_a_phone(number: str) -> None:
    assert parse("phones", number, TODAY).text == number


@pytest.mark.parametrize(
    ("column", "written", "code"),
    [
        ("phones", "9.96E+11", "phone_scientific"),
        ("phones", "9,96E+11", "phone_scientific"),
        ("phones", "0312", "phone_impossible"),
        ("phones", "call us", "phone_unreadable"),
        ("phones", "0312 65-10-10 вн. 195", "phone_unreadable"),
        ("kind", "shleter", "value_unknown"),
        ("topics", "family; famly", "value_unknown"),
        ("oblast", "Narnia", "oblast_unknown"),
        ("lat", "74.6", "coordinate_swapped"),
        ("lon", "42.87", "coordinate_swapped"),
        ("lat", "0", "coordinate_outside"),
        ("lat", "1e2", "coordinate_unreadable"),
        ("lat", "nan", "coordinate_unreadable"),
        ("lat", "٤٢.٨٧", "coordinate_unreadable"),
        ("lat", "4_2.87", "coordinate_unreadable"),
        ("source_date", "2026-13", "date_unreadable"),
        ("source_date", "30.02.2026", "date_unreadable"),
        ("source_date", "Бирдин айы", "date_unreadable"),
        ("verified_on", "2026-11-23", "date_in_future"),
        ("name_en", "{{ 7*7 }}", "template_marks"),
        ("name_en", "${x}", "template_marks"),
        ("name_en", "a`b", "template_marks"),
        ("name_en", "a\x00b", "control_characters"),
        ("name_en", "a\u202eb", "control_characters"),
        ("name_en", "Цент\ufffd", "control_characters"),
        ("note", "я" * 2001, "text_too_long"),
        ("email", "nobody", "email_unreadable"),
        ("website", "javascript:alert(1)", "website_unreadable"),
        ("rank", "first", "rank_unreadable"),
    ],
)
def test_what_cannot_go_in_is_refused_with_its_reason(column: str, written: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(column, written, TODAY)
    assert refusal.value.code == code


def test_an_unknown_value_names_the_nearest_ones() -> None:
    with pytest.raises(Refused) as refusal:
        parse("kind", "shleter", TODAY)
    assert "shelter" in str(refusal.value.params["nearest"])


def test_an_unreadable_show_location_hides_the_address_and_says_so() -> None:
    parsed = parse("show_location", "maybe", TODAY)
    assert (parsed.text, parsed.notice) == ("no", "show_location_unreadable")


def test_repaired_letters_are_told() -> None:
    assert parse("name_ky", "Ысык-Кѳл", TODAY).notice == "letters_repaired"
    assert parse("name_ky", "Ысык-Көл", TODAY).notice == ""


@given(st.sampled_from(COLUMNS), st.text(max_size=40))
def test_any_cell_is_read_or_refused_and_reading_twice_changes_nothing(column: str, written: str) -> None:
    try:
        once = parse(column, written, TODAY).text
    except Refused:
        return
    assert parse(column, once, TODAY).text == once
