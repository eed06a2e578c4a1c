"""The table of cases of the product definition, each through a real file, store and edition."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from legalmap.desk import report as reports
from legalmap.desk.export import as_csv
from legalmap.desk.reading.formulas import guarded, unguarded
from legalmap.store import centers
from tests.desk.conftest import TestDesk, codes

HEADER = "id,kind,name_ru,oblast,settlement,phones,show_location\n"
ONE = HEADER + "a1,flac,Центр А,KG-N,Нарын,0312510263,yes\n"


def rows(*cells: dict[str, str]) -> str:
    """A CSV with the columns that the rows use."""
    columns = list(dict.fromkeys(name for row in cells for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(cells)
    return out.getvalue()


def row(**cells: str) -> dict[str, str]:
    return {"id": "a1", "kind": "flac", "name_ru": "Центр А", "oblast": "KG-N", "show_location": "yes", **cells}


def test_nothing_is_written_without_apply(desk: TestDesk) -> None:
    report = desk.bring(ONE, apply=False)
    assert (report.applied, report.plan.count("new")) == (False, 1)
    assert desk.records == {}


def test_apply_writes_and_publishes_at_once(desk: TestDesk) -> None:
    report = desk.bring(ONE)
    assert report.applied
    assert report.edition == desk.directory.number == 1
    center = desk.directory.by_id["a1"]
    assert center.number == 1001
    assert [phone.number for phone in center.phones] == ["+996312510263"]


def test_the_same_file_again_changes_nothing_and_asks_nothing(desk: TestDesk) -> None:
    file = rows(row(settlement="Нарын", source_date="12.10.2020"), row(id="", name_ru="Без кода", settlement="Нарын"))
    first, again = desk.bring(file), desk.bring(file)
    assert first.outcome == "ok_fixed"
    assert (again.outcome, again.act, again.edition, again.plan.problems) == ("ok", None, None, ())
    assert (again.plan.count("unchanged"), len(desk.records)) == (2, 2)


def test_an_empty_cell_leaves_the_field_and_a_dash_empties_it(desk: TestDesk) -> None:
    desk.bring(rows(row(address="Ленина 1", email="a@b.kg")))
    desk.bring(rows(row(address="", email="-")))
    cells = desk.records["a1"].cells
    assert (cells["address"], cells["email"]) == ("Ленина 1", "")


def test_an_unknown_id_makes_the_center_and_a_blank_one_gets_a_neutral_id(desk: TestDesk) -> None:
    desk.bring(rows(row(id="mine"), row(id="", name_ru="Другой", settlement="Кербен", oblast="KG-J")))
    assert set(desk.records) == {"mine", "lm-1002"}
    assert desk.records["lm-1002"].number == 1002


@pytest.mark.parametrize(("known", "written"), [("7", "007"), ("7", "7.0"), ("KG 1", "kg1"), ("kg-7", "KG-07")])
def test_an_id_that_folds_to_a_known_one_is_asked_about(desk: TestDesk, known: str, written: str) -> None:
    desk.bring(rows(row(id=known)))
    report = desk.bring(rows(row(id=written)))
    assert (report.outcome, report.applied, codes(report, "question")) == ("ask", False, ["id_similar"])
    assert desk.bring(rows(row(id=written)), accept=("id_similar",)).applied
    assert len(desk.records) == 2


def test_an_id_twice_in_the_file_refuses_both_rows(desk: TestDesk) -> None:
    report = desk.bring(rows(row(), row(), row(id="b2", name_ru="Б")))
    assert [(problem.code, problem.line) for problem in report.plan.at("error")] == [
        ("id_repeated", 2),
        ("id_repeated", 3),
    ]
    assert desk.records == {}


def test_without_id_the_same_name_in_the_same_place_is_asked_about(desk: TestDesk) -> None:
    desk.bring(rows(row(settlement="Нарын")))
    report = desk.bring(rows(row(id="", settlement="Нарын", phones="114")))
    assert codes(report, "question") == ["likely_duplicate"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"name_ru": ""}, "name_missing"),
        ({"oblast": ""}, "place_missing"),
        ({"kind": "helpline", "oblast": ""}, "phone_missing"),
        ({"kind": "emergency"}, "phone_missing"),
        ({"lat": "41.4"}, "coordinate_half"),
        ({"kind": "shleter"}, "value_unknown"),
        ({"oblast": "Narnia"}, "oblast_unknown"),
        ({"area": "Нарын"}, "area_ambiguous"),
        ({"area": "Луна"}, "area_unknown"),
        ({"name_ru": "{{7*7}}"}, "template_marks"),
        ({"verified_by": "phone"}, "verified_without_date"),
        ({"id": "../../etc/passwd"}, "id_unreadable"),
        ({"kind": "-"}, "cannot_be_empty"),
        ({"status": "-"}, "cannot_be_empty"),
    ],
)
def test_a_row_that_cannot_go_in_is_named(desk: TestDesk, cells: dict[str, str], code: str) -> None:
    report = desk.bring(rows(row(**cells), row(id="b2", name_ru="Б")))
    assert code in codes(report, "error")
    assert (report.outcome, report.applied, report.plan.refused, desk.records) == ("row_error", False, 1, {})


@pytest.mark.parametrize(
    "cells",
    [
        {"oblast": "", "lat": "41.43", "lon": "75.99"},
        {"oblast": "", "settlement": "Нарын"},
        {"oblast": "", "area": "country"},
        {"oblast": "", "show_location": "no"},
        {"oblast": "", "kind": "helpline", "phones": "114"},
    ],
)
def test_any_one_word_on_where_it_is_suffices(desk: TestDesk, cells: dict[str, str]) -> None:
    assert desk.bring(rows(row(**cells))).applied


def test_good_rows_alone_go_in_when_asked_and_the_outcome_still_names_the_worst(desk: TestDesk) -> None:
    report = desk.bring(rows(row(kind="shleter"), row(id="b2", name_ru="Б")), good_rows=True)
    assert (report.outcome, report.applied, list(desk.records)) == ("row_error", True, ["b2"])


def test_an_open_question_stops_also_the_good_rows(desk: TestDesk) -> None:
    file = rows(row(show_location="", services="приют"), row(id="b2", name_ru="Б"))
    report = desk.bring(file, good_rows=True)
    assert (report.outcome, report.applied, desk.records) == ("ask", False, {})


def test_every_problem_comes_at_once_and_the_counts_add_up(desk: TestDesk) -> None:
    desk.bring(rows(row(id="old"), row(id="same", name_ru="С")))
    file = rows(
        row(id="n1", name_ru="Н", lat="74.6", lon="42.8x", phones="x"),
        row(id="n2", name_ru=""),
        row(id="old", phones="114"),
        row(id="same", name_ru="С"),
        row(id="n3", name_ru="Новый"),
    ).replace("n3", "\n\nn3")
    report = desk.bring(file, apply=False)
    assert {(problem.line, problem.column) for problem in report.plan.at("error")} == {
        (2, "lon"), (2, "phones"), (3, "name_ky"),
    }  # fmt: skip
    assert reports.counts(report) == {"new": 1, "changed": 1, "unchanged": 1, "refused": 2, "removed": 0}
    assert report.file is not None
    assert report.file.rows == 5
    assert report.plan.changes[-1].line == 8


# show_location


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"kind": "flac"}, "yes"),
        ({"kind": "shelter"}, "no"),
        ({"kind": "crisis_center"}, "no"),
        ({"kind": "child_center"}, "no"),
        ({"kind": ""}, "no"),
        ({"kind": "flac", "show_location": "может быть"}, "no"),
    ],
)
def test_a_new_row_that_does_not_say_shows_only_what_is_safe(desk: TestDesk, cells: dict[str, str], shown: str) -> None:
    desk.bring(rows(row(**{"show_location": "", **cells})))
    assert desk.records["a1"].cells["show_location"] == shown


def test_an_unreadable_show_location_hides_what_was_open(desk: TestDesk) -> None:
    desk.bring(rows(row(address="Ленина 1", settlement="Нарын")))
    report = desk.bring(rows(row(show_location="???", settlement="-", name_ru="Центр")))
    assert "show_location_unreadable" in codes(report, "notice")
    assert desk.directory.by_id["a1"].show_location == "no"


@pytest.mark.parametrize("column", ["name_ky", "name_en", "services", "services_ky", "topics"])
@pytest.mark.parametrize("accept", [(), ("show_location_unclear",)])
def test_a_new_row_that_speaks_of_danger_is_asked_about_and_stays_hidden(
    desk: TestDesk, column: str, accept: tuple[str, ...]
) -> None:
    text = {"name_ky": "Баш калкалоочу жай", "name_en": "Safe shelter", "topics": "violence"}.get(column, "зомбулук")
    report = desk.bring(rows(row(show_location="", **{column: text})), accept=accept)
    if accept:
        assert desk.records["a1"].cells["show_location"] == "no"
    else:
        assert (report.outcome, codes(report, "question")) == ("ask", ["show_location_unclear"])


@pytest.mark.parametrize(("old", "new"), [("no", "yes"), ("no", "settlement"), ("settlement", "yes")])
def test_showing_more_is_a_question_and_showing_less_is_not(desk: TestDesk, old: str, new: str) -> None:
    desk.bring(rows(row(show_location=old)))
    report = desk.bring(rows(row(show_location=new)))
    assert (report.outcome, codes(report, "question")) == ("ask", ["show_wider"])
    assert desk.bring(rows(row(show_location=new)), accept=("show_wider",)).applied
    assert desk.bring(rows(row(show_location=old))).outcome == "ok"


def test_a_hidden_landline_is_asked_about_because_its_code_shows_the_town(desk: TestDesk) -> None:
    file = rows(row(show_location="no", phones="0312 64-48-71; 0555 123456; 117"))
    report = desk.bring(file)
    assert [(problem.code, problem.value) for problem in report.plan.at("question")] == [
        ("landline_shows_town", "+996312644871")
    ]


@pytest.mark.parametrize(
    ("settlement", "oblast", "asked"), [("Кайыңды", "KG-C", True), ("Ош", "KG-GO", False), ("Тайга", "KG-N", True)]
)
def test_a_sensitive_kind_in_a_small_or_unknown_place_is_asked_about(
    desk: TestDesk, settlement: str, oblast: str, asked: bool
) -> None:
    report = desk.bring(rows(row(kind="shelter", show_location="settlement", settlement=settlement, oblast=oblast)))
    assert ("small_settlement" in codes(report, "question")) is asked


# points


def test_a_row_without_a_point_takes_its_settlements_and_says_so(desk: TestDesk) -> None:
    report = desk.bring(rows(row(settlement="нарын")))
    center = desk.directory.by_id["a1"]
    assert codes(report) == ["point_of_settlement"]
    assert center.approximate
    assert center.place_id == "1527592"


def test_an_own_point_is_kept_and_not_approximate(desk: TestDesk) -> None:
    desk.bring(rows(row(settlement="Нарын", lat="41,430001", lon="75.99")))
    center = desk.directory.by_id["a1"]
    assert center.point is not None
    assert (center.point.lat, center.approximate) == (41.430001, False)


def test_a_settlement_is_looked_for_only_in_the_rows_own_oblast(desk: TestDesk) -> None:
    report = desk.bring(rows(row(settlement="Кызыл-Октябрь", oblast="KG-C")))
    assert codes(report) == ["settlement_similar"]
    assert desk.directory.by_id["a1"].point is None
    assert "a1" in {center.id for center in desk.directory.unplaced}


def test_a_name_of_several_places_is_a_question(desk: TestDesk) -> None:
    report = desk.bring(rows(row(settlement="Ак-Суу", oblast="")))
    assert (report.outcome, codes(report, "question")) == ("ask", ["settlement_ambiguous"])
    assert desk.bring(rows(row(settlement="Ак-Суу", oblast="KG-Y"))).applied


# hidden words


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"settlement": "Каракол", "name_ru": "Приют в Караколе"}, "name_ru"),
        ({"settlement": "Каракол", "name_en": "Karakol shelter"}, "name_en"),
        ({"settlement": "Ош", "bring_ky": "Оштон келгендер"}, "bring_ky"),
        ({"address_ru": "ул. Токтогула, 12", "phones": "0555123456 (вход с Токтогула)"}, "phones"),
        ({"address": "Manas street 5", "name_en": "Center on Manas"}, "name_en"),
        ({"settlement": "Карасуу", "oblast": "KG-O", "bring_ru": "рынок Кара-Суу"}, "bring_ru"),
        ({"settlement": "Каракол", "bring_ru": "приходите в Кара-Кол"}, "bring_ru"),
        ({"settlement": "Кочкор", "id": "kochkor-house"}, "id"),
        ({"address": "ул. Исанова 5", "id": "h3-isanova"}, "id"),
        ({"settlement": "г. Нарын", "name_en": "Naryn quiet house"}, "name_en"),
        ({"settlement": "Бишкек шаары", "name_en": "Bishkek house"}, "name_en"),
        ({"settlement": "Ош", "bring_ru": "справка из Ошского суда"}, "bring_ru"),
        ({"address": "ул. Токтогула 12", "name_en": "House on Toktogul"}, "name_en"),
        ({"show_location": "settlement", "address": "Пингвин 12", "source": "https://x.kg/адрес-пингвин-12"}, "source"),
        ({"show_location": "settlement", "address": "Ак-Кеме 3", "services": "Аккеме"}, "services"),
        ({"address_en": "Toktogula 125", "name_ru": "Приют на Токтогула"}, "name_ru"),
        ({"address": "Frunze 12", "bring_ru": "вход на Фрунзе"}, "bring_ru"),
        ({"address": "пр. Чуй, 114", "name_en": "Hope on Chui"}, "name_en"),
        ({"settlement": "Каракол", "name_en": "K\u00e1r\u00e0kol house"}, "name_en"),
        ({"settlement": "Каракол", "id": "shelterkarakol"}, "id"),
        ({"address": "ул. Советская 1", "bring_ky": "Совет көчөсүнөн"}, "bring_ky"),
        ({"settlement": "Ак-Суу", "oblast": "KG-Y", "name_ru": "Дом Аксуйский"}, "name_ru"),
        ({"show_location": "settlement", "address": "Токтогула 1", "email": "cctoktogul@mail.kg"}, "email"),
        ({"show_location": "settlement", "lat": "42.87", "lon": "74.57", "source": "https://2gis.kg/geo/1"}, "source"),
        ({"show_location": "settlement", "lat": "42.87", "lon": "74.57", "services": "42.8746, 74.5698"}, "services"),
    ],
)
def test_a_row_whose_public_fields_give_the_hidden_place_away_is_refused(
    desk: TestDesk, cells: dict[str, str], column: str
) -> None:
    report = desk.bring(rows(row(**{"kind": "shelter", "show_location": "no", **cells})))
    assert [(problem.code, problem.column) for problem in report.plan.at("error")] == [("hidden_word_public", column)]


@pytest.mark.parametrize(
    "cells",
    [
        {"settlement": "Каракол", "oblast": "KG-Y", "area": "KG-Y"},
        {"address_ru": "ул. Токтогула, 12", "bring_ru": "паспорт, 12 сомов, ул"},
        {"settlement": "Ош", "oblast": "KG-GO", "name_ru": "Общий дом ошибок"},
        {"address_ru": "Центр города, ул. Ленина 5", "name_ru": "Кризисный центр «Ак-Журок»"},
        {"address_ru": "территория районной больницы", "bring_ru": "направление из больницы"},
        {"settlement": "Каракол", "services": "Каракол", "internal_note": "Каракол", "directions": "Каракол"},
    ],
)
def test_oblast_street_words_numbers_and_hidden_columns_give_nothing_away(
    desk: TestDesk, cells: dict[str, str]
) -> None:
    assert desk.bring(rows(row(**{"kind": "shelter", "show_location": "no", **cells}))).applied


def test_a_settlement_row_may_name_its_settlement_and_rayon_in_the_hidden_address(desk: TestDesk) -> None:
    named = {"settlement": "Кочкор", "rayon": "Кочкор району", "name_ru": "Кочкорский центр"}
    report = desk.bring(rows(row(show_location="settlement", address="Кочкор, Исанова 5", **named)))
    assert report.applied, codes(report)
    assert desk.directory.by_id["a1"].rayon == "kochkor"


def test_the_settlement_column_takes_no_address(desk: TestDesk) -> None:
    report = desk.bring(
        rows(row(show_location="settlement", oblast="KG-GB", settlement="г. Бишкек, ул. Токтогула 125"))
    )
    assert codes(report, "error") == ["settlement_is_address"]


def test_a_website_and_note_with_the_point_are_dropped(desk: TestDesk) -> None:
    told = {"website": "https://2gis.kg/bishkek/geo/74.5698,42.8746", "note_ru": "42.8746, 74.5698", "note_ky": "кел"}
    desk.bring(
        rows(row(show_location="settlement", settlement="Бишкек", oblast="KG-GB", lat="42.8746", lon="74.5698", **told))
    )
    center = desk.directory.by_id["a1"]
    assert (center.website, center.note.ru, center.note.ky) == ("", "", "кел")


def test_a_town_wins_over_a_hamlet_of_its_name(desk: TestDesk) -> None:
    desk.bring(rows(row(settlement="Талас", oblast="KG-T")))
    assert desk.directory.by_id["a1"].place_id == "1527299"


def test_the_landline_of_a_hidden_whatsapp_is_asked_about_too(desk: TestDesk) -> None:
    report = desk.bring(rows(row(show_location="no", whatsapp="0312651010")))
    assert codes(report, "question") == ["landline_shows_town"]


def test_nothing_is_closed_while_an_id_cannot_be_read(desk: TestDesk) -> None:
    desk.bring(rows(row(), row(id="b2", name_ru="Б")))
    file = rows(row(id="a1\x07", phones="114"), row(id="b2", name_ru="Б"))
    report = desk.bring(file, replace_all=True, good_rows=True)
    assert "replace_all_skipped" in codes(report, "notice")
    assert desk.records["a1"].cells["status"] == "active"


def test_website_and_note_of_a_settlement_row_are_dropped_where_they_hold_the_address(desk: TestDesk) -> None:
    desk.bring(
        rows(
            row(
                settlement="Ош", oblast="KG-GO", show_location="settlement", address="Байалинова 1",
                website="https://dia.kg/bajalinova", note_ru="рядом с Байалинова", note_ky="кел",
            )
        )
    )  # fmt: skip
    center = desk.directory.by_id["a1"]
    assert (center.note.ru, center.note.ky, bool(center.address)) == ("", "кел", False)
    assert (center.approximate, center.settlement) == (True, "Ош")


# replace all


def test_replace_all_closes_what_is_absent_and_asks_above_a_fifth(desk: TestDesk) -> None:
    names = [f"c{number}" for number in range(10)]
    desk.bring(rows(*(row(id=name, name_ru=name) for name in names)))
    most = rows(*(row(id=name, name_ru=name) for name in names[:8]))
    report = desk.bring(most, replace_all=True)
    assert (report.applied, report.plan.count("removed"), report.plan.count("unchanged")) == (True, 2, 8)
    assert desk.records["c9"].cells["status"] == "closed"
    few = rows(*(row(id=name, name_ru=name) for name in names[:3]))
    assert codes(desk.bring(few, replace_all=True), "question") == ["replace_all_many"]
    assert desk.bring(few, replace_all=True, accept=("all",)).plan.count("removed") == 5


def test_rows_absent_from_an_ordinary_file_are_left_alone(desk: TestDesk) -> None:
    desk.bring(rows(row(), row(id="b2", name_ru="Б")))
    desk.bring(rows(row(phones="114")))
    assert desk.records["b2"].cells["status"] == "active"


def test_a_refused_row_is_not_absent(desk: TestDesk) -> None:
    desk.bring(
        rows(
            row(),
            row(id="b2", name_ru="Б"),
            row(id="c3", name_ru="В"),
            row(id="d4", name_ru="Г"),
            row(id="e5", name_ru="Д"),
        )
    )
    file = rows(row(phones="bad"), row(id="b2", name_ru="Б"), row(id="c3", name_ru="В"), row(id="d4", name_ru="Г"))
    desk.bring(file, replace_all=True, good_rows=True)
    assert {name: record.cells["status"] for name, record in desk.records.items()} == {
        "a1": "active", "b2": "active", "c3": "active", "d4": "active", "e5": "closed",
    }  # fmt: skip


# round trip and history


def test_what_is_exported_comes_back_with_no_change(desk: TestDesk) -> None:
    desk.bring(
        rows(
            row(phones="0312510263 (приёмная)", hours="Пн-Пт 9-18, обед 12-13", lat="41.4", lon="75.9",
                topics="семья, развод; land", area="KG-N; country", verified_on="2026-10", verified_by="phone",
                services='line "one"\nline two; three', internal_note="- 1", rank="3", admission="night; max days 14"),
            row(id="b2", kind="shelter", name_ru="Б", show_location="no", settlement="Каракол", address="Тайная 5"),
        )
    )  # fmt: skip
    before = desk.records
    report = desk.bring(as_csv(before.values()))
    assert (report.outcome, report.plan.count("unchanged")) == ("ok", 2)
    assert desk.records == before


FORMULAS = ["=1+1", "+1+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "'=x", "''", "＝1", "+996312651010", "-5", "=cmd (x)"]


@pytest.mark.parametrize("text", FORMULAS)
def test_an_exported_text_never_begins_as_a_formula_and_comes_back_the_same(desk: TestDesk, text: str) -> None:
    assert unguarded(guarded(text)) == text
    desk.bring(rows(row(phones="+996 312 65-10-10 (x); 114")))
    with desk.desk.store.writing() as connection:
        centers.change(connection, "a1", {"internal_note": text})
    before = desk.records
    exported = as_csv(before.values())
    assert desk.bring(exported).plan.count("unchanged") == 1
    assert desk.records == before
    cells = list(csv.reader(io.StringIO(exported.removeprefix("\ufeff"))))[1]
    plain = re.compile(r"[+-]?\d+|\+996312651010 \(x\); 114")
    assert [cell for cell in cells if cell[:1] in set("=+-@＝") and not plain.fullmatch(cell)] == []


def test_changed_hours_and_phones_are_verified_no_more_but_the_rest_is(desk: TestDesk) -> None:
    desk.bring(rows(row(verified_on="2026-11-01", verified_by="phone", hours="Mo-Fr 09:00-18:00", phones="114")))
    desk.bring(rows(row(hours="Mo-Fr 10:00-18:00")))
    center = desk.directory.by_id["a1"]
    assert (center.hours_verified_on, center.verified_on) == ("", "2026-11-01")
    desk.bring(rows(row(hours="Mo-Fr 10:00-17:00", verified_on="2026-11-20", verified_by="phone")))
    assert desk.directory.by_id["a1"].hours_verified_on == "2026-11-20"


@pytest.mark.parametrize(
    "cells",
    [
        {"lat": "here", "lon": "75.9"},
        {"kind": "helpline", "phones": "x"},
        {"verified_on": "2030", "verified_by": "phone"},
    ],
)
def test_what_could_not_be_read_is_not_called_missing_as_well(desk: TestDesk, cells: dict[str, str]) -> None:
    assert len(desk.bring(rows(row(**cells))).plan.at("error")) == 1


def test_every_notice_of_a_cell_is_told(desk: TestDesk) -> None:
    report = desk.bring(rows(row(hours="20:00-08:00")))
    assert codes(report, "notice") == ["hours_every_day", "hours_over_night"]


def test_verified_dates_are_kept_with_who_said_so(desk: TestDesk) -> None:
    desk.bring(rows(row(verified_on="2026-10-01", verified_by="phone", hours="Mo-Fr 09:00-18:00")))
    desk.bring(rows(row(verified_on="2026-11-20", verified_by="on_site")))
    record = desk.records["a1"]
    assert (record.cells["verified_on"], record.cells["verified_by"]) == ("2026-11-20", "on_site")
    assert desk.directory.by_id["a1"].hours_verified_on == "2026-11-20"


# the file as a whole


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"  \r\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"\xef\xbb\xbf\r\n", "file_empty"),
        (b"id,name_ru\r\n", "file_without_rows"),
        (b"one,two\r\n1,2\r\n", "file_without_header"),
        (b"id,name_ru\r\n1,\xff\xfe\x81\x98", "file_not_utf8"),
        (b"PK\x03\x04rest", "file_damaged"),
        (b"<html><body>", "file_not_a_table"),
        (b"[1, 2]", "file_not_a_table"),
        (b"id,id\n1,2\n", "column_doubled"),
        (b"id,ID \n1,2\n", "column_doubled"),
        (b'id,name_ru\n1,"open\n', "file_broken_quotes"),
        (b"id\0,name\n1,2\n", "file_not_a_table"),
        (b"id," + b"x," * 300 + b"\n1\n", "file_too_many_columns"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_in_one_sentence(desk: TestDesk, data: bytes, code: str) -> None:
    report = desk.bring(data)
    assert (report.outcome, codes(report), report.applied) == ("file_error", [code], False)
    for lang in ("ky", "ru", "en"):
        message = reports.as_json(report, lang)["problems"][0]["message"]
        assert message
        assert "{" not in message


def test_limits_name_themselves_and_the_actual_size(tmp_path: Any) -> None:
    small = TestDesk(tmp_path / "small", import_max_bytes=300, import_max_rows=2)
    large = small.bring("id,name_ru\n" + "a,b\n" * 100)
    assert dict(large.plan.problems[0].params) == {"limit": 300, "actual": 411}
    long = small.bring(rows(*(row(id=f"a{number}") for number in range(3))))
    assert dict(long.plan.problems[0].params) == {"limit": 2, "actual": 3}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_bom_and_line_ends_are_found(desk: TestDesk, delimiter: str) -> None:
    text = "\ufeff" + ONE.replace(",", delimiter).replace("\n", "\r\n")
    report = desk.bring(text)
    assert report.file is not None
    assert (report.applied, report.file.delimiter, report.file.encoding) == (True, delimiter, "utf-8-sig")


def test_headers_may_be_ours_in_kyrgyz_or_russian_in_any_order(desk: TestDesk) -> None:
    text = (
        "Название (рус.);Аталышы (кыргызча);REGION;Город или село;"
        'Показывать адрес? (да / только село / нет);"Телефоны (через ;)"\n'
        "Центр;Борбор;Нарынская область;Нарын;да;114\n"
    )
    report = desk.bring(text)
    assert report.applied, codes(report)
    cells = next(iter(desk.records.values())).cells
    assert (cells["name_ru"], cells["name_ky"], cells["oblast"], cells["phones"]) == ("Центр", "Борбор", "KG-N", "114")


def test_unknown_columns_are_listed_as_ignored(desk: TestDesk) -> None:
    report = desk.bring(rows(row(**{"Сведения": "x"})))
    assert [(problem.code, problem.value) for problem in report.plan.problems] == [("column_ignored", "Сведения")]
    assert report.outcome == "ok_fixed"


def test_a_row_with_more_cells_than_the_header_is_refused_and_a_short_one_is_filled(desk: TestDesk) -> None:
    report = desk.bring(HEADER + "a1,flac,А,KG-N,,,yes,lost\nb2,flac,Б,KG-N\n", good_rows=True)
    assert codes(report, "error") == ["row_too_long"]
    assert list(desk.records) == ["b2"]
