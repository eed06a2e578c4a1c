"""From what a person types to places of the gazetteer: all that are meant, else names that begin alike."""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from legalmap.letters import search_key, sort_key
from legalmap.model import LANGS, Localized, Place, Point

SIMILAR_MAX = 8
KEY_MAX = 80
"""Letters of a text that are compared; no name of a settlement is longer."""
ALIKE_MIN = 3
"""Fewer first letters in common say nothing ("Дж" is one sound)."""

_OBLAST_NAMES = {
    "KG-B": ("баткен", "баткенская", "batken"),
    "KG-C": ("чуй", "чуйская", "chuy", "chui"),
    "KG-J": ("жалал абад", "жалал абадская", "джалал абад", "джалал абадская", "jalal abad", "jalalabad"),
    "KG-N": ("нарын", "нарынская", "naryn"),
    "KG-O": ("ош", "ошская", "osh"),
    "KG-T": ("талас", "таласская", "talas"),
    "KG-Y": ("ысык кол", "иссык кул", "иссык кулская", "ysyk kol", "issyk kul"),
}
"""Search keys of the oblasts' names (Kyrgyz, Russian, English)."""
_OBLAST_WORDS = frozenset({"облусу", "облус", "област", "обл", "oblast", "oblusu", "region"})
_PLACE_WORDS = frozenset({
    "г", "гор", "город", "с", "село", "пос", "поселок", "пгт", "ш", "шаары", "шаар", "а", "айылы", "айыл", "кыштагы",
    "city", "town", "village", "shaary", "aiyly",
})  # fmt: skip
"""What people put before or behind a settlement's name; left out only when the whole text is no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Places a text names: `exact` all of that name, the largest first; only if none, `similar` ones."""

    exact: tuple[Place, ...] = ()
    similar: tuple[Place, ...] = ()


def _importance(place: Place) -> tuple[int, str, str]:
    """Most people first, then by feature (PPLC, PPLA ... before PPLX) and id: the same order every time."""
    return -place.population, place.feature, place.id


def _keys(place: Place) -> set[str]:
    names = (*(getattr(place.names, lang) for lang in LANGS), *place.aliases)
    return {key for key in map(search_key, names) if key}


def _oblast(key: str) -> str:
    """The code of the oblast that `key` names, with or without the word oblast; "" for anything else."""
    name = " ".join(word for word in key.split() if word not in _OBLAST_WORDS)
    return next((code for code, names in _OBLAST_NAMES.items() if name in names), "")


class Places:
    """The gazetteer in memory: by id, by any name in any language, by oblast."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.by_id: Mapping[str, Place] = {place.id: place for place in places}
        named: dict[str, list[Place]] = {}
        for place in sorted(self.by_id.values(), key=_importance):
            for key in _keys(place):
                named.setdefault(key, []).append(place)
        self._named = named
        self._keys = sorted(named)

    def __len__(self) -> int:
        return len(self.by_id)

    def in_oblast(self, code: str) -> tuple[Place, ...]:
        """Places of the oblast `code` (`KG-N`) in Kyrgyz alphabetical order."""
        own = (place for place in self.by_id.values() if place.oblast == code)
        return tuple(sorted(own, key=lambda place: (sort_key(place.names.in_lang("ky")[0], "ky"), place.id)))

    def find(self, text: str) -> Found:
        """The places `text` names in any language or by an alias, whatever the spelling of ө, ү, ң.

        Several of one name are all `exact`. None: at most 8 `similar`, for the name of an oblast its
        largest places. Never raises.
        """
        key = search_key(text[: 4 * KEY_MAX])[:KEY_MAX].strip()
        bare = " ".join(word for word in key.split() if word not in _PLACE_WORDS)
        for name in (key, bare):  # "г. Нарын", "Бишкек шаары"
            if name in self._named:
                return Found(exact=tuple(self._named[name]))
        return Found(similar=self._largest(_oblast(key)) or self._similar(key))

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
        """Groups of places from the most alike on: `key` begins the name, the name begins `key`, then
        fewer and fewer first letters in common (names with the same beginning are neighbors in order)."""
        if not key:
            return
        yield self._beginning(key)
        for length in range(len(key) - 1, ALIKE_MIN - 1, -1):
            yield self._named.get(key[:length], [])
        for length in range(len(key) - 1, ALIKE_MIN - 1, -1):
            yield self._beginning(key[:length])

    def _beginning(self, prefix: str) -> list[Place]:
        first = bisect_left(self._keys, prefix)
        last = bisect_left(self._keys, prefix + "\U0010ffff", first)
        return [place for key in self._keys[first:last] for place in self._named[key]]


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
