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
from urllib.parse import urlsplit

from legalmap import letters
from legalmap.desk.problems import Refused
from legalmap.desk.reading import dates, oblasts, phones, vocabulary
from legalmap.desk.reading.timetable import HoursUnreadable, read
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

LONGEST_TEXT, LONGEST_LINE, LONGEST_SLIP_NAME = 2_000, 300, 40
"""Letters of a text that may have several lines, and of any other cell; hours and phones have limits of their own."""
CLEAR = "-"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]")
_DIRECTIONS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What a phone puts around a number that is copied from it."""
_TEMPLATE_MARKS = re.compile(r"\{\{|\{%|\{#|\$\{|`")
_LONG = ("services", "bring", "note", "directions", "internal", "hours", "phone", "source", "website", "area")
_SHORT = {"slip_name": LONGEST_SLIP_NAME}
_MANY_LINES = (
    "services", "bring", "note", "directions", "phones", "languages", "topics", "needs", "groups", "admission", "access"
)  # fmt: skip


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
    given = _DIRECTIONS.sub("", written) if column in {"phones", "whatsapp"} else written
    if _CONTROL.search(given):
        raise Refused("control_characters")
    text = plain(given, lines=column.startswith(_MANY_LINES))
    # also in what is kept: a letter without width can part the marks in what was written
    if _TEMPLATE_MARKS.search(written) or _TEMPLATE_MARKS.search(text):
        raise Refused("template_marks")
    if not text or (text == CLEAR and column != "show_location"):
        return Parsed(text)
    limit = LONGEST_TEXT if column.startswith(_LONG) else _SHORT.get(column, LONGEST_LINE)
    if len(text) > limit:
        raise Refused("text_too_long", limit=limit, actual=len(text))
    result = _parser(column, today)(text)
    if _letters(written) != _letters(text) and letters.search_key(written) != "":
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
        return lambda text: Parsed(*dates.canonical(text, today))
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
    bare = re.sub(r"^(?:mailto:|e-?mail:?\s*|эл\.?\s*почта:?\s*)", "", text, flags=re.IGNORECASE)
    if len(re.findall("@", bare)) > 1:
        raise Refused("email_several")
    if not re.fullmatch(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", bare, re.ASCII):
        raise Refused("email_unreadable")
    return Parsed(bare)


_HOST = re.compile(
    r"(?:[a-z0-9\u0430-\u044f\u0451](?:[a-z0-9\u0430-\u044f\u0451-]*[a-z0-9\u0430-\u044f\u0451])?\.)+[a-z\u0430-\u044f]{2,24}"
)
_NOT_PUBLIC = (".local", ".localhost", ".internal", ".lan", ".home", ".test", ".example", ".invalid", ".arpa", ".onion")


def _website(text: str) -> Parsed:
    """An address that everybody can open: http or https, the name of a public host, nobody's user name."""
    full = text if re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", text, re.IGNORECASE) else f"https://{text}"
    try:
        parts = urlsplit(full)
        host, port = parts.hostname or "", parts.port
    except ValueError as fault:
        raise Refused("website_unreadable") from fault
    if parts.scheme not in {"http", "https"} or parts.username is not None or parts.password is not None:
        raise Refused("website_unreadable")
    if not _HOST.fullmatch(host) or host.endswith(_NOT_PUBLIC) or port not in {None, 80, 443, 8080, 8443}:
        raise Refused("website_not_public")
    if re.search(r"[\s<>\"'\\]", full):
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
    "phones": lambda text: Parsed(*phones.read_numbers(text)),
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
