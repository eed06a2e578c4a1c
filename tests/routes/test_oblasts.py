"""Oblasts: their pages list every center without inventing a distance, and a typed oblast is understood."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from legalmap.model import Localized, Place, Point
from tests.served import NARYN, SiteMaker, a_center, search

KOCHKOR = Place(
    id="7", names=Localized(ky="Кочкор", ru="Кочкор", en="Kochkor"), oblast="KG-N", point=Point(lat=42.2, lon=75.7)
)


def test_only_centers_without_a_point_stand_under_that_heading(site: SiteMaker) -> None:
    client = site(a_center(1001), a_center(1002, point=None), a_center(1003, status="closed"))
    placed, unplaced = client.get("/en/places/kg-n").text.split("Without a place on the map yet")
    assert "Centers here" in placed
    assert "Example 1001" in placed
    assert "Example 1002" not in placed
    assert "Example 1002" in unplaced
    assert "Example 1001" not in unplaced
    assert "Example 1003" not in placed + unplaced


def test_a_heading_without_centers_is_not_there(site: SiteMaker) -> None:
    assert "Without a place on the map yet" not in site(a_center(1001)).get("/en/places/kg-n").text


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ky", ("белгисиз, түз", "Аралыгы", "түз сызык")),
        ("ru", ("Расстояние", "по прямой")),
        ("en", ("Distance", "straight line")),
    ],
)
def test_a_page_without_an_origin_never_speaks_of_distance(
    client: FlaskClient, lang: str, words: tuple[str, ...]
) -> None:
    for code in ("b", "c", "gb", "go", "j", "n", "o", "t", "y"):
        page = client.get(f"/{lang}/places/kg-{code}").text
        assert not [word for word in words if word in page]


def test_the_centers_of_an_oblast_stand_by_place_then_by_name(site: SiteMaker) -> None:
    def named(number: int, place: Place, name: str) -> object:
        return a_center(number, place_id=place.id, names=Localized(en=name))

    client = site(
        named(1001, NARYN, "Alpha"), named(1002, KOCHKOR, "Zeta"), named(1003, NARYN, "Beta"),
        named(1004, KOCHKOR, "Gamma"), places=(NARYN, KOCHKOR),
    )  # fmt: skip
    names = re.findall(r'<b lang="en">(\w+)</b> <span>[^<]* · (\w+)</span>', client.get("/en/places/kg-n").text)
    assert names == [("Gamma", "Kochkor"), ("Zeta", "Kochkor"), ("Alpha", "Naryn"), ("Beta", "Naryn")]


TYPED = {
    "Ысык-Көл": "kg-y", "ысык кол": "kg-y", "Issyk-Kul": "kg-y", "Иссык-Куль": "kg-y", "Иссык-Кульская": "kg-y",
    "Ош облусу": "kg-o", "Osh oblast": "kg-o", "Ошская область": "kg-o", "Баткенская область": "kg-b",
    "Чуйская": "kg-c", "Нарын облусу": "kg-n", "Иссык-Кульская обл": "kg-y", "Ошская обл.": "kg-o",
    "Жалал-Абадская область": "kg-j", "Иссык-Кульской области": "kg-y", "Ыссык-Кульская": "kg-y",
}  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_a_typed_oblast_is_named_as_one_and_linked_first(client: FlaskClient, typed: str) -> None:
    page = search(client, "ru", place=typed).text
    assert "Это область" in page
    assert "Такое место не найдено" not in page
    main = page.split('<main id="main"')[1]
    assert re.findall(r'href="/ru/places/(kg-\w+)"', main)[0] == TYPED[typed]


def test_an_oblast_with_the_name_of_a_place_is_linked_from_its_list(client: FlaskClient) -> None:
    page = search(client, "ru", place="Чуй").text
    assert 'Чуйская область · <a href="/ru/places/kg-c">Вся область</a>' in page
    assert "Вся область" not in search(client, "ru", place="Кочкор").text
    assert "Вся область" not in search(client, "ru", place="Бишкек").text


def test_an_oblast_is_named_also_above_several_places_of_its_name(client: FlaskClient) -> None:
    page = search(client, "ky", place="Талас").text
    assert "Кайсынысы?" in page
    assert page.index("Бул – облус") < page.index('name="place_id"')
