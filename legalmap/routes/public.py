"""The pages of a search and the pages that explain: home, search, results, phones, tips, about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from legalmap.directory.search import answer
from legalmap.model import Answer, Match
from legalmap.routes import asking, listing, moment, oblasts, offered, page
from legalmap.routes.errors import words
from legalmap.routes.sealed import seal, unseal
from legalmap.routes.sealing import Expired

blueprint = Blueprint("public", __name__)
LANG = page.LANG_PATH


@blueprint.get("/")
def root() -> AnyResponse:
    """To the home page in the language that the browser asks for."""
    response = redirect(url_for("public.home", lang=page.language()), 302)
    response.headers["Vary"] = "Accept-Language"
    return response


@blueprint.get(f"{LANG}/")
@moment.kept
def home() -> str:
    """The question, the oblasts, the numbers."""
    return render_template("public/home.html", oblasts=oblasts.sorted_codes(), directory=page.directory())


@blueprint.get(f"{LANG}/search")
@moment.kept
def search_form() -> str:
    """The form alone; query parameters are never read."""
    page.directory()
    return render_template("public/search.html", asked=asking.Asked(), oblasts=oblasts.sorted_codes())


@blueprint.post(f"{LANG}/search")
def search() -> AnyResponse:
    """Seals what was asked and sends the browser to its results, so that Back works there."""
    page.require_length()
    asked = asking.read_form(request.form)
    return page.go_on(page.link("public.found", sealed=seal(asked)))


@blueprint.get(f"{LANG}/found/<sealed>")
def found(sealed: str) -> moment.Drawn | bytes:
    """The results of a sealed search; choices when a name fits several places; words when nothing fits."""
    try:
        asked = unseal(sealed)
    except Expired:
        heading, advice = words(410)
        page_410 = {"heading": heading, "advice": advice, "asked": asking.Asked(), "oblasts": oblasts.sorted_codes()}
        return render_template("public/search.html", **page_410), 410
    if asked.wrong:
        return render_template("public/search.html", asked=asked, oblasts=oblasts.sorted_codes()), 400
    if asked.point:  # where somebody is, is kept by nobody
        return show(asked, void=True)
    # the addresses of this page in other languages stand on it
    request.view_args = {"sealed": moment.OWN}
    drawn = show(asked, moment.MORE, void=True)
    return kept(drawn, asked, sealed=asking.pack(asked), token=sealed) if isinstance(drawn, str) else drawn


def kept(drawn: str, asked: asking.Asked, **address: Any) -> bytes:
    """A list that others may have too."""
    more = asking.pack(asking.more(asked)) if moment.MORE in drawn else b""
    return moment.keep(drawn, more=more, **address)


def show(
    asked: asking.Asked, sealed_more: str = "", trail: Sequence[tuple[str, str]] = (), *, void: bool = False
) -> moment.Drawn:
    """The page that answers `asked` from the current edition; `sealed_more`: the same with more in it; `trail`: the way
    back from it, words and addresses; `void`: whether its address leads nowhere before long."""
    directory, now = page.directory(), page.now()
    result = answer(directory, asked.query(page.language(), now))
    # a chosen place is meant; a typed name may mean the oblast that is called the same
    typed = "" if asked.point or asked.place_id else asked.text
    known = {"asked": asked, "result": result, "named": oblasts.named(typed), "rayons": page.rayons_named(typed)}
    if result.choices:
        choices = listing.choices(result.choices, asked.text)
        return render_template("public/choices.html", choices=choices, **known)
    if result.origin is None:
        similar = listing.rows(result.similar, asked.text)
        return render_template("public/nothing.html", oblasts=oblasts.sorted_codes(), similar=similar, **known)
    near, far = split_unplaced(result)
    more = result.more and asked.k < asking.MANY
    return render_template(
        "public/results.html", near=near, far=far, now=now, trail=trail, void=void, offers=offered.offers(directory),
        more=page.link("public.found", sealed=sealed_more or seal(asking.more(asked))) if more else "", **known,
    )  # fmt: skip


def split_unplaced(result: Answer) -> tuple[list[Match], list[Match]]:
    """Centers without a point: those that serve the origin's oblast or the whole country, and the others."""
    near: list[Match] = []
    far: list[Match] = []
    for match in result.unplaced:
        served = {match.center.oblast, *match.center.area}
        here = "country" in served or (result.oblast and result.oblast in served)
        (near if here else far).append(match)
    return near, far


@blueprint.get(f"{LANG}/phones")
@moment.kept
def phones() -> str:
    """Every number with what happens before the call."""
    page.directory()
    return render_template("public/phones.html")


@blueprint.get(f"{LANG}/tips")
@moment.kept
def tips() -> str:
    """How to leave fewer traces on a phone."""
    texts = page.directory().texts
    keys = sorted((key for key in texts if key.startswith("tips.")), key=lambda key: int(key.split(".")[1]))
    return render_template("public/tips.html", tips=[texts[key].text for key in keys])


@blueprint.get(f"{LANG}/privacy")
@moment.kept
def privacy() -> str:
    """What is promised to a visitor, and what cannot be."""
    return render_template("public/privacy.html")


@blueprint.get(f"{LANG}/about")
@moment.kept
def about() -> str:
    """What this is, where it comes from, which edition is shown."""
    return render_template("public/about.html", directory=page.directory())
