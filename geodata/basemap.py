"""Packs border, oblasts, lakes and rivers into the one small file that the map draws: static/basemap.json.

Lines are lists of whole numbers: longitude and latitude of the first point times `scale`, then the step to each
next one. Oblasts that share a line share it here too: it is simplified once and sent once. Needs Shapely only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

GEODATA = Path(__file__).resolve().parent
TARGET = GEODATA.parent / "static" / "basemap.json"
SCALE = 2000
"""Units of a degree: about 50 m."""
TOLERANCE = {"oblasts": 0.002, "lakes": 0.0008, "rivers": 0.0015}
"""Degrees of latitude by which a line may move: 0.001 is 111 m, finer than a street map takes over."""
ABROAD = (
    (43.1, 72.6, "Казакстан", "Казахстан", "Kazakhstan"),
    (40.35, 77.4, "Кытай", "Китай", "China"),
    (39.0, 71.6, "Тажикстан", "Таджикистан", "Tajikistan"),
    (41.25, 70.1, "Өзбекстан", "Узбекистан", "Uzbekistan"),
)
"""Neighbors, to know where one is: [lat, lon] where the name stands."""
_SHRINK = math.cos(math.radians(41.5))
"""A degree of longitude is that much of a degree of latitude in the middle of the country."""


def read(name: str) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """(properties, geometry in degrees) of each feature of geodata/`name`.geojson."""
    features = json.loads((GEODATA / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
    return [(feature["properties"], shape(feature["geometry"])) for feature in features]


def _stretched(geometry: BaseGeometry, by: float) -> BaseGeometry:
    return shapely.transform(geometry, lambda points: points * [by, 1.0])


def line(points: Iterable[Iterable[float]]) -> list[int]:
    """Points in degrees as steps; a step of no length is left out."""
    grid: npt.NDArray[np.int64] = np.rint(np.asarray(list(points)) * SCALE).astype(np.int64)
    steps = np.diff(grid, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    steps = steps[np.any(steps != 0, axis=1)]
    return [int(step) for step in steps.ravel()]


def _rings(polygon: BaseGeometry) -> list[list[int]]:
    return [line(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]


def _simple(name: str) -> list[tuple[dict[str, Any], BaseGeometry]]:
    return [
        (about, _stretched(_stretched(one, _SHRINK).simplify(TOLERANCE[name]), 1 / _SHRINK))
        for about, one in read(name)
    ]


def _middle(geometry: BaseGeometry) -> list[float]:
    """[lat, lon] well inside, for a name: the center of the largest circle that fits."""
    circle = shapely.maximum_inscribed_circle(_stretched(geometry, _SHRINK), tolerance=0.01)
    lon, lat = circle.coords[0]
    return [round(lat, 2), round(lon / _SHRINK, 2)]


def base_map() -> dict[str, Any]:
    """What the map draws under everything: land, lines between oblasts, waters, where their names stand."""
    oblasts = read("oblasts")
    flat = [_stretched(one, _SHRINK) for _, one in oblasts]
    simple = [_stretched(one, 1 / _SHRINK) for one in shapely.coverage_simplify(flat, TOLERANCE["oblasts"])]
    land = shapely.union_all(simple)
    inner = shapely.difference(shapely.union_all([one.boundary for one in simple]), land.boundary)
    lakes = _simple("lakes")
    names = ("name_ky", "name_ru", "name_en")
    return {
        "scale": SCALE,
        "land": [_rings(one) for one in shapely.get_parts(land)],
        "inner": [line(one.coords) for one in shapely.get_parts(shapely.line_merge(inner))],
        "lakes": [_rings(one) for _, one in lakes],
        "rivers": [line(one.coords) for _, one in _simple("rivers")],
        "oblasts": {about["code"]: _middle(one) for about, one in oblasts},
        "abroad": [list(country) for country in ABROAD],
        "waters": [
            [*_middle(one), round(about["km2"]), *(about[name] for name in names)] for about, one in lakes
        ],
    }  # fmt: skip


def write(target: Path = TARGET) -> None:
    """Writes the packed base map, the same bytes every time."""
    text = json.dumps(base_map(), ensure_ascii=False, separators=(",", ":"))
    target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
