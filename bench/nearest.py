"""Our nearest five beside everything a user could pick instead: how long, how often wrong, under which filter.

    make peers                                     once: what is compared with (.bench, Redis, PostGIS, geokdbush)
    python bench/nearest.py --n 500 --check        also 60, 10000, and 1000000 all over the world (9 GB, 8 minutes)
    python bench/nearest.py --n 500 --points 200000 --only ours --check       1,000,000 queries of ours (6 minutes)

Peers that are not installed are named and skipped. `ours` is the call that search.answer makes for a query: the filters
prepared (`directory.choose`) and the five found (`directory.nearest.find`); `answer` is all of search.answer: matches
with their hours, the oblast, the rest. Half of the points lie beside places where people live, half anywhere. All ways
answer the same block of points in turn. Microseconds around the whole call (geokdbush: inside node), p50 of each
filter. wrong: answers, under all filters, with other centers or another order than by pyproj.Geod measuring every
center (worldwide: every center that the bounds of a chord leave). A peer has an index for each filter, worldwide only
for none.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT), str(ROOT / ".bench" / "python")]

import numpy as np  # noqa: E402
from peers import local, servers  # noqa: E402
from peers.goals import Goal, missed, of_size  # noqa: E402
from peers.local import Absent  # noqa: E402
from peers.ours import Ours  # noqa: E402
from peers.score import FLOOR, Score, Ways, show, timed  # noqa: E402
from peers.world import FILTERS, WORLDWIDE, K, World, anywhere, make  # noqa: E402

from legalmap.directory.nearest import Nearest  # noqa: E402
from legalmap.model import Point  # noqa: E402

BLOCK = 25
"""Points a way answers before the next has its turn: noise meets all alike, caches stay a way's own."""
SLOW = {"sorted geopy": 1}
"""So many points of a block for those that take milliseconds."""


def _peers(world: World, stack: ExitStack, absent: dict[str, str]) -> dict[str, Any]:
    """What makes each peer, by its name."""
    known: dict[str, Any] = {
        FLOOR: local.floor, "scipy cKDTree": local.scipy_kd, "pykdtree": local.pykdtree,
        "sklearn BallTree": local.ball_tree, "SQLite R*Tree": local.sqlite_rtree,
    }  # fmt: skip
    if world.worldwide:
        absent["ordinary Shapely"] = "no one projection is right all over the world"
    else:
        known["ordinary Shapely"] = local.ordinary_shapely
    if len(world.lat) > 500:
        absent["sorted geopy"] = "a second and more for one answer"
    else:
        known["sorted geopy"] = local.geopy
    for names, start in (
        (("Redis GEOSEARCH",), servers.redis), (("PostGIS <->", "PostGIS exact"), servers.postgis),
        (("node geokdbush",), servers.geokdbush),
    ):  # fmt: skip
        try:
            made: Any = stack.enter_context(start())
        except Absent as error:
            absent |= dict.fromkeys(names, str(error))
            continue
        known |= dict(zip(names, made if isinstance(made, tuple) else (made,), strict=True))
    return known


def ways(world: World, ours: Ours, stack: ExitStack, only: str) -> tuple[Ways, dict[str, float], dict[str, str]]:
    """Each way under each filter, the seconds that making its index took, and who is absent and why."""
    found: Ways = {"ours": {name: ours.nearest(filters) for name, filters in FILTERS.items()}}
    built: dict[str, float] = {}
    absent: dict[str, str] = {}
    if only == "ours":
        return found, built, absent
    found["answer"] = {name: ours.answer(filters) for name, filters in FILTERS.items()}
    for name, factory in _peers(world, stack, absent).items():
        try:
            for number, filters in enumerate(FILTERS if not world.worldwide else ["none"]):
                start = time.perf_counter()
                made: Any = factory(world, world.passing[filters])
                if not number:
                    built[name] = time.perf_counter() - start
                ids: Callable[[Any], list[int]] = (lambda _: []) if name == FLOOR else list
                found.setdefault(name, {})[filters] = made if name == "node geokdbush" else timed(made, ids)
        except Absent as error:
            absent[name] = str(error)
    return found, built, absent


def run(world: World, everyone: Ways, ours: Ours, points: list[Point]) -> Score:
    """All ways on all points, in turn."""
    score = Score(world, everyone)
    size = 8 if world.worldwide else BLOCK
    for first in range(0, len(points), size):
        part = points[first : first + size]
        meters = world.meters(part)
        for filters in FILTERS:
            for name, blocks in everyone.items():
                if filters not in blocks:
                    continue
                if name not in SLOW:  # what the others left in the caches is nobody's fault
                    blocks[filters](part[-1:])
                score.take(name, filters, *blocks[filters](part[: SLOW.get(name, size)]), meters)
                if name == "ours":
                    ours.compare(meters)
    return score


def weigh(n: int) -> None:
    """In a process of its own: seconds to make our index, and how many bytes a center it takes."""
    rng = np.random.default_rng(7)
    points = [Point(lat=float(a), lon=float(b)) for a, b in zip(*anywhere(rng, n, n >= WORLDWIDE), strict=True)]
    ids = [f"c{number:07}" for number in rng.permutation(n)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    index = Nearest(points, ids)
    took = time.perf_counter() - start
    index.find(points[0], K)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": took, "bytes": (after - before) * 1024 / n}))


def _goals(score: Score, off: float, n: int, weight: Mapping[str, float]) -> list[Goal]:
    """All goals of this size with what was measured."""
    p50 = score.p50("ours")
    worst = max(score.p50("ours", filters) for filters in FILTERS)
    goals = [
        Goal("ours wrong", score.wrong["ours"], 0),
        Goal("meters off, mm", off * 1000, 1.0),
        Goal("p99 / p50", score.p99("ours") / p50, 6),
        Goal("slowest filter / none", worst / p50, 2),
        *(Goal(f"ours / {peer}", p50 / score.p50(peer), limit, aim) for peer, limit, aim in of_size(n)),
    ]
    if n >= WORLDWIDE:
        goals += [Goal("build s", weight["seconds"], 15), Goal("bytes a center", weight["bytes"], 400)]
    return goals


def main() -> int:
    """Prints the table, the goals and a summary; 1 where `--check` finds a goal missed."""
    options = argparse.ArgumentParser(description="our nearest beside its peers")
    options.add_argument("--n", type=int, default=500, help="centers: 60, 500, 10000, 1000000")
    options.add_argument("--points", type=int, help="origins, each asked under five filters")
    options.add_argument("--only", choices=("ours", "all"), default="all")
    options.add_argument("--check", action="store_true", help="exit 1 where a goal is missed")
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--weigh", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.weigh:
        weigh(chosen.n)
        return 0
    command = [sys.executable, __file__, "--weigh", "--n", str(chosen.n)]
    weight = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    rng = np.random.default_rng(chosen.seed)
    world = make(chosen.n, rng)
    points = world.origins(rng, chosen.points or (800 if world.worldwide else 1000))
    with ExitStack() as stack:
        ours = Ours(world)
        everyone, built, absent = ways(world, ours, stack, chosen.only)
        score = run(world, everyone, ours, points)
    show(score, built | {"ours": weight["seconds"]}, absent)
    goals = _goals(score, ours.off, chosen.n, weight)
    for goal in goals:
        print(goal)
    names = missed(goals)
    print(
        f"n={chosen.n} points={len(points)}: ours p50 {score.p50('ours'):.1f} us, p99 {score.p99('ours'):.1f}, wrong "
        f"{score.wrong['ours']} of {score.asked['ours']}, {ours.off * 1000:.2f} mm off; "
        + (f"MISSED: {', '.join(names)}" if names else "all goals that were measured are reached")
    )
    return int(chosen.check and bool(names))


if __name__ == "__main__":
    sys.exit(main())
