"""Each cell is understood as people write it, or refused with what to do."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalmap.desk.problems import Refused
from legalmap.desk.reading.cells import parse
from legalmap.desk.reading.synonyms import SYNONYMS
from legalmap.desk.reading.vocabulary import ADMISSION, names_of
from legalmap.letters import search_key
from legalmap.model import (
    ACCESS,
    FEES,
    GROUPS,
    KINDS,
    LANGS,
    LANGUAGES,
    NEEDS,
    STATUSES,
    TOPICS,
    VERIFIED_BY,
)
from legalmap.visibility import COLUMNS
from legalmap.wording import label

TODAY = dt.date(2026, 11, 22)
FAMILIES = {
    "kind": KINDS,
    "status": STATUSES,
    "fee": FEES,
    "verified_by": VERIFIED_BY,
    "topic": TOPICS,
    "need": NEEDS,
    "group": GROUPS,
    "access": ACCESS,
    "language": LANGUAGES,
    "admission": ADMISSION,
}


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
        ("source_date", "12.10.2026", "2026-10-12"),
        ("source_date", "2017-06", "2017-06"),
        ("verified_on", "2026-11-22", "2026-11-22"),
        ("languages", "ky; орусча; Uzbek", "ky; ru; uz"),
        ("admission", "boys up to 12; Night", "boys_up_to_12; night"),
        ("rank", "007", "7"),
        ("verified_by", "по телефону", "phone"),
        ("verified_by", "звонок", "phone"),
        ("verified_by", "телефон аркылуу", "phone"),
        ("verified_by", "на месте", "on_site"),
        ("verified_by", "барып", "on_site"),
        ("verified_by", "по документу", "document"),
        ("languages", "киргизский, узбекский; русский", "ky; uz; ru"),
        ("languages", "кыргызский; английский; жесты", "ky; en; sgn"),
        ("kind", "НПО", "ngo"),
        ("kind", "ОО", "ngo"),
        ("kind", "приют", "shelter"),
        ("kind", "убежище", "shelter"),
        ("kind", "кризисный центр", "crisis_center"),
        ("kind", "ЦБЮП", "flac"),
        ("kind", "суд аксакалов", "aksakal_court"),
        ("topics", "насилие; развод; пенсия", "violence; family; benefits"),
        ("topics", "зомбулук, жер, мүлк", "violence; land; property"),
        ("fee", "бесплатная", "free"),
        ("fee", "бекер", "free"),
        ("fee", "платная", "paid"),
        ("status", "работает", "active"),
        ("status", "закрыто", "closed"),
        ("status", "приостановлен", "suspended"),
        ("admission", "с детьми, мальчики до 12; ночью", "with_children; boys_up_to_12; night"),
        ("admission", "балдары менен; нужно направление", "with_children; needs_letter"),
        ("admission", "самостоятельно; женский персонал", "self; female_staff"),
        ("admission", "Уул балдар: 12 жашка чейин; Эң көп 30 күн", "boys_up_to_12; max_days_30"),
        ("admission", "Мальчики до 7 лет; Не дольше 14 дн.", "boys_up_to_7; max_days_14"),
        ("admission", "A letter of referral is needed", "needs_letter"),
        ("phones", "приёмная: 0312651010", "+996312651010 (приёмная)"),
        ("phones", "0312 65-10-10 доб. 112", "+996312651010 (доб. 112)"),
        ("phones", "0312 65-10-10, вн. 195", "+996312651010 (вн. 195)"),
        ("phones", "0312651010 / 0555123456", "+996312651010; +996555123456"),
        ("phones", "117/111", "117; 111"),
        ("phones", "0555 12 34 56 жана 0700 12 34 56", "+996555123456; +996700123456"),
        ("phones", "8 (0312) 65-10-10", "+996312651010"),
        ("phones", "8 0555 12 34 56", "+996555123456"),
        ("source_date", "12.10.25", "2025-10-12"),
        ("source_date", "12.10.2025 г.", "2025-10-12"),
        ("source_date", "2025-10-12 00:00:00", "2025-10-12"),
        ("source_date", "25/10/2025", "2025-10-25"),
        ("source_date", "10.2025", "2025-10"),
        ("source_date", "2025-жыл", "2025"),
        ("source_date", "12 октября 2025 г.", "2025-10-12"),
        ("source_date", "2025-ж., 6-январь", "2025-01-06"),
        ("source_date", "май 2024", "2024-05"),
        ("source_date", "45942", "2025-10-12"),
        ("email", "mailto:a@b.kg", "a@b.kg"),
        ("website", "adilet.kg:8080/a", "https://adilet.kg:8080/a"),
        ("oblast", "Нарынской обл.", "KG-N"),
        ("hours", "9:00-18:00, пн-пт", "Mo-Fr 09:00-18:00"),
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
        ("phones", "0312 65-10-10/11", "phone_impossible"),
        ("phones", "О312 651010", "phone_unreadable"),
        ("phones", "8 499 123 45 67", "phone_impossible"),
        ("phones", "8-800-200-01-22", "phone_impossible"),
        ("website", "http://127.0.0.1/", "website_not_public"),
        ("website", "http://localhost:5000", "website_not_public"),
        ("website", "https://adilet.kg:22", "website_not_public"),
        ("website", "https://user@adilet.kg", "website_unreadable"),
        ("website", "javascript:alert(1)", "website_unreadable"),
        ("website", "ftp://adilet.kg", "website_unreadable"),
        ("email", "a@b.kg; c@d.kg", "email_several"),
        ("source_date", "10/12/2025", "date_ambiguous"),
        ("source_date", "вчера", "date_unreadable"),
        ("source_date", "12.10.27", "date_in_future"),
        ("name_ru", "а" * 301, "text_too_long"),
        ("kind", "shleter", "value_unknown"),
        ("topics", "family; famly", "value_unknown"),
        ("oblast", "Narnia", "oblast_unknown"),
        ("source_date", "2026-13", "date_unreadable"),
        ("source_date", "30.02.2026", "date_unreadable"),
        ("source_date", "Бирдин айы", "date_unreadable"),
        ("verified_on", "2026-11-23", "date_in_future"),
        ("name_en", "{{ 7*7 }}", "template_marks"),
        ("name_en", "{\u200b{ 7*7 }\u200b}", "template_marks"),
        ("name_en", "${x}", "template_marks"),
        ("name_en", "a`b", "template_marks"),
        ("name_en", "a\x00b", "control_characters"),
        ("name_en", "a\u202eb", "control_characters"),
        ("name_en", "Цент\ufffd", "control_characters"),
        ("note", "я" * 2001, "text_too_long"),
        ("email", "nobody", "email_unreadable"),
        ("rank", "first", "rank_unreadable"),
        ("admission", "мальчики", "value_unknown"),
        ("admission", "boys_up_to_N", "value_unknown"),
        ("admission", "boys up to 100", "value_unknown"),
        ("hours", "Mo 09-12; Mo 13-18", "hours_said_twice"),
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


def test_all_that_was_assumed_about_hours_is_told() -> None:
    parsed = parse("hours", "20:00 - 08:00 ", TODAY)
    assert parsed.text == "Mo-Su 20:00-08:00"
    assert (parsed.notice, *parsed.also) == ("hours_every_day", "hours_over_night")
    assert parse("phone_hours", "22:00-06:00 ежедневно", TODAY).notice == "hours_over_night"


@pytest.mark.parametrize(("family", "values"), sorted(FAMILIES.items()))
def test_no_name_belongs_to_two_values(family: str, values: tuple[str, ...]) -> None:
    assert set(SYNONYMS.get(family, ())) <= set(values)
    owners: dict[str, set[str]] = {}
    for value in values:
        labels = [label(source, value, lang) for source in (family, f"{family}.desk") for lang in LANGS]
        for name in {value.replace("_", " "), *labels, *SYNONYMS.get(family, {}).get(value, ())}:
            owners.setdefault(search_key(name), set()).add(value)
    assert {name: both for name, both in owners.items() if len(both) > 1} == {}
    for value, words in SYNONYMS.get(family, {}).items():
        assert {names_of(family, values)[search_key(word)] for word in words} == {value}


def test_every_table_of_synonyms_is_of_a_family_that_is_read() -> None:
    assert set(SYNONYMS) <= set(FAMILIES)


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
