"""What a phone needs to rank and show the centers by itself: near.json, one for each language.

Columns by center (see columns.py), in the order of their ids by code point, so that the index breaks ties. What few
centers have stands by index. static/near-rank.js reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from legalmap.directory import naming, timing
from legalmap.directory.columns import Table, tables
from legalmap.directory.edition import Directory
from legalmap.hours import BISHKEK
from legalmap.model import ACCESS, GROUPS, TOPICS, Center, Lang, Localized

_DEGREE = 1_000_000
"""Units of a degree: an integer over it is the very double that six decimals are read as."""


@dataclass(frozen=True, slots=True)
class _Same:
    """What is the same in all languages: the centers in order, their columns, and the first center of each town."""

    centers: Sequence[Center]
    columns: Mapping[str, Any]
    firsts: Sequence[Center]


# one edition only: a publisher makes the three languages one after another
@lru_cache(maxsize=1)
def _same_in_all(directory: Directory) -> _Same:
    centers = sorted((*directory.ranked, *directory.unplaced), key=lambda center: center.id)
    where, firsts = _where(directory, centers)
    columns = {
        "edition": directory.number,
        "published": directory.published_at.isoformat(),
        **_ranking(centers),
        **timing.trust(centers, directory.published_at.astimezone(BISHKEK).date()),
        **timing.sources(centers),
        **timing.hours(centers),
        **where,
    }
    return _Same(centers, columns, firsts)


def near_json(directory: Directory, lang: Lang) -> dict[str, Any]:
    """Listed centers of `directory` (built with its rayons) with their public fields, in `lang`, ready for JSON."""
    same = _same_in_all(directory)
    shown = [None if center.show_location == "no" else center for center in same.firsts]
    return {
        **same.columns,
        "town_name": [naming.settlement(directory, center, lang) if center else "" for center in shown],
        **tables(rayon=(naming.rayon_name(directory, center.rayon, lang) if center else "" for center in shown)),
        **_texts(same.centers, lang),
    }


def _mask(values: Sequence[str], known: Sequence[str]) -> int:
    return sum(1 << place for place, value in enumerate(known) if value in values)


def _ranking(centers: Sequence[Center]) -> dict[str, Any]:
    """What filters ask for; bit b of a mask of topics is the b-th of `known.topic`. `number`: from the one before."""
    numbers = [center.number for center in centers]
    return {
        "known": {"topic": TOPICS, "group": GROUPS, "access": ACCESS},
        "number": [number - before for number, before in zip(numbers, [0, *numbers], strict=False)],
        **tables(
            kind=(center.kind for center in centers),
            fee=(center.fee for center in centers),
            show=(center.show_location for center in centers),
            status=(center.status for center in centers),
            topic=(_mask(center.topics, TOPICS) for center in centers),
            group=(_mask(center.groups, GROUPS) for center in centers),
            access=(_mask(center.access, ACCESS) for center in centers),
            language=(center.languages for center in centers),
            area=(center.area for center in centers),
        ),
    }


def _where(directory: Directory, centers: Sequence[Center]) -> tuple[dict[str, Any], list[Center]]:
    """`town`: place id, its point in millionths of a degree, oblast; beside it the name, and the rayon's under `rayon`.
    `lat` and `lon`: so many millionths from the town's point, n >= 0 as 2n + 1, n < 0 as -2n, no point as 0; `exact`:
    by index, the few points that this does not give to the last bit."""
    towns, column, rough = Table(), "", ""
    firsts: dict[str, Center] = {}
    lat: list[int] = []
    lon: list[int] = []
    exact: dict[int, tuple[float, float]] = {}
    for index, center in enumerate(centers):
        town = _town(directory, center)
        column += towns.letter(town)
        firsts.setdefault(column[-1], center)
        rough += "01"[center.approximate]
        point = None if center.show_location == "no" else center.point
        lat.append(_folded(_units(point.lat) - town[1]) if point else 0)
        lon.append(_folded(_units(point.lon) - town[2]) if point else 0)
        if point and (_units(point.lat) / _DEGREE, _units(point.lon) / _DEGREE) != (point.lat, point.lon):
            exact[index] = point.lat, point.lon
    table = [town[:4] for town in towns.values()]
    columns = {"town": table, "town_of": column, "rough": rough, "lat": lat, "lon": lon, "exact": exact}
    return columns, list(firsts.values())


def _town(directory: Directory, center: Center) -> tuple[str, int, int, str, str, str]:
    if center.show_location == "no":
        return "", 0, 0, center.oblast, "", ""
    place = directory.places.by_id.get(center.place_id)
    if place is None:
        return "", 0, 0, center.oblast, center.settlement, center.rayon
    return place.id, _units(place.point.lat), _units(place.point.lon), center.oblast, "", center.rayon


def _units(degrees: float) -> int:
    return round(degrees * _DEGREE)


def _folded(number: int) -> int:
    return 2 * number + 1 if number >= 0 else -2 * number


def _texts(centers: Sequence[Center], lang: Lang) -> dict[str, Any]:
    """Texts, "" for none, with the first letter of the language of each. Numbers of nine digits behind +996 as such,
    others as they are dialed, 0 for none; `label`: by index."""
    found: dict[str, Any] = {}
    for name in ("names", "address", "directions"):
        told = [naming.said(_text(center, name), lang) for center in centers]
        found[name], found[f"{name}_in"] = [text for text, _ in told], "".join(written[0] for _, written in told)
    phones = [center.phones[0] if center.phones else None for center in centers]
    return found | {
        "phone": [_dialed(phone.number) if phone else 0 for phone in phones],
        "label": {index: phone.label for index, phone in enumerate(phones) if phone and phone.label},
    }


def _text(center: Center, name: str) -> Localized:
    text: Localized = getattr(center, name)
    return text if name == "names" or center.show_location == "yes" else Localized()


def _dialed(number: str) -> int | str:
    return int(number[4:]) if re.fullmatch(r"\+996[1-9][0-9]{8}", number) else number
