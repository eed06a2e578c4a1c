"""The nearest of 500 centers to every village and to 100,000 points: our batch call beside GeoPandas and kd-trees.

    make peers                              once: pykdtree, scipy, scikit-learn (.bench)
    python bench/batch.py --check

Villages are those of a gazetteer in LEGALMAP_TESTDATA, else 2,461 made up from a seed. `ours` is Nearest.each. All ways
get degrees and give the center and its meters; the centers are prepared by each before the clock starts.
`sjoin_nearest` projects the points and joins: what a user of GeoPandas writes; `sjoin alone` is given them projected.
Rounds of all ways in turn; milliseconds. wrong: points with another center than pyproj.Geod finds measuring every pair
(ties within a millimeter forgiven).
Goals: 5 x as fast as sjoin_nearest, none wrong, meters within 1 mm.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT), str(ROOT / ".bench" / "python")]

import geopandas  # noqa: E402
import numpy as np  # noqa: E402
from peers.goals import Goal, missed  # noqa: E402
from peers.local import LAEA, Absent, module  # noqa: E402
from peers.world import GEOD, Floats, Ints, World, anywhere, make, villages  # noqa: E402

from legalmap.directory.geodesic import earth  # noqa: E402

CENTERS, POINTS = 500, 100_000
Way = Callable[[Floats, Floats], tuple[Ints, Floats]]
"""Latitudes and longitudes -> centers and meters."""


def _geod(world: World, lat: Floats, lon: Floats, rows: Ints) -> Floats:
    return np.asarray(GEOD.inv(lon, lat, world.lon[rows], world.lat[rows])[2])


def _frame(lat: Floats, lon: Floats) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs=4326).to_crs(LAEA)


def _joined(points: geopandas.GeoDataFrame, centers: geopandas.GeoDataFrame) -> tuple[Ints, Floats]:
    found = geopandas.sjoin_nearest(points, centers, distance_col="meters")
    found = found[~found.index.duplicated()]  # a point between equals has a row for each
    return found["index_right"].to_numpy(), found["meters"].to_numpy()


def _kd(world: World, name: str) -> Way:
    positions = np.ascontiguousarray(earth(world.lat, world.lon)[0])
    tree = (
        module("pykdtree.kdtree").KDTree(positions)
        if name == "pykdtree"
        else module("scipy.spatial").cKDTree(positions)
    )

    def nearest(lat: Floats, lon: Floats) -> tuple[Ints, Floats]:
        rows = tree.query(np.ascontiguousarray(earth(lat, lon)[0]), k=1)[1].astype(np.int64)
        return rows, _geod(world, lat, lon, rows)

    return nearest


def _ball(world: World) -> Way:
    tree = module("sklearn.neighbors").BallTree(np.radians(np.column_stack((world.lat, world.lon))), metric="haversine")

    def nearest(lat: Floats, lon: Floats) -> tuple[Ints, Floats]:
        rows = tree.query(np.radians(np.column_stack((lat, lon))), k=1, return_distance=False)[:, 0]
        return rows, _geod(world, lat, lon, rows)

    return nearest


def ways(world: World, lat: Floats, lon: Floats) -> dict[str, Way]:
    """Each way; those whose library is absent are named."""
    centers, ready = _frame(world.lat, world.lon), _frame(lat, lon)
    found: dict[str, Way] = {
        "ours": world.directory.nearest.each,
        "sjoin_nearest": lambda lat, lon: _joined(_frame(lat, lon), centers),
        "sjoin alone": lambda lat, lon: _joined(ready, centers),
    }
    peers: dict[str, Callable[[], Way]] = {
        "pykdtree + Geod": lambda: _kd(world, "pykdtree"),
        "cKDTree + Geod": lambda: _kd(world, "cKDTree"),
        "BallTree + Geod": lambda: _ball(world),
    }
    for name, way in peers.items():
        try:
            found[name] = way()
        except Absent as error:
            print(f"{name:<16} skipped: {error}")
    return found


def _truth(world: World, lat: Floats, lon: Floats) -> Floats:
    """Meters to the nearest center of each point, every pair measured."""
    least = np.empty(len(lat))
    for start in range(0, len(lat), 500):
        part = slice(start, start + 500)
        count = len(lat[part])
        ends = np.tile(world.lon, count), np.tile(world.lat, count)
        of_all = GEOD.inv(np.repeat(lon[part], CENTERS), np.repeat(lat[part], CENTERS), *ends)[2]
        least[part] = of_all.reshape(count, CENTERS).min(axis=1)
    return least


def compare(name: str, world: World, lat: Floats, lon: Floats, rounds: int) -> list[Goal]:
    """Prints a line for each way; the goals of ours."""
    everyone = ways(world, lat, lon)
    spent: dict[str, list[float]] = {way: [] for way in everyone}
    said: dict[str, tuple[Ints, Floats]] = {}
    for _ in range(rounds):
        for way, nearest in everyone.items():
            start = time.perf_counter()
            said[way] = nearest(lat, lon)
            spent[way].append((time.perf_counter() - start) * 1e3)
    least = _truth(world, lat, lon)
    ours = float(np.median(spent["ours"]))
    print(f"{name}: {len(lat)} x {CENTERS}")
    print(f"{'way':<16}{'min ms':>9}{'p50':>9}{'p99':>9}{'x ours':>8}{'wrong':>7}{'m off':>10}")
    wrong = {}
    for way, times in spent.items():
        rows, meters = said[way]
        reached = _geod(world, lat, lon, rows)
        wrong[way] = int((np.rint(reached * 1000) > np.rint(least * 1000)).sum())
        p50, p99 = np.percentile(times, (50, 99))
        off = np.abs(meters - reached).max()
        print(f"{way:<16}{min(times):>9.2f}{p50:>9.2f}{p99:>9.2f}{p50 / ours:>8.2f}{wrong[way]:>7}{off:>10.5f}")
    off = float(np.abs(said["ours"][1] - least).max())
    return [
        Goal(f"{name}: ours / sjoin_nearest", ours / float(np.median(spent["sjoin_nearest"])), 1 / 5),
        Goal(f"{name}: wrong", wrong["ours"], 0),
        Goal(f"{name}: meters off, mm", off * 1000, 1),
    ]


def main() -> int:
    """Prints both tables, the goals and a summary; 1 where `--check` finds a goal missed."""
    options = argparse.ArgumentParser(description="the nearest center to many points at once")
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--check", action="store_true", help="exit 1 where a goal is missed")
    chosen = options.parse_args()
    rng = np.random.default_rng(2026)
    world = make(CENTERS, rng)
    goals = compare("villages", world, *villages(np.random.default_rng(1)), rounds=2 * chosen.rounds)
    goals += compare("points", world, *anywhere(rng, POINTS, worldwide=False), rounds=chosen.rounds)
    for goal in goals:
        print(goal)
    names = missed(goals)
    ratios = ", ".join(f"{goal.name.split(':')[0]} {1 / goal.measured:.1f} x" for goal in goals if "/" in goal.name)
    print(f"batch beside sjoin_nearest: {ratios}; " + (f"MISSED: {', '.join(names)}" if names else "all goals reached"))
    return int(chosen.check and bool(names))


if __name__ == "__main__":
    sys.exit(main())
