"""The rayons by any of the names people write: one reader for desk, search and pages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from legalmap.letters import latin_key, search_key, sound_key
from legalmap.model import LANGS, Rayon

_RAYON_WORD = re.compile(r"\b(?:район\w*|раен\w*|р н\w{0,2}|ра[йи]он\w*|ra[iy]+on\w*|district|dist)\b")
"""As `search_key` leaves it: "р-н" has become "р н"."""
_CASE = re.compile(r"ск(?:ого|ому|ом|им)\b")
"""Of the Kochkor rayon, in the Kochkor rayon: an adjective that stands in another case."""
_ALIKE = 0.6
"""Share of letters that two names have in common (difflib's ratio) from which one may be meant for the other."""


class Rayons(Mapping[str, Rayon]):
    """Rayons by id, and by any name in any spelling. Never changed after it is built."""

    def __init__(self, rayons: Iterable[Rayon]) -> None:
        self._by_id = {rayon.id: rayon for rayon in rayons}
        self._tables = [(key, self._index(key)) for key in (_written, _latin, _sound)]

    def __getitem__(self, rayon: str) -> Rayon:
        return self._by_id[rayon]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def _index(self, key: Callable[[str], str]) -> dict[str, list[Rayon]]:
        named: dict[str, list[Rayon]] = {}
        for rayon in self._by_id.values():
            names = (rayon.id, *(getattr(rayon.names, lang) for lang in LANGS), *rayon.aliases)
            for name in {key(bare(name)) for name in names} - {""}:
                named.setdefault(name, []).append(rayon)
        return named

    def named(self, text: str, oblast: str = "") -> tuple[Rayon, ...]:
        """All that `text` names in Kyrgyz, Russian or Latin letters, with or without "rayon"; those of `oblast` (a
        code) alone where it has one of that name. As written before as sounding; () for none. Never raises."""
        before = _RAYON_WORD.split(search_key(text))[0]
        for name in (bare(text), bare(before)):  # "Первомайский район г. Бишкек"
            for key, table in self._tables:
                found = table.get(key(name), [])
                if found:
                    return tuple(rayon for rayon in found if rayon.oblast == oblast) or tuple(found)
        return ()

    def alike(self, text: str, oblast: str = "", most: int = 8) -> tuple[Rayon, ...]:
        """At most `most` that `text` may have been meant for: names like it, those of the row's own `oblast` first,
        then that oblast's others."""
        key, table = self._tables[1]
        close = difflib.get_close_matches(key(bare(text)), table, n=2 * most, cutoff=_ALIKE)
        found = dict.fromkeys(rayon.id for name in close for rayon in table[name])
        near = sorted((self._by_id[rayon] for rayon in found), key=lambda rayon: rayon.oblast != oblast)
        own = [rayon for rayon in self._by_id.values() if rayon.oblast == oblast]
        return tuple({rayon.id: rayon for rayon in (*near, *own)}.values())[:most]


def bare(text: str) -> str:
    """`text` as a search key without the word for a rayon, an adjective put in its first case."""
    return " ".join(_CASE.sub("ский", _RAYON_WORD.sub(" ", search_key(text))).split())


def _written(name: str) -> str:
    return name.replace(" ", "")


def _latin(name: str) -> str:
    return latin_key(name).replace(" ", "")


def _sound(name: str) -> str:
    return sound_key(name)
