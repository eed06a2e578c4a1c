"""The list of centers: found by any spelling, narrowed by what has to be done, quick with five thousand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from legalmap.desk.gazetteer import shipped
from legalmap.desk.known import known
from legalmap.desk.overview import CHOICE, PAGE, SORTS, Asked, Found, Overview, Overviews, row_of
from legalmap.model import Record
from legalmap.visibility import COLUMNS
from tests.desk.conftest import NOW, TestDesk

ROWS = """id,kind,status,name_ky,name_ru,name_en,oblast,settlement,address,lat,lon,show_location,phones,source,source_date,verified_on
a,flac,,Нарын борбору,Нарынский центр,Naryn center,KG-N,Нарын,"Ленин көчөсү, 1",41.43,75.99,yes,0312 65-10-10 (кабылдама),x,2026-10,2026-10-12
b,advocate,,Өмүрбек уулу Үсөн,Омурбек уулу Усен,,KG-Y,Каракол,,,,yes,0555 123 456,x,2018,
c,shelter,,Үмүт,Умут,,KG-N,Кочкор,"Талаа көчөсү, 7",,,no,,,,
d,notary,suspended,Нотариус,Нотариус,Notary,KG-B,,,,,yes,0700 100 200,x,2026-01,
e,ngo,closed,Жабык уюм,Закрытая,,KG-T,Талас,,,,yes,0700 100 201,,,
f,helpline,,Ишеним телефону,Телефон доверия,Trust line,,,,,,,111,x,2026-01,2025-11-22
"""  # noqa: E501
TODAY = NOW.date()


@pytest.fixture(scope="module")
def overview(tmp_path_factory: pytest.TempPathFactory) -> Overview:
    desk = TestDesk(tmp_path_factory.mktemp("overview") / "instance")
    assert desk.bring(ROWS, accept=("all",)).applied
    return Overviews(desk.desk.store, known).current()


def ids(found: Found) -> list[str]:
    return [row.record.id for row in found.rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Naryn center", "a"), ("нарын", "ac"), ("НАРЫНСК", "a"), ("Наырн", "ac"), ("Osh", ""), ("омурбек усен", "b"),
        ("Omurbek", "b"), ("Өмүрбекк", "b"), ("каракол", "b"), ("Przhevalsk", "b"), ("кочкор", ""), ("umut", "c"),
        ("0312 651010", "a"), ("+996 312 65-10", "a"), ("100200", "d"), ("1003", "c"), ("111", "f"), ("notary", "d"),
        ("нотариус", "d"), ("", "abcdef"), ("<script>", ""), ("'; --", ""), ("%", ""),
    ],
)  # fmt: skip
def test_a_center_is_found_by_any_spelling_slip_place_number_and_piece_of_a_phone(
    overview: Overview, text: str, found: str
) -> None:
    assert sorted(ids(overview.look(Asked(text=text), "ky", TODAY))) == sorted(found)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("no_point", "bd"), ("never_verified", "bcd"), ("overdue", "bcf"), ("hidden", "c"), ("hidden_no_phone", "c"),
        ("suspended", "d"), ("closed", "e"),
    ],
)  # fmt: skip
def test_each_filter_keeps_what_has_to_be_done_and_says_how_many(overview: Overview, state: str, found: str) -> None:
    everything = overview.look(Asked(), "ky", TODAY)
    asked = Asked(states=frozenset({state}))
    assert sorted(ids(overview.look(asked, "ky", TODAY))) == list(found)
    assert everything.states[state] == len(found)
    assert overview.look(Asked(states=asked.states, kind="court"), "ky", TODAY).total == 0


def test_a_verified_center_is_overdue_after_a_year_and_not_a_day_before(overview: Overview) -> None:
    row = overview.rows["a"]
    assert "overdue" not in row.all_states("2027-10-11")
    assert "overdue" in row.all_states("2027-10-12")


def test_counts_beside_kinds_and_oblasts_are_what_choosing_them_leaves(overview: Overview) -> None:
    found = overview.look(Asked(oblast="KG-N", kind="flac"), "ky", TODAY)
    assert found.kinds == {"flac": 1, "shelter": 1}
    assert found.oblasts == {"KG-N": 1}


@pytest.mark.parametrize("column", SORTS)
def test_every_column_sorts_both_ways(overview: Overview, column: str) -> None:
    up = ids(overview.look(Asked(sort=column), "ky", TODAY))
    assert up == ids(overview.look(Asked(sort=column, down=True), "ky", TODAY))[::-1]
    if column == "number":
        assert up == list("abcdef")
    if column == "verified_on":
        assert up[-2:] == ["f", "a"]


def test_the_list_never_shows_what_show_location_hides(overview: Overview) -> None:
    row = overview.rows["c"]
    assert row.shown("settlement") is None
    assert row.shown("name_ky") == "Үмүт"
    assert not {"address", "lat", "lon", "internal_note", "internal_contact"} & set(CHOICE)


def test_after_an_act_the_list_is_new_and_only_changed_centers_are_read_again(desk: TestDesk) -> None:
    desk.desk = replace(desk.desk, publish_later=lambda: None)
    desk.bring(ROWS, accept=("all",))
    overviews = Overviews(desk.desk.store, known)
    before = overviews.current()
    assert overviews.current() is before
    desk.desk.together("suspend", ["a"], apply=True)
    after = overviews.current()
    assert after.rows["a"].record.cells["status"] == "suspended"
    assert "suspended" in after.rows["a"].states
    assert after.rows["b"] is before.rows["b"]


def test_of_five_thousand_centers_one_page_is_shown() -> None:
    """How soon is told by bench/desk.py; here that every view is a page of what was asked for."""
    gazetteer, rows = shipped(), {}
    for number in range(5_000):
        cells = dict.fromkeys(COLUMNS, "") | {
            "id": f"t-{number}", "kind": "advocate", "status": "active", "oblast": "KG-N", "show_location": "yes",
            "name_ky": f"Жактоочу {number % 701} Асанов", "phones": f"+9967001{number:05}", "settlement": "Нарын",
        }  # fmt: skip
        rows[f"t-{number}"] = row_of(Record(id=f"t-{number}", number=number, cells=cells), gazetteer)
    overview = Overview(1, gazetteer, rows)
    for asked in (Asked(), Asked(text="асанов 70"), Asked(text="аасанов"), Asked(sort="place", down=True, page=100)):
        found = overview.look(replace(asked, states=frozenset({"never_verified"})), "ky", TODAY)
        assert found.total
        assert len(found.rows) <= PAGE


def test_an_empty_desk_has_one_empty_page(desk: TestDesk) -> None:
    found = Overviews(desk.desk.store, known).current().look(Asked(text="а", page=7), "ru", dt.date(2026, 1, 1))
    assert (found.total, found.page, found.pages) == (0, 1, 1)
