"""The packed base map: the same bytes from the same layers, light, and where the layers are."""

from __future__ import annotations

import json
from pathlib import Path

import brotli
import shapely
from shapely.geometry import Polygon, shape

from tests.conftest import ROOT
from tests.test_geodata import recipe


def test_the_base_map_is_what_geodata_makes_of_its_layers(tmp_path: Path) -> None:
    recipe("basemap").write(tmp_path / "basemap.json")
    assert (tmp_path / "basemap.json").read_bytes() == (ROOT / "static" / "basemap.json").read_bytes()


def test_the_base_map_comes_back_near_its_source() -> None:
    base = json.loads((ROOT / "static" / "basemap.json").read_text(encoding="utf-8"))

    def ring(steps: list[int]) -> list[tuple[float, float]]:
        lon = lat = 0
        points = []
        for i in range(0, len(steps), 2):
            lon, lat = lon + steps[i], lat + steps[i + 1]
            points.append((lon / base["scale"], lat / base["scale"]))
        return points

    land = shapely.union_all([Polygon(ring(rings[0]), [ring(hole) for hole in rings[1:]]) for rings in base["land"]])
    border = json.loads((ROOT / "geodata" / "border.geojson").read_text(encoding="utf-8"))["features"][0]["geometry"]
    assert land.is_valid
    degree_m = 111_000
    assert shapely.hausdorff_distance(shape(border).boundary, land.boundary) * degree_m < 700
    assert land.symmetric_difference(shape(border)).area / shape(border).area < 0.0005


def test_the_base_map_is_light() -> None:
    assert len(brotli.compress((ROOT / "static" / "basemap.json").read_bytes())) <= 15_000
