"""The order is exact: proved against pyproj measuring every point."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from pyproj import Geod

from legalmap.directory.nearest import CHORD_FORMULA_M, Nearest
from legalmap.model import Point

GEOD = Geod(ellps="WGS84")
KYRGYZ = (39.0, 69.0, 43.5, 80.5)
WORLD = (-90.0, -180.0, 90.0, 180.0)
SETS = {"1": 1, "61": 61, "500": 500, "10000": 10_000, "world": 3_000}
TIE_M = 1e-6
"""Two distances this near are one: pyproj itself is not surer."""


class Truth:
    """Points with ids in no order, and what pyproj says about them."""

    def __init__(self, name: str) -> None:
        self.rng = np.random.default_rng(sum(name.encode()))
        count = SETS[name]
        self.box = WORLD if name == "world" else KYRGYZ
        points = self._spread(count)
        half = count // 2
        # Towns: half of the points crowd around others, and one in twenty shares a point with another.
        towns = self.rng.integers(0, max(half, 1), count - half)
        points[half:] = points[towns] + self.rng.normal(0, 0.02, (count - half, 2))
        twins = self.rng.integers(0, count, count // 20)
        points[-(count // 20) or count :] = points[twins]
        if name == "world":
            points[:300, 1] = self.rng.choice((180.0, -180.0, 179.9999, -179.9999), 300)
            points[300:400, 0] = self.rng.choice((90.0, -90.0, 89.9999, -89.9999), 100)
        self.lat = np.clip(points[:, 0], -90, 90).round(6)
        self.lon = np.clip(points[:, 1], -180, 180).round(6)
        self.ids = [f"c{number}" for number in self.rng.permutation(count)]
        self.index = Nearest([Point(lat=a, lon=b) for a, b in zip(self.lat, self.lon, strict=True)], self.ids)

    def _spread(self, count: int) -> npt.NDArray[np.float64]:
        south, west, north, east = self.box
        return np.column_stack((self.rng.uniform(south, north, count), self.rng.uniform(west, east, count)))

    def origin(self, turn: int) -> Point:
        """Anywhere in the box, on a center, beside one, on the antimeridian, at a pole, far away."""
        (lat, lon), chosen = self._spread(1)[0], self.rng.integers(len(self.ids))
        here = float(self.lat[chosen]), float(self.lon[chosen])
        beside = min(here[0] + 1e-4, 90.0), max(here[1] - 1e-4, -180.0)
        if self.box == WORLD:
            edges = [(lat, 180.0), (lat, -179.99999), (90.0, lon), (-89.9999, lon)]
        else:
            edges = [(55.75, 37.62), (43.24, 76.9), (-36.0, -105.0), (lat, lon)]
        choices = [(lat, lon), (lat, lon), (lat, lon), here, beside, edges[turn // 6 % 4]]
        return Point(lat=float(choices[turn % 6][0]), lon=float(choices[turn % 6][1]))

    def mask(self, turn: int) -> npt.NDArray[np.bool_] | None:
        share = (None, 0.5, 0.05)[turn % 3]
        return None if share is None else self.rng.random(len(self.ids)) < share

    def meters(self, origin: Point) -> npt.NDArray[np.float64]:
        count = len(self.ids)
        meters = GEOD.inv(np.full(count, origin.lon), np.full(count, origin.lat), self.lon, self.lat)[2]
        return np.asarray(meters)

    def wrong(self, turn: int, k: int) -> str:
        """What is wrong in the answer of one query; "" when nothing is."""
        origin, mask = self.origin(turn), self.mask(turn // 2)
        found = self.index.find(origin, k, mask)
        meters = self.meters(origin)
        allowed: list[int] = np.flatnonzero(np.ones(len(self.ids)) if mask is None else mask).tolist()
        order = sorted(allowed, key=lambda index: (round(float(meters[index]) * 1000), self.ids[index]))[:k]
        if len(found) != len(order):
            return f"{origin}: {len(found)} instead of {len(order)}"
        for (index, said), expected in zip(found, order, strict=True):
            if index != expected and abs(meters[index] - meters[expected]) > TIE_M:
                return f"{origin}: {index} instead of {expected}"
            if abs(said - meters[index]) > 0.00055:
                return f"{origin}: {said} m instead of {meters[index]} m"
        return ""


@pytest.mark.parametrize("name", SETS)
def test_order_and_meters_are_those_of_measuring_every_center(name: str) -> None:
    """2,000 questions in all, fewer where each costs ten thousand measurements."""
    truth = Truth(name)
    assert [
        fault for turn in range(100 if name == "10000" else 475) if (fault := truth.wrong(turn, k=1 + turn % 7))
    ] == []


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", SETS)
def test_order_holds_over_100_000_queries(name: str) -> None:
    truth = Truth(name)
    assert [fault for turn in range(20_000) if (fault := truth.wrong(turn, k=1 + turn % 7))] == []


def at(*places: tuple[float, float]) -> list[Point]:
    return [Point(lat=lat, lon=lon) for lat, lon in places]


def test_centers_at_one_point_come_in_order_of_their_ids() -> None:
    index = Nearest(at(*[(41.4, 76.0)] * 5), ["b", "a", "B", "ө", "10"])
    found = index.find(Point(lat=41.0, lon=76.0), 4)
    assert [position for position, _ in found] == [4, 2, 1, 0]


def test_on_the_spot_is_zero_meters() -> None:
    assert Nearest(at((41.4, 76.0)), ["a"]).find(Point(lat=41.4, lon=76.0), 1) == [(0, 0.0)]


def test_the_antimeridian_is_no_border() -> None:
    index = Nearest(at((10.0, 179.9), (10.0, -179.999), (10.0, -180.0), (10.0, 180.0)), ["a", "b", "c", "d"])
    for lon in (180.0, -180.0):
        found = index.find(Point(lat=10.0, lon=lon), 4)
        assert [position for position, _ in found] == [2, 3, 1, 0]
        assert [meters for _, meters in found[:2]] == [0.0, 0.0]


@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_at_a_pole_every_longitude_is_near(pole: float) -> None:
    edge = pole - 0.01 if pole > 0 else pole + 0.01
    index = Nearest(at((edge, 0.0), (edge, 170.0), (edge, -100.0), (pole * 0.99, 0.0)), ["c", "b", "a", "d"])
    assert [position for position, _ in index.find(Point(lat=pole, lon=33.0), 3)] == [2, 1, 0]


def test_across_a_pole_is_shorter_than_around_it() -> None:
    index = Nearest(at((89.9, 180.0), (89.0, 0.0)), ["over", "around"])
    assert index.find(Point(lat=89.9, lon=0.0), 1)[0][0] == 0


def test_near_the_antipode_where_chords_mislead_all_are_measured() -> None:
    rng = np.random.default_rng(11)
    for lat, lon in ((0.0, 0.0), (0.2, -0.3), (41.4, 76.0), (-30.0, 179.9), (89.5, 10.0)):
        points = at(*((max(float(a), -90.0), float(b)) for a, b in rng.normal((-lat, 0.0), 0.3, (200, 2))))
        points = [Point(lat=one.lat, lon=(one.lon + lon) % 360 - 180) for one in points]
        meters = [GEOD.inv(lon, lat, one.lon, one.lat)[2] for one in points]
        found = Nearest(points, [str(number) for number in range(200)]).find(Point(lat=lat, lon=lon), 9)
        assert [position for position, _ in found] == sorted(range(200), key=lambda position: meters[position])[:9]
        assert [said for _, said in found] == pytest.approx(sorted(meters)[:9], abs=0.00055)


def test_fewer_than_k_gives_those_there_are() -> None:
    index = Nearest(at((41.0, 74.0), (42.0, 74.0)), ["a", "b"])
    assert len(index.find(Point(lat=42.0, lon=75.0), 5)) == 2
    assert len(index.find(Point(lat=42.0, lon=75.0), 5, np.array([True, False]))) == 1


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_none_gives_none(k: int) -> None:
    assert Nearest(at((41.0, 74.0)), ["a"]).find(Point(lat=42.0, lon=75.0), k) == []


def test_nothing_allowed_gives_nothing() -> None:
    index = Nearest(at((41.0, 74.0)), ["a"])
    assert index.find(Point(lat=42.0, lon=75.0), 3, np.array([False])) == []


def test_an_empty_index_answers_nothing() -> None:
    empty = Nearest([], [])
    assert empty.find(Point(lat=42.0, lon=75.0), 3) == []
    assert empty.find(Point(lat=42.0, lon=75.0), 3, np.array([], dtype=np.bool_)) == []


def test_the_chord_formula_holds_to_its_border() -> None:
    rng = np.random.default_rng(7)
    lat, lon = rng.uniform(-89, 89, 4_000), rng.uniform(-180, 180, 4_000)
    far_lon, far_lat, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360, 4_000), np.full(4_000, CHORD_FORMULA_M - 60))
    for index in range(4_000):
        target = Nearest(at((float(far_lat[index]), float(far_lon[index]))), ["a"])
        meters = target.find(Point(lat=float(lat[index]), lon=float(lon[index])), 1)[0][1]
        assert meters == pytest.approx(CHORD_FORMULA_M - 60, abs=0.00055)
