"""What a phone needs to rank and show the centers by itself: near.json, one for each language.

Columns by center, in the order of their ids by code point, so that the index breaks ties. A value that repeats stands
once in a table, and its column is a string: the code of the i-th letter less 35 is the row of center i in the table.
So a column costs one letter a center, and brotli packs letters better than numbers of several digits.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from legalmap.directory import naming
from legalmap.directory.edition import Directory
from legalmap.directory.filters import counted
from legalmap.directory.search import fresh_until
from legalmap.hours import DAY, verified_day
from legalmap.model import ACCESS, GROUPS, TOPICS, Center, Lang, Localized, Timetable

FORMAT = 1
_FIRST = 35
"""Code of the letter of row 0: from "#" on, JSON writes all but one letter as they are."""
_DEGREE = 1_000_000
"""Units of a degree: an integer over it is the very double that six decimals are read as."""
_EPOCH = dt.date(1970, 1, 1)
_Spans = tuple[int, ...]


class _Table:
    """Values that repeat, each once."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, int] = {}

    def row(self, value: Hashable) -> int:
        return self._rows.setdefault(value, len(self._rows))

    def letter(self, value: Hashable) -> str:
        return chr(_FIRST + self.row(value))

    def values(self) -> list[Any]:
        return list(self._rows)


def near_json(directory: Directory, lang: Lang) -> dict[str, Any]:
    """Listed centers of `directory` (built with its rayons) with their public fields, in `lang`, ready for JSON."""
    centers = sorted((*directory.ranked, *directory.unplaced), key=lambda center: center.id)
    return {
        "format": FORMAT,
        "edition": directory.number,
        "published": directory.published_at.isoformat(),
        **_ranking(centers),
        **_trust(centers),
        **_hours(centers),
        **_where(directory, centers, lang),
        **_texts(centers, lang),
    }


def _column(values: Iterable[Hashable]) -> tuple[list[Any], str]:
    table = _Table()
    column = "".join(table.letter(value) for value in values)
    return table.values(), column


def _mask(values: Sequence[str], known: Sequence[str]) -> int:
    return sum(1 << place for place, value in enumerate(known) if value in values)


def _tables(**columns: Iterable[Hashable]) -> dict[str, Any]:
    """For each name its table and, under `<name>_of`, its column."""
    found: dict[str, Any] = {}
    for name, values in columns.items():
        found[name], found[f"{name}_of"] = _column(values)
    return found


def _ranking(centers: Sequence[Center]) -> dict[str, Any]:
    """What filters ask for; bit b of a mask of topics is the b-th of `known.topic`."""
    numbers = [center.number for center in centers]
    return {
        "known": {"topic": TOPICS, "group": GROUPS, "access": ACCESS},
        "number": [number - before for number, before in zip(numbers, [0, *numbers], strict=False)],
        **_tables(
            kind=(center.kind for center in centers),
            fee=(center.fee for center in centers),
            show=(center.show_location for center in centers),
            status=(center.status for center in centers),
            topic=(_mask(center.topics, TOPICS) for center in centers),
            group=(_mask(center.groups, GROUPS) for center in centers),
            access=(_mask(center.access, ACCESS) for center in centers),
            language=(center.languages for center in centers),
            oblast=(center.oblast for center in centers),
            area=(center.area for center in centers),
        ),
    }


def _trust(centers: Sequence[Center]) -> dict[str, Any]:
    """Who made sure and when; the source: its date, whether there is one; the last day on which it is fresh, "" for
    what was verified."""

    def source(center: Center) -> tuple[str, int, str]:
        last = fresh_until(center)
        fresh = "" if last is None else last.isoformat()
        return ("", 0, fresh) if center.show_location == "no" else (center.source_date, int(bool(center.source)), fresh)

    return _tables(
        verified=((center.verified_on, center.verified_by) for center in centers),
        source=(source(center) for center in centers),
    )


def _hours(centers: Sequence[Center]) -> dict[str, Any]:
    """Hours that count. `days`: open minutes of a day; `exceptions`: the day after the one before (the first: after
    1970-01-01) and its row in `days`, in turn; `hours`: seven letters for rows in `days` from Monday on, and the row in
    `exceptions`; row 0: no hours. `sure`: days since 1970-01-01 when somebody last made sure of them."""
    days, exceptions, weeks = _Table(), _Table(), _Table()
    weeks.row(0)
    known: dict[int, str] = {}  # an edition has one object for equal hours

    def dated(timetable: Timetable) -> _Spans:
        flat, before = [], _EPOCH
        for day, spans in sorted(timetable.exceptions.items()):
            flat += [(day - before).days, days.row(tuple(minute for span in spans for minute in span))]
            before = day
        return tuple(flat)

    def letter(timetable: Timetable | None) -> str:
        if timetable is None:
            return weeks.letter(0)
        if id(timetable) not in known:
            week = "".join(days.letter(_of_weekday(timetable, day)) for day in range(7))
            known[id(timetable)] = weeks.letter((week, exceptions.row(dated(timetable))))
        return known[id(timetable)]

    def sure(center: Center) -> int:
        day = verified_day(center.hours_verified_on) if counted(center) else None
        return (day - _EPOCH).days if day else 0

    column = "".join(letter(counted(center)) for center in centers)
    tables = {"days": days.values(), "exceptions": exceptions.values(), "hours": weeks.values(), "hours_of": column}
    return tables | _tables(sure=(sure(center) for center in centers))


def _of_weekday(timetable: Timetable, day: int) -> _Spans:
    start = day * DAY
    shares = ((max(a - start, 0), min(b - start, DAY)) for a, b in timetable.weekly if a < start + DAY and b > start)
    return tuple(minute for share in shares for minute in share)


def _where(directory: Directory, centers: Sequence[Center], lang: Lang) -> dict[str, Any]:
    """Towns with their points; `lat` and `lon`: from the town's point, in millionths of a degree (null: no point),
    with `exact` for the few that this does not give to the last bit."""
    towns, rayons, column, rayon_column = _Table(), _Table(), "", ""
    lat: list[int | None] = []
    lon: list[int | None] = []
    exact: dict[int, tuple[float, float]] = {}
    for index, center in enumerate(centers):
        hidden = center.show_location == "no"
        place = None if hidden else directory.places.by_id.get(center.place_id)
        town = "" if hidden else naming.settlement(directory, center, lang)
        start = (_units(place.point.lat), _units(place.point.lon)) if place else (0, 0)
        column += towns.letter((town, place.id if place else "", *start))
        rayon_column += rayons.letter("" if hidden else naming.rayon_name(directory, center.rayon, lang))
        point = None if hidden else center.point
        lat.append(_units(point.lat) - start[0] if point else None)
        lon.append(_units(point.lon) - start[1] if point else None)
        if point and (_units(point.lat) / _DEGREE, _units(point.lon) / _DEGREE) != (point.lat, point.lon):
            exact[index] = point.lat, point.lon
    rough = "".join("01"[center.approximate] for center in centers)
    return {
        "town": towns.values(), "town_of": column, "rayon": rayons.values(), "rayon_of": rayon_column,
        "lat": lat, "lon": lon, "exact": exact, "rough": rough,
    }  # fmt: skip


def _units(degrees: float) -> int:
    return round(degrees * _DEGREE)


def _texts(centers: Sequence[Center], lang: Lang) -> dict[str, Any]:
    """Texts with one letter for the language of each (k, r, e), "" for none; numbers of nine digits behind +996 as
    such, others as they are dialed, 0 for none; `label`: of the few numbers that have one, by center."""
    found: dict[str, Any] = {}
    for name in ("names", "address", "directions"):
        told = [naming.said(_text(center, name), lang) for center in centers]
        found[name], found[f"{name}_in"] = [text for text, _ in told], "".join(written[0] for _, written in told)
    phones = [center.phones[0] if center.phones else None for center in centers]
    return found | {
        "phone": [_dialed(phone.number) if phone else 0 for phone in phones],
        "label": {index: phone.label for index, phone in enumerate(phones) if phone and phone.label},
    }


def _text(center: Center, name: str) -> Localized:
    text: Localized = getattr(center, name)
    return text if name == "names" or center.show_location == "yes" else Localized()


def _dialed(number: str) -> int | str:
    return int(number[4:]) if re.fullmatch(r"\+996[1-9][0-9]{8}", number) else number
