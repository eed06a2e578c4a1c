"""How the past is said on pages: fields and values in words, moments as people tell them, who did it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_timedelta
from flask import current_app, request

from legalmap.desk.reading.timetable import compile_hours
from legalmap.hours import BISHKEK
from legalmap.model import Localized
from legalmap.routes import page, words
from legalmap.routes.phrases import _
from legalmap.visibility import INTERNAL_COLUMNS, PUBLIC_COLUMNS
from legalmap.wording import label

_BY_VALUE = {"status": "status", "show_location": "show_location", "verified_by": "verified_by", "fee": "fee"}
_LISTS = {"languages": "language", "needs": "need", "groups": "group", "access": "access"}
_DATES = frozenset({"source_date", "verified_on"})
_NUMBERS = frozenset({"phones", "whatsapp"})
_HOURS = frozenset({"hours", "phone_hours"})
_HINT = re.compile(r" \([^()]*\)$")
"""What a column's name tells those who fill a table in; the language in brackets stays."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in words: how long ago, exactly (Bishkek), and for programs."""

    ago: str
    exact: str
    iso: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Where one page of a long list stands. `links`: (number, address) of the pages around."""

    number: int
    last: int
    total: int
    links: tuple[tuple[int, str], ...]


def moment(at: dt.datetime) -> Moment:
    """`at` as people say it."""
    here = at.astimezone(BISHKEK)
    ago = format_timedelta(at - dt.datetime.now(dt.UTC), add_direction=True, locale=page.language(), threshold=1.2)
    return Moment(ago, f"{here:%d.%m.%Y %H:%M}", here.isoformat(timespec="minutes"))


def at(iso: str) -> dt.datetime:
    """A moment as the audit writes it."""
    return dt.datetime.fromisoformat(iso)


def who(told: str) -> str:
    """Who did something, without how they came: `web:aida` is aida, `key:1042` the key of that center."""
    way, _colon, name = told.partition(":")
    if way == "key" and name:
        return _("Center № %(number)s", number=name)
    if way == "cli" and name:
        return _("%(name)s (command line)", name=name)
    return name or told


def field(name: str) -> str:
    """What people call a field of history."""
    told = label("column", name, page.language())
    return _("Entry made") if name == "id" else told if name.endswith(("_ky", "_ru", "_en")) else _HINT.sub("", told)


def value(name: str, text: str) -> str:
    """A cell's canonical text in the reader's words; "" for an empty one."""
    lang = page.language()
    if not text:
        return ""
    if name in _BY_VALUE:
        return label(_BY_VALUE[name], text, lang)
    if name in {"kind", "topics"}:
        return ", ".join(_desk_word(name.removesuffix("s"), one) for one in text.split("; "))
    if name in _LISTS:
        return ", ".join(label(_LISTS[name], one, lang) for one in text.split("; "))
    if name == "admission":
        return ", ".join(map(words.admission, text.split("; ")))
    if name == "area":
        return ", ".join(page.area_name(one) or one for one in text.split("; "))
    if name == "oblast":
        return label("oblast", text, lang)
    if name == "rayon":
        return page.rayon_name(text) or text
    if name in _NUMBERS:
        return "; ".join(_phone(one) for one in text.split("; "))
    if name in _HOURS:
        return _hours(text)
    if name in _DATES:
        return words.date(text)
    if name.startswith("verified."):
        on, _space, way = text.partition(" ")
        return ", ".join(filter(None, (words.date(on), label("verified_by", way, lang) if way else "")))
    return text


def _phone(written: str) -> str:
    number, space, label_ = written.partition(" ")
    return words.in_groups(number) + space + label_


def _hours(text: str) -> str:
    """In words of the page; as written where an older program let in what is no timetable."""
    try:
        return words.hours(compile_hours(text, ()))
    except ValueError:
        return text


def _desk_word(family: str, code: str) -> str:
    lang = page.language()
    hard = label(f"{family}.desk", code, lang)
    return label(family, code, lang) if hard == code else hard


def called(names: Mapping[str, str] | Localized | Any) -> str:
    """A center's name in the reader's language, from cells or from names; "" where there is none."""
    if isinstance(names, Mapping):
        names = Localized(**{lang: names[f"name_{lang}"] for lang in ("ky", "ru", "en")})
    elif not isinstance(names, Localized):
        names = Localized(**{lang: getattr(names, f"name_{lang}") for lang in ("ky", "ru", "en")})
    return names.in_lang(page.language())[0]


def hidden(name: str, *shows: str) -> bool:
    """Whether a field is one that a center with one of these `show_location` keeps from the public; what is never
    public is kept back too where the center hides anything at all."""
    tight = [show for show in shows if show != "yes"]
    if name.startswith("verified."):
        return False
    if name in INTERNAL_COLUMNS:
        return bool(tight)
    return any(name not in PUBLIC_COLUMNS.get(show, PUBLIC_COLUMNS["no"]) for show in tight)


def center_page(number: int) -> str:
    """Where the center's own form is, "" where there is none."""
    there = "admin_centers.center" in current_app.view_functions
    return page.link("admin_centers.center", number=number) if there else ""


def page_wanted() -> int:
    """The number of the page that the address asks for, 1 when it asks for none."""
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def pages(endpoint: str, total: int, size: int, **values: str | int) -> Pages:
    """The way through a list of `total`, `size` on a page; `values`: of the address."""
    last = max(1, -(-total // size))
    number = min(page_wanted(), last)
    near: Sequence[int] = sorted({1, last, *range(max(1, number - 2), min(last, number + 2) + 1)})
    given = {key: text for key, text in values.items() if text != ""}
    return Pages(number, last, total, tuple((one, page.link(endpoint, **given, page=one)) for one in near))


def deed(kind: str, subject: str) -> str:
    """What was done: the act's kind, of a return also to which edition."""
    said = label("act", kind, page.language())
    return f"{said}: {subject}" if kind == "rollback" and subject else said


def words_of_page() -> dict[str, Any]:
    """What the templates of the past say with."""
    return {"moment": moment, "doer": who, "field": field, "value": value, "called": called, "deed": deed}
