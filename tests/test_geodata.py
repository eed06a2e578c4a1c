"""Holds the committed data files to their rules: nothing hidden leaks, names and shapes are whole."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import json
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from legalmap import model, visibility
from legalmap.directory.places import Places, read_places
from legalmap.letters import repair, search_key

GEODATA = Path(__file__).resolve().parent.parent / "geodata"
LISTS = {"topics": model.TOPICS, "needs": model.NEEDS, "groups": model.GROUPS, "access": model.ACCESS}
OUTSIDE_OWN_OBLAST = {
    "1527534": "Osh city has no polygon of its own: it lies in Osh oblast's",
    "10370337": "Ak-Say: the border's error leaves it 0.4 km outside",
}
WITHOUT_PLACE = {
    "kg-1006": "Кадамжай", "kg-1007": "Кадамжай", "kg-1017": "Кызыл-Октябрь", "kg-1024": "Көк-Серек",
    "kg-1025": "Кашка-Суу", "kg-1026": "Кашкар-Кыштак", "kg-1027": "Тепе-Коргон",
}  # fmt: skip


def rows(name: str) -> list[dict[str, str]]:
    with (GEODATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def shapes(name: str) -> dict[str, BaseGeometry]:
    """The geometries of a layer by code (or English name, or position)."""
    layer = json.loads((GEODATA / name).read_text(encoding="utf-8"))
    return {
        feature["properties"].get("code") or feature["properties"].get("name_en") or str(index): shapely.geometry.shape(
            feature["geometry"]
        )
        for index, feature in enumerate(layer["features"])
    }


CENTERS, PLACES, RAYONS, TEXTS = rows("centers.csv"), rows("places.csv"), rows("rayons.csv"), rows("texts.csv")
BORDER, OBLASTS = shapes("border.geojson")["KG"], shapes("oblasts.geojson")
GAZETTEER = Places(read_places(GEODATA / "places.csv"))
HIDDEN = [row for row in CENTERS if row["show_location"] != "yes"]


def meters_outside(shape: BaseGeometry, place: dict[str, str]) -> float:
    point = shapely.Point(float(place["lon"]), float(place["lat"]))
    near = shapely.get_coordinates(shapely.shortest_line(point, shape))
    return float(Geod(ellps="WGS84").line_length(near[:, 0], near[:, 1]))


def test_sample_has_61_centers_with_ids_once() -> None:
    ids = [row["id"] for row in CENTERS]
    assert len(ids) == 61
    assert ids == sorted(set(ids))


def test_sample_columns_are_ours_in_order_and_none_is_internal() -> None:
    columns = tuple(CENTERS[0])
    assert columns == tuple(column for column in visibility.COLUMNS if column in columns)
    assert not visibility.INTERNAL_COLUMNS & set(columns)


@pytest.mark.parametrize("row", CENTERS, ids=lambda row: row["id"])
def test_sample_row_holds_only_what_its_show_location_lets_be_public(row: dict[str, str]) -> None:
    assert row["show_location"] in model.SHOW_LOCATION
    filled = {column for column, cell in row.items() if cell}
    assert filled <= visibility.PUBLIC_COLUMNS[row["show_location"]]


@pytest.mark.parametrize("row", HIDDEN, ids=lambda row: row["id"])
def test_hidden_row_names_no_street_and_no_house(row: dict[str, str]) -> None:
    text = " ".join(row[column] for column in row if column.startswith(("name_", "services_")))
    assert not re.search(r"(?i)\b(ул|пр|пер|көч\w*|проспект|улица|street|avenue|lane)\b", text)
    assert not re.search(r"(?<!\d)\d{1,3}(?!\d)", text)


@pytest.mark.parametrize("row", [row for row in HIDDEN if row["show_location"] == "no"], ids=lambda row: row["id"])
def test_hidden_row_names_no_settlement(row: dict[str, str]) -> None:
    public = (cell for column, cell in row.items() if column not in {"oblast", "area", "show_location"})
    words = f" {search_key(' '.join(public))} "
    names = {search_key(name) for place in PLACES for name in all_names(place)}
    assert [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words)] == []


def all_names(place: dict[str, str]) -> set[str]:
    own = {place["name_ky"], place["name_ru"], place["name_en"]}
    return own | {alias for alias in place["aliases"].split("|") if alias}


def test_sensitive_kinds_of_the_sample_are_hidden() -> None:
    shown = [r["id"] for r in CENTERS if r["kind"] in model.SENSITIVE_KINDS and r["show_location"] != "no"]
    assert shown == []


def test_sample_uses_only_known_codes() -> None:
    for row in CENTERS:
        assert row["kind"] in model.KINDS
        assert row["status"] in model.STATUSES
        assert row["oblast"] in {*model.OBLASTS, ""}
        assert row["fee"] in {*model.FEES, ""}
        for column, known in LISTS.items():
            assert set(filter(None, row[column].split("; "))) <= set(known), row["id"]


def test_sample_says_services_and_directions_in_every_language() -> None:
    for row in CENTERS:
        assert all(row[f"name_{lang}"] for lang in model.LANGS), row["id"]
        for stem in ("services", "directions"):
            assert len({bool(row[f"{stem}_{lang}"]) for lang in model.LANGS}) == 1, row["id"]


def test_sample_settlement_is_a_place_of_its_own_oblast_or_stays_text() -> None:
    unknown = {}
    for row in CENTERS:
        meant = [p for p in GAZETTEER.find(row["settlement"]).exact if p.oblast == row["oblast"]]
        assert len(meant) <= 1, row["id"]
        if row["settlement"] and not meant:
            unknown[row["id"]] = row["settlement"]
    assert unknown == WITHOUT_PLACE


def test_sample_rayon_is_one_of_its_own_oblast() -> None:
    oblast_of = {rayon["id"]: rayon["oblast"] for rayon in RAYONS}
    assert all(oblast_of[row["rayon"]] == row["oblast"] for row in CENTERS if row["rayon"])


def test_every_place_has_an_id_and_three_names_in_clean_letters() -> None:
    assert len(PLACES) == len({place["id"] for place in PLACES}) == 111
    for place in PLACES:
        assert place["id"].isdigit()
        assert all(place[f"name_{lang}"] for lang in model.LANGS), place["id"]
        assert all(repair(name) == name == name.strip() for name in all_names(place)), place["id"]
        assert re.fullmatch(r"[А-Яа-яЁёҢңӨөҮү -]+", place["name_ky"] + place["name_ru"]), place["id"]
        assert re.fullmatch(r"[A-Za-z -]+", place["name_en"]), place["id"]


def test_no_alias_repeats_a_name() -> None:
    for place in PLACES:
        aliases = [alias for alias in place["aliases"].split("|") if alias]
        assert len(aliases) == len(set(aliases)), place["id"]
        assert not set(aliases) & {place[f"name_{lang}"] for lang in model.LANGS}, place["id"]


def test_every_place_lies_in_the_country_and_in_its_oblast() -> None:
    elsewhere = set()
    for place in PLACES:
        assert meters_outside(BORDER, place) <= 1_000, place["id"]
        own = OBLASTS.get(place["oblast"])
        if own is None or not own.covers(shapely.Point(float(place["lon"]), float(place["lat"]))):
            elsewhere.add(place["id"])
    assert elsewhere == OUTSIDE_OWN_OBLAST.keys()


def test_rayon_of_a_place_is_one_of_its_oblast() -> None:
    oblast_of = {rayon["id"]: rayon["oblast"] for rayon in RAYONS}
    assert all(oblast_of[place["rayon"]] == place["oblast"] for place in PLACES if place["rayon"])


def test_places_carry_the_names_of_the_hand_table() -> None:
    by_hand = {row["id"]: row for row in rows("names.csv")}
    assert by_hand.keys() == {place["id"] for place in PLACES}
    for place in PLACES:
        for column in ("name_ky", "name_ru", "name_en", "aliases", "rayon"):
            assert place[column] == by_hand[place["id"]][column], place["id"]


@pytest.mark.parametrize(
    ("text", "place_id"),
    [
        ("Джалал-Абад", "1528249"), ("Жалал-Абад", "1528249"), ("Manas", "1528249"), ("Исфана", "1222662"),
        ("Рыбачье", "1527004"), ("Пржевальск", "1528121"), ("Каракол", "1528121"), ("Кара-Көл", "1528124"),
        ("Кара-Куль", "1528124"), ("Ленинполь", "1527688"), ("Быстровка", "1528606"), ("Өзгөн", "1527513"),
        ("Теплоключенка", "1527232"), ("Хайдаркан", "1222635"), ("Дюрбельджин", "1528766"), ("Марказ", "8376125"),
        ("Кировское", "1527919"), ("Карасуу", "1528091"), ("Кызыл-Октябрь", "8138116"), ("Халмион", "1527951"),
    ],
)  # fmt: skip
def test_old_and_other_names_find_their_place(text: str, place_id: str) -> None:
    assert [place.id for place in GAZETTEER.find(text).exact] == [place_id]


@pytest.mark.parametrize(
    ("text", "place_ids"),
    [
        ("Ак-Суу", {"1527232", "8377866"}),
        ("Талас", {"1527299", "7649203"}),
        ("Караван", {"1528052", "1528053"}),
        ("Покровка", {"1527496", "1527497"}),
        ("Ак-Булуң", {"1528953", "1528958"}),
    ],
)
def test_places_of_one_name_are_all_offered(text: str, place_ids: set[str]) -> None:
    assert {place.id for place in GAZETTEER.find(text).exact} == place_ids


def test_cities_of_republican_rank_are_no_part_of_an_oblast() -> None:
    oblast_of = {place["id"]: place["oblast"] for place in PLACES}
    assert (oblast_of["1528675"], oblast_of["1527534"]) == ("KG-GB", "KG-GO")


def test_oblasts_share_their_lines_without_gap_or_overlap() -> None:
    assert OBLASTS.keys() == set(model.OBLASTS) - {"KG-GO"}
    parts = list(OBLASTS.values())
    assert all(part.is_valid for part in parts)
    assert shapely.coverage_is_valid(parts)
    whole = shapely.union_all(parts)
    assert sum(part.area for part in parts) == pytest.approx(whole.area, rel=1e-9)
    assert whole.symmetric_difference(BORDER).area < 1e-4 * BORDER.area


@pytest.mark.parametrize("name", ["border", "oblasts", "lakes", "rivers"])
def test_layer_is_valid_named_and_light(name: str) -> None:
    path = GEODATA / f"{name}.geojson"
    found = list(shapes(path.name).values())
    assert all(shape.is_valid and not shape.is_empty for shape in found)
    west, south, east, north = shapely.total_bounds(found)
    assert (69 < west < east < 80.5, 39 < south < north < 43.5) == (True, True)
    assert path.stat().st_size < 170_000
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        assert name == "rivers" or all(feature["properties"][f"name_{lang}"] for lang in model.LANGS)


@pytest.mark.parametrize(
    ("town", "lat", "lon"),
    [
        ("Fergana", 40.386, 71.787), ("Andijan", 40.783, 72.344), ("Taraz", 42.9, 71.367), ("Almaty", 43.238, 76.889),
        ("Kashgar", 39.47, 75.99), ("Sokh, an enclave", 39.967, 71.13), ("Vorukh, an enclave", 39.85, 70.58),
    ],
)  # fmt: skip
def test_border_leaves_neighbors_outside(town: str, lat: float, lon: float) -> None:
    assert not BORDER.covers(shapely.Point(lon, lat)), town


def test_the_three_lakes_lie_in_the_country() -> None:
    lakes = shapes("lakes.geojson")
    assert lakes.keys() == {"Issyk-Kul", "Song-Kul", "Chatyr-Kul"}
    assert all(BORDER.contains(lake) for lake in lakes.values())


def test_rayons_are_forty_and_the_capitals_four() -> None:
    count = Counter(rayon["oblast"] for rayon in RAYONS)
    assert count == {"KG-B": 3, "KG-J": 8, "KG-Y": 5, "KG-N": 5, "KG-O": 7, "KG-T": 4, "KG-C": 8, "KG-GB": 4}
    assert len({rayon["id"] for rayon in RAYONS}) == 44
    for rayon in RAYONS:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rayon["id"])
        assert rayon["name_ky"].endswith(" району")
        assert rayon["name_ru"].endswith("ский район")
        assert rayon["name_en"].endswith(" district")


def test_seat_of_a_rayon_is_a_place_of_its_oblast() -> None:
    places = {place["id"]: place for place in PLACES}
    for rayon in RAYONS:
        if rayon["seat"]:
            seat = places[rayon["seat"]]
            assert seat["oblast"] == rayon["oblast"], rayon["id"]
            assert seat["rayon"] in {rayon["id"], ""}, rayon["id"]
    without = {rayon["id"] for rayon in RAYONS if not rayon["seat"] and rayon["oblast"] != "KG-GB"}
    assert without == {"talas"}


def test_texts_are_there_in_three_languages() -> None:
    numbers = {f"before_call.{number}" for number in (102, 103, 111, 112, 114, 115, 117)}
    tips = {f"tips.{n}" for n in range(1, 11)}
    order = {f"order.{n}" for n in range(1, 7)}
    assert {text["key"] for text in TEXTS} == numbers | tips | order | {"position"}
    assert len(TEXTS) == 24
    for text in TEXTS:
        assert text["source"]
        for lang in model.LANGS:
            assert repair(text[lang]) == text[lang] != ""
            assert "(?)" not in text[lang]
            lines = {"before_call": {2}, "order": {0, 1}}.get(text["key"].split(".")[0], {0})
            assert text[lang].count("\n") in lines


def test_no_kyrgyz_suffix_is_glued_to_a_number_or_a_latin_word() -> None:
    cells = [text["ky"] for text in TEXTS] + [row["services_ky"] for row in CENTERS]
    assert [cell for cell in cells if re.search(r"[0-9A-Za-z][а-яёңөү]", cell)] == []


def test_holidays_are_days_when_offices_are_closed() -> None:
    holidays = rows("holidays.csv")
    dates = [row["date"] for row in holidays]
    assert len(dates) == len(set(dates))
    assert all(row[f"name_{lang}"] for row in holidays for lang in model.LANGS)
    assert all(row["source"] for row in holidays)
    for date in dates:
        dt.date.fromisoformat(date if len(date) == 10 else f"2027-{date}")
    assert {"01-01", "01-07", "03-08", "03-21", "05-01", "05-05", "05-09", "08-31"} <= set(dates)
    assert not {"02-23", "04-07", "11-07", "11-08"} & set(dates), "holidays on which people work"


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_both_aits_are_listed_and_lie_as_far_apart_as_the_moon_puts_them(year: int) -> None:
    found = [row for row in rows("holidays.csv") if row["date"].startswith(str(year))]
    orozo, kurman = (dt.date.fromisoformat(row["date"]) for row in found)
    assert [row["name_ky"] for row in found] == ["Орозо айт", "Курман айт"]
    assert 66 <= (kurman - orozo).days <= 71


def test_readme_names_every_data_file() -> None:
    readme = (GEODATA / "README.md").read_text(encoding="utf-8")
    files = [path.name for path in GEODATA.iterdir() if path.suffix in {".csv", ".geojson"}]
    assert [name for name in files if f"`{name}`" not in readme] == []


def recipe(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, GEODATA / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_rebuild_joins_facts_and_names_and_refuses_a_place_without_names(tmp_path: Path) -> None:
    settlements = recipe("settlements")
    city = {
        "geonameid": 150,
        "countrycode": "KG",
        "latitude": 41.5,
        "longitude": 75.25,
        "population": 7,
        "admin1code": "04",
    }
    (tmp_path / "cities.json").write_text(json.dumps([city, {**city, "geonameid": 1, "countrycode": "KZ"}]))
    (tmp_path / "cities.pbf").write_bytes(b"\x09\x08\xac\x02\x3a\x04PPLA")  # field 1 = 150 zigzag, field 7 = text
    names = tmp_path / "names.csv"
    names.write_text("id,name_ky,name_ru,name_en,aliases,oblast,rayon\n150,А,Б,C,,,naryn\n", encoding="utf-8")
    target = tmp_path / "places.csv"
    assert settlements.write_places(tmp_path / "cities.json", tmp_path / "cities.pbf", names, target) == 1
    assert target.read_text(encoding="utf-8").splitlines()[1] == "150,А,Б,C,,KG-N,naryn,41.5,75.25,7,PPLA"
    names.write_text("id,name_ky,name_ru,name_en,aliases,oblast,rayon\n", encoding="utf-8")
    with pytest.raises(settlements.NamesDiffer, match="150"):
        settlements.write_places(tmp_path / "cities.json", tmp_path / "cities.pbf", names, target)
