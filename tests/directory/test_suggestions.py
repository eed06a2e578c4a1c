"""What the phone is told of places: all of them in order, each name by which one is found, and where it is in words."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from pathlib import Path
from typing import Any

import brotli
import pytest

from bench.places import FILE, read
from legalmap.directory.edition import Directory, build
from legalmap.directory.exports import as_json
from legalmap.directory.places import read_places
from legalmap.directory.suggestions import places_json
from legalmap.letters import latin_key
from legalmap.model import LANGS, Lang, Localized, Place, Point, Rayon

ROOT = Path(__file__).parents[2]
SHIPPED = read_places(ROOT / "geodata" / "places.csv")


def directory_of(*places: Place, rayons: tuple[Rayon, ...] = ()) -> Directory:
    return build(1, "0" * 64, dt.datetime(2026, 11, 22, tzinfo=dt.UTC), (), places, (), rayons=rayons)


def place(id: str, ky: str, **fields: Any) -> Place:
    names = Localized(ky=ky, ru=fields.pop("ru", ""), en=fields.pop("en", ""))
    return Place(id=id, names=names, **{"oblast": "KG-N", "point": Point(lat=41.0, lon=75.0)} | fields)


def told(*places: Place, lang: Lang = "ky", rayons: tuple[Rayon, ...] = ()) -> dict[str, Any]:
    return places_json(directory_of(*places, rayons=rayons), lang)


def names(*places: Place, lang: Lang) -> list[list[str]]:
    return [lines.split("\n") for lines in told(*places, lang=lang)["names"]]


def test_places_stand_in_the_order_of_their_importance_with_the_degrees_of_the_edition() -> None:
    directory = directory_of(*SHIPPED)
    ranked = directory.places.ranked(directory.places.by_id.values())
    for lang in LANGS:
        columns = places_json(directory, lang)
        assert columns["id"] == [one.id for one in ranked]
        assert list(zip(columns["lat"], columns["lon"], strict=True)) == [
            (one.point.lat, one.point.lon) for one in ranked
        ]
        assert [columns["oblasts"][at] for at in columns["oblast"]] == [one.oblast for one in ranked]


def test_of_names_alike_in_latin_letters_one_is_enough_but_those_in_cyrillic_stay_on_a_page_in_cyrillic() -> None:
    jar = place("1", "Көк-Жар", ru="Кок-Джар", en="Kök-Jar", aliases=("Kok-Dzhar", "Кѳк-Жар", "Кок-Жар", "Жаңы-Айыл"))
    assert names(jar, lang="ky") == [["Көк-Жар", "Кок-Джар", "Кок-Жар", "Жаңы-Айыл"]]
    assert names(jar, lang="ru") == [["Кок-Джар", "Көк-Жар", "Кок-Жар", "Жаңы-Айыл"]]
    assert names(jar, lang="en") == [["Kök-Jar", "Жаңы-Айыл"]]


def test_a_former_name_is_told_in_the_letters_of_the_page() -> None:
    karakol = place("1", "Каракол", en="Karakol", aliases=("Пржевальск", "Przhevalsk"))
    assert names(karakol, lang="ky") == [["Каракол", "Пржевальск"]]
    assert names(karakol, lang="en") == [["Karakol", "Przhevalsk"]]


def test_where_only_cyrillic_letters_tell_two_apart_an_english_page_has_them_too() -> None:
    arm, lake = place("1", "Каракол", en="Karakol", population=9), place("2", "Кара-Көл", en="Kara-Köl")
    assert names(arm, lake, lang="en") == [["Karakol", "Каракол"], ["Kara-Köl", "Кара-Көл"]]


def test_every_name_of_a_place_is_there_by_its_latin_key() -> None:
    for lang in LANGS:
        columns = told(*SHIPPED, lang=lang)
        shown = dict(zip(columns["id"], columns["names"], strict=True))
        for one in SHIPPED:
            every = {latin_key(name) for name in (one.names.ky, one.names.ru, one.names.en, *one.aliases)} - {""}
            assert {latin_key(name) for name in shown[one.id].split("\n")} == every


def test_where_a_place_is_stands_in_the_words_of_its_pages(site: Any) -> None:
    from legalmap.routes import page

    rayon = Rayon(id="kochkor", names=Localized(ky="Кочкор району", ru="Кочкорский район", en="Kochkor"), oblast="KG-N")
    villages = (
        place("town", "Нарын", en="Naryn", feature="PPLA", point=Point(lat=41.42866, lon=75.99111)),
        place("known", "Кочкор", rayon="kochkor"),
        place("strange", "Кызарт", rayon="kochkor", oblast="KG-T"),
        place("plain", "Чекилдек", rayon="Ак-Талаа"),
        place("latin", "Достук", rayon="Ak-Talaa"),
        place("bare", "Тилек", point=Point(lat=41.4300, lon=75.9911)),
        place("twin", "Арал", rayon="kochkor"),
        place("twin2", "Арал", rayon="kochkor", point=Point(lat=41.2, lon=75.0)),
    )
    client = site(places=villages, rayons=(rayon,))
    for lang in LANGS:
        columns = told(*villages, lang=lang, rayons=(rayon,))
        looks = Counter((one.names.in_lang(lang)[0], one.oblast, one.rayon) for one in villages)
        with client.application.test_request_context(f"/{lang}/"):
            for at, id in enumerate(columns["id"]):
                one = next(village for village in villages if village.id == id)
                assert (columns["rayons"] + [""])[columns["rayon"][at]] == page.rayon_name(one.rayon)
                alike = looks[one.names.in_lang(lang)[0], one.oblast, one.rayon] > 1
                near = page.near_town(one, always=alike)
                town = columns["names"][columns["near"][at]].split("\n")[0]
                words = page._("near %(place)s, %(n)s km", place=town, n=columns["km"][at])
                assert near == (words if columns["near"][at] >= 0 else ""), (lang, id)


def test_a_town_needs_no_other_and_a_village_without_any_names_none() -> None:
    columns = told(place("1", "Нарын", feature="PPLA"), place("2", "Нарын", feature="PPLA", oblast=""), lang="ky")
    assert (columns["near"], columns["km"]) == ([-1, -1], [-1, -1])
    assert sorted(columns["oblast"]) == [-1, columns["oblasts"].index("KG-N")]
    assert told(place("1", "Тилек"))["near"] == [-1]


def test_a_gazetteer_without_places_is_told_too() -> None:
    assert told()["names"] == []


def packed(columns: dict[str, Any]) -> int:
    return len(brotli.compress(as_json(columns).encode(), quality=11))


def test_the_shipped_places_are_a_small_download() -> None:
    assert max(packed(told(*SHIPPED, lang=lang)) for lang in LANGS) <= 4_000


@pytest.mark.skipif("LEGALMAP_TESTDATA" not in os.environ, reason=f"LEGALMAP_TESTDATA does not name a folder of {FILE}")
def test_a_large_gazetteer_is_a_download_of_some_seconds_on_the_slowest_network() -> None:
    _, places = read(Path(os.environ["LEGALMAP_TESTDATA"]) / FILE)
    directory = directory_of(*places.by_id.values())
    assert max(packed(places_json(directory, lang)) for lang in LANGS) <= 47_000
