"""Keeping the site on the phone, by choice: the page that offers it, what the phone asks for then, and deleting it."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from legalmap.routes import headers, keeping, page, static, words
from legalmap.routes.phrases import _

blueprint = Blueprint("keep", __name__)
LANG = page.LANG_PATH
OLD_DAYS = 90
"""Days after which a copy says that one should ask first."""


@blueprint.get(f"{LANG}/keep")
def about() -> str:
    """The warning, what is kept and how much; how old the copy is; updating and deleting it."""
    copy = keeping.copy()
    told = {
        "worker": url_for("keep.worker"), "scope": url_for("public.root"), "lang": page.language(), "old": OLD_DAYS,
        "files": len(copy.files),
        "going": _("Being kept: %(done)s of %(all)s", done="{done}", all="{all}"),
        "age": _("Days since then: %(number)s.", number="{days}"), "today": _("That was today."),
    }  # fmt: skip
    return render_template("keep/about.html", copy=copy, told=told, directory=page.directory())


@blueprint.get(f"{LANG}/keep/offline/<any(page, search):what>")
def without(what: str) -> str:
    """What a phone says without a network of a page that it does not keep, or of a search that it cannot answer."""
    # nothing from the directory: this page outlives what is withdrawn
    return render_template("keep/offline.html", what=what, numbers=())


@blueprint.get(f"{LANG}/keep/centers.json")
def centers() -> Response:
    """The pages of the centers, in one file."""
    return _fresh(keeping.copy().centers, keeping.copy().version)


@blueprint.get(f"{LANG}/keep/copy.json")
def copy() -> Response:
    """What the copy consists of, and the lines that it says of itself; the phone looks here once a day."""
    kept, directory = keeping.copy(), page.directory()
    day = words.date(page.now().date().isoformat())
    lines = {
        name: render_template("keep/line.html", day=day, edition=directory.number, old=name == "old")
        for name in ("line", "old")
    }
    told = {
        "format": keeping.FORMAT, "version": kept.version, "edition": directory.number, "day": day,
        "files": kept.files, "marks": kept.marks, "old_days": OLD_DAYS, **lines,
    }  # fmt: skip
    plain = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(plain, content_type="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def _fresh(file: static.StaticFile, tag: str) -> Response:
    """`file` under an address that stays the same while its content changes."""
    response = static.answer(file)
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(f"{tag}-{response.headers.get('Content-Encoding', '')}")
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/worker.js")
def worker() -> Response:
    """The script that answers from the copy; a browser runs it only after somebody chose to keep one."""
    headers.allow_asking()
    files = current_app.extensions["static"]
    hashed = files.hashed["worker.js"]
    response = _fresh(files.by_hashed[hashed], hashed)
    response.headers["Service-Worker-Allowed"] = url_for("public.root")
    return response


@blueprint.post(f"{LANG}/keep/delete")
def delete() -> AnyResponse:
    """Has the browser forget all that it keeps of this site, with or without script."""
    page.require_length()
    response = page.go_on(page.link("keep.deleted"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get(f"{LANG}/keep/deleted")
def deleted() -> str:
    """Says that nothing is kept now, and what stays all the same."""
    return render_template("keep/deleted.html")
