"""Our own calls, as the site makes them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from legalmap.directory.filters import asked
from legalmap.directory.search import answer
from legalmap.model import Point, Query
from peers.score import Block, timed
from peers.world import NOW, Floats, K, World


class Ours:
    """Our own calls, and how far their meters are from pyproj's."""

    def __init__(self, world: World) -> None:
        self._directory = world.directory
        self.off = 0.0
        self._found: list[list[tuple[int, float]]] = []

    def nearest(self, filters: Mapping[str, Any]) -> Block:
        directory = self._directory

        def block(points: list[Point]) -> tuple[list[float], list[list[int]]]:
            spent: list[float] = []
            self._found = []
            for point in points:
                query = Query(now=NOW, point=point, k=K, **filters)
                start = time.perf_counter()
                found = directory.nearest.find(point, query.k, directory.choose(asked(query)).ranked)
                spent.append((time.perf_counter() - start) * 1e6)
                self._found.append(found)
            return spent, [[index for index, _ in found] for found in self._found]

        return block

    def compare(self, meters: Floats) -> None:
        """Keeps in `off` by how many meters the last answers were off at most."""
        for found, of in zip(self._found, meters, strict=True):
            self.off = max([self.off, *(abs(said - of[index]) for index, said in found)])

    def answer(self, filters: Mapping[str, Any]) -> Block:
        directory = self._directory
        return timed(
            lambda point: answer(directory, Query(now=NOW, point=point, k=K, **filters)),
            lambda said: [match.center.number - 1001 for match in said.nearest],
        )
