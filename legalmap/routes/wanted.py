"""Reads what a program wants from the JSON it posted: every wrong field is named at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from legalmap.model import ACCESS, GROUPS, KINDS, LANGS, LANGUAGES, TOPICS, Lang, Point, Query

LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "kind": ("kinds", KINDS),
    "topic": ("topics", TOPICS),
    "group": ("groups", GROUPS),
    "access": ("access", ACCESS),
    "language": ("languages", LANGUAGES),
}
FLAGS = ("open", "free", "verified")
_KNOWN = frozenset({"lat", "lon", "k", "lang", *LISTS, *FLAGS})
K_MAX = 100
K_DEFAULT = 5
_COUNTS: Mapping[float, int] = {count: count for count in range(1, K_MAX + 1)}
"""5.0 is a whole number too, as JSON Schema has it."""

Errors = list[dict[str, str]]


def read_query(body: Mapping[str, Any], now: dt.datetime) -> tuple[Query | None, Errors]:
    """The query in `body`, or None and one `{"field", "detail"}` for each field that cannot be used."""
    errors: Errors = [
        {"field": name[:40], "detail": "is not a field of this request"} for name in body if name not in _KNOWN
    ]
    lat = _degrees(body, "lat", 90.0, errors)
    lon = _degrees(body, "lon", 180.0, errors)
    k = body.get("k", K_DEFAULT)
    count = _COUNTS.get(k) if isinstance(k, int | float) and not isinstance(k, bool) else None
    if count is None:
        errors.append({"field": "k", "detail": f"must be a whole number from 1 to {K_MAX}"})
    lang = body.get("lang", "ky")
    if lang not in LANGS:
        errors.append({"field": "lang", "detail": _one_of(LANGS)})
    filters: dict[str, Any] = {field: _values(body, name, values, errors) for name, (field, values) in LISTS.items()}
    for name in FLAGS:
        filters[name] = body.get(name, False)
        if not isinstance(filters[name], bool):
            errors.append({"field": name, "detail": "must be true or false"})
    if errors or lat is None or lon is None or count is None:
        return None, errors
    point = Point(lat=lat, lon=lon)
    return Query(now=now, lang=cast(Lang, lang), point=point, k=count, **filters), []


def _degrees(body: Mapping[str, Any], name: str, limit: float, errors: Errors) -> float | None:
    value = body.get(name)
    # NaN fails every comparison, and a huge int is never turned into a float
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= limit:
        return float(value)
    errors.append({"field": name, "detail": f"must be a number from -{limit:g} to {limit:g}"})
    return None


def _values(body: Mapping[str, Any], name: str, values: Sequence[str], errors: Errors) -> frozenset[str]:
    if name not in body:
        return frozenset()
    given = body[name]
    if not isinstance(given, list) or not all(isinstance(value, str) and value in values for value in given):
        errors.append({"field": name, "detail": f"must be a list; each {_one_of(values)}"})
        return frozenset()
    return frozenset(given)


def _one_of(values: Sequence[str]) -> str:
    return "one of: " + ", ".join(values)
