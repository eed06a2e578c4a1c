"""Places and rayons as the desk needs them: which settlement a row means, which rayons it serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from legalmap import letters, resources
from legalmap.desk import oblasts
from legalmap.desk.problems import Refused
from legalmap.directory.places import Places, read_places
from legalmap.model import LANGS, OBLASTS, Localized, Place, Rayon
from legalmap.wording import label

TWIN_OBLASTS = ({"KG-O", "KG-GO"},)
"""Osh city is the seat of Osh oblast and is written under either."""


class Gazetteer:
    """What the desk knows of places. Read-only."""

    def __init__(self, places: Iterable[Place], rayons: Iterable[Rayon]) -> None:
        self.places = Places(places)
        self.rayons: Mapping[str, Rayon] = {rayon.id: rayon for rayon in rayons}
        self._rayon_names: dict[str, list[str]] = {}
        for rayon in self.rayons.values():
            names = {rayon.id, *(getattr(rayon.names, lang) for lang in LANGS), *rayon.aliases}
            for key in {letters.search_key(name) for name in names}:
                self._rayon_names.setdefault(key, []).append(rayon.id)

    def settlements(self, cells: Mapping[str, str]) -> tuple[Place, ...]:
        """The places that a row's settlement can mean: of that name, in the row's own oblast, in
        the row's own rayon when that decides. Empty when none is known."""
        if not cells["settlement"]:
            return ()
        found = [place for place in self.places.find(cells["settlement"]).exact if _same(place, cells["oblast"])]
        rayons = self._rayon_names.get(letters.search_key(cells["rayon"]), ()) if cells["rayon"] else ()
        in_rayon = [place for place in found if place.rayon in rayons]
        seats = [place for place in found if place.feature in {"PPLC", "PPLA"} and place.population]
        if not in_rayon and len(seats) == 1 and not any(place.population for place in found if place not in seats):
            return (seats[0],)  # Талас: the town, not a hamlet of the name that nobody counted
        return tuple(in_rayon or found)

    def rayon_id(self, name: str) -> str:
        """The id of the one rayon called so; the name itself when none or several are."""
        found = self._rayon_names.get(letters.search_key(name), [])
        return found[0] if len(found) == 1 else name

    def names_of(self, settlement: str) -> set[str]:
        """Every name of the places that are called so, for finding them in other texts."""
        found = {settlement}
        for place in self.places.find(settlement).exact:
            found |= {getattr(place.names, lang) for lang in LANGS} | set(place.aliases)
        return {name for name in found if name}

    def area(self, text: str) -> str:
        """The canonical form of an `area` cell: `country`, oblast codes, rayon ids. Raises Refused."""
        found = []
        for part in (part.strip() for part in text.replace("|", ";").replace(",", ";").split(";")):
            if part:
                found.append(self._area_of(part))
        return "; ".join(dict.fromkeys(found))

    def _area_of(self, part: str) -> str:
        key = letters.search_key(part)
        if key in {"country", "кыргызстан", "kyrgyzstan", "оику", "бардык олко", "вся страна", "вся республика"}:
            return "country"
        rayons = self._rayon_names.get(key, [])
        try:
            oblast = oblasts.code_of(part)
        except Refused as fault:
            if len(rayons) == 1:
                return rayons[0]
            raise Refused("area_unknown", nearest=fault.params["nearest"]) from fault
        if rayons:  # "Нарын" is both
            choices = [label("oblast", oblast, "ru"), *(self.rayons[rayon].names.ru for rayon in rayons)]
            raise Refused("area_ambiguous", choices="; ".join(choices))
        return oblast

    def oblasts_of(self, area: str) -> tuple[str, ...]:
        """The oblasts of a canonical area, and `country`: rayons give theirs, what is not known gives nothing."""
        found = (self.rayons[part].oblast if part in self.rayons else part for part in area.split("; "))
        return tuple(dict.fromkeys(part for part in found if part in {*OBLASTS, "country"}))


def _same(place: Place, oblast: str) -> bool:
    return not oblast or place.oblast == oblast or {place.oblast, oblast} in TWIN_OBLASTS


def shipped() -> Gazetteer:
    """The gazetteer that comes with the program; empty where geodata/ is missing."""
    try:
        folder = resources.folder("geodata")
    except FileNotFoundError:
        return Gazetteer((), ())
    places = folder / "places.csv"
    return Gazetteer(read_places(places) if places.exists() else (), _shipped_rayons())


def _shipped_rayons() -> tuple[Rayon, ...]:
    return tuple(
        Rayon(
            id=row["id"],
            names=Localized(ky=row["name_ky"], ru=row["name_ru"], en=row["name_en"]),
            oblast=row["oblast"],
            seat=row["seat"],
            aliases=tuple(part for part in row["aliases"].split("|") if part),
        )
        for row in resources.geodata_rows("rayons.csv")
    )
