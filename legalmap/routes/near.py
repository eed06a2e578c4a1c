"""What a phone loads to answer by itself: its data from the edition, and the parts and words that its scripts draw."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from legalmap.directory.edition import Directory
from legalmap.directory.editions import NoEdition
from legalmap.directory.layers import file_name
from legalmap.model import Lang
from legalmap.routes import asking, atlas, near_words, offered, page, published

blueprint = Blueprint("near", __name__)
LANG = page.LANG_PATH
_JSON = "application/json"
_DATA = ("near", "places")
"""Files of an edition that the phone answers from."""


@blueprint.get(f"{LANG}/near.json")
def centers() -> Response:
    """The listed centers as a phone needs them to rank and show them."""
    return published.fresh(page.directory(), file_name("near", page.language()), _JSON)


@blueprint.get(f"{LANG}/places.json")
def places() -> Response:
    """The places as a phone needs them to suggest them while a person types."""
    return published.fresh(page.directory(), file_name("places", page.language()), _JSON)


@blueprint.get(f"{LANG}/near")
def parts() -> AnyResponse:
    """The filters, the map and all words with which the scripts draw an answer; no page of its own."""
    response = Response(_parts(page.directory(), page.language(), request.script_root, atlas.has_streets()))
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)


# the same for everybody until the next edition
@lru_cache(maxsize=3)
def _parts(directory: Directory, lang: Lang, root: str, streets: bool) -> str:
    return render_template(
        "near/parts.html", asked=asking.Asked(), offers=offered.offers(directory), words=near_words.all_words(),
        atlas=atlas.offer(), now=page.now(),
    )  # fmt: skip


@blueprint.app_context_processor
def offered_near() -> dict[str, object]:
    """The search form asks for what the phone can do by itself."""
    return {"offer_near": offer}


def offer() -> dict[str, Any] | None:
    """Addresses of what the starter loads when it is needed; None where the edition has no data for phones. From
    here on the page may run our scripts."""
    try:
        directory = page.directory()
    except NoEdition:
        return None
    if directory.folder is None or not {file_name(name, page.language()) for name in _DATA} <= directory.files.keys():
        return None
    atlas.allow()
    return {
        "typing": atlas.static("places.js"),
        "typing_css": atlas.static("typing.css"),
        "view": atlas.static("near.js"),
        "view_css": [atlas.static("rest.css"), atlas.static("near.css")],
        "letters": atlas.static("letters.json"),
        "places": page.link("near.places"),
        "near": page.link("near.centers"),
        "notices": page.link("notices.file"),
        "parts": page.link("near.parts"),
    }
