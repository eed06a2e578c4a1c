"""The one way in: a Query becomes an Answer."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np

from legalmap.directory.edition import Directory
from legalmap.directory.filters import asked, open_state
from legalmap.directory.places import Found
from legalmap.hours import BISHKEK
from legalmap.model import Answer, Center, Match, Place, Point, Query

STALE_YEARS = 5


def _first_day(date: str) -> dt.date | None:
    """The first day a written date can mean: `2018` -> 2018-01-01. None when empty or unreadable."""
    parts = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", date)
    try:
        return dt.date(*(int(part or 1) for part in parts.groups())) if parts else None
    except ValueError:
        return None


def source_fresh_until(source_date: str) -> dt.date:
    """The last day on which what a source of that date says is not out of date: 5 years after the first day it can
    mean; the first of all days for an undated one."""
    day = _first_day(source_date)
    if day is None or day.year + STALE_YEARS > dt.MAXYEAR:
        return dt.date.min if day is None else dt.date.max
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + STALE_YEARS, day=28 if leap else day.day)


def fresh_until(center: Center) -> dt.date | None:
    """The last day on which `center` is not out of date; None when somebody verified it.

    Hidden rows (show_location no) publish no source, so unless verified they are stale: of an entry
    nobody may look up, the reader should be told that it may be out of date.
    """
    return None if center.verified_on else source_fresh_until(center.source_date)


def _stale(center: Center, now: dt.datetime) -> bool:
    last = fresh_until(center)
    return last is not None and last < now.astimezone(BISHKEK).date()


def match(center: Center, now: dt.datetime, meters: float | None = None) -> Match:
    """`center` as one line of an answer at `now` (aware datetime); `meters` from the origin, if any.

    To a hidden center nobody travels: with a phone its own number comes first, however old the entry is.
    """
    stale = _stale(center, now)
    return Match(
        center=center,
        meters=meters,
        state=open_state(center, now),
        stale=stale,
        ask_first=not center.phones or (stale and center.show_location != "no"),
    )


def _origin(directory: Directory, query: Query) -> tuple[Point | None, Place | None, Found]:
    if query.point is not None:
        return query.point, None, Found()
    place = directory.places.by_id.get(query.place_id)
    found = Found()
    if place is None and query.text.strip():
        found = directory.places.find(query.text)
        place = found.exact[0] if len(found.exact) == 1 else None
    return (place.point if place else None), place, found


def _oblast(directory: Directory, point: Point, place: Place | None) -> str:
    """The oblast of an origin; a bare point takes that of the settlement nearest to it."""
    if place is None:
        nearest = directory.nearest_place.find(point, 1)
        if not nearest:
            return ""
        place = directory.places.known[nearest[0][0]]
    return place.oblast


def matching(directory: Directory, query: Query) -> list[Center]:
    """The listed centers that pass the filters of `query`, wherever they are, by id."""
    everyone = (*directory.ranked, *directory.unplaced)
    found = (everyone[index] for index in np.flatnonzero(directory.choose(asked(query)).allowed))
    return sorted(found, key=lambda center: center.id)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Who is nearest, with meters; `oblast`: the origin's; `more`: how many with a point are left out."""

    nearest: list[tuple[Center, float]]
    oblast: str
    more: int


def rank(directory: Directory, query: Query, point: Point, place: Place | None = None) -> Ranked:
    """The centers of `query` that are nearest to `point`, which is that of `place` if any."""
    allowed = directory.choose(asked(query)).ranked
    nearest = directory.nearest.find(point, query.k, allowed)
    placed = [(directory.ranked[index], meters) for index, meters in nearest]
    return Ranked(placed, _oblast(directory, point, place), len(allowed.rows) - len(nearest))


def unplaced(directory: Directory, query: Query, oblast: str) -> list[Center]:
    """The centers of `query` without a point, those that serve `oblast` first."""
    allowed = directory.choose(asked(query)).allowed
    rest = [directory.unplaced[index] for index in np.flatnonzero(allowed[len(directory.ranked) :])]
    return sorted(rest, key=lambda center: (oblast not in (center.oblast, *center.area), center.id))


def answer(directory: Directory, query: Query) -> Answer:
    """What `directory` knows for `query`.

    A text that fits several places gives `choices`, one that fits none `similar` (for an oblast's name
    its largest places), both without centers. Without any origin all matching centers stand in
    `unplaced`, by id. Closed centers, helplines and emergency numbers never.
    """
    point, place, found = _origin(directory, query)
    if point is None and query.text.strip():
        return Answer(query=query, choices=found.exact, similar=found.similar)
    if point is None:
        everywhere = matching(directory, query)
        return Answer(query=query, unplaced=tuple(match(center, query.now) for center in everywhere))
    ranked = rank(directory, query, point, place)
    return Answer(
        query=query,
        origin=point,
        place=place,
        oblast=ranked.oblast,
        nearest=tuple(match(center, query.now, meters) for center, meters in ranked.nearest),
        unplaced=tuple(match(center, query.now) for center in unplaced(directory, query, ranked.oblast)),
        more=ranked.more,
    )
