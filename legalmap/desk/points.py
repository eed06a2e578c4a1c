"""Whether the points that rows give can be right: in the country, in their oblast, by their settlement, on dry land."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
import shapely.errors

from legalmap import resources
from legalmap.desk.entry import Entry
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.known import meters_between
from legalmap.model import Place, Point, Problem
from legalmap.wording import labels

ABROAD_FROM = 1_000.0
"""Meters outside the border: one village of the gazetteer lies 0.4 km outside, so exact is the border not."""
OTHER_OBLAST_FROM = 3_000.0
"""Meters beyond the oblast's line, which is drawn to about two kilometers."""
FAR_FROM_SETTLEMENT = 20_000.0
"""Meters from the settlement the row names: no village is so long."""
BARAK, BARAK_REACH = Point(lat=40.667, lon=72.765), 3_000.0
"""A village of ours beyond the border (its meters around): the layer does not draw it, and an exchange was agreed."""
IN_WATER_FROM = 350.0
"""Meters inside a lake's shore: the shores are drawn to 100 m."""
ONE_POINT_ROWS = 5
"""So many rows of one file on one point are rarely neighbors: a town's own point was copied down."""
_SAYS_WHERE = frozenset({"lat", "lon", "oblast", "settlement"})


def check(entries: Sequence[Entry], gazetteer: Gazetteer) -> list[Problem]:
    """Say what is wrong with the points that rows bring or move; returns what concerns the whole file.

    Where geodata's layers are missing nothing can be said of borders, and nothing is.
    """
    given = [entry for entry in entries if not entry.refused and _SAYS_WHERE & set(entry.fields)]
    placed = [(entry, point) for entry in given if (point := _point(entry))]
    if not placed:
        return []
    try:
        land = _land()
    except (OSError, ValueError, KeyError, shapely.errors.ShapelyError):
        return []
    spots = _flat(shapely.points([(point.lon, point.lat) for _, point in placed]))
    outside = shapely.distance(spots, land.country)
    meters = {code: shapely.distance(spots, shape) for code, shape in land.oblasts.items()}
    for row, (entry, point) in enumerate(placed):
        if outside[row] > ABROAD_FROM and meters_between(point, BARAK) <= BARAK_REACH:
            entry.say("point_in_exclave", "question", "lat", _shown(entry))
        elif outside[row] > ABROAD_FROM:
            entry.say("point_abroad", "error", "lat", _shown(entry), km=max(round(float(outside[row]) / 1000), 1))
        elif shapely.contains(land.water, spots[row]):
            entry.say("point_in_lake", "error", "lat", _shown(entry))
        else:
            _check_oblast(entry, {code: float(away[row]) for code, away in meters.items()})
            _check_settlement(entry, point, gazetteer)
    return list(_repeated([pair for pair in placed if {"lat", "lon"} & set(pair[0].fields)]))


def whereabouts(cells: Mapping[str, str], gazetteer: Gazetteer) -> tuple[str, tuple[Place, float] | None]:
    """For the point of canonical cells: the code of the oblast it lies in ("" = none, or nobody knows), and the
    settlement that the cells name with its distance in meters."""
    point = Point(lat=float(cells["lat"]), lon=float(cells["lon"]))
    places = gazetteer.settlements({**cells, "lat": "", "lon": ""})
    near = min(
        ((place, meters_between(place.point, point)) for place in places), key=lambda pair: pair[1], default=None
    )
    try:
        land = _land()
    except (OSError, ValueError, KeyError, shapely.errors.ShapelyError):
        return "", near
    spot = _flat(shapely.points(point.lon, point.lat))
    return next((code for code, shape in land.oblasts.items() if shapely.contains(shape, spot)), ""), near


def _point(entry: Entry) -> Point | None:
    lat, lon = entry.cells["lat"], entry.cells["lon"]
    return Point(lat=float(lat), lon=float(lon)) if lat and lon else None


def _shown(entry: Entry) -> str:
    return f"{entry.cells['lat']}, {entry.cells['lon']}"


def _check_oblast(entry: Entry, meters: dict[str, float]) -> None:
    """`meters`: from the point to each oblast. Osh city has no line of its own, so it lies in its oblast."""
    oblast = entry.cells["oblast"]
    drawn = "KG-O" if oblast == "KG-GO" else oblast
    if drawn not in meters or meters[drawn] <= OTHER_OBLAST_FROM:
        return
    real = min(meters, key=lambda code: meters[code])
    entry.say(
        "point_in_other_oblast", "question", "lat", _shown(entry),
        real=labels("oblast", [real]), given=labels("oblast", [oblast]), km=round(meters[drawn] / 1000),
    )  # fmt: skip


def _check_settlement(entry: Entry, point: Point, gazetteer: Gazetteer) -> None:
    places = gazetteer.settlements({**entry.cells, "lat": "", "lon": ""})
    if not places:
        return
    nearest = min(places, key=lambda place: meters_between(place.point, point))
    meters = meters_between(nearest.point, point)
    if meters > FAR_FROM_SETTLEMENT:
        entry.say(
            "point_far_from_settlement", "question", "lat", _shown(entry),
            settlement=nearest.names, km=round(meters / 1000),
        )  # fmt: skip


def _repeated(placed: Sequence[tuple[Entry, Point]]) -> Iterator[Problem]:
    lines: dict[Point, list[int]] = defaultdict(list)
    for entry, point in placed:
        lines[point].append(entry.line)
    for point, found in lines.items():
        if len(found) >= ONE_POINT_ROWS:
            where = ", ".join(map(str, found[:20]))
            yield Problem(
                code="points_repeated", level="notice", value=f"{point.lat}, {point.lon}",
                params={"count": len(found), "lines": where},
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Land:
    """The country, its oblasts by code and its open water, in meters of a plane (see `_flat`)."""

    country: shapely.Geometry
    oblasts: Mapping[str, shapely.Geometry]
    water: shapely.Geometry


@cache
def _land() -> _Land:
    oblasts = {properties["code"]: shape for properties, shape in _features("oblasts.geojson")}
    land = _Land(
        country=shapely.union_all([shape for _, shape in _features("border.geojson")]),
        oblasts=oblasts,
        water=shapely.union_all([shape for _, shape in _features("lakes.geojson")]).buffer(-IN_WATER_FROM),
    )
    for shape in (land.country, land.water, *oblasts.values()):
        shapely.prepare(shape)
    return land


def _features(name: str) -> list[tuple[dict[str, str], shapely.Geometry]]:
    layer = json.loads((resources.folder("geodata") / name).read_text(encoding="utf-8"))
    return [
        (feature["properties"], _flat(shapely.from_geojson(json.dumps(feature["geometry"]))))
        for feature in layer["features"]
    ]


def _flat(shape: Any) -> Any:
    """WGS84 degrees -> meters of a plane that is right to 3 % anywhere in the country: enough for limits of
    kilometers, and without the library that projects, which is half the memory of an import."""
    return shapely.transform(shape, lambda degrees: degrees * _METERS_A_DEGREE)


_METERS_A_DEGREE = np.array((111_320 * math.cos(math.radians(41.2)), 111_050))
"""East and north, in the middle of the country."""
