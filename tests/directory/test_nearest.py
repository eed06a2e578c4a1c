"""The order is exact: proved against pyproj measuring every point."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from pyproj import Geod

from legalmap.directory.geodesic import CHORD_FORMULA_M
from legalmap.directory.nearest import Nearest
from legalmap.model import Point

GEOD = Geod(ellps="WGS84")
KYRGYZ = (39.0, 69.0, 43.5, 80.5)
WORLD = (-90.0, -180.0, 90.0, 180.0)
SETS = {"1": 1, "61": 61, "500": 500, "10000": 10_000, "world": 3_000, "tree": 24_000}
"""The last has a tree, whatever the filter leaves or not; the others have every chord computed."""
TIE_M = 1e-6
"""Two distances this near are one: pyproj itself is not surer."""


class Truth:
    """Points with ids in no order, and what pyproj says about them."""

    def __init__(self, name: str) -> None:
        self.rng = np.random.default_rng(sum(name.encode()))
        count = SETS[name]
        self.box = KYRGYZ if name.isdecimal() else WORLD
        self.shares = (None, 0.9, 0.05) if name == "tree" else (None, 0.5, 0.05)
        points = self._spread(count)
        half = count // 2
        # Towns: half of the points crowd around others, and one in twenty shares a point with another.
        towns = self.rng.integers(0, max(half, 1), count - half)
        points[half:] = points[towns] + self.rng.normal(0, 0.02, (count - half, 2))
        twins = self.rng.integers(0, count, count // 20)
        points[-(count // 20) or count :] = points[twins]
        if self.box == WORLD:
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
        share = self.shares[turn % 3]
        return None if share is None else self.rng.random(len(self.ids)) < share

    def meters(self, origin: Point) -> npt.NDArray[np.float64]:
        count = len(self.ids)
        meters = GEOD.inv(np.full(count, origin.lon), np.full(count, origin.lat), self.lon, self.lat)[2]
        return np.asarray(meters)

    def wrong(self, turn: int, k: int) -> str:
        """What is wrong in the answer of one query; "" when nothing is."""
        return self.fault(self.origin(turn), self.mask(turn // 2), k)

    def fault(self, origin: Point, mask: npt.NDArray[np.bool_] | None, k: int) -> str:
        found = self.index.find(origin, k, None if mask is None else self.index.among(mask))
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
    turns = {"10000": 100, "tree": 60}.get(name, 460)
    assert [fault for turn in range(turns) if (fault := truth.wrong(turn, k=turn % 7 + 1 if turn % 20 else 150))] == []


@pytest.mark.parametrize("name", SETS)
def test_many_origins_at_once_have_the_same_nearest_as_one_by_one(name: str) -> None:
    truth = Truth(name)
    origins = [truth.origin(number) for number in range({"10000": 30, "tree": 18}.get(name, 120))]
    lat, lon = (np.array([getattr(origin, axis) for origin in origins]) for axis in ("lat", "lon"))
    of_all = np.array([truth.meters(origin) for origin in origins])
    for mask in (truth.mask(turn) for turn in range(3)):
        among = None if mask is None else truth.index.among(mask)
        indexes, meters = truth.index.each(lat, lon, among)
        allowed = of_all if mask is None else np.where(mask, of_all, np.inf)
        if np.isinf(allowed).all():
            assert (indexes == -1).all()
            assert np.isinf(meters).all()
            continue
        assert (allowed[np.arange(len(origins)), indexes] <= allowed.min(axis=1) + TIE_M).all()
        assert meters == pytest.approx(allowed.min(axis=1), abs=0.00055)
        one_by_one = [truth.index.find(origin, 1, among) for origin in origins]
        assert [[found] for found in zip(indexes.tolist(), meters.tolist(), strict=True)] == one_by_one


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", SETS)
def test_order_holds_over_100_000_queries(name: str) -> None:
    truth = Truth(name)
    turns = 5_000 if name == "tree" else 20_000
    assert [fault for turn in range(turns) if (fault := truth.wrong(turn, k=turn % 7 + 1 if turn % 20 else 150))] == []


def at(*places: tuple[float, float]) -> list[Point]:
    return [Point(lat=lat, lon=lon) for lat, lon in places]


def test_centers_at_one_point_come_in_order_of_their_ids() -> None:
    index = Nearest(at(*[(41.4, 76.0)] * 5), ["b", "a", "B", "ө", "10"])
    found = index.find(Point(lat=41.0, lon=76.0), 4)
    assert [position for position, _ in found] == [4, 2, 1, 0]


@pytest.mark.parametrize("others", [0, 20_000])
@pytest.mark.parametrize("k", [1, 5, 254, 255, 256, 300])
def test_however_many_stand_at_one_point_the_first_by_id_come(others: int, k: int) -> None:
    rng = np.random.default_rng(5)
    elsewhere = zip(rng.uniform(-60, 60, others), rng.uniform(-180, 180, others), strict=True)
    ids = [f"c{number:05}" for number in rng.permutation(300 + others)]
    index = Nearest(at(*[(41.4, 76.0)] * 300, *elsewhere), ids)
    for allowed in (np.ones(len(ids), dtype=np.bool_), np.arange(len(ids)) % 3 > 0, np.arange(len(ids)) < 300):
        twins = sorted(np.flatnonzero(allowed[:300]).tolist(), key=ids.__getitem__)[:k]
        found = index.find(Point(lat=41.40001, lon=76.0), k, index.among(allowed))
        assert [position for position, _ in found[: len(twins)]] == twins


def test_on_the_spot_is_zero_meters() -> None:
    assert Nearest(at((41.4, 76.0)), ["a"]).find(Point(lat=41.4, lon=76.0), 1) == [(0, 0.0)]


def test_a_tree_of_points_knows_no_border_either() -> None:
    truth = Truth("tree")
    around = [(lat, lon) for lat in (-55.0, 0.1, 71.0) for lon in (180.0, -180.0, 179.99, -179.99)]
    around += [(lat, lon) for lat in (90.0, 89.99, -90.0, -89.9) for lon in (0.0, 100.0)]
    assert [fault for lat, lon in around if (fault := truth.fault(Point(lat=lat, lon=lon), None, 9))] == []


def test_very_many_origins_have_the_same_nearest_as_one_by_one() -> None:
    truth = Truth("500")
    lat, lon = truth._spread(20_000).T
    indexes, meters = truth.index.each(lat, lon)
    for place in range(0, 20_000, 2):
        one = Point(lat=float(lat[place]), lon=float(lon[place]))
        assert truth.index.find(one, 1) == [(indexes[place], meters[place])]


@pytest.mark.parametrize("meters", [290_000, 400_000, 1_000_000, 3_000_000])
def test_the_shorter_chord_is_not_always_the_shorter_way(meters: float) -> None:
    """To the north the earth is more curved than to the east: there the chord is shorter, the way is not."""
    east, north = GEOD.fwd(75.0, 41.0, 90, meters), GEOD.fwd(75.0, 41.0, 0, meters + 0.1)
    index = Nearest(at((east[1], east[0]), (north[1], north[0])), ["b", "a"])
    assert index.find(Point(lat=41.0, lon=75.0), 1) == [(0, pytest.approx(meters, abs=0.00055))]
    assert index.each(np.array([41.0]), np.array([75.0]))[0].tolist() == [0]


@pytest.mark.parametrize("aside", [0.000002, 0.001, 0.5, 2.0, 20.0])
def test_of_two_equally_far_the_first_by_id_is_the_nearest(aside: float) -> None:
    lat, lon = np.linspace(35.0, 47.0, 49), np.full(49, 75.0)
    for ids, first in ((["b", "a"], 1), (["a", "b"], 0)):
        index = Nearest(at((41.0, 75.0 - aside), (41.0, 75.0 + aside)), ids)
        assert set(index.each(lat, lon)[0].tolist()) == {first}
        assert {index.find(Point(lat=float(one), lon=75.0), 1)[0][0] for one in lat} == {first}


def test_of_centers_at_one_point_the_first_by_id_is_the_nearest_to_many() -> None:
    index = Nearest(at(*[(41.4, 76.0)] * 3, (42.0, 76.0)), ["b", "a", "c", "d"])
    lat, lon = np.array([41.4, 41.5, 42.1]), np.array([76.0, 76.0, 76.0])
    assert index.each(lat, lon)[0].tolist() == [1, 1, 3]
    assert index.each(lat, lon, index.among(np.array([True, False, True, False])))[0].tolist() == [0, 0, 0]
    assert index.each(lat[:0], lon[:0])[0].tolist() == []


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
    assert len(index.find(Point(lat=42.0, lon=75.0), 5, index.among(np.array([True, False])))) == 1


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_none_gives_none(k: int) -> None:
    assert Nearest(at((41.0, 74.0)), ["a"]).find(Point(lat=42.0, lon=75.0), k) == []


def test_nothing_allowed_gives_nothing() -> None:
    index = Nearest(at((41.0, 74.0)), ["a"])
    assert index.find(Point(lat=42.0, lon=75.0), 3, index.among(np.array([False]))) == []


def test_an_empty_index_answers_nothing() -> None:
    empty = Nearest([], [])
    assert empty.find(Point(lat=42.0, lon=75.0), 3) == []
    assert empty.find(Point(lat=42.0, lon=75.0), 3, empty.among(np.array([], dtype=np.bool_))) == []


def test_the_chord_formula_holds_to_its_border() -> None:
    rng = np.random.default_rng(7)
    lat, lon = rng.uniform(-89, 89, 4_000), rng.uniform(-180, 180, 4_000)
    far_lon, far_lat, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360, 4_000), np.full(4_000, CHORD_FORMULA_M - 60))
    for index in range(4_000):
        target = Nearest(at((float(far_lat[index]), float(far_lon[index]))), ["a"])
        meters = target.find(Point(lat=float(lat[index]), lon=float(lon[index])), 1)[0][1]
        assert meters == pytest.approx(CHORD_FORMULA_M - 60, abs=0.00055)
