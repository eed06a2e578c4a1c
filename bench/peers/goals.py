"""What our nearest has to reach beside each peer, at which size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BESIDE: dict[int, tuple[tuple[str, float, float], ...]] = {
    500: (
        ("Geod.inv of 5", 2.5, 0.7), ("PostGIS exact", 1 / 8, 1 / 28), ("ordinary Shapely", 1 / 2, 1 / 6),
        ("Redis GEOSEARCH", 1 / 4, 1 / 12),
    ),
    10_000: (("scipy cKDTree", 2, 0.8), ("PostGIS exact", 1 / 6, 1 / 18)),
    1_000_000: (("PostGIS exact", 1 / 12, 1 / 30),),
}  # fmt: skip
"""Centers -> peers, the most that our p50 may be of theirs, and what we aim at."""


def of_size(n: int) -> tuple[tuple[str, float, float], ...]:
    return BESIDE.get(n, ())


@dataclass(frozen=True)
class Goal:
    """A figure and the most it may be; nan where the peer is absent."""

    name: str
    measured: float
    most: float
    aim: float | None = None

    @property
    def missed(self) -> bool:
        return self.measured > self.most

    def __str__(self) -> str:
        said = "missed" if self.missed else "not measured" if math.isnan(self.measured) else "reached"
        aim = "" if self.aim is None else f", aim {self._number(self.aim)}"
        aim += " reached" if self.aim is not None and self.measured <= self.aim else ""
        return f"goal {said:<12} {self.name}: {self._number(self.measured)}, at most {self._number(self.most)}{aim}"

    def _number(self, value: float) -> str:
        """A part of a peer's time reads better as how many times faster we are."""
        return f"1/{1 / value:.3g}" if 0 < self.most < 1 and value > 0 else f"{value:.3g}"


def missed(goals: Sequence[Goal]) -> list[str]:
    """Names of those that are missed."""
    return [goal.name for goal in goals if goal.missed]
