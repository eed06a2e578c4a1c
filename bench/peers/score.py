"""Keeps how long each way took and how often it was wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from legalmap.model import Point
from peers.local import Ask
from peers.world import FILTERS, Floats, World

FLOOR = "Geod.inv of 5"
"""No search, so neither right nor wrong."""
Block = Callable[[list[Point]], tuple[list[float], list[list[int]]]]
"""Points -> microseconds and the centers found, of each."""
Ways = dict[str, dict[str, Block]]


def timed(ask: Ask, ids: Callable[[Any], list[int]] = list) -> Block:
    """One after the other, the clock around each call alone."""

    def block(points: list[Point]) -> tuple[list[float], list[list[int]]]:
        spent, found = [], []
        for point in points:
            start = time.perf_counter()
            answered = ask(point)
            spent.append((time.perf_counter() - start) * 1e6)
            found.append(ids(answered))
        return spent, found

    return block


class Score:
    """Times of each way under each filter, who was wrong how often of how many."""

    def __init__(self, world: World, everyone: Ways) -> None:
        self._world = world
        self.times: dict[str, dict[str, list[float]]] = {
            name: {filters: [] for filters in blocks} for name, blocks in everyone.items()
        }
        self.wrong = dict.fromkeys(everyone, 0)
        self.asked = dict.fromkeys(everyone, 0)

    def take(self, name: str, filters: str, spent: list[float], found: list[list[int]], meters: Floats) -> None:
        """What a way said to some origins, whose distances to all centers are `meters`."""
        self.times[name][filters] += spent
        self.asked[name] += len(found)
        if name != FLOOR:
            rows = self._world.passing[filters]
            right = [self._world.right(answer, of, rows) for answer, of in zip(found, meters, strict=False)]
            self.wrong[name] += right.count(False)

    def p50(self, name: str, filters: str = "none") -> float:
        return float(np.median(self.times[name][filters])) if self.times.get(name, {}).get(filters) else float("nan")

    def p99(self, name: str) -> float:
        return float(np.percentile(self.times[name]["none"], 99))


def show(score: Score, built: Mapping[str, float], absent: Mapping[str, str]) -> None:
    """A line for each way."""
    head = "".join(f"{name[:8]:>9}" for name in list(FILTERS)[1:])
    print(f"{'way':<18}{'min us':>8}{'p50':>8}{'p99':>9}{head}{'x floor':>9}{'wrong':>15}{'build s':>9}")
    floor = score.p50(FLOOR)
    for name, times in sorted(score.times.items(), key=lambda item: score.p50(item[0])):
        others = "".join(f"{score.p50(name, filters):>9.1f}" for filters in list(FILTERS)[1:])
        wrong = "floor" if name == FLOOR else f"{score.wrong[name]} of {score.asked[name]}"
        print(
            f"{name:<18}{min(times['none']):>8.1f}{score.p50(name):>8.1f}{score.p99(name):>9.1f}{others}"
            f"{score.p50(name) / floor:>9.2f}{wrong:>15}{built.get(name, float('nan')):>9.2f}"
        )
    for name, why in absent.items():
        print(f"{name:<18} skipped: {why}")
