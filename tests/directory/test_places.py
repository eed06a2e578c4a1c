"""A place is found however it is typed, all of one name are offered, and nothing typed can break it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalmap.directory.places import SIMILAR_MAX, Places, read_places
from legalmap.model import Localized, Place, Point


def place(id: str, ky: str, ru: str = "", en: str = "", **fields: object) -> Place:
    given: dict[str, object] = {"oblast": "KG-N", "point": Point(lat=41.0, lon=75.0)}
    return Place(id=id, names=Localized(ky=ky, ru=ru or ky, en=en), **(given | fields))  # type: ignore[arg-type]


PLACES = Places(
    [
        place("1", "Нарын", en="Naryn", population=40_000, aliases=("Narin",)),
        place("2", "Көк-Жар", "Кок-Джар", "Kök-Jar", population=900),
        place("3", "Ак-Суу", en="Ak-Suu", population=5_000),
        place("4", "Ак-Суу", en="Ak-Suu", population=9_000, oblast="KG-Y"),
        place("5", "Ак-Суу", en="Ak-Suu", feature="PPL"),
        place("50", "Ак-Суу", en="Ak-Suu", feature="PPL"),
        place("6", "Ак-Суу", en="Ak-Suu", feature="PPLA3"),
        place("7", "Манас", en="Manas", population=100_000, oblast="KG-J", aliases=("Джалал-Абад", "Жалал-Абад")),
        place("8", "Өзгөн", "Узген", "Özgön", population=60_000, oblast="KG-O", aliases=("Uzgen",)),
        place("9", "Каракол", en="Karakol", population=80_000, oblast="KG-Y"),
        place("10", "Кара-Көл", "Кара-Куль", "Kara-Köl", population=20_000, oblast="KG-J"),
        place("11", "Баткен", en="Batken", population=20_000, oblast="KG-B"),
        *(place(f"x{number}", f"Тилек{number}", population=number) for number in range(12)),
    ]
)


def exact(text: str) -> list[str]:
    return [found.id for found in PLACES.find(text).exact]


def similar(text: str) -> list[str]:
    return [found.id for found in PLACES.find(text).similar]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Нарын", "1"),
        (" НАРЫН ", "1"),
        ("naryn", "1"),
        ("Narin", "1"),
        ("кок жар", "2"),
        ("Кѳк-Жар", "2"),
        ("Кок-Джар", "2"),
        ("kok jar", "2"),
        ("озгон", "8"),
        ("Узген", "8"),
        ("Ozgon", "8"),
        ("Uzgen", "8"),
        ("жалал-абад", "7"),
        ("Джалал Абад", "7"),
        ("каракол", "9"),
        ("Кара Куль", "10"),
    ],
)
def test_a_place_is_found_by_any_spelling_of_any_name(text: str, id: str) -> None:
    assert exact(text) == [id]
    assert similar(text) == []


def test_all_places_of_one_name_are_offered_the_largest_first() -> None:
    assert exact("ак суу") == ["4", "3", "6", "5", "50"]


def test_names_that_begin_so_come_first_the_largest_first() -> None:
    assert similar("кара") == ["9", "10"]
    assert similar("тил") == [f"x{number}" for number in range(11, -1, -1)]


def test_a_name_with_more_words_behind_it_is_recognized() -> None:
    assert similar("Нарын базары") == ["1"]


@pytest.mark.parametrize("text", ["Нарын шаары", "г. Нарын", "город Нарын", "Naryn city", "с. Нарын"])
def test_words_for_town_and_village_do_not_hide_the_name(text: str) -> None:
    assert exact(text) == ["1"]


def test_a_misspelled_end_still_offers_the_name() -> None:
    assert similar("Нарен") == ["1"]


def test_two_letters_in_common_are_not_alike() -> None:
    assert similar("Набу") == []


@pytest.mark.parametrize("text", ["Баткен облусу", "Баткенская область", "Batken oblast", "Баткенская обл."])
def test_the_name_of_an_oblast_offers_its_places(text: str) -> None:
    assert similar(text) == ["11"]


def test_an_oblast_offers_its_largest_places_first() -> None:
    assert similar("Иссык-Кульская область") == ["9", "4"]


def test_an_oblasts_places_stand_in_kyrgyz_order() -> None:
    assert [one.id for one in PLACES.in_oblast("KG-J")] == ["10", "7"]
    assert PLACES.in_oblast("KG-X") == ()


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "-", "'\";--", "а" * 10_000, "👩‍⚖️🏔", "مانا", "纳伦", "\ud800", "%s{0}", "İ" * 500, "\u0301"],
)
def test_hostile_text_finds_nothing_and_breaks_nothing(text: str) -> None:
    assert exact(text) == []
    assert similar(text) == []


@given(st.text())
def test_no_text_breaks_the_search_or_floods_the_page(text: str) -> None:
    found = PLACES.find(text)
    assert len(found.similar) <= SIMILAR_MAX
    assert not (found.exact and found.similar)


def test_the_gazetteer_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    columns = "id,name_ky,name_ru,name_en,aliases,oblast,rayon,lat,lon,population,feature"
    path.write_text(f"{columns}\n7,Манас,Манас,Manas,Жалал-Абад| Джалал-Абад |,KG-J,,40.93333,73.0,,PPLA\n")
    manas = Place(
        id="7", names=Localized(ky="Манас", ru="Манас", en="Manas"), oblast="KG-J", feature="PPLA",
        point=Point(lat=40.93333, lon=73.0), aliases=("Жалал-Абад", "Джалал-Абад"),
    )  # fmt: skip
    assert read_places(path) == (manas,)


def test_every_shipped_place_is_found_by_each_of_its_names() -> None:
    path = Path(__file__).parents[2] / "geodata" / "places.csv"
    shipped = Places(read_places(path))
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(shipped) == len(rows)
    for row in rows:
        for name in filter(None, (row["name_ky"], row["name_ru"], row["name_en"], *row["aliases"].split("|"))):
            assert row["id"] in [found.id for found in shipped.find(name).exact], name
