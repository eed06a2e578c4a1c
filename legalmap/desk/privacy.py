"""Keeps a hidden address hidden: finds its words in what the public would see."""

from __future__ import annotations

import re
from collections.abc import Mapping

from legalmap import letters
from legalmap.desk.gazetteer import Gazetteer
from legalmap.visibility import LOCATION_COLUMNS, PUBLIC_COLUMNS

_ADDRESS = tuple(sorted(column for column in LOCATION_COLUMNS if column.startswith("address")))
_NOT_TEXT = frozenset({
    "id", "show_location", "kind", "status", "oblast", "area", "languages", "topics", "needs", "groups", "fee",
    "access", "verified_on", "verified_by", "hours", "phone_hours", "rank", "source_date", "rayon", "settlement",
    "source", "admission",
})  # fmt: skip
"""Columns whose values come from lists, and the oblast and area that the rule leaves aside."""
_STREET_WORDS = frozenset(
    letters.search_key(word)
    for word in (
        "улица ул көчөсү көчө көч проспект пр просп бульвар бул переулок пер тупик дом д үй корпус корп квартира кв "
        "офис оф этаж кабат кабинет каб здание имарат микрорайон мкр кичирайон район р н шаары шаар ш город г село с "
        "айыл айылы street str st avenue ave lane prospect building bldg floor room office house flat apt city town "
        "village district near the of in and жана и в на около жанында рядом угол бурчу"
    ).split()
)
_SHORT_ENDINGS = ("", "а", "е", "у", "то", "тон", "тун", "тогу", "ко", "ском", "ский", "ская", "ское", "скии")


def hidden_words(cells: Mapping[str, str], gazetteer: Gazetteer) -> frozenset[str]:
    """Search keys of the words that this row hides: its address; for `no` also its settlement, by
    every name the gazetteer knows. Street-type words and bare numbers aside."""
    show = cells["show_location"]
    if show == "yes":
        return frozenset()
    texts = [cells[column] for column in _ADDRESS]
    if show != "settlement" and cells["settlement"]:
        texts.extend(gazetteer.names_of(cells["settlement"]))
    words = {word for text in texts for word in _words(text)}
    return frozenset(word for word in words if len(word) > 1 and not word.isdigit() and word not in _STREET_WORDS)


def leak(cells: Mapping[str, str], gazetteer: Gazetteer) -> tuple[str, str] | None:
    """The first public column in which a hidden word stands, and that word as written; else None.

    Website and note of `settlement` rows are not looked at: they are dropped instead (`contains`).
    """
    hidden = hidden_words(cells, gazetteer)
    if not hidden:
        return None
    for column in sorted(PUBLIC_COLUMNS.get(cells["show_location"], PUBLIC_COLUMNS["no"]) - _NOT_TEXT):
        if column == "website" or column.startswith("note"):
            continue
        for word in re.findall(r"[^\W_]+", cells[column]):
            if contains(word, hidden):
                return column, word
    return None


def contains(text: str, hidden: frozenset[str]) -> bool:
    """Whether one of the hidden words, or a form of it with another ending, stands in `text`."""
    return any(_same_word(word, secret) for word in _words(text) for secret in hidden)


def _same_word(word: str, secret: str) -> bool:
    if len(secret) <= 3:
        return word.startswith(secret) and word[len(secret) :] in _SHORT_ENDINGS
    stem = secret.rstrip("аеиоуыэюяй") if secret[-1] in "аеиоуыэюяй" else secret
    return word.startswith(stem if len(stem) >= 4 else secret)


def _words(text: str) -> list[str]:
    return letters.search_key(re.sub(r"[\W_]+", " ", text)).split()
