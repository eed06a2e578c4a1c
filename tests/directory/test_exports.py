"""Programs get every public field in a shape that JSON and GeoJSON readers know."""

from __future__ import annotations

import datetime as dt
import json

from legalmap.directory import exports, search
from legalmap.directory.edition import build
from legalmap.model import Localized, Phone, Point, Query, Timetable

from .conftest import NARYN, PUBLISHED_AT, TEXT, center

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=6)))
FULL = center(
    1001,
    id="kg-1001",
    address=Localized(ky="Ленин көчөсү, 1", bare="Lenin 1"),
    point=Point(lat=41.1234567, lon=75.9999999),
    approximate=True,
    phones=(Phone(number="+996352251010", label="кабылдама"),),
    hours=Timetable(text="Mo 09:00-18:00", weekly=((540, 1080),), exceptions={dt.date(2027, 1, 1): ()}),
    topics=("land",),
    fee="free",
)
HIDDEN = center(1002, id="kg-1002", kind="shelter", show_location="no", point=None, oblast="KG-N")
DIRECTORY = build(12, "abc", PUBLISHED_AT, [HIDDEN, FULL], [NARYN], [TEXT])


def test_the_directory_names_its_edition_and_holds_every_center_and_text() -> None:
    whole = json.loads("".join(exports.directory_json(DIRECTORY)))
    assert (whole["edition"], whole["content_sha256"]) == (12, "abc")
    assert [one["number"] for one in whole["centers"]] == [1001, 1002]
    assert whole["centers"][0]["address"] == {"ky": "Ленин көчөсү, 1", "und": "Lenin 1"}
    assert whole["centers"][0]["hours"]["weekly"] == [[540, 1080]]
    assert whole["texts"][0]["text"] == {"ky": "а\nб", "ru": "в", "en": "c"}


def test_all_records_have_the_same_fields() -> None:
    first, second = json.loads("".join(exports.directory_json(DIRECTORY)))["centers"]
    assert list(first) == list(second)


def test_geojson_has_longitude_first_and_six_decimals() -> None:
    collection = exports.geojson(DIRECTORY)
    assert collection["type"] == "FeatureCollection"
    first = collection["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [76.0, 41.123457]}
    assert first["id"] == first["properties"]["number"] == 1001
    assert "lat" not in first["properties"]


def test_a_hidden_center_has_no_geometry() -> None:
    hidden = exports.geojson(DIRECTORY)["features"][1]
    assert hidden["geometry"] is None
    assert hidden["properties"]["id"] == "kg-1002"


def test_a_match_tells_meters_state_and_the_language_of_its_words() -> None:
    answer = search.answer(DIRECTORY, Query(now=NOW, place_id=NARYN.id))
    near, hidden = answer.nearest[0], answer.unplaced[0]
    told = exports.center_json(near, "ru")
    assert (told["id"], told["number"], told["name"], told["name_lang"]) == ("kg-1001", 1001, "Центр 1001", "ru")
    assert (told["address"], told["address_lang"]) == ("Ленин көчөсү, 1", "ky")
    assert told["meters"] == round(told["meters"], 3) == near.meters
    assert told["approximate"] is True
    assert (told["open"], told["hours_verified"], told["open_until"]) == (True, False, "2026-11-23T18:00:00+06:00")
    assert (told["stale"], told["ask_first"]) == (True, True)
    unplaced = exports.center_json(hidden, "en")
    assert (unplaced["meters"], unplaced["lat"], unplaced["lon"], unplaced["open"]) == (None, None, None, None)


def test_a_center_without_an_origin_has_no_meters() -> None:
    told = exports.center_json(FULL, "en")
    assert told["meters"] is None
    assert told["name"] == "Борбор 1001"
    assert json.loads(json.dumps(told)) == told
