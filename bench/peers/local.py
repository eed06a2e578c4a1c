"""Peers that answer inside this process, each made for the centers of one filter, so that it is at its best."""

from __future__ import annotations

import importlib
import math
import sqlite3
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from legalmap.directory.geodesic import earth, stance
from legalmap.model import Point
from peers.world import GEOD, Ints, K, World

Ask = Callable[[Point], Any]
"""One question; what it gives becomes numbers of centers after the clock has stopped."""
LAEA = "+proj=laea +lat_0=41.3 +lon_0=74.5 +datum=WGS84"
STRETCH = 1.0013
"""No distance of the box is longer than so many times that in this projection (measured 0.99889 to 1.00111)."""


class Absent(Exception):
    """The peer cannot be asked here; the text says why."""


def module(name: str) -> Any:
    """A library that is no dependency of ours. Raises Absent."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Absent(f"{name.split('.')[0]} is not installed (make peers)") from error


def ranked(point: Point, world: World, rows: Ints) -> list[int]:
    """The K nearest of a few candidates, measured on the ellipsoid."""
    start = np.full(len(rows), point.lon), np.full(len(rows), point.lat)
    meters = GEOD.inv(*start, world.lon[rows], world.lat[rows])[2]
    first: list[int] = rows[np.lexsort((rows, meters))[:K]].tolist()
    return first


def floor(world: World, rows: Ints) -> Ask:
    """No search at all: five known centers are measured by one call."""
    lon, lat = world.lon[rows[:K]].tolist(), world.lat[rows[:K]].tolist()
    return lambda point: GEOD.inv([point.lon] * len(lon), [point.lat] * len(lat), lon, lat)[2]


def geopy(world: World, rows: Ints) -> Ask:
    """Every center is measured and all are sorted: what one writes first."""
    geodesic = module("geopy.distance").geodesic
    all_rows, places = rows.tolist(), list(zip(world.lat.tolist(), world.lon.tolist(), strict=True))

    def ask(point: Point) -> list[int]:
        here = point.lat, point.lon
        return sorted(all_rows, key=lambda row: (geodesic(here, places[row]).meters, row))[:K]

    return ask


def ordinary_shapely(world: World, rows: Ints) -> Ask:
    """A tree of projected points; a circle grows until it holds enough, what it holds is measured on the ellipsoid."""
    to_plane = Transformer.from_crs("EPSG:4326", LAEA, always_xy=True)
    tree = shapely.STRtree(shapely.points(*to_plane.transform(world.lon[rows], world.lat[rows])))
    begin, least = world.radius(rows), min(K, len(rows))

    def ask(point: Point) -> list[int]:
        here, radius = shapely.Point(*to_plane.transform(point.lon, point.lat)), begin
        while len(found := tree.query(here, predicate="dwithin", distance=radius)) < least:
            radius *= 2
        near = rows[found]
        start = np.full(len(near), point.lon), np.full(len(near), point.lat)
        meters = GEOD.inv(*start, world.lon[near], world.lat[near])[2]
        farthest = float(np.partition(meters, least - 1)[least - 1]) * STRETCH
        if farthest > radius:
            return ranked(point, world, rows[tree.query(here, predicate="dwithin", distance=farthest)])
        first: list[int] = near[np.lexsort((near, meters))[:K]].tolist()
        return first

    return ask


def _kd(world: World, rows: Ints, query: Callable[[Any], Ints]) -> Ask:
    """In order of the chord through the earth, then one call for the five's meters."""
    lat, lon = world.lat, world.lon

    def ask(point: Point) -> list[int]:
        near = rows[query(stance(point)[:3])]
        start = np.full(len(near), point.lon), np.full(len(near), point.lat)
        GEOD.inv(*start, lon[near], lat[near])
        found: list[int] = near.tolist()
        return found

    return ask


def scipy_kd(world: World, rows: Ints) -> Ask:
    """cKDTree on earth-centered positions."""
    tree = module("scipy.spatial").cKDTree(np.ascontiguousarray(earth(world.lat[rows], world.lon[rows])[0]))
    count = min(K, len(rows))
    return _kd(world, rows, lambda here: np.atleast_1d(tree.query(here, k=count)[1]))


def pykdtree(world: World, rows: Ints) -> Ask:
    """pykdtree on the same."""
    tree = module("pykdtree.kdtree").KDTree(np.ascontiguousarray(earth(world.lat[rows], world.lon[rows])[0]))
    count = min(K, len(rows))
    return _kd(world, rows, lambda here: tree.query(np.array([here]), k=count)[1].ravel())


def ball_tree(world: World, rows: Ints) -> Ask:
    """BallTree by haversine; twice as many as asked are measured on the ellipsoid."""
    tree = module("sklearn.neighbors").BallTree(
        np.radians(np.column_stack((world.lat, world.lon))[rows]), metric="haversine"
    )
    count = min(2 * K, len(rows))

    def ask(point: Point) -> list[int]:
        near = tree.query([[math.radians(point.lat), math.radians(point.lon)]], k=count, return_distance=False)[0]
        return ranked(point, world, rows[near])

    return ask


def sqlite_rtree(world: World, rows: Ints) -> Ask:
    """SQLite's R*Tree: a box grows until the circle within holds enough; what it holds is measured on the ellipsoid.
    It knows no antimeridian: near it the box is cut."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE tree USING rtree(id, west, east, south, north)")
    values = zip(rows.tolist(), world.lon[rows].tolist(), world.lat[rows].tolist(), strict=True)
    database.executemany("INSERT INTO tree VALUES (?1, ?2, ?2, ?3, ?3)", values)
    begin, least = world.radius(rows), min(K, len(rows))
    sql = "SELECT id FROM tree WHERE west <= ? AND east >= ? AND south <= ? AND north >= ?"

    def ask(point: Point) -> list[int]:
        radius = begin
        while True:
            dlat = radius / 110_000
            dlon = min(dlat / max(math.cos(math.radians(min(abs(point.lat) + dlat, 90.0))), 1e-9), 360.0)
            box = (point.lon + dlon, point.lon - dlon, point.lat + dlat, point.lat - dlat)
            near = np.array([row for (row,) in database.execute(sql, box)], dtype=np.int64)
            if len(near) >= least:
                start = np.full(len(near), point.lon), np.full(len(near), point.lat)
                meters = GEOD.inv(*start, world.lon[near], world.lat[near])[2]
                order = np.lexsort((near, meters))[:K]
                if meters[order[-1]] <= radius or dlon >= 360:
                    first: list[int] = near[order].tolist()
                    return first
            radius *= 2

    return ask
