"""The sheet of a rayon: one A4 for a wall, with the nearest help, the numbers to call and strips to tear off."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, render_template

from legalmap import resources
from legalmap.directory.edition import Directory
from legalmap.directory.search import match
from legalmap.model import OBLASTS, Match, Place
from legalmap.routes import cards, page, words
from legalmap.routes.codes import squares
from legalmap.wording import label

blueprint = Blueprint("sheet", __name__)
WAYS = 3
"""Ways to help on one sheet: more would be a list, and smaller letters."""
STRIPS = 8
GOOD_FOR = dt.timedelta(days=180)
"""After that nobody may rely on hours that were verified on the last day before printing."""
OSH = "kg-go"
"""Osh city, which has no rayons, has a sheet of its own; Bishkek has one for each of its districts."""


def ids(directory: Directory) -> list[str]:
    """Every rayon, and Osh city, in the order of their oblasts."""
    rayons = sorted(directory.rayons.values(), key=lambda rayon: (rayon.oblast, rayon.id))
    return [*(rayon.id for rayon in rayons), OSH]


def oblast_of(directory: Directory, sheet: str) -> str:
    """The code of the oblast that a sheet belongs to."""
    rayon = directory.rayons.get(sheet)
    return rayon.oblast if rayon else OSH.upper()


def standing_alone(app: Flask, lang: str, sheet: str) -> str:
    """The sheet as one file that needs nothing beside it: its style within, and no way back to a site."""
    answer = app.test_client().get(f"/{lang}/sheet/{sheet}")
    if answer.status_code != 200:
        raise LookupError(sheet)
    style = (resources.folder("static") / "sheet.css").read_text(encoding="utf-8")
    page = re.sub(r'<link rel="icon"[^>]*>\n?', "", answer.get_data(as_text=True))
    page = re.sub(r'<nav class="screen".*?</nav>\n?', "", page, flags=re.DOTALL)
    return re.sub(r'<link rel="stylesheet"[^>]*>', lambda _: f"<style>\n{style}</style>", page)


def _seat(directory: Directory, sheet: str) -> tuple[Place | None, str]:
    """The place that distances are measured from, and the oblast code: the rayon's seat, else its most important
    place, else that of the oblast."""
    rayon, oblast = directory.rayons.get(sheet), oblast_of(directory, sheet)
    places = directory.places.ranked(directory.places.in_oblast(oblast))
    if rayon is None:
        return (places[0] if places else None), oblast
    own = [place for place in places if place.rayon == rayon.id]
    return directory.places.by_id.get(rayon.seat) or next(iter([*own, *places]), None), oblast


def _ways(directory: Directory, seat: Place | None) -> list[Match]:
    """The nearest centers that may be named on a wall."""
    if seat is None:
        return []
    found: list[Match] = []
    for index, meters in directory.nearest.find(seat.point, len(directory.ranked)):
        center = directory.ranked[index]
        if not cards.quiet(center) and center.status == "active":
            found.append(match(center, page.now(), meters))
        if len(found) == WAYS:
            break
    return found


@blueprint.get(f"{page.LANG_PATH}/sheet/<sheet>")
def show(sheet: str) -> str:
    """The sheet of a rayon (its id) or of Osh city."""
    directory = page.directory()
    if sheet not in directory.rayons and sheet != OSH:
        abort(404)
    seat, oblast = _seat(directory, sheet)
    lang = page.language()
    heading = page.rayon_name(sheet) if sheet in directory.rayons else words.capital(label("oblast", oblast, lang))
    site = current_app.extensions["settings"].site
    address = f"{site}{page.link('sheet.show', sheet=sheet)}" if site else ""
    code, side = squares(address) if address else ("", 0)
    published = directory.published_at.date()
    back = (
        page.link("places.rayon", code=oblast.lower(), rayon=sheet)
        if sheet in directory.rayons
        else page.link("places.oblast", code=oblast.lower())
    )
    return render_template(
        "public/sheet.html", heading=heading, oblast=label("oblast", oblast, lang) if oblast in OBLASTS else "",
        seat=seat, seat_name=seat.names.in_lang(lang)[0] if seat else "", ways=_ways(directory, seat), code=code,
        side=side, host=urlsplit(site).netloc, back=back, strips=range(STRIPS), number=directory.number, now=page.now(),
        published=published.isoformat(), until=(published + GOOD_FOR).isoformat(),
    )  # fmt: skip
