"""The map's own files in an edition: names of places and points of centers, one small JSON for each language."""

from __future__ import annotations

from typing import Any

from legalmap.directory.edition import Directory
from legalmap.directory.naming import settlement
from legalmap.directory.search import fresh_until
from legalmap.model import LANGS, OBLASTS, Lang, Place
from legalmap.wording import label

FORMAT = 1
"""Of these files and of the shell. A page whose edition holds another shows no map; publishing makes a new one."""
FILES = tuple(f"{name}{FORMAT}-{lang}.{ending}" for lang in LANGS for name, ending in (
    ("shell", "js"), ("shell", "json"), ("names", "json"), ("centers", "json"),
    ("near", "json"), ("places", "json"),
))  # fmt: skip
"""What an edition holds for the map and for phones."""
MOST_NAMES = 500
"""A large gazetteer names its first ones only: a phone has no room for more."""
_DEGREE = 100_000
"""Units of a degree: 1 m is as fine as a map shows."""
_SEATS = {"PPLC": 4, "PPLA": 3, "PPLA2": 1, "PPLA3": 1}
_PEOPLE = ((200_000, 4), (40_000, 3), (10_000, 2), (3_000, 1))


def file_name(name: str, lang: str, ending: str = "json") -> str:
    """Of a layer or of the shell in an edition's folder."""
    return f"{name}{FORMAT}-{lang}.{ending}"


def _size(place: Place) -> int:
    """How large its name is drawn: 4 a city, 0 a village."""
    by_people = next((size for least, size in _PEOPLE if place.population >= least), 0)
    return max(by_people, _SEATS.get(place.feature, 0))


def names(directory: Directory, lang: Lang) -> dict[str, Any]:
    """Names that the map writes, in `lang`: oblasts by code; places in columns, the most important first."""
    sized = [(_size(place), place) for place in directory.places.by_id.values()]
    sized.sort(key=lambda pair: (-pair[0], -pair[1].population, pair[1].id))
    shown = sized[:MOST_NAMES]
    return {
        "oblasts": {code: label("oblast.short", code, lang) for code in OBLASTS},
        "name": [place.names.in_lang(lang)[0] for _, place in shown],
        "lat": [round(place.point.lat * _DEGREE) for _, place in shown],
        "lon": [round(place.point.lon * _DEGREE) for _, place in shown],
        "size": [size for size, _ in shown],
    }  # fmt: skip


def centers(directory: Directory, lang: Lang) -> dict[str, Any]:
    """Listed centers with a public point, in columns by number: no more than their pages show.

    `old`: the day (ISO) from which an entry nobody verified is out of date, "" for one that somebody did.
    """
    ranked = sorted(directory.ranked, key=lambda center: center.number)
    kinds = sorted({center.kind for center in ranked})
    towns = sorted({settlement(directory, center, lang) for center in ranked})
    fresh = [fresh_until(center) for center in ranked]
    return {
        "kinds": kinds,
        "towns": towns,
        "number": [center.number for center in ranked],
        "lat": [round(center.point.lat * _DEGREE) for center in ranked if center.point],
        "lon": [round(center.point.lon * _DEGREE) for center in ranked if center.point],
        "kind": [kinds.index(center.kind) for center in ranked],
        "town": [towns.index(settlement(directory, center, lang)) for center in ranked],
        "about": [int(center.approximate) + 2 * int(center.status == "suspended") for center in ranked],
        "old": ["" if day is None else day.isoformat() for day in fresh],
        "phone": [center.phones[0].number if center.phones else "" for center in ranked],
        "name": [center.names.in_lang(lang)[0] for center in ranked],
    }
