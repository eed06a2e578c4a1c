"""The k nearest points on the WGS84 ellipsoid, in exact order, under any filter, for one origin or for many.

Chords leave the k nearest and hardly any other to be measured (geodesic.py says why that is right). Which chords to
look at: of few points all, by one product of matrices; of many those in the leaves of a tree.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from legalmap.directory import clouds, geodesic
from legalmap.directory.geodesic import CHORD_FORMULA_M, FAR_M, ROUNDING_M2, Floats, Stance
from legalmap.directory.morton import code, codes
from legalmap.model import Point

if TYPE_CHECKING:
    from legalmap.directory.leaves import Leaves

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SCANNED = 20_000
"""Of up to so many points every chord is computed: as fast as the tree, and never slow."""
WINDOW = 16
"""Seeds beyond k to each side in Morton order; more make the border tighter and the seeds dearer."""
NOBODY = 255
"""A depth that no row has: deeper ones count as one less."""
SPARE = 8
"""So many more than k are measured rather than sifted once more."""
SINGLY = 64
"""Up to so many are measured one by one: a call of NumPy costs as much as two of them."""


def _point(lat: Floats, lon: Floats, row: int) -> Point:
    return Point(lat=float(lat[row]), lon=float(lon[row]))


def _leaves(lat: Floats, lon: Floats) -> Leaves:
    # Imported for many points alone: Shapely costs each worker 5 MB and its start 15 ms.
    from legalmap.directory.leaves import Leaves

    return Leaves(lat, lon)


def _kth(squares: Floats, k: int) -> float:
    """The k-th least, which puts them in another order."""
    squares.partition(k - 1)
    return squares.item(k - 1)


def _border(square: float) -> float:
    """The squared chord past which nobody is among the k nearest, when k have none longer than this."""
    chord = math.sqrt(max(square, 0.0) + ROUNDING_M2)
    return math.inf if chord > FAR_M else geodesic.no_nearer(chord) ** 2 + ROUNDING_M2


@dataclass(frozen=True, slots=True, eq=False)
class Among:
    """Those of an index that a filter lets through, prepared once for many questions.

    `rows`: where they stand in the index. `depth`: for each row of the index how many of these stand at the same point
    and come before it, NOBODY where it is not let through. `planes`, (4, rows): (x, y, z, 1) of a point times them is
    |point|2 - chord2; None where there are too many.
    """

    rows: Ints
    depth: npt.NDArray[np.uint8]
    planes: Floats | None


class Nearest:
    """An index of points, ranked by (meters rounded to 1 mm, id by code point)."""

    def __init__(self, points: Sequence[Point], ids: Sequence[str]) -> None:
        """`ids[i]` belongs to `points[i]`. Inside, everything stands in Morton order, those at one point by id."""
        count = len(points)
        lat = np.fromiter((point.lat for point in points), np.float64, count)
        lon = np.fromiter((point.lon for point in points), np.float64, count)
        rank = np.empty(count)
        rank[sorted(range(count), key=ids.__getitem__)] = np.arange(count)
        numbers = codes(lat, lon)
        self._order = np.lexsort((rank, lon, lat, numbers))
        self._codes, self._lat, self._lon = numbers[self._order], lat[self._order], lon[self._order]
        # Position, normal, rank and index of a point side by side: one reach into memory for each that is measured.
        self._table = np.empty((count, 8))
        self._table[:, :3], self._table[:, 3:6] = geodesic.earth(self._lat, self._lon)
        self._table[:, 6], self._table[:, 7] = rank[self._order], self._order
        self._leaves = _leaves(self._lat, self._lon) if count > SCANNED else None
        self._all = self._prepared(np.arange(count))

    def among(self, allowed: Mask) -> Among:
        """The points with True in `allowed`, which has one value for each point of the index."""
        if allowed.all():
            return self._all
        return self._prepared(np.flatnonzero(allowed[self._order]))

    def _prepared(self, rows: Ints) -> Among:
        lat, lon, number = self._lat[rows], self._lon[rows], np.arange(len(rows))
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = (np.diff(lat) != 0) | (np.diff(lon) != 0)
        depth = np.full(len(self._order), NOBODY, dtype=np.uint8)
        depth[rows] = np.minimum(number - np.maximum.accumulate(np.where(first, number, 0)), NOBODY - 1)
        return Among(rows, depth, None if len(rows) > SCANNED else self._planes(rows))

    def _planes(self, rows: Ints) -> Floats:
        positions = self._table[rows, :3].T
        return np.vstack((2 * positions, -(positions * positions).sum(axis=0))).copy(order="C")

    def find(self, point: Point, k: int, among: Among | None = None) -> list[tuple[int, float]]:
        """The k nearest to `point` among those (default: all), as (index, meters to 1 mm).

        Fewer than k when there are fewer, none for k <= 0.
        """
        among = among or self._all
        k = min(k, len(among.rows))
        if k <= 0:
            return []
        here = geodesic.stance(point)
        if among.planes is not None:
            rows = self._scanned(point, here, k, among, among.planes)
        else:
            rows = self._boxed(point, here, k, among)
        if len(rows) > SINGLY:
            return self._together(point, here, k, rows)
        return [(int(index), millimeters / 1000) for millimeters, _, index in self._singly(point, here, rows)[:k]]

    def _seeds(self, point: Point, k: int, among: Among) -> slice:
        """Rows that are probably near, and enough of them."""
        at = int(among.rows.searchsorted(self._codes.searchsorted(code(point))))
        return slice(max(0, at - k - WINDOW), at + k + WINDOW)

    def _scanned(self, point: Point, here: Stance, k: int, among: Among, planes: Floats) -> Ints:
        x, y, z = here[:3]
        square = x * x + y * y + z * z
        closeness = np.array((x, y, z, 1.0)).dot(planes)
        # the greatest of all is sooner known than seeds are found
        best = square - closeness.max() if k == 1 else _kth(square - closeness[self._seeds(point, k, among)], k)
        near = (closeness >= square - _border(best)).nonzero()[0]
        if len(near) > k + SPARE:
            near = near[among.depth[among.rows[near]] < min(k, NOBODY)]
            near = near[closeness[near] >= square - _border(_kth(square - closeness[near], k))]
        return np.asarray(among.rows[near])

    def _boxed(self, point: Point, here: Stance, k: int, among: Among) -> Ints:
        border = _border(_kth(self._squares(here, among.rows[self._seeds(point, k, among)]), k))
        if border == math.inf:
            return among.rows
        assert self._leaves is not None
        near = self._leaves.within(point, math.hypot(here[0], here[1]), geodesic.longest(math.sqrt(border)))
        near = near[among.depth[near] < min(k, NOBODY)]
        squares = self._squares(here, near)
        return np.asarray(near[squares <= _border(_kth(squares.copy(), k))])

    def _squares(self, here: Stance, rows: Ints) -> Floats:
        gaps = self._table.take(rows, 0)[:, :3] - here[:3]
        return np.asarray(np.einsum("ij,ij->i", gaps, gaps))

    def _singly(self, point: Point, here: Stance, rows: Ints) -> list[tuple[int, float, float]]:
        """Millimeters, rank and index of each in order, by the formula of `by_chord` as far as it holds."""
        px, py, pz, pu, pv, pw = here
        found, far = [], []
        for row, (x, y, z, u, v, w, rank, index) in zip(rows.tolist(), self._table.take(rows, 0).tolist(), strict=True):
            dx, dy, dz = x - px, y - py, z - pz
            meters = math.sqrt(square := dx * dx + dy * dy + dz * dz)
            if meters > CHORD_FORMULA_M:
                far.append((row, rank, index))
                continue
            if square > 1.0:
                q = ((u - pu) * dx + (v - pv) * dy + (w - pw) * dz) / square
                meters = 2 / q * math.asin(q * meters / 2)
            found.append((round(meters * 1000), rank, index))
        if far:
            of_far = self._measured(point, [row for row, _, _ in far])
            found += [(round(meters * 1000), rank, index) for meters, (_, rank, index) in zip(of_far, far, strict=True)]
        found.sort()
        return found

    def _measured(self, point: Point, rows: Ints | list[int]) -> list[float]:
        lat, lon = [point.lat] * len(rows), [point.lon] * len(rows)
        return geodesic.measured(lat, lon, self._lat[rows].tolist(), self._lon[rows].tolist())

    def _together(self, point: Point, here: Stance, k: int, rows: Ints) -> list[tuple[int, float]]:
        table = self._table[rows]
        meters, chords = geodesic.by_chord(table[:, :3] - here[:3], table[:, 3:6] - here[3:])
        beyond = chords > CHORD_FORMULA_M
        if beyond.any():
            meters[beyond] = self._measured(point, rows[beyond])
        millimeters = np.rint(meters * 1000)
        first = np.lexsort((table[:, 6], millimeters))[:k]
        indexes, found = self._order[rows[first]].tolist(), millimeters[first].tolist()
        return [(index, meters / 1000) for index, meters in zip(indexes, found, strict=True)]

    def each(self, lat: Floats, lon: Floats, among: Among | None = None) -> tuple[Ints, Floats]:
        """The nearest of those (default: all) to each of many origins in degrees: indexes, and meters to 1 mm.

        All of the length of `lat` and `lon`; -1 and inf where there is nobody.
        """
        among = among or self._all
        indexes, meters = np.full(len(lat), -1), np.full(len(lat), np.inf)
        if not len(among.rows):
            return indexes, meters
        order = np.argsort(codes(lat, lon))
        # Of those at one point only the first by id is the nearest to anybody.
        unlike = self._prepared(among.rows[among.depth[among.rows] == 0])
        size = clouds.size(len(lat), len(among.rows))
        for start in range(0, len(order), clouds.PORTION):
            part = order[start : start + clouds.PORTION]
            indexes[part], meters[part] = self._each(lat[part], lon[part], among, unlike, size)
        return indexes, meters

    def _each(self, lat: Floats, lon: Floats, among: Among, unlike: Among, size: int) -> tuple[Ints, Floats]:
        """The same for origins of which `size` that follow each other are near each other."""
        if unlike.planes is None:
            found = [self.find(_point(lat, lon, one), 1, among)[0] for one in range(len(lat))]
            return np.array([index for index, _ in found]), np.array([meters for _, meters in found])
        position, normal = geodesic.earth(lat, lon)
        best, first, second = clouds.shortest(np.column_stack((position, np.ones(len(lat)))), unlike.planes, size)
        rows = unlike.rows[best]
        squares = np.einsum("ij,ij->i", position, position)
        chords = np.sqrt(np.maximum(squares - first, 0) + ROUNDING_M2)
        unsure = squares - second <= geodesic.none_nearer(chords) ** 2 + ROUNDING_M2
        table = self._table.take(rows, 0)
        meters, chords = geodesic.by_chord(position - table[:, :3], normal - table[:, 3:6])
        far = np.flatnonzero((chords > CHORD_FORMULA_M) & ~unsure)
        if len(far):
            ends = self._lat[rows[far]].tolist(), self._lon[rows[far]].tolist()
            meters[far] = geodesic.measured(lat[far].tolist(), lon[far].tolist(), *ends)
        indexes, meters = self._order[rows], np.rint(meters * 1000) / 1000
        for one in np.flatnonzero(unsure).tolist():
            indexes[one], meters[one] = self.find(_point(lat, lon, one), 1, among)[0]
        return indexes, meters
