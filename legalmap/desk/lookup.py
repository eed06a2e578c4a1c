"""Finds centers by what an admin types: names in any spelling and with slips, places, numbers, phones."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.reading.phones import read
from legalmap.directory.names import ONE_TYPO, TWO_TYPOS, joined
from legalmap.letters import latin_key, search_key, sound_key, typos
from legalmap.model import LANGS, Record
from legalmap.wording import label

Kept = dict[str, tuple[Record, frozenset[str]]]
FEWEST_DIGITS = 3
"""Fewer digits stand in every phone."""


class Lookup:
    """The words and numbers of centers. Read-only. `kept`: id -> a record and its words as they were found before;
    what is the same record still is not taken apart again."""

    def __init__(self, records: Iterable[Record], gazetteer: Gazetteer, kept: Kept | None = None) -> None:
        words: dict[str, set[str]] = defaultdict(set)
        kept = {} if kept is None else kept
        self._digits: dict[str, str] = {}
        self._numbers: dict[int, str] = {}
        for record in records:
            if record.id not in kept or kept[record.id][0] is not record:
                kept[record.id] = record, frozenset(_words_of(record, gazetteer))
            for word in kept[record.id][1]:
                words[word].add(record.id)
            numbers = (*(phone.number for phone in read(record.cells["phones"])), record.cells["whatsapp"])
            self._digits[record.id] = " ".join(re.sub(r"\D", "", number) for number in numbers)
            self._numbers[record.number] = record.id
        self._words = words
        self._sorted = sorted(words)

    def find(self, text: str) -> set[str]:
        """Ids of the centers that have every word of `text`, at least its beginning; of a word that nothing begins
        with, those with a slip or two. Figures alone are a neutral number, an id or a piece of a phone."""
        if not re.search(r"[^\W\d_]", text):
            return self._by_figures(text)
        found: set[str] | None = None
        for word in search_key(text).split():
            ids = self._by_word(word)
            found = ids if found is None else found & ids
        return found or set()

    def _by_figures(self, text: str) -> set[str]:
        digits = re.sub(r"\D", "", text)
        if not digits:
            return set()
        found = {self._numbers[int(digits)]} if int(digits) in self._numbers else set()
        found |= self._beginning(digits)
        tail = digits.lstrip("0")  # 0312 is +996312
        if len(tail) >= FEWEST_DIGITS:
            found |= {key for key, numbers in self._digits.items() if tail in numbers}
        return found

    def _by_word(self, word: str) -> set[str]:
        forms = _forms(word)
        if found := {key for form in forms for key in self._beginning(form)}:
            return found
        return {key for form in forms for known in self._like(form) for key in self._words[known]}

    def _beginning(self, form: str) -> set[str]:
        found: set[str] = set()
        for word in self._sorted[bisect_left(self._sorted, form) :]:
            if not word.startswith(form):
                break
            found |= self._words[word]
        return found

    def _like(self, form: str) -> Iterator[str]:
        most = (len(form) >= ONE_TYPO) + (len(form) >= TWO_TYPOS)
        for word in self._sorted if most else ():
            if abs(len(word) - len(form)) <= most and typos(form, word, most) <= most:
                yield word


def _words_of(record: Record, gazetteer: Gazetteer) -> Iterator[str]:
    cells = record.cells
    yield record.id.casefold()
    for column in ("id", "name_ky", "name_ru", "name_en"):
        for word in _split(cells[column]):
            yield from _forms(word)
    for word in _oblast_words(cells["oblast"]):
        yield from _forms(word)
    # a hidden place is learned by opening the center, which the audit keeps, and not by guessing here
    town = cells["settlement"] if cells["show_location"] != "no" else ""
    for name in gazetteer.names_of(town) if town else ():
        for word in (*_split(name), joined(search_key(name))):
            yield from _forms(word)


@lru_cache(maxsize=16)
def _oblast_words(code: str) -> tuple[str, ...]:
    names = [_split(label("oblast.short", code, lang)) for lang in LANGS] if code else []
    return tuple(word for parts in names for word in (*parts, "".join(parts)))


@lru_cache(maxsize=32_768)
def _split(text: str) -> tuple[str, ...]:
    """Names stay while records are read again and again."""
    return tuple(search_key(text).split())


@lru_cache(maxsize=32_768)
def _forms(word: str) -> tuple[str, ...]:
    return tuple({joined(latin_key(word)), sound_key(word)} - {""})
