"""A small picture of the country with the points that a plan moves, and those that may be wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from legalmap import resources
from legalmap.desk.known import meters_between
from legalmap.desk.outcome import Report
from legalmap.model import Change, Point, Record
from legalmap.routes.staff import proposed, saying

WIDTH, HEIGHT = 690, 345
_WEST, _NORTH = 69.1, 43.35
_SCALE = 61.0
"""Units of the picture in a degree of longitude."""
_TALLER = 1 / math.cos(math.radians(41.4))
"""A degree of latitude in degrees of longitude."""


def place(point: Point) -> tuple[float, float]:
    """Where a point stands in the picture: right, down."""
    return round((point.lon - _WEST) * _SCALE, 1), round((_NORTH - point.lat) * _SCALE * _TALLER, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A point that moves: kilometers, and both ends in the picture."""

    title: str
    kilometers: float
    before: tuple[float, float]
    after: tuple[float, float]


@cache
def paths() -> tuple[str, str]:
    """The country's land and its large lakes as SVG paths; ("", "") where the base map is missing."""
    try:
        drawn = json.loads((resources.folder("static") / "basemap.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "", ""
    scale = drawn["scale"]
    return tuple(  # type: ignore[return-value]
        "".join(_ring(steps, scale) for shape in drawn[name] for steps in shape) for name in ("land", "lakes")
    )


def _ring(steps: list[int], scale: int) -> str:
    """One closed line; steps below two units of the picture are gathered."""
    lon = lat = 0
    told: list[str] = []
    last = (0.0, 0.0)
    for east, north in zip(steps[::2], steps[1::2], strict=True):
        lon, lat = lon + east, lat + north
        right, down = place(Point(lat=lat / scale, lon=lon / scale))
        if not told or math.dist((right, down), last) >= 2:
            told.append(f"{right:g} {down:g}")
            last = (right, down)
    return f"M{'L'.join(told)}Z" if len(told) > 2 else ""


def moved(changes: Sequence[Change], records: Mapping[str, Record]) -> list[Moved]:
    """Points that move, the farthest first."""
    found = []
    for change in changes:
        record = records.get(change.id)
        if record is None or not {"lat", "lon"} & set(change.fields):
            continue
        cells = {**record.cells, **{column: new for column, (_old, new) in change.fields.items()}}
        before, after = _point(record.cells), _point(cells)
        if before and after:
            title = saying.called(proposed.names(cells)) or change.id
            kilometers = meters_between(before, after) / 1000
            found.append(Moved(title=title, kilometers=kilometers, before=place(before), after=place(after)))
    return sorted(found, key=lambda one: -one.kilometers)


def doubted(report: Report) -> list[tuple[float, float]]:
    """Points outside the border, in a lake or in another oblast, in the picture."""
    found = []
    for problem in report.plan.problems:
        if problem.code.startswith("point_") and problem.level != "notice" and problem.value:
            parts = problem.value.split(", ")
            if len(parts) == 2:
                right, down = place(Point(lat=float(parts[0]), lon=float(parts[1])))
                if 0 <= right <= WIDTH and 0 <= down <= HEIGHT:
                    found.append((right, down))
    return found[: proposed.MOST]


def _point(cells: Mapping[str, str]) -> Point | None:
    lat, lon = cells.get("lat"), cells.get("lon")
    return Point(lat=float(lat), lon=float(lon)) if lat and lon else None
