"""What is wrong with a cell before anybody reads what it says: what a spreadsheet or a bad encoding made of it."""

from __future__ import annotations

import re

from legalmap.desk.reading.cells import CLEAR

NEVER_EMPTY = frozenset({"id", "kind", "status"})
"""Columns that `-` does not empty: a center always has them."""
DATES = frozenset({"source_date", "verified_on"})
HOURS = frozenset({"hours", "phone_hours"})
SPOILT = frozenset({"letters_lost", "letters_garbled"})
DANGEROUS = frozenset({"markup", "formula_text"})
"""These and SPOILT: flaws of a text that is read all the same, since what the desk has already is not wrong again."""
_NOT_TEXT = frozenset({"lat", "lon", "phones", "whatsapp", "email", "website", "source", "id"})
"""Columns whose own rules take no markup, or in which a + or = is at home."""
_MARKUP = re.compile(
    r"<\s*[a-z!/?][^>]*>|<\s*/?\s*(?:script|img|svg|iframe|style|a|b|div)\b|&#\w+;|javascript:", re.IGNORECASE
)
_FORMULA = re.compile(r"[=＝]|[+\-@＋－＠]\s*\w*\s*[(!|]|[+\-＋－]\d+[+\-*/^]\d|[@＠]\w+\(|DDE\b|cmd\b")
_SPREADSHEET_ERROR = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|Н/Д|ССЫЛКА!|ЗНАЧ!|ДЕЛ/0!|ИМЯ\?|ЧИСЛО!|ПУСТО!|#+)",
    re.IGNORECASE,
)
_MONTH = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_SHORT_DATE = re.compile(rf"\d{{1,2}}[.\s-]{_MONTH}\.?|{_MONTH}[.\s-]\d{{2}}", re.ASCII | re.IGNORECASE)
"""How Excel shows what it made of 9-18 or 12-13: "18.сен"."""
_WHOLE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]00:00(?::00)?)?|\d{1,2}\.\d{1,2}\.\d{4}", re.ASCII)


def flaw(column: str, written: str, found: str = "") -> str:
    """The code of what is wrong with a cell, "" when nothing is. `found`: what its file told already."""
    text = written.strip()
    if column in NEVER_EMPTY and text == CLEAR:
        return "cannot_be_empty"
    if _SPREADSHEET_ERROR.fullmatch(text):
        return "spreadsheet_error"
    if found:
        return "" if found == "date_cell" and column in DATES else found
    if column not in DATES and _SHORT_DATE.fullmatch(text) or column in HOURS and _WHOLE_DATE.fullmatch(text):
        return "date_cell"
    if column not in _NOT_TEXT and _MARKUP.search(written):
        return "markup"
    return "formula_text" if column not in _NOT_TEXT and _FORMULA.match(text) else ""
