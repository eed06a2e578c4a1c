"""What the phone needs to know of all places to offer them while somebody types: one small JSON for each language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from legalmap.directory.edition import Directory
from legalmap.directory.names import joined, letters_of, names_of
from legalmap.directory.places import Places
from legalmap.directory.towns import is_town
from legalmap.letters import latin_key, search_key
from legalmap.model import OBLASTS, Lang, Place
from legalmap.rayons import Rayons
from legalmap.wording import label


@dataclass(frozen=True, slots=True)
class _Key:
    """What a name is found by; `twin`: letter for letter, with nothing between them."""

    written: str
    latin: str
    twin: str

    @property
    def cyrillic(self) -> bool:
        return not self.written.isascii()


@dataclass(frozen=True, slots=True)
class _Known:
    """What is the same in all languages. `near`: index of the nearest town and whole km, for each place."""

    places: Sequence[Place]
    keys: Mapping[str, _Key]
    doubtful: frozenset[_Key]
    near: Sequence[tuple[int, int]]


_kept: WeakKeyDictionary[Places, _Known] = WeakKeyDictionary()
"""An edition is written in three languages: what costs the most is asked once."""


def _known(places: Places) -> _Known:
    if places not in _kept:
        ranked = places.ranked(places.by_id.values())
        at = {place.id: index for index, place in enumerate(ranked)}
        spellings = {name for place in ranked for name in names_of(place) if name}
        keys = {name: _Key(search_key(name), latin_key(name), letters_of(name)) for name in spellings}
        found = (places.near(place) for place in ranked)
        near = [(at[town[0].id], round(max(1, town[1] / 1000))) if town else (-1, -1) for town in found]
        _kept[places] = _Known(ranked, keys, _doubtful(keys.values()), near)
    return _kept[places]


def _doubtful(keys: Iterable[_Key]) -> frozenset[_Key]:
    """Keys that run together with others: of Каракол and Кара-Көл, Карасуу and Кара-Суу the letters must tell."""
    every = set(keys)
    latin = Counter(joined(one) for one in {key.latin for key in every})
    twins = Counter(twin for twin, _ in {(key.twin, key.written) for key in every})
    return frozenset(key for key in every if latin[joined(key.latin)] > 1 or twins[key.twin] > 1)


def _names(place: Place, lang: Lang, known: _Known) -> list[str]:
    """The name shown in `lang`, then the others that it is not found by already.

    Of names alike in Latin letters one is enough, but for those in Cyrillic on a page in Cyrillic, where an answer is
    to be as sure as the server's, and for the doubtful ones in the place's own letters.
    """
    shown = place.names.in_lang(lang)[0]
    names = {name: known.keys[name] for name in (shown, *names_of(place)) if name}
    own = [key for key in names.values() if key.cyrillic] or list(names.values())
    exact = [key for key in own if key in known.doubtful or (key.cyrillic and lang != "en")]
    told = {names[shown]} if shown in names else set()
    kept = [shown]
    # what the page's readers can read comes first
    for name, key in sorted(names.items(), key=lambda one: (one[1] not in exact, one[1].cyrillic == (lang == "en"))):
        alike = key in told if key in exact else any(key.latin == other.latin for other in told)
        if not alike:
            told.add(key)
            kept.append(name)
    return kept


def _rayon_names(places: Iterable[Place], rayons: Rayons, lang: Lang) -> dict[str, str]:
    """Rayons as pages of `lang` say them; one that came as plain text only where its letters are the page's."""
    ids = {place.rayon: None for place in places if place.rayon}
    names = {
        rayon: rayons[rayon].names.in_lang(lang)[0]
        if rayon in rayons
        else (rayon if rayon.isascii() == (lang == "en") else "")
        for rayon in ids
    }
    return {rayon: name for rayon, name in names.items() if name}


def places_json(directory: Directory, lang: Lang) -> dict[str, Any]:
    """All places in columns, the most important first, as pages in `lang` say them.

    `names`: the one shown, then others it is found by, a line each. `lat`, `lon`: WGS84 degrees, as in the edition.
    `oblast`, `rayon`: indexes of `oblasts` (codes, with `oblast_names`) and of `rayons` (names), -1 where not known.
    `near`: index of the nearest town and `km` to it, -1 where oblast and rayon say enough.
    """
    known = _known(directory.places)
    places, shown = known.places, [place.names.in_lang(lang)[0] for place in known.places]
    looks = Counter((name, place.oblast, place.rayon) for name, place in zip(shown, places, strict=True))
    near = [
        town if _needs_town(place, directory.rayons) or looks[name, place.oblast, place.rayon] > 1 else (-1, -1)
        for name, place, town in zip(shown, places, known.near, strict=True)
    ]
    rayons = _rayon_names(places, directory.rayons, lang)
    order = {rayon: index for index, rayon in enumerate(rayons)}
    oblasts = {code: index for index, code in enumerate(OBLASTS)}
    return {
        "lang": lang,
        "oblasts": list(oblasts),
        "oblast_names": [label("oblast.short", code, lang) for code in oblasts],
        "rayons": list(rayons.values()),
        "id": [place.id for place in places],
        "names": ["\n".join(_names(place, lang, known)) for place in places],
        "lat": [place.point.lat for place in places],
        "lon": [place.point.lon for place in places],
        "oblast": [oblasts.get(place.oblast, -1) for place in places],
        "rayon": [order.get(place.rayon, -1) for place in places],
        "near": [town for town, _ in near],
        "km": [km for _, km in near],
    }


def _needs_town(place: Place, rayons: Rayons) -> bool:
    """Whether a village's rayon is not known, or is one that its oblast does not have."""
    rayon = rayons.get(place.rayon)
    return not (rayon and rayon.oblast == place.oblast) and not is_town(place)
