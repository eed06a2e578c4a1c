"""Finds the few of very many points that a box around an origin may hold (the home of Shapely)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import shapely

from legalmap.directory.geodesic import R_MIN, Floats
from legalmap.model import Point

Ints = npt.NDArray[np.int64]

SIZE = 8
"""Points to a leaf: less than half the memory of a leaf for each, as fast, and built in a third of the time."""
_IN_LEAF = np.arange(SIZE)


def _boxes(point: Point, rho: float, reach: float) -> list[tuple[float, float, float, float]]:
    """Lon/lat boxes that hold every point within `reach` meters along the earth.

    The meridian's radius is at least R_MIN, so dlat <= reach / R_MIN; a point within reach is within the
    ball of that radius, whose shadow on the equator's plane spans asin(reach / rho) to each side, where
    rho is the distance from the axis (meters). Near a pole that is the whole circle.
    """
    dlat = math.degrees(reach / R_MIN)
    south, north = max(point.lat - dlat, -90.0), min(point.lat + dlat, 90.0)
    dlon = math.degrees(math.asin(reach / rho)) if reach < rho else 180.0
    west, east = point.lon - dlon, point.lon + dlon
    if dlon >= 180:
        return [(-180.0, south, 180.0, north)]
    if west <= -180:
        return [(-180.0, south, east, north), (west + 360, south, 180.0, north)]
    if east >= 180:
        return [(west, south, 180.0, north), (-180.0, south, east - 360, north)]
    return [(west, south, east, north)]


class Leaves:
    """Points that follow each other in an order that keeps near ones together, by the leaf, in a tree of boxes."""

    def __init__(self, lat: Floats, lon: Floats) -> None:
        self._count = len(lat)
        starts = np.arange(0, self._count, SIZE)
        # A leaf's box stands in the tree as its diagonal: two points weigh less than five.
        corners = [
            np.column_stack((extreme.reduceat(lon, starts), extreme.reduceat(lat, starts)))
            for extreme in (np.minimum, np.maximum)
        ]
        self._tree = shapely.STRtree(shapely.linestrings(np.stack(corners, axis=1)))

    def within(self, point: Point, rho: float, reach: float) -> Ints:
        """Indexes of all points within `reach` meters along the earth and of some others, each once; `rho`: meters from
        the axis to `point`."""
        found = [self._tree.query(shapely.box(*box)) for box in _boxes(point, rho, reach)]
        # A leaf may reach from one side of the antimeridian to the other, around the earth: into both boxes.
        leaves = found[0] if len(found) == 1 else np.unique(np.concatenate(found))
        near = (leaves[:, None] * SIZE + _IN_LEAF).ravel()
        return near[near < self._count]
