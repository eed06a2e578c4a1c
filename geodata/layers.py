"""Builds the drawn layers (border, oblasts, lakes, rivers) from public packages, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

WGS84 = "EPSG:4326"
DECIMALS = 4
"""Decimals of a coordinate: 1e-4 degrees is about 10 m, finer than any of the sources."""

NAMES = {
    "KG": ("Кыргызстан", "Кыргызстан", "Kyrgyzstan"),
    "KG-B": ("Баткен облусу", "Баткенская область", "Batken oblast"),
    "KG-C": ("Чүй облусу", "Чуйская область", "Chuy oblast"),
    "KG-GB": ("Бишкек шаары", "город Бишкек", "Bishkek city"),
    "KG-J": ("Жалал-Абад облусу", "Джалал-Абадская область", "Jalal-Abad oblast"),
    "KG-N": ("Нарын облусу", "Нарынская область", "Naryn oblast"),
    "KG-O": ("Ош облусу", "Ошская область", "Osh oblast"),
    "KG-T": ("Талас облусу", "Таласская область", "Talas oblast"),
    "KG-Y": ("Ысык-Көл облусу", "Иссык-Кульская область", "Issyk-Kul oblast"),
}
LAKES = (
    (Polygon([(76, 42), (78.5, 42), (78.5, 43), (76, 43)]), ("Ысык-Көл", "Иссык-Куль", "Issyk-Kul")),
    (Polygon([(74.8, 41.6), (75.5, 41.6), (75.5, 42), (74.8, 42)]), ("Соң-Көл", "Сон-Куль", "Song-Kul")),
    (Polygon([(75, 40.4), (75.6, 40.4), (75.6, 40.8), (75, 40.8)]), ("Чатыр-Көл", "Чатыр-Куль", "Chatyr-Kul")),
)
"""The lakes to draw: a box around each (degrees) and its names."""

_AROUND = (68.9, 38.9, 80.6, 43.6)
"""West, south, east, north of what GSHHG has to be read for, degrees."""


def border(timezone_polygon: str) -> BaseGeometry:
    """The outer border from the Asia/Bishkek time zone (GeoJSON text of tzfpy), simplified to about 50 m."""
    (feature,) = json.loads(timezone_polygon)["features"]
    shape = shapely.geometry.shape(feature["geometry"])
    return shapely.set_precision(shape.simplify(0.0005).buffer(0), 10**-DECIMALS)


def oblasts(natural_earth: Path, outline: BaseGeometry) -> gpd.GeoDataFrame:
    """Seven oblasts and Bishkek: inner lines of Natural Earth, outer line of `outline`.

    Natural Earth's own outer line leaves border villages outside, so each gap goes to the nearest
    oblast (Voronoi cells of the oblasts' outlines). Shared lines stay shared: a valid coverage.
    """
    known = _natural_earth(natural_earth)
    inner = shapely.union_all(known.geometry.values)
    gaps = shapely.difference(outline, inner)
    parts = [
        shapely.union(shapely.intersection(own, outline), shapely.intersection(cell, gaps))
        for own, cell in zip(known.geometry, _cells(known), strict=True)
    ]
    return known.set_geometry(_coverage(parts, outline), crs=WGS84)


def _coverage(parts: list[BaseGeometry], outline: BaseGeometry) -> list[BaseGeometry]:
    """The parts again, with exactly the same points along shared lines and no gap inside `outline`.

    All lines are noded on the grid of rounded coordinates; each face of that net goes to the part
    that holds (or lies nearest to) a point inside it.
    """
    lines = [shapely.boundary(shape) for shape in (*parts, outline)]
    net = shapely.union_all(lines, grid_size=10**-DECIMALS)
    faces = np.array([f for f in shapely.polygonize([net]).geoms if outline.contains(f.representative_point())])
    owner = shapely.STRtree(parts).nearest([face.representative_point() for face in faces])
    return [shapely.coverage_union_all(faces[owner == index]) for index in range(len(parts))]


def _natural_earth(build_json: Path) -> gpd.GeoDataFrame:
    """The units of Kyrgyzstan in Natural Earth's admin 1, by code. Raises KeyError for a unit we do not name."""
    everything = json.loads(build_json.read_text(encoding="utf-8"))
    features = [f for f in everything["features"] if f["properties"].get("adm0_a3") == "KGZ"]
    rows = [_row(f["properties"]["iso_3166_2"], shapely.geometry.shape(f["geometry"])) for f in features]
    return gpd.GeoDataFrame(rows, crs=WGS84).sort_values("code", ignore_index=True)


def _cells(known: gpd.GeoDataFrame) -> list[BaseGeometry]:
    """For each oblast the area that lies nearest to it, measured in degrees along dense outlines."""
    owner: dict[tuple[float, float], int] = {}
    for index, shape in enumerate(known.geometry):
        for x, y in shapely.get_coordinates(shapely.segmentize(shape.boundary, 0.02)):
            owner.setdefault((round(float(x), 6), round(float(y), 6)), index)
    reach = shapely.box(*known.total_bounds).buffer(1)
    voronoi = shapely.voronoi_polygons(MultiPoint(list(owner)), extend_to=reach, ordered=True)
    belongs = np.fromiter(owner.values(), dtype=int)
    cells = np.array(voronoi.geoms)
    return [shapely.union_all(cells[belongs == index]) for index in range(len(known))]


def lakes(gshhg: Path) -> gpd.GeoDataFrame:
    """The named lakes of GSHHG, full resolution, with their area in km² as GSHHG gives it."""
    rows = []
    for kind, area, line in _gshhg(gshhg, "gshhs"):
        shape = Polygon(line) if kind == 2 and len(line) > 3 else Polygon()
        for box, (ky, ru, en) in LAKES:
            if not shape.is_empty and box.contains(shape) and area > 100:
                rows.append({"name_ky": ky, "name_ru": ru, "name_en": en, "km2": round(area, 1), "geometry": shape})
    return gpd.GeoDataFrame(rows, crs=WGS84).sort_values("name_en", ignore_index=True)


def rivers(gshhg: Path, outline: BaseGeometry) -> gpd.GeoDataFrame:
    """Rivers of GSHHG inside the border (2 km to spare), unnamed, simplified to about 100 m."""
    lines = [LineString(line) for _, _, line in _gshhg(gshhg, "rivers") if len(line) > 1]
    inside = gpd.clip(gpd.GeoDataFrame(geometry=lines, crs=WGS84), outline.buffer(0.02)).explode()
    inside = inside[(inside.geom_type == "LineString") & (shapely.length(inside.geometry.values) > 0.02)]
    inside = inside.set_geometry(inside.geometry.simplify(0.001))
    order = np.lexsort([inside.bounds[column].to_numpy() for column in ("maxy", "maxx", "miny", "minx")])
    return inside.iloc[order].reset_index(drop=True)


def _gshhg(folder: Path, name: str) -> Iterator[tuple[int, float, np.ndarray]]:
    """Kind, area in km² and lon/lat pairs of every GSHHG line near Kyrgyzstan.

    `<name>meta_f.dat` has a line for each: kind, area, points, south, north, byte offset and length
    in `<name>_f.dat`, which holds little-endian float32 pairs.
    """
    west, south, east, north = _AROUND
    raw = (folder / f"{name}_f.dat").read_bytes()
    for meta in (folder / f"{name}meta_f.dat").read_text(encoding="ascii").splitlines():
        kind, area, _, lowest, highest, offset, length, *_ = meta.split()
        if float(highest) < south or float(lowest) > north:
            continue
        pairs = np.frombuffer(raw, "<f4", int(length) // 4, int(offset)).reshape(-1, 2).astype(float)
        if pairs[:, 0].max() >= west and pairs[:, 0].min() <= east:
            yield int(kind), float(area), pairs


def country(outline: BaseGeometry) -> gpd.GeoDataFrame:
    """The border as a layer of one feature."""
    return gpd.GeoDataFrame([_row("KG", outline)], crs=WGS84)


def _row(code: str, shape: BaseGeometry) -> dict[str, Any]:
    name_ky, name_ru, name_en = NAMES[code]
    return {"code": code, "name_ky": name_ky, "name_ru": name_ru, "name_en": name_en, "geometry": shape}


def write(layer: gpd.GeoDataFrame, target: Path) -> int:
    """Write a layer as compact GeoJSON (RFC 7946) with rounded coordinates; returns its bytes."""
    features = []
    for row in layer.to_dict("records"):
        shape = shapely.set_precision(row.pop("geometry"), 10**-DECIMALS)
        geometry = _rounded(shapely.geometry.mapping(shapely.orient_polygons(shapely.normalize(shape))))
        features.append({"type": "Feature", "properties": row, "geometry": geometry})
    collection = {"type": "FeatureCollection", "features": features}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n"
    target.write_text(text, encoding="utf-8")
    return len(text.encode())


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return {key: _rounded(part) for key, part in value.items()} if isinstance(value, dict) else value
