"""Page texts in the language of the answer, from the catalog `messages`."""

from __future__ import annotations

from typing import cast

from flask import Flask, g, has_request_context, request
from markupsafe import escape

from legalmap.model import LANGS, Lang
from legalmap.wording import catalog


def language() -> Lang:
    """The language of this answer: the path's, else the best the browser asks for, else Kyrgyz."""
    if not has_request_context():
        return "ky"
    chosen: Lang | None = g.get("lang")
    if chosen is None:
        first = request.path[1:].split("/", 1)[0]
        # a place where nobody chose yet: only the header can tell
        chosen = cast(Lang, first if first in LANGS else request.accept_languages.best_match(LANGS, "ky"))
        g.lang = chosen
    return chosen


def _(text: str, **values: str) -> str:
    """The text of the page's language for the English `text`; `values` fill its named places."""
    said = catalog("messages", language()).gettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, num: int) -> str:
    """The text for `num` things, in the plural forms of the page's language; `%(num)d` is the number."""
    return catalog("messages", language()).ngettext(one, many, num) % {"num": num}


def pgettext(context: str, text: str) -> str:
    """Like `_`, for a short word that means different things in different places."""
    return catalog("messages", language()).pgettext(context, text)


def prepare(app: Flask) -> None:
    """Gives the templates of `app` their texts: `_`, `ngettext`, `pgettext`; they and the values that fill them are
    escaped (Jinja by itself takes every translation for HTML)."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: escape(catalog("messages", language()).gettext(text)),
        ngettext=lambda one, many, num: escape(catalog("messages", language()).ngettext(one, many, num)),
        pgettext=lambda context, text: escape(pgettext(context, text)),
        newstyle=True,
    )
