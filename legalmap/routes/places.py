"""The pages reached by links alone: oblasts, their places, the centers near a place, one center."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, abort, render_template

from legalmap.directory.search import match
from legalmap.letters import sort_key
from legalmap.model import OBLASTS, PHONE_KINDS, Center, Match
from legalmap.routes import asking, oblasts, page, public, week
from legalmap.routes.phrases import _

blueprint = Blueprint("places", __name__)
LANG = page.LANG_PATH
_CODES = ", ".join(f'"{code.lower()}"' for code in OBLASTS)


def _listed() -> list[Center]:
    """The centers that lists may show."""
    return [
        center for center in page.directory().centers if center.status != "closed" and center.kind not in PHONE_KINDS
    ]


@blueprint.get(f"{LANG}/places")
def index() -> str:
    """Every oblast with how many centers it has."""
    counts = Counter(center.oblast for center in _listed())
    return render_template("public/oblasts.html", oblasts=oblasts.sorted_codes(), counts=counts)


@blueprint.get(f"{LANG}/places/<any({_CODES}):code>")
def oblast(code: str) -> str:
    """The places of an oblast in alphabetical order, its centers, and those of them without a point."""
    oblast, lang, directory = code.upper(), page.language(), page.directory()
    names = [(place, place.names.in_lang(lang)[0]) for place in directory.places.in_oblast(oblast)]
    names.sort(key=lambda pair: sort_key(pair[1], lang))
    matches = [match(center, page.now()) for center in _listed() if center.oblast == oblast]
    matches.sort(key=_by_place_and_name)
    counts = Counter(center.place_id for center in _listed() if center.point)
    return render_template(
        "public/oblast.html", oblast=oblast, places=names, counts=counts, now=page.now(),
        placed=[one for one in matches if one.center.point],
        unplaced=[one for one in matches if not one.center.point],
    )  # fmt: skip


def _by_place_and_name(one: Match) -> tuple[object, ...]:
    lang, center = page.language(), one.center
    # of a hidden center no settlement is known
    place = page.settlement(center) if center.show_location != "no" else ""
    return sort_key(place, lang), sort_key(center.names.in_lang(lang)[0], lang), center.id


@blueprint.get(f"{LANG}/places/<int:number>")
def place(number: int) -> str | tuple[str, int]:
    """The nearest centers of one place."""
    if str(number) not in page.directory().places.by_id:
        abort(404)
    return public.show(asking.Asked(place_id=str(number)))


@blueprint.get(f"{LANG}/centers/<int:number>")
def center(number: int) -> str:
    """Everything public about one center; a closed one says so."""
    found = page.directory().by_number.get(number)
    if found is None:
        abort(404)
    now = page.now()
    facts = [
        (_("Topics"), "topic", found.topics), (_("Kind of help"), "need", found.needs),
        (_("For whom"), "group", found.groups), (_("Access"), "access", found.access),
    ]  # fmt: skip
    return render_template("public/center.html", match=match(found, now), now=now, week=week, facts=facts)
