"""From what a person types to places of the gazetteer: all that are meant, else the names most like it."""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from legalmap import oblasts
from legalmap.letters import latin_key, search_key, sort_key, sound_key, typos
from legalmap.model import LANGS, Localized, Place, Point

SIMILAR_MAX = 20
"""A page of places: more of them is a list to get lost in."""
KEY_MAX = 80
"""Letters of a text that are compared; no name of a settlement is longer."""
ONE_TYPO, TWO_TYPOS = 4, 8
"""Names of so many letters may have one, or two, typing errors; shorter ones would become each other."""
_BINS = 32
"""Letters are counted in so many bins: one for each of a-z; what shares one only makes the sieve coarser."""

_FEATURES = {code: rank for rank, code in enumerate(("PPLC", "PPLA", "PPLA2", "PPLA3", "PPLA4", "PPL"))}
"""Seats before villages, these before parts of towns and abandoned places (GeoNames' feature codes)."""
_PLACE_WORDS = frozenset({
    "г", "гор", "город", "с", "село", "пос", "поселок", "пгт", "ш", "шаары", "шаар", "а", "айылы", "айыл", "кыштагы",
    "city", "town", "village", "shaary", "aiyly",
})  # fmt: skip
"""What people put before or behind a settlement's name; left out only when the whole text is no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Places a text names: `exact` all of that name (written so before sounding so), the largest first; only
    if none, `similar` ones, the most alike first."""

    exact: tuple[Place, ...] = ()
    similar: tuple[Place, ...] = ()


def _importance(place: Place) -> tuple[int, int, str]:
    """Most people first, then by feature and id: the same order every time."""
    return -place.population, _FEATURES.get(place.feature, len(_FEATURES)), place.id


def _names(place: Place) -> tuple[str, ...]:
    return (*(getattr(place.names, lang) for lang in LANGS), *place.aliases)


def _index(places: Iterable[Place], key: Callable[[str], str]) -> dict[str, list[Place]]:
    """Places by the key of each name, in the order they come."""
    named: dict[str, list[Place]] = {}
    for place in places:
        for name in {key(name) for name in _names(place)} - {""}:
            named.setdefault(name, []).append(place)
    return named


def _letters(key: str) -> npt.NDArray[np.int16]:
    """How often each letter stands in `key`, as int16 of shape (32,)."""
    return np.bincount([ord(letter) % _BINS for letter in key], minlength=_BINS).astype(np.int16)


class Places:
    """The gazetteer in memory: by id, by any name in any language, by oblast."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.by_id: Mapping[str, Place] = {place.id: place for place in places}
        places = sorted(self.by_id.values(), key=_importance)
        self._named = _index(places, search_key)
        self._latin = _index(places, latin_key)
        self._sounding = _index(places, sound_key)
        self._joined = _index(places, lambda name: latin_key(name).replace(" ", ""))
        self._keys = sorted(self._joined)
        counts = [_letters(key) for key in self._keys]
        self._letters = np.stack(counts) if counts else np.zeros((0, _BINS), np.int16)

    def in_oblast(self, code: str) -> tuple[Place, ...]:
        """Places of the oblast `code` (`KG-N`) in Kyrgyz alphabetical order."""
        own = (place for place in self.by_id.values() if place.oblast == code)
        return tuple(sorted(own, key=lambda place: (sort_key(place.names.in_lang("ky")[0], "ky"), place.id)))

    def find(self, text: str) -> Found:
        """The places `text` names in any language or by an alias, in any spelling.

        `exact`: all of that name as written (whatever ө, ү, ң, ь, or in Latin), else all that in Latin
        sound so. None: for the name of an oblast its largest places, else names like it, at most 20
        `similar`. Never raises.
        """
        key = search_key(text[: 4 * KEY_MAX])[:KEY_MAX].strip()
        bare = " ".join(word for word in key.split() if word not in _PLACE_WORDS)
        for name in (key, bare):  # "г. Нарын", "Бишкек шаары"
            written = self._written(name)
            if written:
                return Found(exact=written)
        oblast = self._largest(oblasts.named(key))
        if oblast:
            return Found(similar=oblast)
        sounding = self._sounding.get(sound_key(bare), []) if bare.isascii() else []
        if sounding:  # "Kochkoer"; in Cyrillic, "Карасуу" for Кара-Суу is asked about
            return Found(exact=tuple(sounding))
        return Found(similar=self._similar(bare))

    def _written(self, key: str) -> tuple[Place, ...]:
        """All of the name `key`. In Latin letters nobody knows which spelling a gazetteer chose, so those
        that have it come first and the others whose Cyrillic name may be written so follow."""
        named = self._named.get(key, [])
        if named and not key.isascii():
            return tuple(named)
        return tuple({place.id: place for place in (*named, *self._latin.get(latin_key(key), []))}.values())

    def _largest(self, oblast: str) -> tuple[Place, ...]:
        own = (place for place in self.by_id.values() if oblast and place.oblast == oblast)
        return tuple(sorted(own, key=_importance)[:SIMILAR_MAX])

    def _similar(self, key: str) -> tuple[Place, ...]:
        found: dict[str, Place] = {}
        for group in self._alike(key):
            for place in sorted(group, key=_importance):
                found.setdefault(place.id, place)
            if len(found) >= SIMILAR_MAX:
                break
        return tuple(found.values())[:SIMILAR_MAX]

    def _alike(self, key: str) -> Iterator[list[Place]]:
        """Groups of places from the most alike on: names that sound so, alone or with other words behind, that
        begin so, that have one typing error, or two, and that have an ending here ("Кочкорский")."""
        sound, joined = sound_key(key), latin_key(key).replace(" ", "")
        if not sound:
            return
        words = key.split()
        for count in range(len(words), 0, -1):
            yield self._sounding.get(sound_key(" ".join(words[:count])), [])
        yield self._beginning(joined)
        yield from self._mistyped(joined)
        for length in range(len(sound) - 1, ONE_TYPO - 1, -1):
            yield self._sounding.get(sound[:length], [])

    def _beginning(self, prefix: str) -> list[Place]:
        first = bisect_left(self._keys, prefix)
        last = bisect_left(self._keys, prefix + "\U0010ffff", first)
        return [place for key in self._keys[first:last] for place in self._joined[key]]

    def _mistyped(self, key: str) -> Iterator[list[Place]]:
        """Places whose name has one typing error, then those with two.

        One error changes the count of at most two letters: this leaves few names to compare in full.
        """
        length = self._letters.sum(axis=1)
        most = (length >= ONE_TYPO).astype(int) + (length >= TWO_TYPOS)
        changed = np.abs(self._letters - _letters(key)).sum(axis=1)
        near = np.flatnonzero((changed <= 2 * most) & (np.abs(length - len(key)) <= most) & (most > 0))
        errors = [(typos(key, self._keys[row], int(most[row])), row) for row in near]
        for many in (1, 2):
            close = (self._keys[row] for error, row in errors if error == many <= most[row])
            yield [place for name in close for place in self._joined[name]]


def read_places(path: Path) -> tuple[Place, ...]:
    """The places of a UTF-8 CSV with the columns of geodata/places.csv (WGS84 degrees), in file order.

    Raises OSError, KeyError or ValueError for a file of another shape.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(_place(row) for row in csv.DictReader(lines))


def _place(row: Mapping[str, str]) -> Place:
    return Place(
        id=row["id"],
        names=Localized(ky=row["name_ky"], ru=row["name_ru"], en=row["name_en"]),
        oblast=row["oblast"],
        rayon=row["rayon"],
        point=Point(lat=float(row["lat"]), lon=float(row["lon"])),
        population=int(row["population"] or 0),
        feature=row["feature"],
        aliases=tuple(alias.strip() for alias in row["aliases"].split("|") if alias.strip()),
    )
