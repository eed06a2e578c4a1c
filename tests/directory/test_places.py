"""A place is found however it is typed, all of one name are offered, and nothing typed can break it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalmap.directory.places import SIMILAR_MAX, Found, Places, read_places
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


ROOT = Path(__file__).parents[2]
SHIPPED = Places(read_places(ROOT / "geodata" / "places.csv"))


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


@pytest.mark.parametrize("text", ["Нарн", "Нрын", "Нраын", "Нарыт", "Ныарын"])
def test_one_typing_error_still_offers_the_name(text: str) -> None:
    assert similar(text) == ["1"]


def test_a_mistyped_name_that_sounds_like_an_oblast_offers_the_place_first() -> None:
    assert similar("Наррын")[0] == "1"


def test_two_typing_errors_are_forgiven_only_in_a_long_name() -> None:
    assert similar("Джолал-Обад") == ["7"]
    assert similar("Кирокол") == []


def test_a_name_that_begins_so_comes_before_one_with_a_typing_error() -> None:
    places = Places([place("typo", "Талат", population=9), place("whole", "Таласты", population=1)])
    assert [found.id for found in places.find("Талас").similar] == ["whole", "typo"]


def test_a_name_with_an_ending_offers_the_name() -> None:
    assert similar("Нарынский") == ["1"]


def test_latin_letters_offer_every_place_that_may_be_meant() -> None:
    places = Places([place("a", "Кызыл-Жар", en="Kyzyl-Jar"), place("b", "Кызыл-Жар", en="Kyzyl-Dzhar")])
    assert [found.id for found in places.find("Kyzyl-Dzhar").exact] == ["b", "a"]
    assert [found.id for found in places.find("kizil zhar").exact] == ["a", "b"]


def test_what_only_sounds_so_in_cyrillic_is_asked_about() -> None:
    assert (exact("Каракоол"), similar("Каракоол")[0]) == ([], "9")


SUU = Places(
    [
        place("town", "Кара-Суу", population=26_000),
        place("village", "Карасуу"),
        place("lake", "Кара-Көл", population=20_000),
        place("arm", "Каракол", population=80_000),
        place("spring", "Кара-Булак"),
        place("latin", "", ru=" ", en="Kara-Bulak"),
    ]
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Карасуу", ["village", "town"]),
        ("Кара-Суу", ["town", "village"]),
        ("Кара Суу", ["town", "village"]),
        ("Karasuu", ["village", "town"]),
        ("Kara-Suu", ["town", "village"]),
        ("КараБулак", ["spring"]),
        ("Кара-Булак", ["spring", "latin"]),
        ("Каракол", ["arm"]),
        ("Кара-Көл", ["lake"]),
        ("Каракөл", ["lake", "arm"]),
    ],
)
def test_a_hyphen_or_space_makes_no_other_name_but_a_letter_does(text: str, ids: list[str]) -> None:
    assert [found.id for found in SUU.find(text).exact] == ids


def near_naryn(id: str, lat: float, **fields: object) -> Place:
    return place(id, "Жаңы-Жол", point=Point(lat=lat, lon=75.99111), feature="PPL", **fields)


NEARLY_ALIKE = Places(
    [
        place("seat", "Нарын", feature="PPLA", point=Point(lat=41.42866, lon=75.99111)),
        place("big", "Кочкор", population=10_000, point=Point(lat=43.0, lon=75.99111)),
        near_naryn("far", 41.9),
        near_naryn("near", 41.5),
        near_naryn("ab", 41.7),
        near_naryn("aa", 41.7),
        near_naryn("peopled", 42.2, population=9_999),
    ]
)


def test_namesakes_stand_by_people_then_by_how_near_a_town_is_then_by_id() -> None:
    assert [found.id for found in NEARLY_ALIKE.find("Жаңы Жол").exact] == ["peopled", "near", "aa", "ab", "far"]


def test_the_nearest_town_is_another_place_that_is_a_seat_or_known_to_be_large() -> None:
    places = NEARLY_ALIKE
    town, meters = places.near(places.by_id["near"]) or (None, 0.0)
    assert (town, round(meters)) == (places.by_id["seat"], 7_923)
    other, meters = places.near(places.by_id["seat"]) or (None, 0.0)
    assert (other, round(meters / 1000)) == (places.by_id["big"], 175)
    alone = place("alone", "Нарын", feature="PPLA")
    assert Places([alone]).near(alone) is None
    assert Places([place("village", "Тилек")]).near(place("village", "Тилек")) is None


def test_no_more_than_a_page_is_offered() -> None:
    places = Places([place(str(number), f"Тилек{number}") for number in range(50)])
    assert len(places.find("тил").similar) == SIMILAR_MAX == 20


def test_a_gazetteer_without_places_finds_nothing() -> None:
    assert Places([]).find("Нарын") == Found()


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
    assert len({one.id for one in found.similar}) == len(found.similar)
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
    with (ROOT / "geodata" / "places.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(SHIPPED.by_id) == len(rows)
    for row in rows:
        for name in filter(None, (row["name_ky"], row["name_ru"], row["name_en"], *row["aliases"].split("|"))):
            for typed in (name, name.upper(), name.replace("-", " "), name.translate(RUSSIAN_KEYBOARD)):
                assert row["id"] in [found.id for found in SHIPPED.find(typed).exact], typed


RUSSIAN_KEYBOARD = str.maketrans("өүңӨҮҢ", "оунОУН")
KARAKOL, KARA_KOL, MANAS, KARA_SUU = "1528121", "1528124", "1528249", "1528091"
AK_SUU, TALAS = ["1527232", "8377866"], ["1527299", "7649203"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        *((text, [KARAKOL]) for text in ("Каракол", "Karakol", "каракол", "Пржевальск", "Przhevalsk")),
        *((text, [KARA_KOL]) for text in ("Кара-Көл", "Кара-Кол", "Кара-Куль", "Каракуль", "Karakul", "Kara-Koel")),
        *((text, [MANAS]) for text in ("Манас", "Manas", "Джалал-Абад", "Жалал-Абад", "Dzhalal-Abad", "Jalalabad")),
        *((text, [KARA_SUU]) for text in ("Кара-Суу", "Карасу", "Kara-Su", "карасуу")),
        *((text, AK_SUU) for text in ("Ак-Суу", "Ak-Suu", "Аксуу", "aksu")),
        *((text, TALAS) for text in ("Талас", "Talas", "ТАЛАС")),
        ("Talas village", ["7649203"]),
        ("Талас шаары", ["1527299"]),
        ("Замбарыч", ["8377866"]),
        ("Исфана", ["1222662"]),
        ("Isfana", ["1222662"]),
        ("Рыбачье", ["1527004"]),
        ("Rybachye", ["1527004"]),
        ("Balikchi", ["1527004"]),
        ("Ленинполь", ["1527688"]),
        ("Быстровка", ["1528606"]),
        ("Теплоключенка", ["1527232"]),
        ("Теплоключёнка", ["1527232"]),
        ("Хайдаркан", ["1222635"]),
        ("Khaidarken", ["1222635"]),
        ("Ҳайдаркан", ["1222635"]),
        ("Дюрбельджин", ["1528766"]),
        ("Dyurbeldjin", ["1528766"]),
        ("Покровка", ["1527497", "1527496"]),
        ("Tyup", ["1527121"]),
        ("Кайынды", ["1528234"]),
        ("Kainda", ["1528234"]),
        ("Үч-Коргон", ["1527103"]),
        ("Наукат", ["1528339"]),
        ("Tash-Kumyr", ["1527260"]),
        ("Tash-Koemuer", ["1527260"]),
        ("Kochkor", ["1527902"]),
        ("Oʻsh", ["1527534"]),
        ("O'sh", ["1527534"]),
        ("Ўш", ["1527534"]),
    ],
)
def test_names_that_are_easily_mixed_up_and_former_names_lead_to_the_right_places(text: str, ids: list[str]) -> None:
    assert [found.id for found in SHIPPED.find(text).exact] == ids


@pytest.mark.parametrize(
    ("text", "id"),
    [("Бишкекк", "1528675"), ("Чолпонота", "1528512"), ("Prgevalsk", KARAKOL), ("Кочкорский", "1527902"),
     ("O`zgan", "1527513"), ("Карабалто", "1528182"), ("Ошш", "1527534")],
)  # fmt: skip
def test_a_mistyped_name_is_offered_first(text: str, id: str) -> None:
    found = SHIPPED.find(text)
    assert (found.exact, found.similar[0].id) == ((), id)


def bench(testdata: str | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    others = {name: value for name, value in os.environ.items() if name != "LEGALMAP_TESTDATA"}
    return subprocess.run(
        [sys.executable, "bench/places.py", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env=others | ({} if testdata is None else {"LEGALMAP_TESTDATA": testdata}),
    )  # fmt: skip


def test_the_large_gazetteer_says_why_it_is_skipped() -> None:
    done = bench(None, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "LEGALMAP_TESTDATA is not set" in done.stdout


@pytest.mark.skipif(
    "LEGALMAP_TESTDATA" not in os.environ,
    reason="LEGALMAP_TESTDATA is not set; it names the folder that holds wof_kg_localities.csv",
)
def test_the_large_gazetteer_meets_its_goals() -> None:
    done = bench(os.environ.get("LEGALMAP_TESTDATA"), "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("met: ")


def test_a_gazetteer_whose_places_cannot_be_found_misses_the_goals(tmp_path: Path) -> None:
    columns = "wof_id,geonameid,name,name_ky,name_ru,lat,lon,admin1,feature_code,population"
    rows = "".join(f"{number},,Aral,Арал,Арал,41,75,04,PPL,\n" for number in range(40))
    (tmp_path / "wof_kg_localities.csv").write_text(f"{columns}\n{rows}", encoding="utf-8")
    done = bench(str(tmp_path), "--check")
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("MISSED: worst 50.00 % of 40 places")
