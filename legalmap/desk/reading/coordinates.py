"""Coordinates as people write them -> decimal degrees: what is certain is put right and told, the rest is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from legalmap.desk.problems import Refused

NORTH, SOUTH, WEST, EAST = 43.3, 39.1, 69.2, 80.3
"""The country's bounding box, degrees, rounded outwards."""
ROUGH = 1
"""So many decimals or fewer say where the center is to 10 km only."""
_RANGES = {"lat": (SOUTH, NORTH), "lon": (WEST, EAST)}
_AXES = (
    ("lat", r"N|с\.?\s*ш\.?|с|т\.?\s*к\.?|lat\w*|широта|кеңдик"),
    ("lon", r"E|в\.?\s*д\.?|в|ч\.?\s*у\.?|lon\w*|lng|долгота|узундук"),
)
_SOUTH_OR_WEST = re.compile(r"\b(?:[SW]|ю\.?\s*ш|з\.?\s*д)\b\.?|^[юз]|[юз]$", re.IGNORECASE)
_DECIMAL = re.compile(r"([+-]?\d{1,3})(?:([.,])(\d{1,15}))?\s*[°º˚]?", re.ASCII)
_SEXAGESIMAL = re.compile(
    r"(\d{1,3})\s*(?:[°º˚*]|град\w*\.?|deg|\s|:)\s*(\d{1,2}(?:[.,]\d{1,10})?)\s*(?:['′’‘`´]|мин\w*\.?|min|\s|:|$)\s*"
    r"(?:(\d{1,2}(?:[.,]\d{1,10})?)\s*(?:[\"″”“]|['′’‘]{2}|сек\w*\.?|sec)?)?",
    re.ASCII | re.IGNORECASE,
)
_MONTH = re.compile(
    r"\b(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[а-яa-z]*\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[;,/|\s]+")


@dataclass(frozen=True, slots=True)
class Degrees:
    """One coordinate: `text` is canonical (at most 6 decimals); `axis` lat, lon or "" where nothing says which;
    `notices` name what was put right; `decimals` how many were written."""

    text: str
    axis: str = ""
    notices: tuple[str, ...] = ()
    decimals: int = 6

    @property
    def value(self) -> float:
        """Decimal degrees."""
        return float(self.text)


@dataclass(frozen=True, slots=True)
class Pair:
    """Latitude and longitude of a row, None for one that was not given, and what was put right."""

    lat: Degrees | None = None
    lon: Degrees | None = None
    notices: tuple[str, ...] = ()


def pair(lat: str, lon: str) -> Pair:
    """The two cells of a row (trimmed, "" = empty): both in one cell are parted, swapped ones change places. Raises
    Refused with `column` among its params."""
    if bool(lat) != bool(lon) or lat == lon != "":
        both = _parted(lat or lon)
        if both:
            north, east, turned = both
            return Pair(north, east, ("coordinates_in_one_cell", *(["coordinates_swapped"] if turned else [])))
    first = _read("lat", lat) if lat else None
    second = _read("lon", lon) if lon else None
    swapped = first and second and _fits("lon", first) and _fits("lat", second)
    if swapped:
        return Pair(second, first, ("coordinates_swapped",))
    for axis, found in (("lat", first), ("lon", second)):
        if found and not _fits(axis, found):
            low, high = _RANGES[axis]
            other = "lon" if axis == "lat" else "lat"
            raise Refused(
                "coordinate_swapped" if _fits(other, found) else "coordinate_outside", column=axis, low=low, high=high
            )
    return Pair(first, second)


def _fits(axis: str, found: Degrees) -> bool:
    low, high = _RANGES[axis]
    return found.axis in {"", axis} and low <= found.value <= high


def _parted(text: str) -> tuple[Degrees, Degrees, bool] | None:
    """Both coordinates of one cell where only one way to cut it makes two that lie in the country, and whether the
    longitude stood first without being called so."""
    found = []
    for cut in _SPLIT.finditer(text):
        try:
            left, right = degrees(text[: cut.start()]), degrees(text[cut.end() :])
        except Refused:
            continue
        if _fits("lat", left) and _fits("lon", right):
            found.append((left, right, False))
        elif _fits("lon", left) and _fits("lat", right):
            found.append((right, left, not right.axis))
    return found[0] if len({(one.text, two.text) for one, two, _ in found}) == 1 else None


def _read(column: str, text: str) -> Degrees:
    try:
        return degrees(text, column)
    except Refused as fault:
        raise Refused(fault.code, **{"column": column, **fault.params}) from fault


def degrees(text: str, column: str = "lat") -> Degrees:
    """One coordinate: decimal with point or comma, or degrees, minutes and seconds, with or without its direction in
    Latin, Russian or Kyrgyz. Raises Refused."""
    if _MONTH.search(text):
        raise Refused("date_cell")
    if _SOUTH_OR_WEST.search(text):
        raise Refused("coordinate_outside", low=_RANGES[column][0], high=_RANGES[column][1])
    axis, bare = _direction(text.strip())
    decimal = _DECIMAL.fullmatch(bare)
    if decimal:
        whole = float(f"{decimal[1]}.{decimal[3] or 0}")
        notices = ("decimal_comma",) if decimal[2] == "," else ()
        if whole == 0:
            raise Refused("coordinate_zero")
        return Degrees(_canonical(whole), axis, notices, len(decimal[3] or ""))
    sexagesimal = _SEXAGESIMAL.fullmatch(bare)
    if sexagesimal:
        parts = [float((part or "0").replace(",", ".")) for part in sexagesimal.groups()]
        if parts[1] < 60 and parts[2] < 60 and parts[0] <= 180:
            return Degrees(_canonical(parts[0] + parts[1] / 60 + parts[2] / 3600), axis, ("coordinate_from_minutes",))
    raise _unreadable(bare, column)


def _direction(text: str) -> tuple[str, str]:
    for axis, words in _AXES:
        before, behind = rf"^(?:{words})(?![a-zа-яөүң])[\s:=.]*", rf"\s*(?<![a-zа-яөүң])(?:{words})$"
        bare = re.sub(f"{before}|{behind}", "", text, flags=re.IGNORECASE)
        if bare != text:
            return axis, bare.strip()
    return "", text


def _canonical(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _unreadable(text: str, column: str) -> Refused:
    """Why digits alone are no coordinate: its point was lost, or it is in meters of a plane map."""
    digits = re.sub(r"[\s.,]", "", text)
    if re.fullmatch(r"\d{4,16}", digits, re.ASCII):
        low, high = _RANGES[column]
        guess = f"{digits[:2]}.{digits[2:8]}"
        if low <= float(guess) <= high:
            return Refused("coordinate_lost_point", guess=guess)
        return Refused("coordinate_meters")
    return Refused("coordinate_unreadable")
