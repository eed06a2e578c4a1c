"""The whole directory as one file that opens without a line: from a memory stick, a messenger, an old backup."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import brotli
from flask import Blueprint, Response, abort, current_app, g, render_template

from legalmap.directory.edition import Directory
from legalmap.hours import BISHKEK
from legalmap.model import OBLASTS, Lang
from legalmap.routes import (
    asking,
    near_words,
    notices,
    oblasts,
    offered,
    pack_data,
    pack_list,
    page,
    places,
    static,
    words,
)
from legalmap.routes.phrases import _

blueprint = Blueprint("pack", __name__)
MOST = 1_000_000
"""Bytes of one file: what a messenger passes on and a cheap phone opens."""
WHOLE = 700
"""Listed centers that certainly fit; of more there is one file for each oblast."""
LEFT_OUT: Sequence[frozenset[str]] = (
    frozenset(),
    frozenset({"facts"}),
    frozenset({"facts", "map"}),
    frozenset({"facts", "map", "details"}),
)
"""What is left out, one after the other, until a file is small enough; then it is refused."""
OLD = dt.timedelta(days=90)
_LEAST = 500
"""Bytes that no center takes less than."""
_QUALITY, _LEVEL = 9, 6
_INSIDE = {
    "places.center": "#c{number}",
    "places.oblast": "#{code}",
    "places.index": "#all",
    "public.phones": "#numbers",
    "public.about": "",  # "#sources" follows
}
"""Where links of the site's own parts lead within the file."""


class TooLarge(Exception):
    """The file would pass MOST bytes, whatever is left out."""


@blueprint.app_context_processor
def offered_files() -> dict[str, object]:
    """The page "About" offers the files."""
    return {"files_to_take": files}


def file_name(lang: str, oblast: str = "") -> str:
    """Neutral: no word of what is in it."""
    return "-".join(filter(None, ("jakyn", lang, oblast.lower().removeprefix("kg-")))) + ".html"


def files(directory: Directory) -> list[tuple[str, str]]:
    """(oblast code, address) of what can be taken; "" stands for the whole country, where one file can hold it."""
    codes = [""] if _listed(directory) <= WHOLE else oblasts.sorted_codes()
    return [(code, page.link("pack.file", name=file_name(page.language(), code))) for code in codes]


def _listed(directory: Directory) -> int:
    return len(directory.ranked) + len(directory.unplaced)


@blueprint.get(f"{page.LANG_PATH}/file/<name>")
def file(name: str) -> Response:
    """The file of the country or of an oblast, to be kept; 404 for other names and where it would be too large."""
    lang = page.language()
    oblast = next((code for code in ("", *OBLASTS) if name == file_name(lang, code)), None)
    if oblast is None:
        abort(404)
    made = _made(page.directory(), lang, oblast)
    if made is None:
        abort(404)
    response = static.answer(made)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _made(directory: Directory, lang: Lang, oblast: str) -> static.StaticFile | None:
    """Made once for an edition and what centers say; None where it would be too large."""
    kept, said = _kept(directory), tuple(sorted((one.center, one.what, one.until) for one in page.notices().values()))
    if (lang, oblast) not in kept or kept[lang, oblast][0] != said:
        g.directory = narrowed = pack_data.narrowed(directory, oblast) if oblast else directory
        try:
            made = _packed(written(narrowed, lang, oblast))
        except TooLarge:
            made = None
        kept[lang, oblast] = said, made
    return kept[lang, oblast][1]


# one edition only: a worker must not keep an old one in memory
@lru_cache(maxsize=1)
def _kept(directory: Directory) -> dict[tuple[str, str], tuple[object, static.StaticFile | None]]:
    return {}


def _packed(content: bytes) -> static.StaticFile:
    br, zipped = brotli.compress(content, quality=_QUALITY), gzip.compress(content, _LEVEL, mtime=0)
    return static.StaticFile("text/html; charset=utf-8", content, br, zipped)


def written(directory: Directory, lang: Lang, oblast: str = "") -> bytes:
    """The file of `directory`, which is that of this request. Raises TooLarge."""
    if _listed(directory) * _LEAST > MOST:
        raise TooLarge  # without seconds of drawing it first
    for left_out in LEFT_OUT:
        content = _render(directory, lang, oblast, left_out).encode()
        if len(content) <= MOST:
            return content
    raise TooLarge


def _render(directory: Directory, lang: Lang, oblast: str, left_out: frozenset[str]) -> str:
    made = directory.published_at.astimezone(BISHKEK)
    own = current_app.extensions["static"]
    drawing = None if "map" in left_out else pack_data.atlas(directory, lang, own)
    code = pack_data.Code.of(own, drawing)
    told = near_words.all_words()
    told["list"] |= {"center": "#c0", "oblast": {code: f"#{code.lower()}" for code in OBLASTS}, "title": page.title()}
    return render_template(
        "pack/file.html", link=_link, offer_near=lambda: pack_data.INSIDE, leave_to=lambda: "#month",
        asked=asking.Asked(), offers=offered.offers(directory), words=told, atlas=drawing and drawing.atlas, now=made,
        directory=directory, oblast=oblast, left_out=left_out, code=code, made=made, until=made + OLD,
        data=pack_data.data(directory, lang, drawing, notices.told()), parts=pack_list.parts(directory, made),
        says=_says(), facts=places.facts_of, names_of=pack_list.names_of, month=pack_list.month(made.date()),
        ask=words.ASK,
    )  # fmt: skip


def _link(endpoint: str, **values: Any) -> str:
    return _INSIDE.get(endpoint, "#main").format(**values)


def _says() -> dict[str, str]:
    """What pack.js says."""
    return {
        "write": _("Write your town or village, or choose an oblast below."),
        "unknown": _("No name like this: check the spelling, or choose an oblast below."),
        "which": _("Which one?"),
        "this_one": _("Is it this one?"),
        "back": _("Back to the list"),
    }
