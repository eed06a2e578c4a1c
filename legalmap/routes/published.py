"""Answers with a file of the current edition, packed as the asking program can read it."""

from __future__ import annotations

from contextlib import suppress

from flask import Response, abort, request

from legalmap.directory.edition import Directory
from legalmap.routes.static import encoding

_SUFFIX = {"br": ".br", "gzip": ".gz"}


def file(directory: Directory, plain: str, media_type: str) -> Response:
    """The file `plain` of the edition's folder. Aborts with 404 when the edition has none, or when a newer edition
    has swept it away a moment ago."""
    if directory.folder is None or plain not in directory.files:
        abort(404)
    chosen = encoding()
    packed = f"{plain}{_SUFFIX.get(chosen, '')}"
    if packed not in directory.files:
        packed, chosen = plain, ""
    response = Response(content_type=media_type)
    with suppress(FileNotFoundError):
        response.set_data((directory.folder / packed).read_bytes())
    if not response.get_data():
        abort(404)
    if chosen:
        response.headers["Content-Encoding"] = chosen
    response.headers["Vary"] = "Accept-Encoding"
    return response


def fresh(directory: Directory, plain: str, media_type: str) -> Response:
    """The same under an address that never changes: a browser may keep it and asks each time whether it is still the
    one (the ETag is the file's SHA-256)."""
    chosen = encoding()
    etag = directory.files.get(plain, "")[:32] + (f"-{chosen}" if chosen else "")
    kept = bool(etag) and request.if_none_match.contains_weak(etag)
    response = Response(status=304) if kept else file(directory, plain, media_type)
    response.set_etag(etag)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, no-cache"
    return response
