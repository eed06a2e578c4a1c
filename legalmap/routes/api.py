"""The directory for programs: nearest centers, the whole list, and whether this process is well."""

from __future__ import annotations

import gzip
from contextlib import suppress
from typing import Any

import brotli
from flask import Blueprint, Response, current_app, json, request

from legalmap.directory import exports, node_status
from legalmap.directory.edition import Directory
from legalmap.directory.editions import NoEdition
from legalmap.directory.search import answer
from legalmap.routes import page, wanted
from legalmap.routes.errors import problem
from legalmap.routes.static import encoding

blueprint = Blueprint("api", __name__)


@blueprint.post("/api/v1/nearest")
def nearest() -> Response:
    """The k nearest centers of a posted position, then matching ones without a point."""
    page.require_length()
    if not request.is_json:
        return problem(415, "Send a JSON object with Content-Type: application/json.")
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        return problem(400, "The body is not a JSON object.")
    query, errors = wanted.read_query(body, page.now())
    if query is None:
        return problem(400, "Some fields cannot be used.", errors)
    directory = page.directory()
    result = answer(directory, query)
    centers = [
        exports.center_json(match, query.lang) | {"notice": _notice(match.center.number)}
        for match in (*result.nearest, *result.unplaced)
    ]
    return _json({"edition": directory.number, "centers": centers})


def _notice(number: int) -> dict[str, str] | None:
    """What the center of that number says today, as a code, and the last day on which it holds."""
    said = page.notices().get(number)
    return {"what": said.what, "until": said.until.isoformat()} if said else None


def _json(body: dict[str, Any], status: int = 200) -> Response:
    # Cyrillic as it is: escaped it weighs three times as much
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")


@blueprint.get("/directory.json")
def directory_json() -> Response:
    """Every public field in all languages; the ETag is the edition and its content."""
    directory, chosen = page.directory(), encoding()
    etag = f"{directory.number}-{directory.content_sha256[:32]}" + (f"-{chosen}" if chosen else "")
    response = Response(content_type="application/json")
    response.set_etag(etag)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.if_none_match.contains_weak(etag):
        response.status_code = 304
        return response
    response.set_data(_published(directory, chosen))
    if chosen:
        response.headers["Content-Encoding"] = chosen
    return response


def _published(directory: Directory, chosen: str) -> bytes:
    """The published file as it lies in the edition; made from memory when its folder is gone: a newer
    edition may have swept it away a moment ago."""
    suffix = {"br": ".br", "gzip": ".gz"}.get(chosen, "")
    if directory.folder is not None:
        with suppress(FileNotFoundError):
            return (directory.folder / f"directory.json{suffix}").read_bytes()
    plain = "".join(exports.directory_json(directory)).encode()
    if chosen == "br":
        return bytes(brotli.compress(plain, quality=5))
    return gzip.compress(plain, mtime=0) if chosen == "gzip" else plain


@blueprint.get("/livez")
def livez() -> Response:
    """This process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def readyz() -> Response:
    """This process has an edition to answer from and a key to seal searches with; `alarm` says what is wrong, `node`
    how far this machine is behind the others, where it copies from them."""
    editions = current_app.extensions["editions"]
    try:
        number = editions.current().number
    except NoEdition:
        return _json({"ready": False, "edition": None, "alarm": editions.alarm}, 503)
    if not current_app.extensions["sealer"].has_key():
        return _json({"ready": False, "edition": number, "alarm": "no usable sealing key"}, 503)
    node = node_status.read(current_app.extensions["settings"].editions)
    told = {"node": node.told(page.now())} if node else {}
    return _json({"ready": True, "edition": number, "alarm": editions.alarm, **told})
