"""Makes up centers, filters and origins from a seed, and says by pyproj alone which answers are right."""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from places import FILE, read
from pyproj import Geod

from legalmap.directory.edition import Directory, build
from legalmap.directory.geodesic import earth, no_nearer
from legalmap.hours import BISHKEK
from legalmap.model import Center, Localized, Phone, Place, Point, Timetable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

K = 5
NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=BISHKEK)
WORLDWIDE = 1_000_000
"""From so many centers on they stand all over the world, else in the box around Kyrgyzstan."""
SOUTH, WEST, NORTH, EAST = 39.0, 69.0, 43.5, 80.5
VILLAGES, TOWNS = 2_461, 50_000
EDGES = 0.05
"""Part of the world's towns and origins that lies on the antimeridian, and again at the poles."""
FILTERS: Mapping[str, Mapping[str, Any]] = {
    "none": {},
    "kind": {"kinds": frozenset({"advocate"})},
    "topic+language": {"topics": frozenset({"family"}), "languages": frozenset({"uz"})},
    "open now": {"open": True},
    "free": {"free": True},
}
TIE_M = 1e-6
GEOD = Geod(ellps="WGS84")


def villages(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Points of the country's places: of a gazetteer's in LEGALMAP_TESTDATA, else made up along 60 valleys."""
    if folder := os.environ.get("LEGALMAP_TESTDATA"):
        points = [place.point for place in read(Path(folder) / FILE)[1].by_id.values()]
        return np.array([point.lat for point in points]), np.array([point.lon for point in points])
    valley = rng.integers(0, 60, VILLAGES)
    lat, lon = rng.uniform(SOUTH, NORTH, 60)[valley], rng.uniform(WEST, EAST, 60)[valley]
    along, turn = rng.normal(0, 0.35, VILLAGES), rng.uniform(0, math.pi, 60)[valley]
    lat, lon = lat + along * np.sin(turn), lon + along * np.cos(turn)
    lat, lon = lat + rng.normal(0, 0.04, VILLAGES), lon + rng.normal(0, 0.04, VILLAGES)
    return np.clip(lat, SOUTH, NORTH).round(6), np.clip(lon, WEST, EAST).round(6)


def anywhere(rng: np.random.Generator, count: int, worldwide: bool) -> tuple[Floats, Floats]:
    """Random points: each place as likely, but for the world's edges."""
    if not worldwide:
        return rng.uniform(SOUTH, NORTH, count).round(6), rng.uniform(WEST, EAST, count).round(6)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, count))), rng.uniform(-180, 180, count)
    edge = int(count * EDGES)
    lon[:edge] = rng.choice((-1, 1), edge) * (180 - rng.exponential(0.05, edge))
    lat[edge : 2 * edge] = rng.choice((-1, 1), edge) * (90 - np.sqrt(rng.random(edge)))  # evenly within a degree
    return lat.round(6), lon.round(6)


def _beside(rng: np.random.Generator, lat: Floats, lon: Floats, degrees: float) -> tuple[Floats, Floats]:
    """Points around others; one in ten at the very point, as where only the settlement is known."""
    away = np.where(rng.random(len(lat)) < 0.1, 0.0, degrees)
    lat = np.clip(lat + rng.normal(0, 1, len(lat)) * away, -90, 90)
    lon = (lon + rng.normal(0, 1, len(lon)) * away + 180) % 360 - 180
    return lat.round(6), lon.round(6)


def _timetables() -> list[Timetable]:
    """A hundred weeks, from half past seven to nine at night, and one of day and night."""
    weeks = [
        tuple((day * 1440 + start, day * 1440 + start + length) for day in range(days))
        for days in (5, 6)
        for start in range(450, 750, 30)
        for length in (360, 420, 480, 540, 600)
    ]
    return [Timetable(text=str(week), weekly=week) for week in [*weeks, ((0, 7 * 1440),)]]


@dataclass(frozen=True, eq=False)
class World:
    """Centers by number: their points, who passes each filter, and the directory made of them."""

    lat: Floats
    lon: Floats
    towns: tuple[Floats, Floats]
    passing: Mapping[str, Ints]
    directory: Directory

    @property
    def worldwide(self) -> bool:
        return len(self.lat) >= WORLDWIDE

    @cached_property
    def planes(self) -> Floats:
        position = earth(self.lat, self.lon)[0]
        return np.ascontiguousarray(np.vstack((2 * position.T, -(position**2).sum(axis=1))))

    def radius(self, rows: Ints) -> float:
        """Meters within which about twice K of `rows` would lie if all were spread evenly: where a search that grows a
        circle begins."""
        square_meters = 5.1e14 if self.worldwide else 4.9e11
        return math.sqrt(2 * K * square_meters / (math.pi * max(len(rows), 1)))

    def origins(self, rng: np.random.Generator, count: int) -> list[Point]:
        """Half of them beside places where people live, half anywhere, mixed."""
        chosen = rng.integers(0, len(self.towns[0]), count // 2)
        lived = _beside(rng, self.towns[0][chosen], self.towns[1][chosen], 0.02)
        other = anywhere(rng, count - count // 2, self.worldwide)
        mixed = rng.permutation(count)
        lat, lon = (np.concatenate(pair)[mixed] for pair in zip(lived, other, strict=True))
        return [Point(lat=float(a), lon=float(b)) for a, b in zip(lat, lon, strict=True)]

    def meters(self, points: list[Point]) -> Floats:
        """From each origin to each center by pyproj: (points, centers). Worldwide only to those that the chord bounds
        leave of any filter, inf to the others."""
        if not self.worldwide:
            lat, lon = (np.repeat([getattr(point, axis) for point in points], len(self.lat)) for axis in ("lat", "lon"))
            found = GEOD.inv(lon, lat, np.tile(self.lon, len(points)), np.tile(self.lat, len(points)))[2]
            return np.asarray(found).reshape(len(points), -1)
        found = np.full((len(points), len(self.lat)), np.inf)
        for number, point in enumerate(points):
            rows = self._possible(point)
            start = np.full(len(rows), point.lon), np.full(len(rows), point.lat)
            found[number, rows] = GEOD.inv(*start, self.lon[rows], self.lat[rows])[2]
        return found

    def _possible(self, point: Point) -> Ints:
        here = earth(np.array([point.lat]), np.array([point.lon]))[0][0]
        squares = here @ here - np.append(here, 1.0) @ self.planes
        border = 0.0
        for rows in self.passing.values():
            of_filter = squares[rows]
            last = min(K, len(of_filter)) - 1
            border = max(border, float(np.partition(of_filter, last)[last]))
        return np.flatnonzero(squares <= no_nearer(math.sqrt(max(border, 0.0) + 0.2)) ** 2 + 0.2)

    def right(self, answer: list[int], meters: Floats, rows: Ints) -> bool:
        """Whether these are the nearest in order. Distances of the same millimeter, or nearer than pyproj is sure, are
        equal, whoever comes first."""
        allowed = meters[rows]
        best = np.sort(np.partition(allowed, min(K, len(rows)) - 1)[:K])
        if len(answer) != len(best) or len(set(answer)) != len(answer) or not np.isin(answer, rows).all():
            return False
        got = meters[answer]
        return bool(((np.abs(got - best) <= TIE_M) | (np.rint(got * 1000) == np.rint(best * 1000))).all())


def make(n: int, rng: np.random.Generator) -> World:
    """A world of `n` centers: half in places where people live, large ones having more, half anywhere."""
    worldwide = n >= WORLDWIDE
    towns = anywhere(rng, TOWNS, True) if worldwide else villages(rng)
    weight = 1 / np.arange(1, len(towns[0]) + 1)
    chosen = rng.choice(len(towns[0]), n // 2, p=weight / weight.sum())
    lived = _beside(rng, towns[0][chosen], towns[1][chosen], 0.05 if worldwide else 0.03)
    mixed = rng.permutation(n)
    lat, lon = (np.concatenate(pair)[mixed] for pair in zip(lived, anywhere(rng, n - n // 2, worldwide), strict=True))
    timetables = _timetables()
    advocate, family, uzbek, free = (rng.random(n) < share for share in (0.2, 0.3, 0.2, 0.4))
    week = rng.integers(0, len(timetables), n)
    minute = NOW.weekday() * 1440 + NOW.hour * 60 + NOW.minute
    is_open = np.array([any(start <= minute < end for start, end in one.weekly) for one in timetables])[week]
    masks = (np.ones(n, dtype=np.bool_), advocate, family & uzbek, is_open, free)
    names, phones = Localized(ky="Жардам борбору"), (Phone(number="+996312000000"),)
    centers = [
        Center(
            number=1001 + i, id=f"c{i:07}", kind="advocate" if advocate[i] else "ngo", status="active",
            show_location="yes", names=names, oblast="KG-N", phones=phones, hours=timetables[week[i]],
            topics=("family",) if family[i] else ("land",), languages=("ky", "uz") if uzbek[i] else ("ky",),
            fee="free" if free[i] else "paid", point=Point(lat=float(lat[i]), lon=float(lon[i])),
        )
        for i in range(n)
    ]  # fmt: skip
    places = [
        Place(id=str(i), names=Localized(ky=f"Айыл {i}"), oblast="KG-N", point=Point(lat=float(a), lon=float(b)))
        for i, (a, b) in enumerate(zip(*(axis[:VILLAGES] for axis in towns), strict=True))
    ]
    passing = {name: np.flatnonzero(mask) for name, mask in zip(FILTERS, masks, strict=True)}
    return World(lat, lon, towns, passing, build(1, "", NOW, centers, places, []))
