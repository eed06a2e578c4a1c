"""The pages reached by links alone: oblasts, rayons, places, the centers near a place, one center."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flask import Blueprint, abort, render_template

from legalmap.directory.search import match
from legalmap.directory.towns import is_town
from legalmap.letters import sort_key
from legalmap.model import OBLASTS, PHONE_KINDS, Center, Match, Place, Rayon
from legalmap.routes import asking, listing, moment, oblasts, page, public, week, words
from legalmap.routes.phrases import _
from legalmap.routes.sheet import OSH
from legalmap.wording import label

blueprint = Blueprint("places", __name__)
LANG = page.LANG_PATH
_CODES = ", ".join(f'"{code.lower()}"' for code in OBLASTS)
_OBLAST = f"{LANG}/places/<any({_CODES}):code>"


def _listed() -> list[Center]:
    """The centers that lists may show."""
    return [
        center for center in page.directory().centers if center.status != "closed" and center.kind not in PHONE_KINDS
    ]


def _located() -> list[Center]:
    """Listed ones of which more than the oblast may be told: what a hidden one serves could lead to its door."""
    return [center for center in _listed() if center.show_location != "no"]


def _rayon_of(center: Center) -> str:
    """The id of a center's own rayon, else of its place's; "" where neither is known."""
    directory = page.directory()
    place = directory.places.by_id.get(center.place_id)
    own = (center.rayon, place.rayon if place else "")
    return next((rayon for rayon in own if rayon in directory.rayons), "")


def _rayonless(code: str) -> tuple[list[Place], list[Place]]:
    """The places of an oblast of which no rayon is known: towns, which mostly belong to none, and the others."""
    places = [place for place in page.directory().places.in_oblast(code) if not page.rayon_of(place)]
    return [place for place in places if is_town(place)], [place for place in places if not is_town(place)]


def _matches(centers: Iterable[Center]) -> list[Match]:
    return sorted((match(center, page.now()) for center in centers), key=_by_place_and_name)


def _by_place_and_name(one: Match) -> tuple[object, ...]:
    lang, center = page.language(), one.center
    # of a hidden center no settlement is known
    place = page.settlement(center) if center.show_location != "no" else ""
    return sort_key(place, lang), sort_key(center.names.in_lang(lang)[0], lang), center.id


def _trail(oblast: str = "", rayon: Rayon | None = None, *, other: bool = False) -> list[tuple[str, str]]:
    """The way back from a page, from the largest on: words and address of each step."""
    steps = [(_("All oblasts"), page.link("places.index"))]
    if oblast in OBLASTS:
        name = words.capital(label("oblast", oblast, page.language()))
        steps.append((name, page.link("places.oblast", code=oblast.lower())))
        if rayon:
            steps.append((page.rayon_name(rayon.id), _rayon_link(rayon)))
        elif other:
            steps.append((_("District not known"), page.link("places.other", code=oblast.lower())))
    return steps


def _rayon_link(rayon: Rayon) -> str:
    return page.link("places.rayon", code=rayon.oblast.lower(), rayon=rayon.id)


@blueprint.get(f"{LANG}/places")
@moment.kept
def index() -> str:
    """Every oblast with how many centers it has."""
    counts = Counter(center.oblast for center in _listed())
    return render_template("public/oblasts.html", oblasts=oblasts.sorted_codes(), counts=counts)


@blueprint.get(_OBLAST)
@moment.kept
def oblast(code: str) -> str:
    """The towns and rayons of an oblast, its centers, and those of them without a point."""
    oblast, lang, directory = code.upper(), page.language(), page.directory()
    places = directory.places.in_oblast(oblast)
    towns, others = _rayonless(oblast)
    counts, centers = Counter(place.rayon for place in places), Counter(_rayon_of(center) for center in _located())
    rayons = [
        (page.rayon_name(rayon.id), _rayon_link(rayon), counts[rayon.id], centers[rayon.id])
        for rayon in directory.rayons.values() if rayon.oblast == oblast
    ]  # fmt: skip
    rayons.sort(key=lambda row: sort_key(row[0], lang))
    matches = _matches(center for center in _listed() if center.oblast == oblast)
    return render_template(
        "public/oblast.html", oblast=oblast, towns=listing.alphabetical(towns), rayons=rayons, others=len(others),
        counts=_per_place(), now=page.now(), trail=_trail(),
        sheet=code if code == OSH else "", alone=len(places) == 1,
        placed=[one for one in matches if one.center.point],
        unplaced=[one for one in matches if not one.center.point],
    )  # fmt: skip


def _per_place() -> Counter[str]:
    return Counter(center.place_id for center in _located() if center.point)


@blueprint.get(f"{_OBLAST}/other")
@moment.kept
def other(code: str) -> str:
    """The places of an oblast of which no rayon is known."""
    oblast = code.upper()
    listed = listing.alphabetical(_rayonless(oblast)[1])
    if not listed:
        abort(404)
    return render_template(
        "public/rayon.html", heading=_("District not known"), trail=_trail(oblast), oblast=oblast, now=page.now(),
        groups=listing.by_letter(listed), near=any(row.near for row in listed), counts=_per_place(),
    )  # fmt: skip


@blueprint.get(f"{_OBLAST}/<rayon>")
@moment.kept
def rayon(code: str, rayon: str) -> str:
    """The places of a rayon, the centers that serve it, those in it, and those of them without a point."""
    directory, found = page.directory(), page.directory().rayons.get(rayon)
    if found is None or found.oblast != code.upper():
        abort(404)
    places = [place for place in directory.places.in_oblast(found.oblast) if page.rayon_of(place) is found]
    seat = directory.places.by_id.get(found.seat)
    listed = listing.alphabetical(place for place in places if place is not seat)
    own = [center for center in _located() if rayon in center.area]
    here = _matches(center for center in _located() if _rayon_of(center) == rayon and center not in own)
    return render_template(
        "public/rayon.html", heading=page.rayon_name(rayon), trail=_trail(found.oblast), oblast=found.oblast,
        sheet=rayon, now=page.now(), counts=_per_place(), seat=_row(seat),
        start=None if places else _row(seat or _first(found.oblast)),
        groups=listing.by_letter(listed), near=any(row.near for row in listed), others=len(_rayonless(found.oblast)[1]),
        own=_matches(own), placed=[one for one in here if one.center.point],
        unplaced=[one for one in here if not one.center.point],
    )  # fmt: skip


def _row(place: Place | None) -> listing.Row | None:
    return listing.rows([place])[0] if place else None


def _first(code: str) -> Place | None:
    """The most important place of an oblast: where to look from when a rayon has no known ones."""
    places = page.directory().places
    return next(iter(places.ranked(places.in_oblast(code))), None)


@blueprint.get(f"{LANG}/places/<int:number>")
def place(number: int) -> moment.Drawn | bytes:
    """The nearest centers of one place."""
    place = page.directory().places.by_id.get(str(number))
    if place is None:
        abort(404)
    trail = _trail(place.oblast, page.rayon_of(place), other=not is_town(place))
    asked = asking.Asked(place_id=place.id)
    drawn = public.show(asked, moment.MORE, trail)
    return public.kept(drawn, asked) if isinstance(drawn, str) else drawn


@blueprint.get(f"{LANG}/centers/<int:number>")
@moment.kept
def center(number: int) -> str:
    """Everything public about one center; a closed one says so."""
    found = page.directory().by_number.get(number)
    if found is None:
        abort(404)
    now = page.now()
    return render_template("public/center.html", match=match(found, now), now=now, week=week, facts=facts_of(found))


def facts_of(center: Center) -> list[tuple[str, str, tuple[str, ...]]]:
    """(heading, family, values) of what a center's page lists."""
    return [
        (_("Topics"), "topic", center.topics), (_("Kind of help"), "need", center.needs),
        (_("For whom"), "group", center.groups), (_("Access"), "access", center.access),
    ]  # fmt: skip
