"""Places as lists that a person can look through: choices by oblast, long lists by letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from legalmap.directory.names import joined
from legalmap.directory.towns import is_town
from legalmap.letters import latin_key, repair, sort_key
from legalmap.model import LANGS, Place
from legalmap.routes import oblasts, page

FEW = 8
"""So many namesakes can be read through; more are looked up by oblast."""
MANY = 30
"""A list that is longer gets headings: the first letter, or the first two where one letter has so many."""


@dataclass(frozen=True, slots=True)
class Row:
    """A place in a list. `near`: the next town where oblast and rayon do not tell it apart, else ""; `also`: the
    other, often former, name by which it was asked for, else ""."""

    place: Place
    name: str
    near: str
    also: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Places of one name: `first` of them all, and the others by oblast code ("": not known)."""

    first: tuple[Row, ...]
    by_oblast: tuple[tuple[str, tuple[Row, ...]], ...] = ()

    @property
    def near(self) -> bool:
        """Whether any of them is told by the next town."""
        return any(row.near for row in (*self.first, *(row for _, rows in self.by_oblast for row in rows)))


def rows(places: Iterable[Place], asked: str = "") -> list[Row]:
    """`places` in their order; two that look the same by name, oblast and rayon are told apart by a town. `asked`:
    the text that named them."""
    lang = page.language()
    named = [(place, place.names.in_lang(lang)[0]) for place in places]
    looks = Counter((name, place.oblast, place.rayon) for place, name in named)
    return [
        Row(
            place,
            name,
            page.near_town(place, always=looks[name, place.oblast, place.rayon] > 1),
            _also(place, name, asked),
        )
        for place, name in named
    ]


def _also(place: Place, shown: str, asked: str) -> str:
    """The name of `place` that is meant where the one shown is another: Кызыл-Суу for who looks for Покровка."""
    key = joined(latin_key(asked))
    names = (*(getattr(place.names, lang) for lang in LANGS), *place.aliases)
    meant = next((name for name in names if joined(latin_key(name)) == key), "")
    return meant if joined(latin_key(shown)) != key else ""


def choices(places: Sequence[Place], asked: str) -> Choices:
    """A few stay in their order; of many the towns come first and the villages by oblast, each in its order."""
    listed = rows(places, asked)
    if len(listed) <= FEW:
        return Choices(tuple(listed))
    towns = tuple(row for row in listed if is_town(row.place))
    others: dict[str, list[Row]] = {}
    for row in listed:
        if row not in towns:
            others.setdefault(row.place.oblast, []).append(row)
    order = [code for code in (*oblasts.sorted_codes(), "") if code in others]
    return Choices(towns, tuple((code, tuple(others[code])) for code in order))


def alphabetical(places: Iterable[Place]) -> list[Row]:
    """`places` as the dictionary of the page's language has them."""
    lang = page.language()
    return sorted(rows(places), key=lambda row: (sort_key(row.name, lang), row.place.id))


def by_letter(listed: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """An alphabetical list under its headings; under one empty heading where it is short."""
    if len(listed) <= MANY:
        return [("", list(listed))] if listed else []
    firsts = Counter(_initial(row, 1) for row in listed)
    headed = [(_initial(row, 2 if firsts[_initial(row, 1)] > MANY else 1), row) for row in listed]
    return [(letters, [row for _, row in own]) for letters, own in groupby(headed, lambda pair: pair[0])]


def _initial(row: Row, letters: int) -> str:
    return repair(row.name)[:letters].capitalize()
