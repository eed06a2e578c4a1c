"""Places and rayons as the desk needs them: which settlement and rayon a row means, which rayons it serves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from legalmap import letters, resources
from legalmap.desk.problems import Refused
from legalmap.desk.reading import oblasts
from legalmap.directory.nearest import Nearest
from legalmap.directory.places import Places, read_places
from legalmap.directory.towns import SEATS, is_town
from legalmap.model import LANGS, OBLASTS, Localized, Place, Point, Rayon
from legalmap.rayons import Rayons
from legalmap.wording import label, labels, listed, phrase

TWIN_OBLASTS = ({"KG-O", "KG-GO"},)
"""Osh city is the seat of Osh oblast and is written under either."""
AT_HAND = 10_000
"""Meters: a row's own point so near to one of several namesakes says which is meant."""
NAMED_AT_MOST = 5
"""Candidates that a problem names."""
_NUMBER = re.compile(r"(?:^|\()\s*(\d{3,12})\s*\)?$")
"""The place's id alone, or in brackets behind its name: "Ак-Суу (1527272)"."""
_CITY_WORD = re.compile(r"\b(?:г|гор|город|ш|шаары|city|town)\b")


class Gazetteer:
    """What the desk knows of places. Read-only."""

    def __init__(self, places: Iterable[Place], rayons: Iterable[Rayon]) -> None:
        self.places = Places(places)
        self.rayons = Rayons(rayons)
        self._exact: dict[str, tuple[Place, ...]] = {}
        self._rayons: dict[tuple[str, str], tuple[Rayon, ...]] = {}

    def settlements(self, cells: Mapping[str, str]) -> tuple[Place, ...]:
        """The places that a row's settlement can mean: the one whose id it gives, else those of that name in
        the row's own oblast and not in another rayon, of several the one beside the row's own public point.
        Empty when none is known."""
        if chosen := self._by_number(cells["settlement"]):
            return (chosen,)
        found = [place for place in self._called(cells["settlement"]) if _same(place, cells["oblast"])]
        rayons = {rayon.id for rayon in self._named(cells["rayon"], cells["oblast"])} if cells["rayon"] else set()
        in_rayon = [place for place in found if place.rayon in rayons]
        if rayons and not in_rayon:  # a namesake in another rayon is another place
            found = [place for place in found if not place.rayon]
        several = in_rayon or found
        own = _own_point(cells)
        if own and len(several) > 1 and (beside := _beside(several, own)):
            return (beside,)
        # a town that belongs to no rayon stands above them; Ак-Суу, a rayon's seat, is one village of many
        towns = [place for place in several if is_town(place) and place.population and not place.rayon]
        if not in_rayon and len(towns) == 1 and not any(place.population for place in several if place not in towns):
            return (towns[0],)  # Талас: the town, not a hamlet of the name that nobody counted
        return tuple(several)

    def settlement_name(self, written: str) -> str:
        """What stands in the column of the settlement, without the id that says which one is meant."""
        place = self._by_number(written)
        return (_NUMBER.sub("", written).strip() or place.names.in_lang("ky")[0]) if place else written

    def _by_number(self, written: str) -> Place | None:
        number = _NUMBER.search(written)
        return self.places.by_id.get(number[1]) if number else None

    def _called(self, name: str) -> tuple[Place, ...]:
        """Remembered: the rows of a file name few settlements, and ask for each several times."""
        if name not in self._exact:
            self._exact[name] = self.places.find(name).exact if name else ()
        return self._exact[name]

    def _named(self, text: str, oblast: str = "") -> tuple[Rayon, ...]:
        if (text, oblast) not in self._rayons:
            self._rayons[text, oblast] = self.rayons.named(text, oblast)
        return self._rayons[text, oblast]

    def candidates(self, cells: Mapping[str, str]) -> Localized:
        """Places that an unknown settlement may have been meant for, those of the row's oblast first; with ids."""
        found = self.places.find(cells["settlement"])
        near = sorted((*found.exact, *found.similar), key=lambda place: not _same(place, cells["oblast"]))
        return self.described(near)

    def described(self, places: Iterable[Place]) -> Localized:
        """At most five places told apart: "Ак-Суу (Ысык-Көл облусу, Ак-Суу району, 1527272)"."""
        return listed([self._described(place) for place in [*places][:NAMED_AT_MOST]], "; ")

    def _described(self, place: Place) -> Localized:
        told = {}
        for lang in LANGS:
            rayon = self.rayons[place.rayon].names.in_lang(lang)[0] if place.rayon in self.rayons else ""
            parts = (
                label("oblast", place.oblast, lang) if place.oblast else "",
                rayon or self._near(place, lang),
                place.id,
            )
            told[lang] = f"{place.names.in_lang(lang)[0]} ({', '.join(part for part in parts if part)})"
        return Localized(**told)

    def _near(self, place: Place, lang: str) -> str:
        """The next town, for a village whose rayon nobody knows."""
        found = None if is_town(place) else self.places.near(place)
        if not found:
            return ""
        return phrase("near_town", lang, town=found[0].names.in_lang(lang)[0], km=round(found[1] / 1000))

    def rayon(self, text: str, oblast: str = "") -> str:
        """The id of the rayon that a cell names; "" for a town that belongs to none. Raises Refused:
        `rayon_unknown`, `rayon_ambiguous` with the candidates."""
        found = self._named(text, oblast)
        if len(found) == 1:
            return found[0].id
        if found:
            raise Refused("rayon_ambiguous", choices=self._rayon_names(found))
        called_city = bool(_CITY_WORD.search(letters.search_key(text)))
        towns = [place for place in self._called(text) if not place.rayon and (called_city or place.feature in SEATS)]
        if any(_same(place, oblast) for place in towns):
            return ""
        raise Refused("rayon_unknown", nearest=self._rayon_names(self.rayons.alike(text, oblast)))

    def _rayon_names(self, rayons: Iterable[Rayon]) -> Localized:
        told = (
            Localized(
                **{lang: f"{rayon.names.in_lang(lang)[0]} ({label('oblast', rayon.oblast, lang)})" for lang in LANGS}
            )
            for rayon in rayons
        )
        return listed(told, "; ") or Localized(ky="–", ru="–", en="–")

    def rayon_id(self, name: str) -> str:
        """The id of the one rayon called so; the name itself when none or several are."""
        found = self._named(name)
        return found[0].id if len(found) == 1 else name

    def names_of(self, settlement: str) -> set[str]:
        """Every name of the places that are called so, for finding them in other texts."""
        chosen = self._by_number(settlement)
        found = {self.settlement_name(settlement)}
        for place in (chosen,) if chosen else self._called(settlement):
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
        rayons = self._named(part)
        try:
            oblast = oblasts.code_of(part)
        except Refused as fault:
            if len(rayons) == 1:
                return rayons[0].id
            alike = rayons or self.rayons.alike(part)
            nearest = self._rayon_names(alike) if alike else fault.params["nearest"]
            raise Refused("area_ambiguous" if rayons else "area_unknown", nearest=nearest, choices=nearest) from fault
        if rayons:  # "Нарын" is both
            raise Refused(
                "area_ambiguous", choices=listed([labels("oblast", [oblast]), self._rayon_names(rayons)], "; ")
            )
        return oblast

    def oblasts_of(self, area: str) -> tuple[str, ...]:
        """The oblasts of a canonical area, and `country`: rayons give theirs, what is not known gives nothing."""
        found = (self.rayons[part].oblast if part in self.rayons else part for part in area.split("; "))
        return tuple(dict.fromkeys(part for part in found if part in {*OBLASTS, "country"}))


def _same(place: Place, oblast: str) -> bool:
    return not oblast or place.oblast == oblast or twins(place.oblast, oblast)


def twins(one: str, other: str) -> bool:
    """Whether two codes are a city and the oblast that is governed from it."""
    return {one, other} in TWIN_OBLASTS


def _own_point(cells: Mapping[str, str]) -> Point | None:
    """The row's point where it is public: a hidden one must not choose what is."""
    if cells["show_location"] != "yes" or not (cells["lat"] and cells["lon"]):
        return None
    return Point(lat=float(cells["lat"]), lon=float(cells["lon"]))


def _beside(places: list[Place], own: Point) -> Place | None:
    index, meters = Nearest([place.point for place in places], [place.id for place in places]).find(own, 1)[0]
    return places[index] if meters <= AT_HAND else None


def shipped() -> Gazetteer:
    """The gazetteer that comes with the program; empty where geodata/ is missing."""
    try:
        folder = resources.folder("geodata")
    except FileNotFoundError:
        return Gazetteer((), ())
    places = folder / "places.csv"
    return _indexed(read_places(places) if places.exists() else (), _shipped_rayons())


@lru_cache(maxsize=2)
def _indexed(places: tuple[Place, ...], rayons: tuple[Rayon, ...]) -> Gazetteer:
    """Every act asks for it anew; only the files decide whether it is another one."""
    return Gazetteer(places, rayons)


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
