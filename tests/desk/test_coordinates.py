"""Coordinates in all the ways people write them, and points that cannot be right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalmap.desk.problems import Refused
from legalmap.desk.reading.coordinates import pair
from legalmap.wording import word
from tests.desk.conftest import TestDesk, codes
from tests.desk.test_import import row, rows


@pytest.mark.parametrize(
    ("lat", "lon", "read"),
    [
        ("42.8746", "74.5698", ("42.8746", "74.5698")),
        ("42,8746", "74,60", ("42.8746", "74.6")),
        ("+42.87461234567", "74", ("42.874612", "74")),
        ("42.8746°", "74.5698 °", ("42.8746", "74.5698")),
        ("N42.8746", "74.5698E", ("42.8746", "74.5698")),
        ("с.ш. 42,87", "74,56 в. д.", ("42.87", "74.56")),
        ("42°52'28.6\"N", "74°34'11\"E", ("42.874611", "74.569722")),
        ("42° 52′ 28″ с. ш.", "74° 34′ 11″ в. д.", ("42.874444", "74.569722")),
        ("42°52.477'", "74°34.2'", ("42.874617", "74.57")),
        ("42 52 28", "74:34:11", ("42.874444", "74.569722")),
        ("42град 52мин 28сек", "74град 34мин", ("42.874444", "74.566667")),
    ],
)
def test_a_coordinate_is_read_as_people_write_it(lat: str, lon: str, read: tuple[str, str]) -> None:
    found = pair(lat, lon)
    assert found.lat is not None
    assert found.lon is not None
    assert (found.lat.text, found.lon.text, found.notices) == (*read, ())


@pytest.mark.parametrize(
    "text",
    [
        "42.8746, 74.5698", "42.8746 74.5698", "42,8746 74,5698", "42,8746, 74,5698", "42,8746,74,5698",
        "42.8746;74.5698", "42.8746/74.5698", "74.5698 E, 42.8746 N", "N 42.8746, E 74.5698", "42.8746 N 74.5698 E",
    ],
)  # fmt: skip
def test_both_in_one_cell_are_parted_and_told(text: str) -> None:
    for found in (pair(text, ""), pair("", text), pair(text, text)):
        assert found.lat is not None
        assert found.lon is not None
        assert (found.lat.text, found.lon.text) == ("42.8746", "74.5698")
        assert found.notices == ("coordinates_in_one_cell",)


def test_swapped_ones_change_places_and_it_is_told(desk: TestDesk) -> None:
    report = desk.bring(rows(row(lat="75.99", lon="41.43", settlement="Нарын")))
    assert codes(report) == ["coordinates_swapped"]
    assert (desk.records["a1"].cells["lat"], desk.records["a1"].cells["lon"]) == ("41.43", "75.99")


@pytest.mark.parametrize(
    ("lat", "lon", "column", "code"),
    [
        ("0", "0", "lat", "coordinate_zero"), ("0.0000", "74.5", "lat", "coordinate_zero"),
        ("428746", "745698", "lat", "coordinate_lost_point"), ("42.874.600", "74.5", "lat", "coordinate_lost_point"),
        ("42.87", "745698", "lon", "coordinate_lost_point"), ("4747123", "468123", "lat", "coordinate_meters"),
        ("авг.42", "74.5", "lat", "date_cell"), ("42.87", "15 мая", "lon", "date_cell"),
        ("52.5", "13.4", "lat", "coordinate_outside"), ("-42.87", "74.56", "lat", "coordinate_outside"),
        ("42.87 S", "74.5", "lat", "coordinate_outside"), ("42.87", "74.5 з.д.", "lon", "coordinate_outside"),
        ("74.6", "", "lat", "coordinate_swapped"), ("", "42.87", "lon", "coordinate_swapped"),
        ("nan", "74", "lat", "coordinate_unreadable"), ("42", "inf", "lon", "coordinate_unreadable"),
        ("1e2", "74", "lat", "coordinate_unreadable"), ("0x2A", "74", "lat", "coordinate_unreadable"),
        ("4_2.8", "74", "lat", "coordinate_unreadable"), ("٤٢.٨٧", "74", "lat", "coordinate_unreadable"),
        ("४२.८", "74", "lat", "coordinate_unreadable"), ("42°75'", "74", "lat", "coordinate_unreadable"),
        ("https://maps.example/?q=42.87,74.56", "", "lat", "coordinate_unreadable"),
        ("42.", "74", "lat", "coordinate_unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_coordinate_is_refused_with_its_column(lat: str, lon: str, column: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        pair(lat, lon)
    assert (refusal.value.code, refusal.value.params["column"]) == (code, column)


def test_a_lost_point_is_not_put_back_but_named(desk: TestDesk) -> None:
    report = desk.bring(rows(row(lat="414300", lon="759900")))
    (problem,) = report.plan.at("error")
    assert "41.4300" in word(problem, "ky")
    assert not report.applied


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_the_reading_and_what_is_read_reads_the_same_again(lat: str, lon: str) -> None:
    try:
        found = pair(lat.strip(), lon.strip())
    except Refused:
        return
    texts = [part.text if part else "" for part in (found.lat, found.lon)]
    if all(texts):
        again = pair(*texts)
        assert [part.text for part in (again.lat, again.lon) if part] == texts
        assert again.notices == ()


@pytest.mark.parametrize(
    ("lat", "lon", "oblast", "code"),
    [
        ("43.238", "76.945", "KG-C", "point_abroad"),  # Almaty
        ("41.311", "69.28", "KG-J", "point_abroad"),  # Tashkent
        ("40.036", "71.0714", "KG-B", "point_abroad"),  # Sokh, inside the outer line
        ("39.8316", "70.6303", "KG-B", "point_abroad"),  # Vorukh
        ("42.45", "77.2", "KG-Y", "point_in_lake"),
        ("41.83", "75.15", "KG-N", "point_in_lake"),
    ],
)
def test_a_point_abroad_or_in_a_lake_refuses_the_row(
    desk: TestDesk, lat: str, lon: str, oblast: str, code: str
) -> None:
    report = desk.bring(rows(row(lat=lat, lon=lon, oblast=oblast)))
    assert (codes(report, "error"), report.applied) == ([code], False)


@pytest.mark.parametrize(
    ("lat", "lon", "oblast"),
    [
        ("39.9", "70.82", "KG-B"),  # Ak-Say, a village 0.4 km outside the drawn border
        ("40.528", "72.799", "KG-GO"),
        ("42.875", "74.57", "KG-GB"),
        ("42.65", "77.08", "KG-Y"),  # Cholpon-Ata, on the shore
    ],
)
def test_our_own_edges_are_inside(desk: TestDesk, lat: str, lon: str, oblast: str) -> None:
    assert codes(desk.bring(rows(row(lat=lat, lon=lon, oblast=oblast))), "error") == []


def test_our_village_beyond_the_border_is_asked_about_not_refused(desk: TestDesk) -> None:
    report = desk.bring(rows(row(lat="40.67", lon="72.775", oblast="KG-O")))
    assert codes(report) == ["point_in_exclave"]


def test_a_point_in_another_oblast_is_asked_about_with_both_named(desk: TestDesk) -> None:
    file = rows(row(lat="40.528", lon="72.799", oblast="KG-N"))
    report = desk.bring(file)
    (problem,) = report.plan.at("question")
    assert problem.code == "point_in_other_oblast"
    assert "Ошская" in word(problem, "ru")
    assert "Нарынская" in word(problem, "ru")
    assert desk.bring(file, accept=("point_in_other_oblast",)).applied
    assert desk.bring(file).plan.count("unchanged") == 1


def test_a_point_far_from_its_settlement_is_asked_about(desk: TestDesk) -> None:
    report = desk.bring(rows(row(lat="42.2166", lon="75.7586", settlement="Нарын")))
    assert codes(report, "question") == ["point_far_from_settlement"]
    assert codes(desk.bring(rows(row(lat="41.43", lon="75.99", settlement="Нарын"))), "question") == []


def test_rounded_coordinates_and_five_rows_on_one_point_are_told(desk: TestDesk) -> None:
    report = desk.bring(rows(row(lat="41.4", lon="76", settlement="Нарын")))
    assert codes(report) == ["coordinate_rough", "coordinate_rough"]
    five = [row(id=f"n{n}", name_ru=f"Центр {n}", lat="41.4301", lon="75.9902") for n in range(5)]
    assert codes(desk.bring(rows(*five[:4]))) == []
    (problem,) = desk.bring(
        rows(*[{**one, "id": f"x{n}", "name_ru": f"Б {n}"} for n, one in enumerate(five)])
    ).plan.problems
    assert (problem.code, problem.params["lines"]) == ("points_repeated", "2, 3, 4, 5, 6")


def test_clearing_a_point_clears_both(desk: TestDesk) -> None:
    desk.bring(rows(row(lat="41.43", lon="75.99", settlement="Нарын")))
    assert desk.bring("id,lat,lon\na1,-,-\n").applied
    assert (desk.records["a1"].cells["lat"], desk.records["a1"].cells["lon"]) == ("", "")
