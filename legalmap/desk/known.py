"""The places we know: what the program ships, joined with what the operator brought, as it stands in the store."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from legalmap import letters, resources
from legalmap.desk.gazetteer import Gazetteer, shipped
from legalmap.model import LANGS, Localized, Place, Point, Rayon
from legalmap.store import Connection, places

MOVED_MAX = 3_000.0
"""Meters; a shipped point that the operator's file has farther away stays: one of the two is another place."""
_EARTH = 6_371_000.0


def known(connection: Connection) -> Gazetteer:
    """The gazetteer of this moment. Joined each time it is read, so that a program whose shipped names were corrected
    corrects every instance."""
    return joined(places.brought(connection).values())


def joined(brought: Iterable[Place]) -> Gazetteer:
    """The shipped gazetteer with the places of the operator's file."""
    ours = shipped()
    theirs = tuple(brought)
    if not theirs:
        return ours
    return _joined(tuple(ours.places.by_id.values()), tuple(ours.rayons.values()), theirs)


@lru_cache(maxsize=2)
def _joined(ours: tuple[Place, ...], rayons: tuple[Rayon, ...], theirs: tuple[Place, ...]) -> Gazetteer:
    """An act asks twice, to plan and to publish; the index of thousands of names takes a part of a second."""
    wrong = {(row["id"], letters.search_key(row["name"])) for row in resources.geodata_rows("wrong_names.csv")}
    by_id: dict[str, Place] = {place.id: place for place in ours}
    for place in _renamed(theirs):
        own = by_id.get(place.id)
        by_id[place.id] = _united(own, place, wrong) if own else place
    return Gazetteer(by_id.values(), rayons)


def _renamed(brought: Iterable[Place]) -> list[Place]:
    """Villages that a law has renamed since GeoNames looked: the new name first, every older one found as before. One
    whose former name several villages of the oblast have stays as it is."""
    by_id = {place.id: place for place in brought}
    former: dict[tuple[str, str], list[str]] = {}
    for place in by_id.values():
        for key in keys(place) | {letters.search_key(alias) for alias in place.aliases}:
            former.setdefault((place.oblast, key), []).append(place.id)
    for row in resources.geodata_rows("renamings.csv"):
        found = former.get((row["oblast"], letters.search_key(row["former"])), [])
        if len(found) == 1:
            place = by_id[found[0]]
            older = (getattr(place.names, lang) for lang in LANGS)
            aliases = dict.fromkeys(name for name in (*older, *place.aliases) if name)
            new = Localized(**{lang: row[f"name_{lang}"] for lang in LANGS})
            by_id[place.id] = replace(place, names=new, aliases=tuple(aliases))
    return list(by_id.values())


def _united(own: Place, brought: Place, wrong: set[tuple[str, str]]) -> Place:
    """Our names, oblast and rayon were checked by hand; point, population and feature are the newer file's, where it
    knows more than nothing (0 people, a plain PPL)."""
    names = (*brought.aliases, *(getattr(brought.names, lang) for lang in LANGS))
    known_so = keys(own) | {letters.search_key(alias) for alias in own.aliases}
    added: dict[str, str] = {}
    for name in names:
        key = letters.search_key(name)
        if key and key not in known_so and (own.id, key) not in wrong:
            added.setdefault(key, name)
    return replace(
        own,
        aliases=(*own.aliases, *added.values()),
        point=brought.point if meters_between(own.point, brought.point) <= MOVED_MAX else own.point,
        population=brought.population or own.population,
        feature=own.feature or "PPL" if brought.feature in {"", "PPL"} else brought.feature,
    )


def keys(place: Place) -> set[str]:
    """The search keys of a place's own names, without its aliases."""
    return {letters.search_key(getattr(place.names, lang)) for lang in LANGS} - {""}


def meters_between(one: Point, other: Point) -> float:
    """Meters between two points a few kilometers apart, right to 1 % (an equirectangular plane)."""
    middle = math.radians((one.lat + other.lat) / 2)
    north, east = math.radians(other.lat - one.lat), math.radians(other.lon - one.lon) * math.cos(middle)
    return _EARTH * math.hypot(north, east)


def differing(before: Mapping[str, Place], after: Mapping[str, Place]) -> dict[str, tuple[Place | None, Place | None]]:
    """id -> the place before and after, of all that differ."""
    pairs = {place: (before.get(place), after.get(place)) for place in (*before, *after)}
    return {place: pair for place, pair in pairs.items() if pair[0] != pair[1]}
