"""How long the shortest way between two points is on the WGS84 ellipsoid, and what a straight chord says about it.

With c the chord through the earth, s the geodesic, R_MIN = b2/a and R_MAX = a2/b the smallest and largest radius of
curvature:

    2 R_MAX asin(c / 2 R_MAX) <= s <= 2 R_MIN asin(c / 2 R_MIN)

(left: Blaschke's rolling theorem; right: Schur's comparison, for s up to pi R_MIN). No projection, so no special case
at the antimeridian or the poles.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from legalmap.model import Point

if TYPE_CHECKING:
    from pyproj import Geod

Floats = npt.NDArray[np.float64]
Stance = tuple[float, float, float, float, float, float]
"""x, y, z in meters and the unit normal of one point."""

A = 6_378_137.0
F = 1 / 298.257_223_563
E2 = F * (2 - F)
B = A * (1 - F)
R_MIN = B * B / A
R_MAX = A * A / B
_FLATTEN = np.array((1.0, 1.0, 1 - E2))

SLACK_M = 0.01
"""Added to every bound: more than rounding and the 1 mm of the order can take away."""
ROUNDING_M2 = 0.2
"""More than a squared chord from a product of matrices can be wrong (terms of 1e14, rounded to 0.02)."""
CHORD_FORMULA_M = 300_000.0
"""Up to here the chord formula is within 0.04 mm of the geodesic; past it pyproj measures."""
FAR_M = 4_900_000.0
"""A chord past which the bounds are no longer used."""


@cache
def _geod() -> Geod:
    # Imported when first needed: at home no answer reaches past 300 km, and pyproj costs 110 ms and 10 MB.
    from pyproj import Geod

    return Geod(ellps="WGS84")


def earth(lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """Earth-centered positions (meters) and unit normals of points in degrees, each of shape (..., 3)."""
    phi, lam = np.radians(lat), np.radians(lon)
    normal = np.array((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))).T
    prime = A / np.sqrt(1 - E2 * normal[..., 2:] ** 2)
    return prime * normal * _FLATTEN, normal


def stance(point: Point) -> Stance:
    """Position and unit normal of one point, as `earth` has them: a tenth of the time in plain numbers."""
    phi, lam = math.radians(point.lat), math.radians(point.lon)
    flat = math.cos(phi)
    u, v, w = flat * math.cos(lam), flat * math.sin(lam), math.sin(phi)
    prime = A / math.sqrt(1 - E2 * w * w)
    return prime * u, prime * v, prime * w * (1 - E2), u, v, w


def longest(chord: float) -> float:
    """No geodesic over a chord of this length is longer, in meters."""
    return 2 * R_MIN * math.asin(chord / (2 * R_MIN)) + SLACK_M


def no_nearer(chord: float) -> float:
    """Over a longer chord than this no geodesic is as short as one over `chord` may be: the certificate, in meters. The
    band is 4 cm wide at 100 km, so that hardly any other point has to be measured."""
    return 2 * R_MAX * math.sin(longest(chord) / (2 * R_MAX))


def none_nearer(chords: Floats) -> Floats:
    """The same for many; inf past FAR_M."""
    reach = 2 * R_MIN * np.arcsin(np.minimum(chords, FAR_M) / (2 * R_MIN)) + SLACK_M
    return np.where(chords > FAR_M, np.inf, 2 * R_MAX * np.sin(reach / (2 * R_MAX)))


def by_chord(gaps: Floats, turns: Floats) -> tuple[Floats, Floats]:
    """Geodesics and chords in meters between points whose positions differ by `gaps` and normals by `turns`, both
    (..., 3): s = 2/q asin(q c/2), q = turn.gap / c2, the mean normal curvature along the chord.

    Error: 5e-9 m to 30 km, 2e-7 m at 100 km, 4e-5 m at 300 km. Under a meter curvature is lost in rounding, and s = c.
    """
    squares = np.einsum("...j,...j->...", gaps, gaps)
    chords = np.sqrt(squares)
    q = np.einsum("...j,...j->...", turns, gaps) / np.maximum(squares, 1.0)
    q = np.minimum(np.maximum(q, 1 / R_MAX), 1 / R_MIN)
    return np.asarray(2 / q * np.arcsin(np.minimum(q * chords / 2, 1.0))), chords


def measured(lat: list[float], lon: list[float], other_lat: list[float], other_lon: list[float]) -> list[float]:
    """Meters from each point to the other of the same row, by pyproj (Karney): right at any distance."""
    found: list[float] = _geod().inv(lon, lat, other_lon, other_lat)[2]
    return found
