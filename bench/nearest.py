"""Shows what exactness costs: our index beside the two usual ways, on the same queries, taken in turn.

    python bench/nearest.py --n 500 --queries 2000

`all` measures every center with pyproj and sorts: the truth. `plain` takes Shapely's query_nearest in
degrees, grows it to k and measures those: what one writes first. Times are microseconds for one query of
5, counted around the whole call; wrong = answers with other ids or another order than the truth.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

from legalmap.directory.nearest import Nearest
from legalmap.model import Point

K = 5
BLOCK = 25
"""Queries a way answers before the next has its turn: noise meets all alike, caches stay a way's own."""
SOUTH, WEST, NORTH, EAST = 39.0, 69.0, 43.5, 80.5
Floats = npt.NDArray[np.float64]
Way = Callable[[Point], list[int]]


def _measured(geod: Geod, ids: list[str], lat: Floats, lon: Floats, point: Point, rows: list[int]) -> list[int]:
    start = [point.lon] * len(rows), [point.lat] * len(rows)
    meters = geod.inv(*start, lon[rows], lat[rows])[2]
    ranked = sorted(zip(meters, rows, strict=True), key=lambda found: (round(found[0] * 1000), ids[found[1]]))
    return [row for _, row in ranked[:K]]


def ways(n: int, rng: np.random.Generator) -> dict[str, Way]:
    """The three ways over the same n centers: half anywhere in the Kyrgyz box, half in towns."""
    lat, lon = rng.uniform(SOUTH, NORTH, n), rng.uniform(WEST, EAST, n)
    towns = rng.integers(0, n // 2 + 1, n - n // 2 - 1)
    lat[n // 2 + 1 :] = np.clip(lat[towns] + rng.normal(0, 0.03, len(towns)), SOUTH, NORTH)
    lon[n // 2 + 1 :] = np.clip(lon[towns] + rng.normal(0, 0.03, len(towns)), WEST, EAST)
    ids = [f"c{number}" for number in rng.permutation(n)]
    geod = Geod(ellps="WGS84")
    index = Nearest([Point(lat=a, lon=b) for a, b in zip(lat, lon, strict=True)], ids)
    tree = shapely.STRtree(shapely.points(lon, lat))
    everybody = list(range(n))

    def plain(point: Point) -> list[int]:
        place = shapely.Point(point.lon, point.lat)
        nearest, degrees = tree.query_nearest(place, return_distance=True, all_matches=False)
        reach = max(float(degrees[0]), 1e-6)
        rows = nearest
        while len(rows) < min(K, n):
            reach *= 2
            rows = tree.query(place, predicate="dwithin", distance=reach)
        return _measured(geod, ids, lat, lon, point, [int(row) for row in rows])

    return {
        "ours": lambda point: [row for row, _ in index.find(point, K)],
        "all": lambda point: _measured(geod, ids, lat, lon, point, everybody),
        "plain": plain,
    }


def _timed(way: Way, point: Point, times: list[float]) -> list[int]:
    start = time.perf_counter()
    answer = way(point)
    times.append((time.perf_counter() - start) * 1e6)
    return answer


def main() -> None:
    """Prints one line a way and a summary."""
    options = argparse.ArgumentParser(description="our nearest beside the usual ways")
    options.add_argument("--n", type=int, default=500, help="centers")
    options.add_argument("--queries", type=int, default=2000, help="queries of 5 nearest")
    chosen = options.parse_args()
    rng = np.random.default_rng(2026)
    everyone = ways(chosen.n, rng)
    times: dict[str, list[float]] = {name: [] for name in everyone}
    wrong = dict.fromkeys(everyone, 0)
    origins = np.column_stack((rng.uniform(SOUTH, NORTH, chosen.queries), rng.uniform(WEST, EAST, chosen.queries)))
    points = [Point(lat=float(lat), lon=float(lon)) for lat, lon in origins]
    for first in range(0, len(points), BLOCK):
        block = points[first : first + BLOCK]
        answers = {name: [_timed(way, point, times[name]) for point in block] for name, way in everyone.items()}
        for name, answered in answers.items():
            wrong[name] += sum(answer != truth for answer, truth in zip(answered, answers["all"], strict=True))
    print(f"{'way':<8}{'min us':>10}{'p50 us':>10}{'p99 us':>10}{'wrong':>8}")
    for name, spent in times.items():
        p50, p99 = np.percentile(spent, (50, 99))
        print(f"{name:<8}{min(spent):>10.1f}{p50:>10.1f}{p99:>10.1f}{wrong[name]:>8}")
    half = {name: float(np.median(spent)) for name, spent in times.items()}
    print(
        f"n={chosen.n} queries={chosen.queries}: ours {half['ours']:.0f} us, "
        f"{half['all'] / half['ours']:.1f} x faster than all, {half['plain'] / half['ours']:.1f} x than plain; "
        f"wrong: ours {wrong['ours']}, plain {wrong['plain']}"
    )


if __name__ == "__main__":
    main()
