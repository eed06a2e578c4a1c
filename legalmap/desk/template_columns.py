"""The columns of the template: which belong together, what each may hold, what an admin is told of it."""

from __future__ import annotations

from legalmap import letters
from legalmap.desk.gazetteer import shipped
from legalmap.desk.reading import vocabulary
from legalmap.model import (
    ACCESS,
    FEES,
    GROUPS,
    KINDS,
    LANGS,
    LANGUAGES,
    NEEDS,
    OBLASTS,
    SHOW_LOCATION,
    STATUSES,
    TOPICS,
    VERIFIED_BY,
)  # fmt: skip
from legalmap.wording import catalog, label

TOGETHER: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("1F4E79", ("id", "kind", "status", "name_ky", "name_ru", "name_en")),
    ("2E6B34", ("oblast", "rayon", "settlement", "address", "directions_ky", "directions_ru", "directions_en",
                "lat", "lon", "show_location")),
    ("5B3A8C", ("phones", "whatsapp", "email", "website", "hours", "phone_hours", "languages")),
    ("8A4B08", ("services_ky", "services_ru", "services_en", "topics", "needs", "groups", "admission", "fee", "access",
                "area", "rank")),
    ("0F6674", ("bring_ky", "bring_ru", "bring_en", "note_ky", "note_ru", "note_en")),
    ("4A5560", ("source", "source_date", "verified_on", "verified_by")),
    ("8B1E3F", ("slip_name", "internal_note", "internal_contact")),
)  # fmt: skip
"""Color (RGB) and columns: what it is, where, how to reach it, which help, for people, how we know, for us alone."""
COLUMNS = tuple(column for _, columns in TOGETHER for column in columns)
"""Of a text in three languages the column without a language is left to tables that have it already."""
_NEED = {
    "yes": ("kind", "show_location"),
    "name": ("name_ky", "name_ru", "name_en"),
    "place": ("oblast", "settlement"),
    "good": (
        "rayon", "address", "lat", "lon", "phones", "hours", "languages", "services_ky", "services_ru", "topics", "fee",
        "area", "source", "source_date",
    ),
}  # fmt: skip
NEEDED = frozenset(column for need in ("yes", "name", "place") for column in _NEED[need])
"""Columns without which a row may not go in."""
_ONE = {
    "kind": KINDS, "status": STATUSES, "oblast": OBLASTS, "show_location": SHOW_LOCATION[::-1], "fee": FEES,
    "verified_by": VERIFIED_BY,
}  # fmt: skip
_SEVERAL = {
    "languages": ("language", LANGUAGES), "topics": ("topic", TOPICS), "needs": ("need", NEEDS),
    "groups": ("group", GROUPS), "admission": ("admission", vocabulary.ADMISSION), "access": ("access", ACCESS),
}  # fmt: skip
CHOSEN = (*_ONE, "rayon")
"""Columns with a drop-down."""
_EXAMPLES = {
    "id": "", "kind": "flac", "status": "active", "oblast": "KG-N", "show_location": "yes", "fee": "free",
    "languages": "ky ru", "topics": "family documents", "needs": "legal", "groups": "women older",
    "admission": "with_children boys_up_to_N", "access": "wheelchair remote", "verified_by": "phone", "rank": "",
    "lat": "42.2168", "lon": "75.7548", "whatsapp": "0555 123 456", "email": "center@example.com",
    "website": "https://example.com", "source_date": "2026-10", "verified_on": "2026-11-05",
}  # fmt: skip
"""Values, or what every language writes alike; the others are texts of the catalog. The place is Kochkor."""


def stem(column: str) -> tuple[str, str]:
    """A column of texts and its language: ("name", "ky"); ("id", "") of any other."""
    name, _, lang = column.rpartition("_")
    return (name, lang) if lang in LANGS else (column, "")


def called(family: str, value: str, lang: str) -> str:
    """What admins call a value, by its hard name where people are told a soft one; a number where one belongs."""
    desk = catalog("labels", lang).pgettext(f"{family}.desk", value)
    return (desk if desk != value else label(family, value, lang)).replace("{n}", "12")


def choices(column: str, lang: str) -> list[str]:
    """What the drop-down of a column offers; () for a column that has none."""
    if column == "rayon":
        names = {rayon.names.in_lang(lang)[0] for rayon in shipped().rayons.values()}
        return sorted(names, key=lambda name: letters.sort_key(name, lang))
    return [called(column, value, lang) for value in _ONE.get(column, ())]


def told(column: str, lang: str) -> str:
    """What to write into a column, in a sentence or two of at most 255 letters."""
    return label("column.help", stem(column)[0], lang)


def told_at_length(column: str, lang: str) -> str:
    """The same with all values that a column of several knows."""
    if column not in _SEVERAL:
        return told(column, lang)
    family, values = _SEVERAL[column]
    listed = "; ".join(called(family, value, lang) for value in values)
    return f"{told(column, lang)}\n{label('template', 'values', lang).format(values=listed)}"


def need(column: str, lang: str) -> str:
    """How much a column is needed, in words."""
    found = next((need for need, columns in _NEED.items() if column in columns), "no")
    return label("template", f"need.{found}", lang)


def example(column: str, lang: str) -> str:
    """What may stand in the column; all of them together are one center."""
    if column == "rayon":
        return shipped().rayons["kochkor"].names.in_lang(lang)[0]
    if column == "settlement":
        return "Кочкор" if lang != "en" else "Kochkor"
    if column in _ONE and column in _EXAMPLES:
        return called(column, _EXAMPLES[column], lang)
    if column in _SEVERAL:
        return "; ".join(called(_SEVERAL[column][0], value, lang) for value in _EXAMPLES[column].split())
    name, own = stem(column)
    return _EXAMPLES[column] if column in _EXAMPLES else label("column.example", name, own or lang)
