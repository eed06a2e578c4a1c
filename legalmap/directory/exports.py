"""The directory for other programs: plain values that are ready for JSON, GeoJSON and the API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from legalmap.directory.edition import Directory
from legalmap.model import LANGS, Center, Localized, Match, OpenState, Point, Timetable

SOURCE_NOTE = (
    "Each entry names its source and its date. A web page is a source, not a verification: only verified_on says "
    "that a person made sure. Hidden addresses are not in this file. Places: GeoNames, CC BY 4.0."
)

NO_METERS = b'"meters":null'
"""Stands once in the text of a center without a distance: quotes within texts are escaped."""
_TEXTS = ("address", "directions", "services", "bring", "note")
_PLAIN = ("id", "kind", "status", "show_location", "oblast", "rayon", "settlement", "place_id")
_REACH = ("whatsapp", "email", "website")
_LISTS = ("languages", "topics", "needs", "groups", "admission", "access", "area")
_TRUST = ("source", "source_date", "verified_on", "verified_by", "hours_verified_on")


def _texts(text: Localized) -> dict[str, str]:
    """Languages that have a text; `und` (undetermined, BCP 47) for one whose language nobody named."""
    named = {lang: getattr(text, lang) for lang in LANGS} | {"und": text.bare}
    return {lang: words for lang, words in named.items() if words}


def _hours(timetable: Timetable | None) -> dict[str, Any] | None:
    """Minutes of the week from Monday 00:00, and of the day on dated exceptions; Asia/Bishkek (UTC+6)."""
    if timetable is None:
        return None
    days = {day.isoformat(): [list(pair) for pair in pairs] for day, pairs in sorted(timetable.exceptions.items())}
    return {"text": timetable.text, "weekly": [list(pair) for pair in timetable.weekly], "exceptions": days}


def _degrees(value: float) -> float:
    """Six decimals (11 cm) are all that a point ever carries."""
    return round(value, 6)


def _point(point: Point | None) -> dict[str, float | None]:
    return {"lat": _degrees(point.lat) if point else None, "lon": _degrees(point.lon) if point else None}


def _record(center: Center) -> dict[str, Any]:
    """All public fields of one center in all languages."""
    return {
        "number": center.number,
        **{name: getattr(center, name) for name in _PLAIN},
        "name": _texts(center.names),
        **{name: _texts(getattr(center, name)) for name in _TEXTS},
        **_point(center.point),
        "approximate": center.approximate,
        "phones": [{"number": phone.number, "label": phone.label} for phone in center.phones],
        **{name: getattr(center, name) for name in _REACH},
        "hours": _hours(center.hours),
        "phone_hours": _hours(center.phone_hours),
        **{name: list(getattr(center, name)) for name in _LISTS},
        "fee": center.fee,
        "rank": center.rank,
        **{name: getattr(center, name) for name in _TRUST},
    }


def directory_json(directory: Directory) -> Iterator[str]:
    """The whole directory as JSON text, piece by piece, since 5,000 centers at once need 50 MB: every public field in
    all languages, closed centers too (their page says so)."""
    head = {
        "edition": directory.number,
        "content_sha256": directory.content_sha256,
        "published_at": directory.published_at.isoformat(),
        "source_note": SOURCE_NOTE,
        "texts": [
            {"key": key, "text": _texts(text.text), "source": text.source, "verified_on": text.verified_on}
            for key, text in sorted(directory.texts.items())
        ],
    }
    yield as_json(head)[:-1] + ',"centers":['
    for place, center in enumerate(directory.centers):
        yield ("," if place else "") + as_json(_record(center))
    yield "]}"


def as_json(value: Mapping[str, Any]) -> str:
    """The shortest JSON text of `value`, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def geojson(directory: Directory) -> dict[str, Any]:
    """A FeatureCollection (RFC 7946: lon, lat in WGS84); a center without a public point has geometry null."""
    return {
        "type": "FeatureCollection",
        "features": [_feature(center) for center in directory.centers],
    }


def _feature(center: Center) -> dict[str, Any]:
    point = center.point
    properties = {name: value for name, value in _record(center).items() if name not in ("lat", "lon")}
    coordinates = [_degrees(point.lon), _degrees(point.lat)] if point else None
    geometry = {"type": "Point", "coordinates": coordinates} if coordinates else None
    return {"type": "Feature", "id": center.number, "geometry": geometry, "properties": properties}


def _state(state: OpenState | None) -> dict[str, Any]:
    """`open` null: hours not known; `hours_verified` false: only "open by the timetable" may be said."""
    until = state.until.isoformat() if state and state.until else None
    opens = state.opens.isoformat() if state and state.opens else None
    return {
        "open": state.open if state else None,
        "hours_verified": bool(state and state.verified),
        "open_until": until,
        "opens": opens,
    }


def center_json(found: Match | Center, lang: str) -> dict[str, Any]:
    """One center in one language, for the API and the command line; codes stay codes.

    `meters` is rounded to 1 mm, null without a point or an origin. Each text comes with the language it
    really is in (`name_lang`; "" when nobody named it). A Match adds its state, `stale`, `ask_first`.
    """
    center = found.center if isinstance(found, Match) else found
    meters = found.meters if isinstance(found, Match) else None
    texts: dict[str, str] = {}
    for stem, text in (("name", center.names), *((stem, getattr(center, stem)) for stem in _TEXTS)):
        texts[stem], texts[f"{stem}_lang"] = text.in_lang(lang)
    record = _record(center) | texts | {"meters": None if meters is None else round(meters, 3)}
    first = {name: record.pop(name) for name in ("id", "number", "name", "name_lang", "kind", "meters", "approximate")}
    if isinstance(found, Match):
        record |= _state(found.state) | {"stale": found.stale, "ask_first": found.ask_first}
    return first | record
