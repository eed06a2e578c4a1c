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
from legalmap.directory.filters import asked
from legalmap.directory.notices import Notice
from legalmap.directory.search import match, rank, unplaced
from legalmap.model import Center, Query
from legalmap.routes import openapi, page, wanted
from legalmap.routes.errors import problem
from legalmap.routes.moment import Moment
from legalmap.routes.static import encoding

blueprint = Blueprint("api", __name__)


@blueprint.post("/api/v1/nearest")
def nearest() -> Response:
    """The k nearest centers of a posted position, then k matching ones without a point."""
    page.require_length()
    if not request.is_json:
        return problem(415, "Send a JSON object with Content-Type: application/json.")
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        return problem(400, "The body is not a JSON object.")
    moment: Moment = current_app.extensions["front"].now()
    query, errors = wanted.read_query(body, moment.now)
    if query is None:
        return problem(400, "Some fields cannot be used.", errors)
    return Response(answer(moment, query), content_type="application/json")


def answer(moment: Moment, query: Query) -> bytes:
    """The JSON text that answers `query`, which has a point: the k nearest, then at most k of those without a point,
    and how many more there are of each."""
    assert query.point
    ranked = rank(moment.directory, query, query.point)

    def text(center: Center) -> tuple[bytes, ...]:
        return moment.text((query.lang, center.number), lambda: _text(moment, center, query))

    def the_rest() -> tuple[bytes, ...]:
        """Of all who ask from that oblast: what stands behind the nearest."""
        rest = unplaced(moment.directory, query, ranked.oblast)
        told = b",".join(b"".join(text(center)) for center in rest[: query.k])
        return told, b'],"more_without_point":%d}' % (len(rest) - len(rest[: query.k]))

    parts = [b'{"edition":%d,"more":%d,"centers":[' % (moment.directory.number, ranked.more)]
    for center, meters in ranked.nearest:
        before, _, after = text(center)
        parts += (before, b'"meters":%a' % meters, after, b",")
    told, end = moment.text((query.lang, asked(query), query.k, ranked.oblast), the_rest)
    if not told and ranked.nearest:
        parts.pop()
    return b"".join((*parts, told, end))


def _text(moment: Moment, center: Center, query: Query) -> tuple[bytes, ...]:
    """Of one center: what stands before its distance, none, and what stands behind."""
    record = exports.center_json(match(center, query.now), query.lang)
    told = exports.as_json(record | {"notice": _notice(moment.notices.get(center.number))}).encode()
    return told.partition(exports.NO_METERS)


def _notice(said: Notice | None) -> dict[str, str] | None:
    """What a center says today, as a code, and the last day on which it holds."""
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


@blueprint.get("/api/v1/openapi.json")
def description() -> Response:
    """What programs may ask and what they are answered, for programs."""
    answer = _json(openapi.document())
    answer.headers["Cache-Control"] = "public, max-age=3600"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@blueprint.get("/livez")
def livez() -> Response:
    """This process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def readyz() -> Response:
    """This process has an edition to answer from and a key to seal searches with; `alarm` says what is wrong with
    the edition, `node` how far this machine is behind the others, where it copies from them, `wants` what else the
    doctor would call a person for (on a machine with the desk); pages are served all the same."""
    editions = current_app.extensions["editions"]
    try:
        number = editions.current().number
    except NoEdition:
        return _json({"ready": False, "edition": None, "alarm": editions.alarm}, 503)
    if not current_app.extensions["sealer"].has_key():
        return _json({"ready": False, "edition": number, "alarm": "no usable sealing key"}, 503)
    node = node_status.read(current_app.extensions["settings"].editions)
    told: dict[str, object] = {"node": node.told(page.now())} if node else {}
    if health := current_app.extensions.get("health"):
        told["wants"] = health.wants()
    return _json({"ready": True, "edition": number, "alarm": editions.alarm, **told})
