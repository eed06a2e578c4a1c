"""The one shape of edition.db: words of the model to flat rows that read well in Datasette, and back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from legalmap.model import LANGS, Center, Localized, Phone, Place, Point, Rayon, Timetable

Row = dict[str, str | int | float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One editable text of the site (`before_call.102`, `tips.1`), with its source and date."""

    key: str
    text: Localized
    source: str = ""
    verified_on: str = ""


_PLAIN = (
    "id", "kind", "status", "show_location", "oblast", "rayon", "settlement", "place_id", "whatsapp",
    "email", "website", "fee", "source", "source_date", "verified_on", "verified_by", "hours_verified_on",
)  # fmt: skip
_LISTS = ("languages", "topics", "needs", "groups", "admission", "access", "area")
_LOCALIZED = ("address", "directions", "services", "bring", "note")
_TIMETABLES = ("hours", "phone_hours")


def _names(stem: str, *, bare: bool) -> tuple[str, ...]:
    return ((stem,) if bare else ()) + tuple(f"{stem}_{lang}" for lang in LANGS)


_CENTER_COLUMNS = (
    "number", "id", "kind", "status", "show_location", *_names("name", bare=False), "oblast", "rayon",
    "settlement", "place_id", *_names("address", bare=True), *_names("directions", bare=True), "lat", "lon",
    "approximate", "phones", "whatsapp", "email", "website", "hours", "hours_weekly", "hours_exceptions",
    "phone_hours", "phone_hours_weekly", "phone_hours_exceptions", "languages",
    *_names("services", bare=True), "topics", "needs", "groups", "admission", "fee", "access", "area",
    "rank", *_names("bring", bare=True), *_names("note", bare=True), "source", "source_date",
    "verified_on", "verified_by", "hours_verified_on",
)  # fmt: skip
_NUMBERS = {"number": int, "lat": float, "lon": float, "approximate": int, "rank": int}

TABLES: Mapping[str, Mapping[str, type]] = {
    "centers": {name: _NUMBERS.get(name, str) for name in _CENTER_COLUMNS},
    "places": {
        "id": str,
        **dict.fromkeys(_names("name", bare=False), str),
        "aliases": str,
        "oblast": str,
        "rayon": str,
        "lat": float,
        "lon": float,
        "population": int,
        "feature": str,
    },
    "rayons": {"id": str, **dict.fromkeys(_names("name", bare=False), str), "oblast": str, "seat": str, "aliases": str},
    "texts": {"key": str, **dict.fromkeys(LANGS, str), "source": str, "verified_on": str},
}
"""Tables of edition.db: columns in their order and their Python types. Lists and intervals are JSON text."""

PRIMARY_KEYS: Mapping[str, str] = {"centers": "number", "places": "id", "rayons": "id", "texts": "key"}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=4096)
def _list(values: tuple[str, ...]) -> str:
    """Thousands of centers have few lists."""
    return _json(values)


def _localized_row(stem: str, text: Localized, *, bare: bool) -> Row:
    cells: Row = {stem: text.bare} if bare else {}
    return cells | {f"{stem}_{lang}": getattr(text, lang) for lang in LANGS}


def _localized(row: Mapping[str, Any], stem: str, *, bare: bool) -> Localized:
    texts = {lang: row[f"{stem}_{lang}"] for lang in LANGS}
    return Localized(bare=row[stem] if bare else "", **texts) if any(texts.values()) or bare else Localized()


def _timetable_row(stem: str, timetable: Timetable | None) -> Row:
    if timetable is None:
        return {stem: "", f"{stem}_weekly": "", f"{stem}_exceptions": ""}
    days = {day.isoformat(): timetable.exceptions[day] for day in sorted(timetable.exceptions)}
    return {stem: timetable.text, f"{stem}_weekly": _json(timetable.weekly), f"{stem}_exceptions": _json(days)}


@lru_cache(maxsize=4096)
def _days(exceptions: str) -> Mapping[dt.date, tuple[tuple[int, int], ...]]:
    days = json.loads(exceptions)
    return MappingProxyType({dt.date.fromisoformat(day): _intervals(days[day]) for day in days})


def _intervals(pairs: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((int(start), int(end)) for start, end in pairs)


@lru_cache(maxsize=4096)
def _timetable(text: str, weekly: str, exceptions: str) -> Timetable | None:
    """One object for equal hours: centers share few timetables, and most have the same holidays."""
    if not weekly:
        return None
    return Timetable(text=text, weekly=_intervals(json.loads(weekly)), exceptions=_days(exceptions))


@lru_cache(maxsize=4096)
def _words(cell: str) -> tuple[str, ...]:
    return tuple(str(word) for word in json.loads(cell))


@lru_cache(maxsize=4096)
def _phones(cell: str) -> tuple[Phone, ...]:
    return tuple(Phone(number=phone["number"], label=phone["label"]) for phone in json.loads(cell))


def center_row(center: Center) -> Row:
    """The row of `center` in the table `centers`, in the order of TABLES. Times are minutes, see Timetable."""
    phones = [{"number": phone.number, "label": phone.label} for phone in center.phones]
    cells: Row = {
        "number": center.number,
        "lat": float(center.point.lat) if center.point else None,
        "lon": float(center.point.lon) if center.point else None,
        "approximate": int(center.approximate),
        "phones": _json(phones),
        "rank": center.rank,
        **{name: getattr(center, name) for name in _PLAIN},
        **{name: _list(getattr(center, name)) for name in _LISTS},
        **_localized_row("name", center.names, bare=False),
    }
    for stem in _LOCALIZED:
        cells |= _localized_row(stem, getattr(center, stem), bare=True)
    for stem in _TIMETABLES:
        cells |= _timetable_row(stem, getattr(center, stem))
    return {column: cells[column] for column in TABLES["centers"]}


def center(row: Mapping[str, Any]) -> Center:
    """The center of a row of `centers`. Raises KeyError, TypeError or ValueError for another shape."""
    placed = row["lat"] is not None and row["lon"] is not None
    fields: dict[str, Any] = {name: row[name] for name in _PLAIN}
    fields |= {name: _words(row[name]) for name in _LISTS}
    fields |= {stem: _localized(row, stem, bare=True) for stem in _LOCALIZED}
    for stem in _TIMETABLES:
        fields[stem] = _timetable(row[stem], row[f"{stem}_weekly"], row[f"{stem}_exceptions"])
    return Center(
        number=int(row["number"]),
        names=_localized(row, "name", bare=False),
        point=Point(lat=float(row["lat"]), lon=float(row["lon"])) if placed else None,
        approximate=bool(row["approximate"]),
        phones=_phones(row["phones"]),
        rank=None if row["rank"] is None else int(row["rank"]),
        **fields,
    )


def place_row(place: Place) -> Row:
    """The row of `place` in the table `places`, in the order of TABLES."""
    cells: Row = {
        "id": place.id,
        "aliases": _json(place.aliases),
        "oblast": place.oblast,
        "rayon": place.rayon,
        "lat": float(place.point.lat),
        "lon": float(place.point.lon),
        "population": place.population,
        "feature": place.feature,
        **_localized_row("name", place.names, bare=False),
    }
    return {column: cells[column] for column in TABLES["places"]}


def place(row: Mapping[str, Any]) -> Place:
    """The place of a row of `places`. Raises KeyError, TypeError or ValueError for another shape."""
    return Place(
        id=row["id"],
        names=_localized(row, "name", bare=False),
        oblast=row["oblast"],
        rayon=row["rayon"],
        point=Point(lat=float(row["lat"]), lon=float(row["lon"])),
        population=int(row["population"]),
        feature=row["feature"],
        aliases=_words(row["aliases"]),
    )


def rayon_row(rayon: Rayon) -> Row:
    """The row of `rayon` in the table `rayons`, in the order of TABLES."""
    names = _localized_row("name", rayon.names, bare=False)
    return {"id": rayon.id, **names, "oblast": rayon.oblast, "seat": rayon.seat, "aliases": _json(rayon.aliases)}


def rayon(row: Mapping[str, Any]) -> Rayon:
    """The rayon of a row of `rayons`. Raises KeyError or ValueError for another shape."""
    return Rayon(
        id=row["id"],
        names=_localized(row, "name", bare=False),
        oblast=row["oblast"],
        seat=row["seat"],
        aliases=_words(row["aliases"]),
    )


def text_row(text: Text) -> Row:
    """The row of `text` in the table `texts`."""
    langs: Row = {lang: getattr(text.text, lang) for lang in LANGS}
    return {"key": text.key, **langs, "source": text.source, "verified_on": text.verified_on}


def text(row: Mapping[str, Any]) -> Text:
    """The text of a row of `texts`. Raises KeyError or TypeError for another shape."""
    words = Localized(**{lang: row[lang] for lang in LANGS})
    return Text(key=row["key"], text=words, source=row["source"], verified_on=row["verified_on"])
