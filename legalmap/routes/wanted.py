"""Reads what a program wants from the JSON it posted: every wrong field is named at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from legalmap.model import ACCESS, GROUPS, KINDS, LANGS, LANGUAGES, TOPICS, Lang, Point, Query

_LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "kind": ("kinds", KINDS),
    "topic": ("topics", TOPICS),
    "group": ("groups", GROUPS),
    "access": ("access", ACCESS),
    "language": ("languages", LANGUAGES),
}
_FLAGS = ("open", "free", "verified")
_KNOWN = frozenset({"lat", "lon", "k", "lang", *_LISTS, *_FLAGS})
K_MAX = 100
K_DEFAULT = 5

Errors = list[dict[str, str]]


def read_query(body: Mapping[str, Any], now: dt.datetime) -> tuple[Query | None, Errors]:
    """The query in `body`, or None and one `{"field", "detail"}` for each field that cannot be used."""
    errors: Errors = [
        {"field": name[:40], "detail": "is not a field of this request"} for name in body if name not in _KNOWN
    ]
    lat = _degrees(body, "lat", 90.0, errors)
    lon = _degrees(body, "lon", 180.0, errors)
    k = body.get("k", K_DEFAULT)
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= K_MAX:
        errors.append({"field": "k", "detail": f"must be a whole number from 1 to {K_MAX}"})
    lang = body.get("lang", "ky")
    if lang not in LANGS:
        errors.append({"field": "lang", "detail": _one_of(LANGS)})
    filters: dict[str, Any] = {field: _values(body, name, values, errors) for name, (field, values) in _LISTS.items()}
    for name in _FLAGS:
        filters[name] = body.get(name, False)
        if not isinstance(filters[name], bool):
            errors.append({"field": name, "detail": "must be true or false"})
    if errors or lat is None or lon is None:
        return None, errors
    point = Point(lat=lat, lon=lon)
    return Query(now=now, lang=cast(Lang, lang), point=point, k=cast(int, k), **filters), []


def _degrees(body: Mapping[str, Any], name: str, limit: float, errors: Errors) -> float | None:
    value = body.get(name)
    # NaN fails every comparison, and a huge int is never turned into a float
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= limit:
        return float(value)
    errors.append({"field": name, "detail": f"must be a number from -{limit:g} to {limit:g}"})
    return None


def _values(body: Mapping[str, Any], name: str, values: Sequence[str], errors: Errors) -> frozenset[str]:
    given = body.get(name, [])
    if not isinstance(given, list) or not all(isinstance(value, str) and value in values for value in given):
        errors.append({"field": name, "detail": f"must be a list; each {_one_of(values)}"})
        return frozenset()
    return frozenset(given)


def _one_of(values: Sequence[str]) -> str:
    return "one of: " + ", ".join(values)
