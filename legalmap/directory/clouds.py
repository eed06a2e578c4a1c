"""The shortest chord for each of many origins at once: those that are near each other look at the same few points."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from legalmap.directory.geodesic import ROUNDING_M2, Floats, none_nearer

Ints = npt.NDArray[np.int64]

PORTION = 4_096
"""Origins whose numbers are kept at a time: they fit the processor's cache."""


def size(origins: int, points: int) -> int:
    """How many origins make a cloud: the root balances what a cloud costs by itself with how much its width adds."""
    return 16 + int(24 * math.sqrt(origins / points))


def shortest(positions: Floats, planes: Floats, size: int) -> tuple[Ints, Floats, Floats]:
    """For each of `positions` the column of `planes` with the shortest chord, how close it is and how close the next is
    (-inf: there is none), as |position|2 - chord2. A cloud of `size` positions looks at the same few columns: the one
    nearest to its center of mass is no farther from any of them than that and the width of the cloud."""
    count = len(positions)
    starts = np.arange(0, count, size)
    middles = np.add.reduceat(positions, starts) / np.minimum(size, count - starts)[:, None]
    gaps = (positions - np.repeat(middles, size, axis=0)[:count])[:, :3]
    wide = np.sqrt(np.maximum.reduceat(np.einsum("ij,ij->i", gaps, gaps), starts))
    of_middles = middles @ planes
    squares = np.einsum("ij,ij->i", middles[:, :3], middles[:, :3])
    reach = none_nearer(np.sqrt(np.maximum(squares - of_middles.max(axis=1), 0) + ROUNDING_M2) + wide) + wide
    likely = of_middles >= (squares - reach**2 - ROUNDING_M2)[:, None]
    best, first, second = np.empty(count, dtype=np.int64), np.empty(count), np.empty(count)
    for start, columns in zip(starts.tolist(), likely, strict=True):
        cloud, near = slice(start, start + size), columns.nonzero()[0]
        closeness = positions[cloud] @ planes.take(near, 1)
        each, shortest = np.arange(len(closeness)), closeness.argmax(axis=1)
        best[cloud], first[cloud] = near[shortest], closeness[each, shortest]
        closeness[each, shortest] = -np.inf
        second[cloud] = closeness[each, closeness.argmax(axis=1)]  # faster than max
    return best, first, second
