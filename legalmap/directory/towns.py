"""The towns that people orient themselves by, and how far a place is from the nearest of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from legalmap.directory.geodesic import Floats, earth
from legalmap.directory.nearest import Nearest
from legalmap.model import Place

SEATS = frozenset({"PPLC", "PPLA", "PPLA2"})
"""GeoNames' features of the capital and of the seats of oblasts and rayons."""
TOWN_PEOPLE = 10_000
"""A place of so many people is known beyond its rayon, whatever it is called."""


def is_town(place: Place) -> bool:
    """Whether `place` is a seat, or known to have 10,000 people."""
    return place.feature in SEATS or place.population >= TOWN_PEOPLE


class Towns:
    """The towns among places, by distance."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._towns = tuple(place for place in places if is_town(place))
        self._nearest = Nearest([town.point for town in self._towns], [town.id for town in self._towns])

    def near(self, place: Place) -> tuple[Place, float] | None:
        """The nearest other town and the meters to it along the WGS84 geodesic; None where there is none."""
        found = ((self._towns[index], meters) for index, meters in self._nearest.find(place.point, 2))
        return next(((town, meters) for town, meters in found if town.id != place.id), None)

    def chords(self, places: Sequence[Place]) -> Floats:
        """Straight through the earth from each place to the nearest other town, in meters (inf: none): in the order
        of the geodesics but for places equally far to a few centimeters, and computed at once for all."""
        here, least = _positions(places), np.full(len(places), np.inf)
        for town, position in zip(self._towns, _positions(self._towns), strict=True):
            away = np.sqrt(((here - position) ** 2).sum(axis=1))
            other = np.array([place.id != town.id for place in places])
            least = np.where(other, np.minimum(least, away), least)
        return least


def _positions(places: Sequence[Place]) -> Floats:
    """Earth-centered, in meters, of shape (places, 3)."""
    degrees = np.array([(place.point.lat, place.point.lon) for place in places]).reshape(-1, 2)
    return earth(degrees[:, 0], degrees[:, 1])[0]
