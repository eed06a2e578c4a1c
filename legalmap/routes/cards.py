"""What one takes along from a center's page: a line for a message, a contact card, a code to scan, the way to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort

from legalmap import danger
from legalmap.model import PHONE_KINDS, SENSITIVE_KINDS, Center
from legalmap.routes import page, words
from legalmap.routes.codes import squares
from legalmap.wording import label

blueprint = Blueprint("cards", __name__)
MESSAGE_ROOM = 69
"""Letters of one SMS in Cyrillic, less one."""
_SITE_MAP = "https://www.openstreetmap.org/?mlat={lat:.6f}&mlon={lon:.6f}#map=15/{lat:.6f}/{lon:.6f}"
_GOVERNMENT = "GovernmentOffice"
_SCHEMA_TYPES = {
    "flac": "LegalService", "legal_aid_office": "LegalService", "legal_aid_point": "LegalService",
    "municipal_legal_aid": "LegalService", "legal_clinic": "LegalService", "law_firm": "LegalService",
    "advocate": "Attorney", "notary": "Notary", "ngo": "NGO", "womens_council": "NGO", "medical": "MedicalOrganization",
    "court": "Courthouse", "police": "PoliceStation", "justice_house": _GOVERNMENT, "social_office": _GOVERNMENT,
    "ayil_okmotu": _GOVERNMENT, "service_center": _GOVERNMENT, "prosecutor": _GOVERNMENT, "ombudsman": _GOVERNMENT,
    "ministry": _GOVERNMENT,
}  # fmt: skip
"""schema.org's types; Organization for the other kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """What the page of a center offers to take along; all but `message` "" or None where it could betray somebody."""

    message: str
    card: str = ""
    """Address of the contact card."""
    code: str = ""
    """An SVG path of the code's dark squares, one unit each."""
    modules: int = 0
    """How many squares a side of the code has."""
    geo: str = ""
    site_map: str = ""
    """The same point on openstreetmap.org."""
    facts: dict[str, Any] | None = None
    """schema.org's JSON-LD."""


def quiet(center: Center) -> bool:
    """Whether nothing of `center` may lie about on a phone or on paper: hidden, sensitive, or named after danger."""
    names = center.names
    told = " ".join((names.ky, names.ru, names.en, names.bare))
    return center.kind in SENSITIVE_KINDS or center.show_location != "yes" or danger.spoken_of(told)


def take(center: Center, *, kept: bool = False) -> Take | None:
    """What can be taken along from the page of `center`; None when it is closed. `kept`: for a copy on a phone, without
    what comes from the site or weighs much: contact card, code, facts for programs."""
    if center.status == "closed":
        return None
    if quiet(center):
        return Take(message=message(center))
    point = center.point if center.kind not in PHONE_KINDS else None
    spot = f"{point.lat:.6f},{point.lon:.6f}" if point else ""
    path, modules = squares(_mecard(center)) if center.phones and not kept else ("", 0)
    return Take(
        message=message(center),
        card=page.link("cards.vcard", number=center.number) if center.phones and not kept else "",
        code=path,
        modules=modules,
        geo=f"geo:{spot}?q={spot}({quote(_name(center), safe='')})" if point else "",
        site_map=_SITE_MAP.format(lat=point.lat, lon=point.lon) if point else "",
        facts={} if kept else _facts(center),
    )


def _name(center: Center) -> str:
    return center.names.in_lang(page.language())[0]


def _town(center: Center) -> str:
    return page.settlement(center) if center.show_location != "no" else ""


def message(center: Center) -> str:
    """One line for an SMS, at most MESSAGE_ROOM letters: who, the number, the town. A center that must stay quiet is
    called by its soft kind, as nobody should read more over a shoulder."""
    name = label("kind", center.kind, page.language()) if quiet(center) else _name(center)
    number = center.phones[0].number if center.phones else ""
    if not number and center.show_location != "yes":
        number = words.ASK_HIDDEN
    rest = [part for part in (number, _town(center)) if part and part not in name]
    if rest and len(", ".join(rest)) > MESSAGE_ROOM - 12:
        rest = rest[:1]
    room = MESSAGE_ROOM - sum(len(part) + 2 for part in rest)
    if _units(name) > room:
        cut = name
        while _units(cut) > room - 1:
            cut = cut[:-1]
        name = f"{cut.rsplit(' ', 1)[0] if ' ' in cut[room // 2 :] else cut}…"
    return ", ".join((name, *rest))


def _units(text: str) -> int:
    """How long an SMS counts `text`: some signs take two places."""
    return len(text.encode("utf-16-le")) // 2


def _mecard(center: Center) -> str:
    def plain(text: str) -> str:
        return "".join(f"\\{sign}" if sign in '\\;:,"' else sign for sign in " ".join(text.split()))

    # a longer name makes squares too small for a cheap camera
    return f"MECARD:N:{plain(_name(center)[:60])};TEL:{center.phones[0].number};;"


def _facts(center: Center) -> dict[str, Any]:
    """schema.org's words for search engines, from public fields alone."""
    lang = page.language()
    town, street = _town(center), center.address.in_lang(lang)[0]
    place = {"addressCountry": "KG", "addressLocality": town, "streetAddress": street}
    if center.oblast:
        place["addressRegion"] = label("oblast", center.oblast, lang)
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _SCHEMA_TYPES.get(center.kind, "Organization"),
        "name": _name(center),
        "telephone": [phone.number for phone in center.phones],
        "url": center.website if words.website(center) else "",
        "address": {"@type": "PostalAddress"} | {name: text for name, text in place.items() if text},
    }
    if center.point and not center.approximate:
        facts["geo"] = {"@type": "GeoCoordinates", "latitude": center.point.lat, "longitude": center.point.lon}
    if center.hours and center.hours.text:
        facts["openingHours"] = center.hours.text
    return {name: fact for name, fact in facts.items() if fact}


@blueprint.app_context_processor
def offered() -> dict[str, object]:
    """The center's template asks for what can be taken along."""
    return {"take_along": take}


@blueprint.get(f"{page.LANG_PATH}/centers/<int:number>.vcf")
def vcard(number: int) -> Response:
    """The contact card (vCard 3.0, RFC 2426) of a center that has a number and may be kept on a phone."""
    center = page.directory().by_number.get(number)
    if center is None or center.status == "closed" or quiet(center) or not center.phones:
        abort(404)
    lines = _vcard_lines(center)
    response = Response("".join(f"{folded}\r\n" for line in lines for folded in _folded(line)), mimetype="text/vcard")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}.vcf"'
    return response


def _vcard_lines(center: Center) -> Iterable[str]:
    def plain(text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return " ".join(escaped.split())

    lang = page.language()
    name = plain(_name(center))
    region = label("oblast", center.oblast, lang) if center.oblast else ""
    parts = (center.address.in_lang(lang)[0], _town(center), region)
    yield from ("BEGIN:VCARD", "VERSION:3.0", f"N:{name};;;;", f"FN:{name}")
    yield from (f"TEL;TYPE=WORK,VOICE:{phone.number}" for phone in center.phones)
    if any(parts):
        street, town, oblast = map(plain, parts)
        yield f"ADR;TYPE=WORK:;;{street};{town};{oblast};;KG"
    if center.point and not center.approximate:
        yield f"GEO:{center.point.lat:.6f};{center.point.lon:.6f}"
    yield "END:VCARD"


def _folded(line: str) -> Iterable[str]:
    """A line in pieces of at most 75 bytes, never inside a letter; each after the first begins with a space."""
    piece = b""
    for letter in line:
        coded = letter.encode()
        if len(piece) + len(coded) > 75:
            yield piece.decode()
            piece = b" "
        piece += coded
    yield piece.decode()
