"""What every page shares: its language, the directory it shows, its links, its name and the numbers to call."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any, cast

from flask import Flask, abort, current_app, g, jsonify, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from legalmap.directory import naming
from legalmap.directory.edition import Directory
from legalmap.directory.editions import NoEdition
from legalmap.directory.notices import Notice
from legalmap.directory.towns import is_town
from legalmap.hours import BISHKEK
from legalmap.model import LANGS, OBLASTS, PHONE_KINDS, Center, Place, Rayon
from legalmap.routes import moment, words
from legalmap.routes.phrases import _, pgettext
from legalmap.routes.phrases import language as language
from legalmap.wording import label

LANG_PATH = "/<any(ky, ru, en):lang>"
CITIES = frozenset({"KG-GB", "KG-GO"})
"""Cities that are oblasts of their own."""
_MOVES = ("public.", "keep.", "places.", "map.", "sheet.", "signin.", "admin_", "committee", "center.")
"""Pages that are the same page in another language."""
LANGUAGE_NAMES = {"ky": ("КЫР", "Кыргызча"), "ru": ("РУС", "Русский"), "en": ("ENG", "English")}


def directory() -> Directory:
    """The edition that serves this request, the same to its end. Raises NoEdition."""
    if "directory" not in g:
        here = moment.current()
        g.directory = here.directory if here else current_app.extensions["editions"].current()
    return cast(Directory, g.directory)


def now() -> dt.datetime:
    """The moment "open" is judged at."""
    return dt.datetime.now(BISHKEK)


def drawn_once(*key: Hashable, caller: Callable[[], str]) -> str:
    """For `{% call drawn_once(...) %}`: a part of pages that is the same wherever `key` is the same, in this language,
    until an edition, the day or what centers say changes."""
    here = moment.current()
    return here.piece((request.script_root, language(), *key), caller) if here else caller()


def link(endpoint: str, **values: Any) -> str:
    """The one way a link is made: relative to the host, in the page's language unless another is named."""
    values.setdefault("lang", language())
    return url_for(endpoint, **values)


def go_on(address: str) -> AnyResponse:
    """The answer to a form that was read: on to `address`. The page's script, which lets the new page take the place
    of the old one in the browser's history, asks for JSON and gets `{"to": address}`."""
    if request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json":
        return jsonify(to=address)
    return redirect(address, 303)


def require_length() -> None:
    """Refuses a body that does not say its length: a chunked one could be cut in silence. Aborts with 411."""
    if request.content_length is None and "Transfer-Encoding" in request.headers:
        abort(411)


def other_languages() -> list[tuple[str, str, str, str]]:
    """(language, short name, full name, this page in it) for the switch; a page that cannot move leads home."""
    here, values = request.endpoint, request.view_args
    stays = here is not None and here.startswith(_MOVES) and _is_page()
    links: list[tuple[str, str, str, str]] = []
    for lang in LANGS:
        target = url_for(here, **{**(values or {}), "lang": lang}) if stays and here else ""
        links.append((lang, *LANGUAGE_NAMES[lang], target or url_for("public.home", lang=lang)))
    return links


def _is_page() -> bool:
    """Whether the address of this request shows a page by itself: that of a form that was sent may not."""
    if request.method == "GET":
        return True
    try:
        current_app.url_map.bind("localhost").match(request.path, "GET")
    except HTTPException:
        return False
    return True


def title(step: str = "") -> str:
    """A neutral step and the site's name: never a topic, a place or a center."""
    site = site_name()
    return f"{site} – {step}" if step else site


def site_name() -> str:
    """The operator's name for the site, else Жакын / Jakyn."""
    chosen: str = current_app.extensions["settings"].name
    return chosen or pgettext("site", "Jakyn")


def numbers() -> tuple[Center, ...]:
    """The helplines and emergency services of the edition by rank; none without an edition."""
    try:
        centers = directory().centers
    except NoEdition:
        return ()
    lines = [center for center in centers if center.kind in PHONE_KINDS and center.status != "closed"]
    return tuple(sorted(lines, key=lambda line: (line.rank is None, line.rank or 0, line.id)))


def line_name(center: Center) -> str:
    """A line's name without its number in front, which is shown beside it."""
    return re.sub(r"^[\d\s]+[–—:-]\s*", "", center.names.in_lang(language())[0])


def before_call(center: Center) -> tuple[str, ...]:
    """What happens before and during a call of `center`, line by line; () when nothing is known."""
    return next((told for phone in center.phones if (told := before_number(phone.number))), ())


def before_number(number: str) -> tuple[str, ...]:
    """What happens before and during a call of `number`, line by line; () when nothing is known."""
    text = directory().texts.get(f"before_call.{number}")
    return tuple(text.text.in_lang(language())[0].split("\n")) if text else ()


def notices() -> Mapping[int, Notice]:
    """What centers say today, by number: the same to the end of this request."""
    if "notices" not in g:
        here = moment.current()
        g.notices = here.notices if here else current_app.extensions["notices"].current(now().date())
    return cast(Mapping[int, Notice], g.notices)


def not_today(number: int) -> str:
    """What the center of that number says today, in words; "" for nothing."""
    said = notices().get(number)
    if said is None:
        return ""
    told = _("last day: %(date)s", date=words.date(said.until.isoformat()))
    return f"{label('notice', said.what, language())} · {told}"


def rayon_name(rayon: str) -> str:
    """A rayon by its id; a name that came as plain text only where its letters are those of the page."""
    return naming.rayon_name(directory(), rayon, language())


def rayons_named(text: str) -> list[tuple[str, str]]:
    """The rayons that `text` names, words and address of each: "Кочкор" is a village and a rayon."""
    return [
        (rayon_name(rayon.id), link("places.rayon", code=rayon.oblast.lower(), rayon=rayon.id))
        for rayon in directory().rayons.named(text)
    ]


def whereabouts(oblast: str, rayon: str = "", name: str = "") -> str:
    """From small to large: "Кочкор, Кочкор району, Нарын облусу"; a city that is its own oblast stands once."""
    own = label("oblast", oblast, language()) if oblast else ""
    if oblast in CITIES and name and name in own:
        name = ""
    return ", ".join(part for part in (name, rayon_name(rayon), own) if part)


def rayon_of(place: Place) -> Rayon | None:
    """The rayon whose page lists `place`; None where it is not known, or where none of the place's oblast is."""
    rayon = directory().rayons.get(place.rayon)
    return rayon if rayon and rayon.oblast == place.oblast else None


def near_town(place: Place, *, always: bool = False) -> str:
    """In words, which town a village of unknown rayon (or any place) is near, and how far: "" for the others."""
    if not always and (rayon_of(place) or is_town(place)):
        return ""
    found = directory().places.near(place)
    if found is None:
        return ""
    town, meters = found
    name, kilometers = town.names.in_lang(language())[0], words.number(max(1, meters / 1000))
    return _("near %(place)s, %(n)s km", place=name, n=kilometers)


def settlement(center: Center) -> str:
    """The name of a center's settlement, from the gazetteer where it is known there."""
    return naming.settlement(directory(), center, language())


def area_name(area: str) -> str:
    """What a center serves: the country, an oblast or a rayon."""
    if area == "country":
        return label("area", area, language())
    return label("oblast", area, language()) if area in OBLASTS else rayon_name(area)


def prepare(app: Flask) -> None:
    """Gives the templates of `app` their words, and takes the language out of the routes' arguments."""

    @app.url_value_preprocessor
    def take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "lang" in values:
            g.lang = values.pop("lang")

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "lang": language(),
            "link": link,
            "drawn_once": drawn_once,
            "static": lambda name: url_for(
                "static.file", name=current_app.extensions["static"].hashed[name]
            ),
            "site": site_name(),
            "title": title,
            "languages": other_languages(),
            "numbers": numbers(),
            "line_name": line_name,
            "before_call": before_call,
            "before_number": before_number,
            "whereabouts": whereabouts,
            "near_town": near_town,
            "rayon_name": rayon_name,
            "settlement": settlement,
            "area_name": area_name,
            "label": lambda family, value: label(family, value, language()),
            "say": words,
            "not_today": not_today,
            "fallback_numbers": (
                ("102", _("Police")), ("103", _("Ambulance")), ("112", _("Rescue service")),
            ),
        }  # fmt: skip
