"""A small archive of streets around Naryn, made as the large ones are: for tests of the route and of the map."""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

Feature = tuple[shapely.Geometry, dict[str, Any]]
Layers = Mapping[str, list[Feature]]
_EARTH_M = 20_037_508.342789244
NARYN = (75.99111, 41.42866)
STREET = {"name": "Ленин көчөсү", "name:ky": "Ленин көчөсү", "name:ru": "улица Ленина", "name:en": "Lenin Street"}


def around_naryn() -> Layers:
    """What stands in the archive of the tests: degrees, and properties as Protomaps has them."""
    lon, lat = NARYN
    land = shapely.box(lon - 0.2, lat - 0.2, lon + 0.2, lat + 0.2)
    town = shapely.box(lon - 0.05, lat - 0.012, lon + 0.05, lat + 0.012)
    lake = shapely.Point(lon - 0.1, lat + 0.06).buffer(0.03)

    def way(*points: tuple[float, float]) -> shapely.Geometry:
        return shapely.LineString([(lon + x, lat + y) for x, y in points])

    streets: list[Feature] = [
        (way((-0.2, 0.003), (0.2, 0.003)), {"kind": "major_road", "kind_detail": "trunk", **STREET}),
        (way((0.004, -0.2), (0.004, 0.2)), {"kind": "major_road", "kind_detail": "secondary", "name": "А365"}),
        *((way((x / 500, -0.01), (x / 500, 0.01)), {"kind": "minor_road"}) for x in range(-20, 21)),
        *((way((-0.04, y / 500), (0.04, y / 500)), {"kind": "minor_road", "name": "Чүй көчөсү"}) for y in range(-4, 5)),
    ]
    return {
        "earth": [(land, {"kind": "earth"})],
        "landuse": [(town, {"kind": "residential"})],
        "water": [
            (lake, {"kind": "lake"}),
            (lake.centroid, {"kind": "lake", "name:ky": "Көл", "name:ru": "Озеро", "name:en": "Lake"}),
            (way((-0.2, -0.014), (0, -0.016), (0.2, -0.013)), {"kind": "river", "name": "Нарын"}),
        ],
        "boundaries": [(way((-0.2, -0.1), (0.2, -0.08)), {"kind": "region"})],
        "roads": streets,
        "places": [
            (
                shapely.Point(lon, lat),
                {
                    "kind": "locality", "kind_detail": "town", "population_rank": 8,
                    "name": "Нарын", "name:ky": "Нарын шаары", "name:ru": "г. Нарын", "name:en": "Naryn",
                },
            ),
            # as in the builds of Protomaps, which leave Kyrgyz names out
            (shapely.Point(lon + 0.08, lat + 0.05), {"kind": "locality", "kind_detail": "village", "name": "Дөбөлүү"}),
        ],
    }  # fmt: skip


def write(path: Path, layers: Layers | None = None, zooms: Iterable[int] = range(5, 14)) -> Path:
    """Writes `layers` (default: around Naryn) as an archive."""
    given = {
        name: [(shapely.transform(shape, _meters), properties) for shape, properties in features]
        for name, features in (layers or around_naryn()).items()
    }
    zooms = list(zooms)
    bounds = shapely.total_bounds([shape for features in given.values() for shape, _ in features])
    tiles = {
        zxy_to_tileid(zoom, x, y): packed
        for zoom in zooms
        for x, y in _covering(zoom, bounds)
        if (packed := _tile(given, zoom, x, y))
    }
    with path.open("wb") as out:
        writer = Writer(out)
        for number in sorted(tiles):
            writer.write_tile(number, tiles[number])
        (west, south), (east, north) = _degrees(*bounds[:2]), _degrees(*bounds[2:])
        writer.finalize(
            {
                "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
                "min_zoom": min(zooms), "max_zoom": max(zooms), "min_lon_e7": int(west * 1e7),
                "min_lat_e7": int(south * 1e7), "max_lon_e7": int(east * 1e7), "max_lat_e7": int(north * 1e7),
                "center_zoom": min(zooms), "center_lon_e7": int(NARYN[0] * 1e7), "center_lat_e7": int(NARYN[1] * 1e7),
            },
            {"vector_layers": [{"id": name, "fields": _fields(features)} for name, features in given.items()]},
        )  # fmt: skip
    return path


def _fields(features: list[Feature]) -> dict[str, str]:
    return {name: type(value).__name__ for _, properties in features for name, value in properties.items()}


def _meters(points: Any) -> Any:
    made = points.copy()
    for row in made:
        row[0] *= _EARTH_M / 180
        row[1] = math.asinh(math.tan(math.radians(row[1]))) / math.pi * _EARTH_M
    return made


def _degrees(x: float, y: float) -> tuple[float, float]:
    return x / _EARTH_M * 180, math.degrees(math.atan(math.sinh(y / _EARTH_M * math.pi)))


def _covering(zoom: int, bounds: Any) -> list[tuple[int, int]]:
    side = 2 * _EARTH_M / 2**zoom
    first_x, last_x = (int((edge + _EARTH_M) // side) for edge in (bounds[0], bounds[2]))
    first_y, last_y = (int((_EARTH_M - edge) // side) for edge in (bounds[3], bounds[1]))
    return [(x, y) for x in range(first_x, last_x + 1) for y in range(first_y, last_y + 1)]


def _tile(layers: Layers, zoom: int, x: int, y: int) -> bytes:
    side = 2 * _EARTH_M / 2**zoom
    west, south, room = -_EARTH_M + x * side, _EARTH_M - (y + 1) * side, side * 0.03
    view = shapely.box(west - room, south - room, west + side + room, south + side + room)

    def inward(points: Any) -> Any:
        return ((points - (west, south)) / side * 4096).round()

    inside = []
    for name, features in layers.items():
        cut = [
            {"geometry": shapely.transform(shapely.intersection(shape, view), inward), "properties": properties}
            for shape, properties in features
            if shape.intersects(view)
        ]
        if cut:
            inside.append({"name": name, "features": cut})
    if not inside:
        return b""
    encoded = mapbox_vector_tile.encode(inside, default_options={"extents": 4096})
    return gzip.compress(encoded, 6, mtime=0)
