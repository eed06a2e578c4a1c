"""Settlements as GeoNames has them -> places of the gazetteer, each with its oblast and rayon, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from legalmap import letters, resources
from legalmap.desk.known import MOVED_MAX, keys, meters_between
from legalmap.desk.places.borders import Lying, lying
from legalmap.desk.places.findings import Findings
from legalmap.desk.places.geonames import Settlement
from legalmap.desk.places.geonames_names import Alternate, named
from legalmap.directory.towns import SEATS
from legalmap.model import Localized, Place, Rayon
from legalmap.wording import labels

OUTSIDE_MAX = 1_000.0
"""Meters that a place may lie outside: the border is right to some 100 m, and one known village lies 0.4 km out."""
LINE_ERROR = 6_000.0
"""Meters by which the lines between oblasts may be wrong. Of 2,282 settlements with a code, 19 lie in another oblast's
polygon within 6 km of their own, none between 6 and 200 km, and 2 farther: there the code is the mistake."""
TWIN_METERS = 1_000.0
"""Two of one name within so few meters are one to anybody who travels."""
OBLAST_OF_CODE: Mapping[str, str] = {
    "01": "KG-GB", "02": "KG-C", "03": "KG-J", "04": "KG-N", "06": "KG-T",
    "07": "KG-Y", "08": "KG-O", "09": "KG-B", "10": "KG-GO",
}  # fmt: skip
"""GeoNames' admin1 codes of Kyrgyzstan (source: admin1CodesASCII.txt)."""


def survey(
    settlements: Sequence[Settlement],
    alternates: Mapping[str, Sequence[Alternate]],
    shipped: Mapping[str, Place],
    rayons: Mapping[str, Rayon],
    findings: Findings,
) -> list[Place]:
    """The places of the gazetteer that `settlements` make. Says what is doubtful and what is left out.

    `alternates`: names by id; `shipped`: the places that come with the program. Raises BordersMissing.
    """
    where = lying([settlement.point for settlement in settlements])
    codes = rayon_codes()
    towns = _towns(shipped.values())
    found = []
    for row, settlement in enumerate(settlements):
        own = shipped.get(settlement.id)
        names, others = named(
            settlement.name, settlement.latin_name, settlement.other_names, alternates.get(settlement.id, ())
        )
        if not names:
            say_of(findings, "place_nameless", settlement)
        elif own is None and where.outside[row] > OUTSIDE_MAX:
            say_of(findings, "place_outside", settlement, km=_km(float(where.outside[row])))
        else:
            _compare(own, settlement, names, findings)
            oblast = _oblast(settlement, where, row, Findings() if own else findings)
            found.append(
                Place(
                    id=settlement.id,
                    names=names,
                    oblast=oblast,
                    rayon=_rayon(codes.get(settlement.rayon_code, ""), oblast, rayons),
                    point=settlement.point,
                    population=settlement.population,
                    feature=settlement.feature,
                    aliases=tuple(_own(others, settlement, towns, findings)),
                )
            )
    return _without_twins(found, shipped, findings)


def _rayon(rayon: str, oblast: str, rayons: Mapping[str, Rayon]) -> str:
    return rayon if rayon and rayons[rayon].oblast == oblast else ""


def _compare(own: Place | None, settlement: Settlement, names: Localized, findings: Findings) -> None:
    """Say what a person should look at: ours far from the file's, or no name in Cyrillic anywhere."""
    if own is None:
        if not (names.ky or names.ru):
            say_of(findings, "place_not_cyrillic", settlement)
    elif (meters := meters_between(own.point, settlement.point)) > MOVED_MAX:
        say_of(findings, "place_moved", settlement, km=_km(meters))


def rayon_codes() -> Mapping[str, str]:
    """GeoNames' admin2 code -> our rayon."""
    return {row["geonames"]: row["id"] for row in resources.geodata_rows("rayons.csv") if row.get("geonames")}


def say_of(findings: Findings, code: str, settlement: Settlement, **params: str | int | float | Localized) -> None:
    name = settlement.name or settlement.latin_name or "?"
    findings.say(code, line=settlement.line, value=name, id=settlement.id, **params)


def _oblast(settlement: Settlement, where: Lying, row: int, findings: Findings) -> str:
    """The polygon's; the code's where its own polygon is so near that the line may be wrong, and Osh city's, which
    has none."""
    meters = dict(zip(where.codes, where.oblasts[row].tolist(), strict=True))
    nearest, second = sorted(meters, key=lambda code: meters[code])[:2]
    code = OBLAST_OF_CODE.get(settlement.oblast_code, "")
    lies_in = "KG-O" if code == "KG-GO" else code
    if lies_in == nearest:
        return code
    if not code:
        taken, other, word, far = nearest, second, "oblast_near_line", meters[second]
        if far >= LINE_ERROR:
            return nearest
    elif meters[lies_in] < LINE_ERROR:
        taken, other, word, far = code, nearest, "oblast_by_code", meters[lies_in]
    else:
        taken, other, word, far = nearest, code, "oblast_by_polygon", meters[lies_in]
    say_of(findings, word, settlement, oblast=_called(taken), other=_called(other), km=_km(far))
    return taken


def _called(oblast: str) -> Localized:
    return labels("oblast", (oblast,))


def _km(meters: float) -> float:
    return round(meters / 1000, 1)


def _towns(shipped: Iterable[Place]) -> Mapping[str, set[str]]:
    """Names of the towns that districts are governed from -> ids."""
    found: dict[str, set[str]] = {}
    for place in shipped:
        for key in keys(place) if place.feature in SEATS else ():
            found.setdefault(key, set()).add(place.id)
    return found


def _own(
    others: Iterable[str], settlement: Settlement, towns: Mapping[str, set[str]], findings: Findings
) -> Iterable[str]:
    """The aliases that are not the name of a town elsewhere: whoever types that means the town."""
    for text in others:
        town = towns.get(letters.search_key(text), set())
        if not town or settlement.id in town:
            yield text
        else:
            say_of(findings, "alias_of_town", settlement, alias=text, town=min(town))


def _without_twins(places: Sequence[Place], shipped: Mapping[str, Place], findings: Findings) -> list[Place]:
    """`places` without those that have another of their name within TWIN_METERS: which of the two somebody means
    nobody can answer, and it does not matter. The shipped one stays, then the one of which more is known."""
    named_so: dict[str, dict[str, Place]] = {}
    for place in (*shipped.values(), *places):
        for key in keys(place):
            named_so.setdefault(key, {}).setdefault(place.id, place)
    lost: set[str] = set()
    for group in named_so.values():
        ranked = sorted(group.values(), key=lambda place: _worth(place, shipped))
        for stays, twin in combinations(ranked, 2):
            if (
                twin.id in shipped
                or {stays.id, twin.id} & lost
                or meters_between(stays.point, twin.point) > TWIN_METERS
            ):
                continue
            lost.add(twin.id)
            name = twin.names.in_lang("ky")[0]
            findings.say("place_twin", value=name, id=twin.id, other=stays.id)
    return [place for place in places if place.id not in lost]


def _worth(place: Place, shipped: Mapping[str, Place]) -> tuple[bool, int, bool, int]:
    return place.id not in shipped, -place.population, not place.names.ky, int(place.id)
