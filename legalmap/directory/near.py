"""What a phone needs to rank and show the centers by itself: near.json, one for each language.

Columns by center, in the order of their ids by code point, so that the index breaks ties. A value that repeats stands
once in a table `x`, and its column `x_of` is a string: the code of its i-th letter less 35 is the row of center i. So a
column costs a letter for each center, which brotli packs better than numbers of several digits. What few centers have
stands by index. static/near-rank.js reads it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from legalmap.directory import naming
from legalmap.directory.edition import Directory
from legalmap.directory.filters import counted
from legalmap.directory.search import STALE_YEARS, source_fresh_until
from legalmap.hours import BISHKEK, DAY, verified_day
from legalmap.model import ACCESS, GROUPS, TOPICS, Center, Lang, Localized, Point, Timetable

FORMAT = 1
_FIRST = 35
"""Code of the letter of row 0: from "#" on, JSON writes all but one letter as they are."""
_LETTERS = 50_000
"""As many days have letters of their own; past them come codes that are no letters."""
_DEGREE = 1_000_000
"""Units of a degree: an integer over it is the very double that six decimals are read as."""
_EPOCH = dt.date(1970, 1, 1)
_Numbers = tuple[int, ...]


class _Table:
    """Values that repeat, each once, in the order they came."""

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
        **_trust(centers, directory.published_at.astimezone(BISHKEK).date()),
        **_sources(centers),
        **_hours(centers),
        **_where(directory, centers, lang),
        **_texts(centers, lang),
    }


def _tables(**columns: Iterable[Hashable]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, values in columns.items():
        table = _Table()
        found[f"{name}_of"] = "".join(table.letter(value) for value in values)
        found[name] = table.values()
    return found


def _mask(values: Sequence[str], known: Sequence[str]) -> int:
    return sum(1 << place for place, value in enumerate(known) if value in values)


def _ranking(centers: Sequence[Center]) -> dict[str, Any]:
    """What filters ask for; bit b of a mask of topics is the b-th of `known.topic`. `number`: from the one before."""
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
            area=(center.area for center in centers),
        ),
    }


def _trust(centers: Sequence[Center], today: dt.date) -> dict[str, Any]:
    """Who made sure and when, in letters: days before `day` (since 1970-01-01), from "$" on; "#": never. `sure`: the
    same for the hours that count, with "$" for that very day and the others from "%" on. `verified_else`: by index,
    what is no full date or has no letter; `sure_else`: such days since 1970-01-01."""
    verified, sure = "", ""
    verified_else: dict[int, str] = {}
    sure_else: dict[int, int] = {}
    for index, center in enumerate(centers):
        told = _back(center.verified_on, today)
        verified += "#" if told is None else chr(_FIRST + 1 + told)
        if told is None and center.verified_on:
            verified_else[index] = center.verified_on
        of_hours = center.hours_verified_on if counted(center) else ""
        back, day = _back(of_hours, today), verified_day(of_hours)
        sure += "#" if back is None else "$" if back == told else chr(_FIRST + 2 + back)
        if back is None and day:
            sure_else[index] = (day - _EPOCH).days
    return {
        "day": (today - _EPOCH).days, "verified_on": verified, "verified_else": verified_else,
        "sure": sure, "sure_else": sure_else, **_tables(verified_by=(center.verified_by for center in centers)),
    }  # fmt: skip


def _back(date: str, today: dt.date) -> int | None:
    """How many days before `today` a full date is; None for any other text, and for days that have no letter."""
    day = verified_day(date)
    back = (today - day).days if day else -1
    return back if 0 <= back < _LETTERS else None


def _sources(centers: Sequence[Center]) -> dict[str, Any]:
    """Each source: its date, whether there is one and, where that is not the first day of the date five years on, the
    last day on which it is fresh. Dates that begin alike stand together. Of a hidden center none is public."""

    def row(center: Center) -> tuple[str | int, ...]:
        date, there = (center.source_date, center.source) if center.show_location != "no" else ("", "")
        until = source_fresh_until(date).isoformat()
        plain = not date or (date[:4].isdecimal() and until == f"{int(date[:4]) + STALE_YEARS}{f'{date}-01-01'[4:10]}")
        return (date, int(bool(there))) if plain else (date, int(bool(there)), until)

    rows = [row(center) for center in centers]
    table = sorted(set(rows))
    letters = {value: chr(_FIRST + place) for place, value in enumerate(table)}
    return {"source": table, "source_of": "".join(letters[value] for value in rows)}


def _hours(centers: Sequence[Center]) -> dict[str, Any]:
    """Hours that count. `days`: open minutes of a day, from, to, from, to; `exceptions`: days after the one before (the
    first: after 1970-01-01) and the row in `days`, in turn; `hours`: seven letters for rows of `days` from Monday on,
    and the row in `exceptions`; row 0: no hours."""
    days, exceptions, hours = _Table(), _Table(), _Table()
    letters = {0: hours.letter(0)}  # an edition has one object for equal hours

    def dated(timetable: Timetable) -> _Numbers:
        flat, before = [], _EPOCH
        for day, spans in sorted(timetable.exceptions.items()):
            flat += [(day - before).days, days.row(tuple(minute for span in spans for minute in span))]
            before = day
        return tuple(flat)

    def letter(timetable: Timetable | None) -> str:
        key = id(timetable) if timetable else 0
        if timetable and key not in letters:
            week = "".join(days.letter(_of_weekday(timetable, day)) for day in range(7))
            letters[key] = hours.letter((week, exceptions.row(dated(timetable))))
        return letters[key]

    column = "".join(letter(counted(center)) for center in centers)
    return {"days": days.values(), "exceptions": exceptions.values(), "hours": hours.values(), "hours_of": column}


def _of_weekday(timetable: Timetable, day: int) -> _Numbers:
    start = day * DAY
    shares = ((max(a - start, 0), min(b - start, DAY)) for a, b in timetable.weekly if a < start + DAY and b > start)
    return tuple(minute for share in shares for minute in share)


def _where(directory: Directory, centers: Sequence[Center], lang: Lang) -> dict[str, Any]:
    """`town`: name, place id, its point in millionths of a degree, oblast, rayon's name. `lat` and `lon`: so many
    millionths from the town's point, n >= 0 as 2n + 1, n < 0 as -2n, no point as 0; `exact`: by index, the few points
    that this does not give to the last bit."""
    towns = _Table()
    column, rough = "", ""
    lat: list[int] = []
    lon: list[int] = []
    exact: dict[int, tuple[float, float]] = {}
    for index, center in enumerate(centers):
        town = _town(directory, center, lang)
        column += towns.letter(town)
        rough += "01"[center.approximate]
        point = None if center.show_location == "no" else center.point
        lat.append(_folded(_units(point.lat) - town[2]) if point else 0)
        lon.append(_folded(_units(point.lon) - town[3]) if point else 0)
        if point and (_units(point.lat) / _DEGREE, _units(point.lon) / _DEGREE) != (point.lat, point.lon):
            exact[index] = point.lat, point.lon
    return {"town": towns.values(), "town_of": column, "rough": rough, "lat": lat, "lon": lon, "exact": exact}


def _town(directory: Directory, center: Center, lang: Lang) -> tuple[str, str, int, int, str, str]:
    if center.show_location == "no":
        return "", "", 0, 0, center.oblast, ""
    place = directory.places.by_id.get(center.place_id)
    start = place.point if place else Point(lat=0, lon=0)
    name, rayon = naming.settlement(directory, center, lang), naming.rayon_name(directory, center.rayon, lang)
    return name, place.id if place else "", _units(start.lat), _units(start.lon), center.oblast, rayon


def _units(degrees: float) -> int:
    return round(degrees * _DEGREE)


def _folded(number: int) -> int:
    return 2 * number + 1 if number >= 0 else -2 * number


def _texts(centers: Sequence[Center], lang: Lang) -> dict[str, Any]:
    """Texts, "" for none, with the first letter of the language of each. Numbers of nine digits behind +996 as such,
    others as they are dialed, 0 for none; `label`: by index."""
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
