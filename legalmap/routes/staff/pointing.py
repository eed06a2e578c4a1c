"""The point of a center in its form: looked for by a place's name, shown on the map to be moved."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from flask import request

from legalmap.desk.edit import Edit
from legalmap.desk.gazetteer import Gazetteer
from legalmap.model import SENSITIVE_KINDS, Place
from legalmap.routes import atlas, page
from legalmap.routes.phrases import _

SHOWN = 8
"""Places that a search offers."""
_START = "staff-point.js"


def looked_for(gazetteer: Gazetteer) -> tuple[tuple[Place, str], ...]:
    """The places called as the form asks, or nearly so, each told apart."""
    text = request.form.get("find", "").strip()[:100]
    if not text:
        return ()
    found = gazetteer.places.find(text)
    told = (
        (place, gazetteer.described([place]).in_lang(page.language())[0]) for place in (*found.exact, *found.similar)
    )
    return tuple(told)[:SHOWN]


def moved(edit: Edit, place_id: str, gazetteer: Gazetteer) -> Edit:
    """The form with the point of a place; as it was when there is no such place."""
    place = gazetteer.places.by_id.get(place_id)
    if place is None:
        return edit
    point = {"lat": f"{place.point.lat:.5f}", "lon": f"{place.point.lon:.5f}"}
    return dataclasses.replace(edit, cells={**edit.cells, **point})


def offer(cells: Mapping[str, str], gazetteer: Gazetteer, *, now: bool) -> atlas.Atlas | None:
    """The map on which the point is moved; None where the edition has no map. `now`: open it at once."""
    found = atlas.offer()
    if found is None:
        return None
    # whoever serves the pictures of streets would see where somebody looks for a hidden place
    quiet = cells["show_location"] == "no" or cells["kind"] in SENSITIVE_KINDS
    places = gazetteer.settlements({**cells, "lat": "", "lon": ""})
    near = [places[0].point.lat, places[0].point.lon] if places else None
    about = {
        **found.about, "shell": atlas.static(_START), "now": now, "near": near, "lang": page.language(),
        "words": {
            **found.about["words"],
            "ready": _("The map is shown. The point is dragged, or moved by the arrow keys; with Shift a little."),
            "point": _("The point of the center. Arrow keys move it, with Shift a little."),
            "put": _("Put the point in the middle of the map"),
        },
    }  # fmt: skip
    return dataclasses.replace(found, about=about, streets="" if quiet else found.streets)
