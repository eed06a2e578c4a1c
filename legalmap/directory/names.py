"""Every name of every place by the keys it is looked for: as written, run together, in Latin, by its sound."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from legalmap.letters import latin_key, repair, search_key, sound_key, typos
from legalmap.model import LANGS, Place

ONE_TYPO, TWO_TYPOS = 4, 8
"""Names of so many letters may have one, or two, typing errors; shorter ones would become each other."""
_BINS = 32
"""Letters are counted in so many bins: one for each of a-z; what shares one only makes the sieve coarser."""

Named = Mapping[str, Sequence[Place]]


def joined(key: str) -> str:
    """`key` without its spaces: "кара суу" and "карасуу" are one name."""
    return key.replace(" ", "")


def letters_of(text: str) -> str:
    """`text` letter for letter: small, without what stands between them."""
    return "".join(filter(str.isalnum, repair(text).lower()))


def names_of(place: Place) -> Iterator[str]:
    yield from (getattr(place.names, lang) for lang in LANGS)
    yield from place.aliases


def _letters(key: str) -> npt.NDArray[np.int16]:
    """How often each letter stands in `key`, as int16 of shape (32,)."""
    return np.bincount([ord(letter) % _BINS for letter in key], minlength=_BINS).astype(np.int16)


def _index(spelled: Iterable[tuple[Place, str]], key: Callable[[str], str]) -> dict[str, list[Place]]:
    """Places by the key of each name, in the order they come."""
    named: dict[str, dict[str, Place]] = {}
    for place, name in spelled:
        if found := key(name):
            named.setdefault(found, {})[place.id] = place
    return {found: list(places.values()) for found, places in named.items()}


class Names:
    """The names of places. Wherever several places are given, they stand in the order of `ranked`."""

    def __init__(self, ranked: Sequence[Place]) -> None:
        spelled = [(place, name) for place in ranked for name in dict.fromkeys(names_of(place)) if name]
        # Each spelling is folded once: a name that many villages have costs no more than that of one.
        keys = {name: search_key(name) for _, name in spelled}
        latin = {key: latin_key(key) for key in set(keys.values())}
        sound = {key: sound_key(key) for key in set(latin.values())}
        self._written = _index(spelled, keys.__getitem__)
        self._latin = _index(spelled, lambda name: latin[keys[name]])
        self._sounding = _index(spelled, lambda name: sound[latin[keys[name]]])
        self._run_together = _index(spelled, lambda name: joined(keys[name]))
        self._joined = _index(spelled, lambda name: joined(latin[keys[name]]))
        self._add_twins(spelled, keys, latin)
        self._keys = sorted(self._joined)
        counts = [_letters(key) for key in self._keys]
        self._counts = np.stack(counts) if counts else np.zeros((0, _BINS), np.int16)

    def _add_twins(
        self, spelled: Iterable[tuple[Place, str]], keys: Mapping[str, str], latin: Mapping[str, str]
    ) -> None:
        """Behind the places written so, those whose name differs by a hyphen or space alone: Карасуу is Кара-Суу,
        but Каракол is not Кара-Көл. Latin letters hide that, so they count only where a place has no others."""
        cyrillic = {place.id for place, name in spelled if not keys[name].isascii()}
        foreign = [(place, name) for place, name in spelled if place.id not in cyrillic]
        self._only_latin = _index(foreign, lambda name: latin[keys[name]])
        twins: dict[str, list[tuple[Place, str]]] = {}
        for place, name in spelled:
            if place.id not in cyrillic or not keys[name].isascii():
                twins.setdefault(letters_of(name), []).append((place, keys[name]))
        self._lettered = {letters: [place for place, _ in group] for letters, group in twins.items()}
        for group in twins.values():
            own = {key for _, key in group}
            for key in own if len(own) > 1 else ():
                for index, known in ((self._written, key), (self._latin, latin[key])):
                    ids = {place.id for place in index[known]}
                    index[known] += {place.id: place for place, _ in group if place.id not in ids}.values()

    def lettered(self, text: str) -> Sequence[Place]:
        """All whose name has just the letters of `text`, where it has any that search_key folds: Каракөл is Кара-Көл
        before it is Каракол. None for other texts: of кол nobody knows which keyboard wrote it."""
        letters = letters_of(text)
        return [] if letters == joined(search_key(text)) else self._lettered.get(letters, [])

    def written(self, key: str) -> tuple[Place, ...]:
        """All of the name `key` (a search_key), written so first, then run together or apart. In Latin letters nobody
        knows which spelling a gazetteer chose, so the others whose Cyrillic name may be written so follow."""
        named, together = self._written.get(key, []), self._run_together
        if key.isascii():
            key = latin_key(key)
            named, together = [*named, *self._latin.get(key, [])], self._joined
        elif named:  # a namesake whose Cyrillic name nobody noted
            named = [*named, *self._only_latin.get(latin_key(key), [])]
        return tuple({place.id: place for place in named or together.get(joined(key), [])}.values())

    def sounding(self, key: str) -> Sequence[Place]:
        """All whose name is one sound_key with `key`."""
        return self._sounding.get(sound_key(key), [])

    def cut(self, key: str) -> Iterator[Sequence[Place]]:
        """Places whose name sounds as `key` does without its last letters, one letter less each time."""
        sound = sound_key(key)
        for length in range(len(sound) - 1, ONE_TYPO - 1, -1):
            yield self._sounding.get(sound[:length], [])

    def beginning(self, key: str) -> list[Place]:
        """Places whose name begins as `key` does, in Latin and without spaces."""
        prefix = joined(latin_key(key))
        first = bisect_left(self._keys, prefix)
        last = bisect_left(self._keys, prefix + "\U0010ffff", first)
        return [place for key in self._keys[first:last] for place in self._joined[key]]

    def mistyped(self, key: str) -> Iterator[list[Place]]:
        """Places whose name has one typing error, then those with two.

        One error changes the count of at most two letters: this leaves few names to compare in full.
        """
        typed, length = joined(latin_key(key)), self._counts.sum(axis=1)
        most = (length >= ONE_TYPO).astype(int) + (length >= TWO_TYPOS)
        changed = np.abs(self._counts - _letters(typed)).sum(axis=1)
        near = np.flatnonzero((changed <= 2 * most) & (np.abs(length - len(typed)) <= most) & (most > 0))
        errors = [(typos(typed, self._keys[row], int(most[row])), row) for row in near]
        for many in (1, 2):
            close = (self._keys[row] for error, row in errors if error == many <= most[row])
            yield [place for name in close for place in self._joined[name]]
