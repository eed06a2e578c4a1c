"""Dates as people and spreadsheets write them -> YYYY, YYYY-MM or YYYY-MM-DD; what could mean two days is refused."""

from __future__ import annotations

import datetime as dt
import re

from legalmap.desk.problems import Refused

FIRST = dt.date(1991, 8, 31)
"""Nothing in the directory is older than the country."""
_ISO = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)
_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$", re.ASCII)
_YEAR_WORD = re.compile(r"[-\s]*(?:ж\.?|г\.?|год[ау]?|жыл\w*)$", re.IGNORECASE)
_LOCAL = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})(?:[./](\d{1,2}))?", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})", re.ASCII)
_MONTHS = (
    ("янв", "jan"), ("фев", "feb"), ("мар", "mar"), ("апр", "apr"), ("ма", "may"), ("июн", "jun"), ("июл", "jul"),
    ("авг", "aug"), ("сен", "sep"), ("окт", "oct"), ("ноя", "nov"), ("дек", "dec"),
)  # fmt: skip
_MONTH = r"[а-яёa-z]{3,9}\.?"
_WORDS = (
    re.compile(rf"(?:(?P<d>\d{{1,2}})[-\s.]*)?(?P<m>{_MONTH})[\s,.-]*(?P<y>\d{{4}})", re.IGNORECASE),
    re.compile(rf"(?P<m>{_MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})", re.IGNORECASE),
    re.compile(rf"(?P<y>\d{{4}})[-\s,.]*(?:ж[\w.]*)?[\s,]*(?:(?P<d>\d{{1,2}})[-\s.]*)?(?P<m>{_MONTH})", re.IGNORECASE),
)
"""12 октября 2025; октябрь 2025; Oct 12, 2025; 2025-ж., 6-январь. Kyrgyz writes the same names of months."""
_SERIAL = re.compile(r"[34]\d{4}", re.ASCII)
_SERIAL_ZERO = dt.date(1899, 12, 30)
"""Day 0 of Excel's calendar, counted so that every day from March 1900 on is right."""


def canonical(text: str, today: dt.date) -> tuple[str, str]:
    """The ISO form of a date or of a part of one, and the code of a notice ("" when it was written so). Raises Refused:
    `date_unreadable`, `date_ambiguous` (day or month first?), `date_in_future`."""
    if _ISO.fullmatch(text):
        return _checked(text, today), ""
    bare = _YEAR_WORD.sub("", _CLOCK.sub("", text)).strip()
    if _SERIAL.fullmatch(bare):
        return _checked((_SERIAL_ZERO + dt.timedelta(days=int(bare))).isoformat(), today), "date_serial"
    found = bare if _ISO.fullmatch(bare) else _in_figures(bare) or _in_words(bare)
    if not found:
        raise Refused("date_unreadable")
    return _checked(found, today), "date_local"


def _in_figures(text: str) -> str:
    if local := _LOCAL.fullmatch(text):
        first, second = int(local[1]), int(local[3])
        year = local[4] if len(local[4]) == 4 else f"20{local[4]}"
        if local[2] == "/" and first != second:
            # with a slash both orders are in use; over twelve it can only be the day
            if max(first, second) <= 12:
                raise Refused(
                    "date_ambiguous", one=f"{year}-{second:02}-{first:02}", other=f"{year}-{first:02}-{second:02}"
                )
            first, second = max(first, second), min(first, second)
        return f"{year}-{second:02}-{first:02}"
    if year_first := _YEAR_FIRST.fullmatch(text):
        return "-".join(f"{int(part):02}" for part in year_first.groups() if part)
    if month_year := _MONTH_YEAR.fullmatch(text):
        return f"{month_year[2]}-{int(month_year[1]):02}"
    return ""


def _in_words(text: str) -> str:
    for shape in _WORDS:
        if match := shape.fullmatch(text):
            name = match["m"].lower()
            month = next((n for n, stems in enumerate(_MONTHS, 1) if name.startswith(stems)), 0)
            if month:
                return f"{match['y']}-{month:02}" + (f"-{int(match['d']):02}" if match["d"] else "")
    return ""


def _checked(iso: str, today: dt.date) -> str:
    try:
        day = dt.date.fromisoformat((iso + "-01-01")[:10] if len(iso) < 10 else iso)
    except ValueError as fault:
        raise Refused("date_unreadable") from fault
    if day < FIRST.replace(month=1, day=1):
        raise Refused("date_unreadable")
    if day > today:
        raise Refused("date_in_future")
    return iso
