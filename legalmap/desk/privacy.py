"""Keeps a hidden address hidden: finds its words in what the public would see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from legalmap import letters
from legalmap.desk.gazetteer import Gazetteer
from legalmap.visibility import LOCATION_COLUMNS, PUBLIC_COLUMNS

_ADDRESS = tuple(sorted(column for column in LOCATION_COLUMNS if column.startswith("address")))
_NOT_TEXT = frozenset({
    "show_location", "kind", "status", "oblast", "area", "languages", "topics", "needs", "groups", "fee",
    "access", "verified_on", "verified_by", "hours", "phone_hours", "rank", "source_date", "settlement", "admission",
})  # fmt: skip
"""Columns whose values come from lists; the oblast and area that the rule leaves aside; the settlement, which is
public only where it is not hidden."""
_STREET_WORDS = frozenset(
    letters.search_key(word)
    for word in (
        "улица ул көчөсү көчө көч проспект пр просп бульвар бул переулок пер тупик дом д үй корпус корп квартира кв "
        "офис оф этаж кабат кабинет каб здание имарат микрорайон мкр кичирайон район р н шаары шаар ш город г село с "
        "айыл айылы street str st avenue ave lane prospect building bldg floor room office house flat apt city town "
        "village district near the of in and жана и в на около жанында рядом угол бурчу"
    ).split()
)
_ENDINGS = r"(?:ск\w{1,3}|[аеоуюяы]|ом|ой|го|ко|ту|ты|[тдкг][аоеу]н?|[тд][ауео]г[ыуо]|нун|нын|и|у|а|е|s)?"
"""What Kyrgyz and Russian put behind a short name (Ош: Оштон, Ошского), as search keys."""


def hidden_words(cells: Mapping[str, str], gazetteer: Gazetteer) -> frozenset[str]:
    """Search keys of the words that this row hides: its address; for `no` also its settlement, by
    every name the gazetteer knows, whole ("каракол") and in parts. Street-type words and bare
    numbers aside; so are, where the settlement is public, the settlement's own names."""
    show = cells["show_location"]
    if show == "yes":
        return frozenset()
    texts = [cells[column] for column in _ADDRESS if cells[column]]
    names = gazetteer.names_of(cells["settlement"]) if cells["settlement"] else set()
    words = {word for text in texts for word in _keys(text)}
    if show == "settlement":
        return frozenset(words - {word for name in names for word in _keys(name)})
    return frozenset(words | {word for name in names for word in _keys(name)})


def leak(cells: Mapping[str, str], gazetteer: Gazetteer) -> tuple[str, str] | None:
    """The first public column in which a hidden word stands, and that word as written; else None.

    Website and note of `settlement` rows are not looked at: they are dropped instead (`contains`).
    """
    hidden = hidden_words(cells, gazetteer)
    if not hidden:
        return None
    for column in sorted(PUBLIC_COLUMNS.get(cells["show_location"], PUBLIC_COLUMNS["no"]) - _NOT_TEXT):
        dropped = column == "website" or column.startswith("note")
        named = column == "rayon" and gazetteer.rayon_id(cells["rayon"]) in gazetteer.rayons
        if dropped or named:
            continue
        for word in _public_words(cells[column]):
            if _gives_away(word, hidden):
                return column, word
    return None


def contains(text: str, hidden: frozenset[str]) -> bool:
    """Whether one of the hidden words, or a form of it with another ending, stands in `text`."""
    return any(_gives_away(word, hidden) for word in _public_words(text))


def _keys(text: str) -> set[str]:
    """A name or address as hidden keys: its words, and neighbours written together ("Ак-Кеме": аккеме)."""
    parts = [part for part in _words(text) if part not in _STREET_WORDS and not part.isdigit()]
    whole = {"".join(_words(part)) for part in re.split(r"[,;]| {2,}", text)}
    pairs = {left + right for left, right in zip(parts, parts[1:], strict=False)}
    long = {part for part in parts if len(part) > 2} or set(parts)
    return {key for key in long | pairs | whole if len(key) > 1 and not key.isdigit() and key not in _STREET_WORDS}


def _public_words(text: str) -> list[str]:
    """The words of a public text, and each two neighbours written together."""
    words = re.findall(r"[^\W_]+", text)
    return [*words, *(left + right for left, right in zip(words, words[1:], strict=False))]


_key = lru_cache(maxsize=65_536)(letters.search_key)
_latin = lru_cache(maxsize=65_536)(letters.latin_key)
"""A directory says the same words again and again; both are asked of every public word of hidden rows."""


def _gives_away(word: str, hidden: frozenset[str]) -> bool:
    key = _key(word)
    if any(_same_word(key, secret) for secret in hidden):
        return True
    if not key.isascii() or len(key) < 4:
        return False
    latin = _latin(key)
    return any(len(secret) > 3 and _same_word(latin, _latin(secret)) for secret in hidden)


def _same_word(word: str, secret: str) -> bool:
    if len(secret) <= 3:
        return re.fullmatch(re.escape(secret) + _ENDINGS, word) is not None
    stem = secret.rstrip("аеиоуыэюяйaeiouy")
    return word.startswith(stem if len(stem) >= 4 else secret)


def _words(text: str) -> list[str]:
    return _key(re.sub(r"[\W_]+", " ", text)).split()
