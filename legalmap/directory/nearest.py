"""The k nearest points on the WGS84 ellipsoid, in exact order, under any filter (the home of Shapely).

No projection, so no special case at the antimeridian or the poles. With c the straight chord through
the earth, s the geodesic, R_MIN = b2/a and R_MAX = a2/b the smallest and largest radius of curvature:

    2 R_MAX asin(c / 2 R_MAX) <= s <= 2 R_MIN asin(c / 2 R_MIN)

(left: Blaschke's rolling theorem; right: Schur's comparison, for s up to pi R_MIN). The band is 4 cm wide
at 100 km, so the chords leave the k nearest and hardly any other to be measured: that is the certificate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from legalmap.model import Point

if TYPE_CHECKING:
    from pyproj import Geod

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

A = 6_378_137.0
F = 1 / 298.257_223_563
B = A * (1 - F)
R_MIN = B * B / A
R_MAX = A * A / B
_FLATTEN = np.array((1.0, 1.0, (1 - F) ** 2))

SLACK_M = 0.01
"""Added to every bound: more than rounding and the 1 mm of the order can take away."""
CHORD_FORMULA_M = 300_000.0
"""Up to here the chord formula is within 0.04 mm of the geodesic; past it pyproj measures."""
FAR_M = 4_900_000.0
"""A chord past which the bounds are no longer used: all that is allowed is measured."""
WINDOW = 8
"""Seeds beyond k to each side in Morton order; more make the box tighter and the seeds dearer."""


@cache
def _geod() -> Geod:
    # Imported when first needed: at home no answer reaches past 300 km, and pyproj costs 110 ms and 10 MB.
    from pyproj import Geod

    return Geod(ellps="WGS84")


def earth(lat: Floats | np.float64, lon: Floats | np.float64) -> tuple[Floats, Floats]:
    """Earth-centered positions (meters) and unit normals of points in degrees, each of shape (..., 3)."""
    phi, lam = np.radians(lat), np.radians(lon)
    normal = np.array((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))).T
    prime = A / np.sqrt(1 - F * (2 - F) * normal[..., 2:] ** 2)
    return prime * normal * _FLATTEN, normal


def _spread(bits: Ints | np.int64) -> Ints:
    """The lowest 21 bits of each number with a zero between any two."""
    bits = (bits | bits << 16) & 0x0000FFFF0000FFFF
    bits = (bits | bits << 8) & 0x00FF00FF00FF00FF
    bits = (bits | bits << 4) & 0x0F0F0F0F0F0F0F0F
    bits = (bits | bits << 2) & 0x3333333333333333
    return np.asarray((bits | bits << 1) & 0x5555555555555555)


def _morton(lat: Floats | np.float64, lon: Floats | np.float64) -> Ints:
    """Numbers that are mostly near for points that are near: the bits of lat and lon in turn."""
    x = ((lon + 180) * ((2**21 - 1) / 360)).astype(np.int64)
    y = ((lat + 90) * ((2**21 - 1) / 180)).astype(np.int64)
    return _spread(x) | _spread(y) << 1


def _boxes(point: Point, rho: float, reach: float) -> list[tuple[float, float, float, float]]:
    """Lon/lat boxes that hold every point within `reach` meters along the earth.

    The meridian's radius is at least R_MIN, so dlat <= reach / R_MIN; a point within reach is within the
    ball of that radius, whose shadow on the equator's plane spans asin(reach / rho) to each side, where
    rho is the distance from the axis (meters). Near a pole that is the whole circle.
    """
    dlat = math.degrees(reach / R_MIN)
    south, north = max(point.lat - dlat, -90.0), min(point.lat + dlat, 90.0)
    dlon = math.degrees(math.asin(reach / rho)) if reach < rho else 180.0
    west, east = point.lon - dlon, point.lon + dlon
    if dlon >= 180:
        return [(-180.0, south, 180.0, north)]
    if west <= -180:
        return [(-180.0, south, east, north), (west + 360, south, 180.0, north)]
    if east >= 180:
        return [(west, south, 180.0, north), (-180.0, south, east - 360, north)]
    return [(west, south, east, north)]


def _lengths(gaps: Floats) -> Floats:
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", gaps, gaps)))


def _smallest(chords: Floats, k: int) -> float:
    """The k-th smallest."""
    return float(np.partition(chords, k - 1)[k - 1])


def _longest(chord: float) -> float:
    """No geodesic over a chord of this length is longer, in meters (the right bound)."""
    return 2 * R_MIN * math.asin(chord / (2 * R_MIN)) + SLACK_M


def _by_chord(chords: Floats, gaps: Floats, turns: Floats) -> Floats:
    """Geodesics in meters by s = 2/q asin(q c/2), q = (n1 - n2).(p1 - p2) / c2.

    q is the mean normal curvature along the chord, so always between 1/R_MAX and 1/R_MIN; the bounds only
    matter where c is too small to tell. Error: 5e-9 m to 30 km, 2e-7 m at 100 km, 4e-5 m at 300 km.
    """
    q = np.einsum("ij,ij->i", turns, gaps) / np.maximum(chords * chords, 1e-9)
    q = np.minimum(np.maximum(q, 1 / R_MAX), 1 / R_MIN)
    return np.asarray(2 / q * np.arcsin(np.minimum(q * chords / 2, 1.0)))


class Nearest:
    """An index of points, ranked by (meters rounded to 1 mm, id by code point)."""

    def __init__(self, points: Sequence[Point], ids: Sequence[str]) -> None:
        """`ids[i]` belongs to `points[i]`. Inside, everything stands in Morton order."""
        lat = np.array([point.lat for point in points], dtype=np.float64)
        lon = np.array([point.lon for point in points], dtype=np.float64)
        codes = _morton(lat, lon)
        self._order = np.argsort(codes, kind="stable")
        self._codes, self._lat, self._lon = codes[self._order], lat[self._order], lon[self._order]
        self._position, self._normal = earth(self._lat, self._lon)
        rank = np.empty(len(points), dtype=np.int64)
        rank[sorted(range(len(points)), key=lambda index: ids[index])] = np.arange(len(points))
        self._rank = rank[self._order]
        self._all = np.arange(len(points))
        self._tree = shapely.STRtree(shapely.points(self._lon, self._lat))

    def find(self, point: Point, k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """The k nearest to `point` among the `allowed` (default: all), as (index, meters to 1 mm).

        Fewer than k when fewer are allowed, none for k <= 0. `allowed` has one value for each point.
        """
        mask = None if allowed is None else allowed[self._order]
        rows = self._all if mask is None else np.flatnonzero(mask)
        k = min(k, len(rows))
        if k <= 0:
            return []
        lat, lon = np.float64(point.lat), np.float64(point.lon)
        here, normal = earth(lat, lon)
        at = int(np.searchsorted(rows, np.searchsorted(self._codes, _morton(lat, lon))))
        seeds = rows[max(0, at - k - WINDOW) : at + k + WINDOW]
        kth = _smallest(_lengths(self._position[seeds] - here), k)
        if kth > FAR_M:
            return self._ranked(rows, self._geodesics(point, rows), k)
        boxes = _boxes(point, math.hypot(here[0], here[1]), _longest(kth))
        near = np.concatenate([self._tree.query(shapely.box(*box)) for box in boxes])
        near = near if mask is None else near[mask[near]]
        gaps = self._position[near] - here
        chords = _lengths(gaps)
        # No chord past this can belong to one of the k nearest: that is the certificate.
        left = chords <= 2 * R_MAX * math.sin(_longest(_smallest(chords, k)) / (2 * R_MAX))
        near, gaps, chords = near[left], gaps[left], chords[left]
        meters = _by_chord(chords, gaps, self._normal[near] - normal)
        beyond = chords > CHORD_FORMULA_M
        if beyond.any():
            meters[beyond] = self._geodesics(point, near[beyond])
        return self._ranked(near, meters, k)

    def _geodesics(self, point: Point, rows: Ints) -> Floats:
        start = np.full(len(rows), point.lon), np.full(len(rows), point.lat)
        return np.asarray(_geod().inv(*start, self._lon[rows], self._lat[rows])[2])

    def _ranked(self, rows: Ints, meters: Floats, k: int) -> list[tuple[int, float]]:
        millimeters = np.rint(meters * 1000)
        first = np.lexsort((self._rank[rows], millimeters))[:k]
        indexes, found = self._order[rows[first]].tolist(), millimeters[first].tolist()
        return [(index, meters / 1000) for index, meters in zip(indexes, found, strict=True)]
