"""From what a person types to places of the gazetteer: all that are meant, else the names most like it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from legalmap import oblasts
from legalmap.directory.names import Names
from legalmap.directory.towns import Towns
from legalmap.letters import search_key, sort_key
from legalmap.model import Localized, Place, Point

SIMILAR_MAX = 20
"""A page of places: more of them is a list to get lost in."""
KEY_MAX = 80
"""Letters of a text that are compared; no name of a settlement is longer."""

_FEATURES = {code: rank for rank, code in enumerate(("PPLC", "PPLA", "PPLA2", "PPLA3", "PPLA4", "PPL"))}
"""Seats before villages, these before parts of towns and abandoned places (GeoNames' feature codes)."""
_PLACE_WORDS = frozenset({
    "г", "гор", "город", "с", "село", "пос", "поселок", "пгт", "ш", "шаары", "шаар", "а", "айылы", "айыл", "кыштагы",
    "city", "town", "village", "shaary", "aiyly",
})  # fmt: skip
"""What people put before or behind a settlement's name; left out only when the whole text is no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Places a text names: `exact` all of that name, written so before run together or sounding so, the most
    important first; only if none, `similar` ones, the most alike first."""

    exact: tuple[Place, ...] = ()
    similar: tuple[Place, ...] = ()


def _ranked(places: Sequence[Place], towns: Towns) -> list[Place]:
    """Most people first, then by feature, by how near the next town is, by id: the same order every time."""
    chords = towns.chords(places).tolist()

    def rank(at: int) -> tuple[int, int, float, str]:
        place = places[at]
        return -place.population, _FEATURES.get(place.feature, len(_FEATURES)), chords[at], place.id

    return [places[at] for at in sorted(range(len(places)), key=rank)]


class Places:
    """The gazetteer in memory: by id, by any name in any language, by oblast."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.by_id: Mapping[str, Place] = {place.id: place for place in places}
        self.known = tuple(self.by_id.values())
        self._towns = Towns(self.known)
        ranked = _ranked(self.known, self._towns)
        self._rank = {place.id: rank for rank, place in enumerate(ranked)}
        self._names = Names(ranked)

    def in_oblast(self, code: str) -> tuple[Place, ...]:
        """Places of the oblast `code` (`KG-N`) in Kyrgyz alphabetical order."""
        own = (place for place in self.by_id.values() if place.oblast == code)
        return tuple(sorted(own, key=lambda place: (sort_key(place.names.in_lang("ky")[0], "ky"), place.id)))

    def ranked(self, places: Iterable[Place]) -> list[Place]:
        """`places` in the order of their importance."""
        return sorted(places, key=lambda place: self._rank[place.id])

    def near(self, place: Place) -> tuple[Place, float] | None:
        """The nearest other town and the meters to it along the WGS84 geodesic; None where there is none."""
        return self._towns.near(place)

    def find(self, text: str) -> Found:
        """The places `text` names in any language or by an alias, in any spelling.

        `exact`: all of that name as written (whatever ө, ү, ң, ь, hyphen and space, or in Latin), else all that
        in Latin sound so. None: for the name of an oblast its largest places, else names like it, at most 20
        `similar`. Never raises.
        """
        text = text[: 4 * KEY_MAX]
        key = search_key(text)[:KEY_MAX].strip()
        bare = " ".join(word for word in key.split() if word not in _PLACE_WORDS)
        for name in (key, bare):  # "г. Нарын", "Бишкек шаары"
            if written := self._names.written(name):
                both = (*self._names.lettered(text), *written)
                return Found(exact=tuple({place.id: place for place in both}.values()))
        oblast = self._largest(oblasts.named(key))
        if oblast:
            return Found(similar=oblast)
        sounding = self._names.sounding(bare) if bare.isascii() else ()
        if sounding:  # "Kochkoer"; in Cyrillic, "Каракоол" for Каракол is asked about
            return Found(exact=tuple(sounding))
        return Found(similar=self._similar(bare))

    def _largest(self, oblast: str) -> tuple[Place, ...]:
        own = (place for place in self.by_id.values() if oblast and place.oblast == oblast)
        return tuple(self.ranked(own)[:SIMILAR_MAX])

    def _similar(self, key: str) -> tuple[Place, ...]:
        found: dict[str, Place] = {}
        for group in self._alike(key):
            for place in self.ranked(group):
                found.setdefault(place.id, place)
            if len(found) >= SIMILAR_MAX:
                break
        return tuple(found.values())[:SIMILAR_MAX]

    def _alike(self, key: str) -> Iterator[Sequence[Place]]:
        """Groups of places from the most alike on: names that sound so, alone or with other words behind, that
        begin so, that have one typing error, or two, and that have an ending here ("Кочкорский")."""
        words = key.split()
        if not words:
            return
        for count in range(len(words), 0, -1):
            yield self._names.sounding(" ".join(words[:count]))
        yield self._names.beginning(key)
        yield from self._names.mistyped(key)
        yield from self._names.cut(key)


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
