"""One cell as written -> its canonical text, or the reason why not.

Canonical texts are fixed points: `parse(column, parse(column, x).text).text == parse(column, x).text`,
so that an export comes back with no change.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from legalmap import letters
from legalmap.desk import oblasts, phones, vocabulary
from legalmap.desk.problems import Refused
from legalmap.desk.timetable import HoursUnreadable, read
from legalmap.model import (
    ACCESS,
    FEES,
    GROUPS,
    KINDS,
    LANGUAGES,
    NEEDS,
    SHOW_LOCATION,
    STATUSES,
    TOPICS,
    VERIFIED_BY,
)  # fmt: skip

LONGEST_TEXT = 2_000
CLEAR = "-"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]")
_TEMPLATE_MARKS = re.compile(r"\{\{|\{%|\{#|\$\{|`")
_MANY_LINES = ("services", "bring", "note", "directions")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The canonical text, and the code of a notice when it is not what was written (`also`: further ones)."""

    text: str
    notice: str = ""
    also: tuple[str, ...] = ()


def parse(column: str, written: str, today: dt.date) -> Parsed:
    """The canonical text of a cell of `column`. "" = nothing said, CLEAR = empty the field.

    `today` is what dates may not pass. Raises Refused.
    """
    if _CONTROL.search(written):
        raise Refused("control_characters")
    if _TEMPLATE_MARKS.search(written):
        raise Refused("template_marks")
    text = plain(written, lines=column.startswith(_MANY_LINES))
    if not text or (text == CLEAR and column != "show_location"):
        return Parsed(text)
    if len(text) > LONGEST_TEXT:
        raise Refused("text_too_long", limit=LONGEST_TEXT, actual=len(text))
    result = _parser(column, today)(text)
    if letters.search_key(written) != "" and _letters(written) != _letters(text):
        codes = [code for code in (result.notice, *result.also, "letters_repaired") if code]
        return Parsed(result.text, *_noticed(codes))
    return result


def plain(written: str, *, lines: bool = False) -> str:
    """What is kept of a text: look-alike letters put right, single spaces; `lines` keeps line breaks."""
    repaired = letters.repair(written)
    if lines:
        return "\n".join(" ".join(line.split()) for line in repaired.splitlines()).strip()
    return " ".join(repaired.split())


def _letters(text: str) -> str:
    return "".join(text.replace("\xa0", " ").split())


def _parser(column: str, today: dt.date) -> Callable[[str], Parsed]:
    found = _PARSERS.get(column)
    if found is not None:
        return found
    if column in {"source_date", "verified_on"}:
        return partial(_date, today=today)
    return Parsed


def _one_of(family: str, values: Sequence[str], text: str) -> Parsed:
    return Parsed(vocabulary.value(family, values, text))


def _many_of(family: str, values: Sequence[str], text: str) -> Parsed:
    return Parsed(vocabulary.several(family, values, text))


_SHOW_WORDS = {
    "yes": ("yes", "y", "ооба", "да", "1", "true"),
    "settlement": (
        "айылы гана",
        "шаары гана",
        "айылы",
        "только село",
        "только город",
        "село",
        "village only",
        "town only",
    ),
    "no": ("no", "n", "жок", "нет", "0", "false"),
}


def _show_location(text: str) -> Parsed:
    """Unreadable is `no`: in doubt an address stays hidden."""
    key = letters.search_key(text)
    for value, words in _SHOW_WORDS.items():
        if key in {letters.search_key(word) for word in words}:
            return Parsed(value)
    try:
        return Parsed(vocabulary.value("show_location", SHOW_LOCATION, text))
    except Refused:
        return Parsed("no", "show_location_unreadable")


def _email(text: str) -> Parsed:
    if not re.fullmatch(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", text, re.ASCII):
        raise Refused("email_unreadable")
    return Parsed(text)


def _website(text: str) -> Parsed:
    full = text if re.match(r"[a-z]+:", text, re.IGNORECASE) else f"https://{text}"
    if not re.fullmatch(r"https?://(?:[\w-]+\.)+[a-zа-я]{2,}(?::\d+)?(?:[/?#]\S*)?", full, re.IGNORECASE):
        raise Refused("website_unreadable")
    return Parsed(full)


def _hours(text: str) -> Parsed:
    try:
        found = read(text)
    except HoursUnreadable as fault:
        raise Refused(fault.code, part=fault.part) from fault
    return Parsed(found.text, *_noticed(found.notices))


def _noticed(codes: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    return (codes[0], tuple(codes[1:])) if codes else ("", ())


def _date(text: str, today: dt.date) -> Parsed:
    local = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII)
    iso = f"{local[3]}-{int(local[2]):02}-{int(local[1]):02}" if local else text
    if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", iso, re.ASCII):
        raise Refused("date_unreadable")
    try:
        day = dt.date.fromisoformat((iso + "-01-01")[:10] if len(iso) < 10 else iso)
    except ValueError as fault:
        raise Refused("date_unreadable") from fault
    if not dt.date(1991, 1, 1) <= day:
        raise Refused("date_unreadable")
    if day > today:
        raise Refused("date_in_future")
    return Parsed(iso, "date_local" if local else "")


def _rank(text: str) -> Parsed:
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
        raise Refused("rank_unreadable")
    return Parsed(str(int(text)))


_PARSERS: dict[str, Callable[[str], Parsed]] = {
    "kind": partial(_one_of, "kind", KINDS),
    "status": partial(_one_of, "status", STATUSES),
    "fee": partial(_one_of, "fee", FEES),
    "verified_by": partial(_one_of, "verified_by", VERIFIED_BY),
    "topics": partial(_many_of, "topic", TOPICS),
    "needs": partial(_many_of, "need", NEEDS),
    "groups": partial(_many_of, "group", GROUPS),
    "access": partial(_many_of, "access", ACCESS),
    "languages": partial(_many_of, "language", LANGUAGES),
    "show_location": _show_location,
    "oblast": lambda text: Parsed(oblasts.code_of(text)),
    "phones": lambda text: Parsed(phones.canonical(text)),
    "whatsapp": lambda text: Parsed(phones.whatsapp(text)),
    "email": _email,
    "website": _website,
    "hours": _hours,
    "phone_hours": _hours,
    "admission": lambda text: Parsed(vocabulary.admission(text)),
    "rank": _rank,
}


def values(text: str) -> tuple[str, ...]:
    """The values of a canonical cell that holds several."""
    return tuple(part for part in text.split("; ") if part)
