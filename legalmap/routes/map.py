"""The map page, with its list and filters, and the files that every map reads from the edition."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from legalmap.directory.edition import Directory
from legalmap.directory.editions import NoEdition
from legalmap.directory.layers import file_name
from legalmap.directory.search import matching
from legalmap.letters import sort_key
from legalmap.model import Center, Lang
from legalmap.routes import asking, atlas, offered, page, published
from legalmap.routes.errors import words
from legalmap.routes.sealed import seal, unseal
from legalmap.routes.sealing import Expired
from legalmap.routes.static import FOR_A_YEAR

blueprint = Blueprint("map", __name__)
LANG = page.LANG_PATH
MOST_ROWS = 100
"""Centers with a point that the page names in its list; the map shows all, and the pages of the oblasts name all."""
MOST_UNPLACED = 300
_TYPES = {"js": "text/javascript; charset=utf-8", "json": "application/json"}
_LAYERS = {"shell": "js", "names": "json", "centers": "json"}


@blueprint.app_context_processor
def offered_map() -> dict[str, object]:
    """Templates of other pages ask for a map where they show one: a page that shows none runs no script."""
    return {"offer_map": atlas.offer, "has_streets": atlas.has_streets}


@blueprint.get(f"{LANG}/map")
def whole() -> str:
    """Every listed center on the map; those without a point, and all the others, in a list."""
    atlas.allow()
    return _whole(page.directory(), page.language(), request.script_root, atlas.has_streets())


# the same for everybody until the next edition
@lru_cache(maxsize=3)
def _whole(directory: Directory, lang: Lang, root: str, streets: bool) -> str:
    return _show(asking.Asked())


@blueprint.post(f"{LANG}/map")
def choose() -> AnyResponse:
    """Seals the chosen filters: a topic never stands in an address."""
    page.require_length()
    asked = asking.read_form(request.form, anywhere=True)
    if asked.wrong:
        abort(400)
    return page.go_on(page.link("map.chosen", sealed=seal(asked)))


@blueprint.get(f"{LANG}/map/<sealed>")
def chosen(sealed: str) -> str | tuple[str, int]:
    """The map with what was chosen."""
    try:
        return _show(unseal(sealed))
    except Expired:
        return _show(asking.Asked(), words(410)[0]), 410


def _show(asked: asking.Asked, said: str = "") -> str:
    directory, lang = page.directory(), page.language()
    everyone = matching(directory, asked.query(lang, page.now()))
    order = _order(directory, lang)
    everyone.sort(key=lambda center: order[center.number])
    placed = [center for center in everyone if center.point]
    unplaced = [center for center in everyone if not center.point]
    extra: dict[str, object] = {
        "now": True, "kinds": atlas.kinds(), "center": page.link("places.center", number=0),
        "notices": page.link("notices.file"),
    }  # fmt: skip
    if asked.filtered:
        extra["only"] = [center.number for center in placed]
    return render_template(
        "public/map.html", asked=asked, said=said, offers=offered.offers(directory),
        atlas=atlas.offer("centers", extra=extra), placed=len(placed), total=len(everyone),
        rows=placed[:MOST_ROWS], unplaced=unplaced[:MOST_UNPLACED], more_unplaced=len(unplaced[MOST_UNPLACED:]),
    )  # fmt: skip


# once for an edition and language: ten thousand names take half a second to put in order
@lru_cache(maxsize=3)
def _order(directory: Directory, lang: Lang) -> dict[int, int]:
    """Where each listed center stands in the list, by number: by town, then by name."""

    def place_and_name(center: Center) -> tuple[object, ...]:
        # of a hidden center no settlement is known
        town = page.settlement(center) if center.show_location != "no" else ""
        return sort_key(town, lang), sort_key(center.names.in_lang(lang)[0], lang), center.number

    listed = sorted((*directory.ranked, *directory.unplaced), key=place_and_name)
    return {center.number: index for index, center in enumerate(listed)}


@blueprint.get(f"{LANG}/layers/<name>")
def layer(name: str) -> Response:
    """A file of the current edition for its map: `shell.<hash>.js`, `names.<hash>.json`, `centers.<hash>.json`.

    A page that was made a moment before a new edition gets the new one's file, which nothing may keep.
    """
    stem, _, rest = name.partition(".")
    sha256, _, ending = rest.partition(".")
    try:
        directory = page.directory()
    except NoEdition:
        abort(503)
    plain = file_name(stem, page.language(), ending)
    if _LAYERS.get(stem) != ending:
        abort(404)
    response = published.file(directory, plain, _TYPES[ending])
    if directory.files[plain].startswith(sha256) and len(sha256) == 16:
        response.headers["Cache-Control"] = FOR_A_YEAR
    return response
