"""Serves the operator's archive of streets in the slices that a map asks for, so that no other host is asked."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator

from flask import Blueprint, Response, abort, current_app, json, request, url_for
from werkzeug.datastructures import IfRange
from werkzeug.http import parse_if_range_header

from legalmap.streets import Archive, ArchiveError, Streets

blueprint = Blueprint("streets", __name__)
_TYPE = "application/vnd.pmtiles"
MOST = 2 << 20
"""Bytes of one slice. More is answered by its beginning, as RFC 9110 15.3.7 allows; a tile is far smaller."""
_STEP = 1 << 16
_WHOLE = threading.BoundedSemaphore(1)
"""Who takes the whole file keeps a thread for minutes: one of each worker's four, never all."""


def archive() -> Archive | None:
    """The archive that maps may show now."""
    streets: Streets = current_app.extensions["streets"]
    return streets.current()


@blueprint.get("/streets")
def about() -> Response:
    """Where the archive is now and how deep it goes: what a map asks for after the tap, so that no kept page leads to
    an archive of yesterday."""
    found = archive()
    if found is None:
        abort(404)
    where = {"file": url_for("streets.file", name=found.name), "zoom": found.most_zoom}
    return Response(json.dumps(where), content_type="application/json")


@blueprint.get("/streets/<name>.pmtiles")
def file(name: str) -> Response:
    """The archive of that name, or one range of it; never packed, or the ranges would mean other bytes."""
    streets: Streets = current_app.extensions["streets"]
    found = streets.named(name)
    if found is None:
        abort(404)
    response = _answer(found)
    response.set_etag(found.name)
    response.headers["Accept-Ranges"] = "bytes"
    if response.status_code in {200, 206, 304}:
        # what a phone keeps of it would tell which part of the country somebody looked at
        response.headers["Cache-Control"] = "no-store, no-transform"
    return response


def _answer(found: Archive) -> Response:
    if request.if_none_match.contains(found.name):
        return Response(status=304)
    if request.method == "HEAD":
        response = Response(content_type=_TYPE)
        response.content_length = found.size
        return response
    wanted = request.headers.get("Range", "")
    if not wanted.lower().startswith("bytes=") or not _is_that(found, request.headers.get("If-Range", "")):
        return _whole(found)
    asked = _range(wanted[6:], found.size)
    if asked is None:
        return Response(status=416, headers={"Content-Range": f"bytes */{found.size}"}, content_type="text/plain")
    start, stop = asked[0], min(asked[1], asked[0] + MOST)
    try:
        content = found.read(start, stop - start)
    except (OSError, ArchiveError):
        abort(404)
    headers = {"Content-Range": f"bytes {start}-{stop - 1}/{found.size}"}
    return Response(content, status=206, headers=headers, content_type=_TYPE)


def _range(wanted: str, size: int) -> tuple[int, int] | None:
    """First byte and the one behind the last; None for what is no range, several, or beyond the end."""
    # not werkzeug's: it refuses the last 999 bytes of a shorter file, which RFC 9110 14.1.2 answers with all of it
    read = re.fullmatch(r"([0-9]+)-([0-9]*)|-([0-9]+)", wanted.strip())
    if not read:
        return None
    # a number of thousands of digits is only "beyond"
    first, last, suffix = (None if not text else int(text) if len(text) < 19 else sys.maxsize for text in read.groups())
    if first is None:
        return (max(0, size - suffix), size) if suffix else None
    stop = size if last is None else min(last + 1, size)
    return (first, stop) if first < stop else None


def _is_that(found: Archive, condition: str) -> bool:
    known: IfRange = parse_if_range_header(condition)
    return not condition or known.etag == found.name


def _whole(found: Archive) -> Response:
    if not _WHOLE.acquire(blocking=False):
        return Response(status=503, headers={"Retry-After": "60"}, content_type="text/plain")
    response = Response(_slices(found), content_type=_TYPE)
    response.content_length = found.size
    response.call_on_close(_WHOLE.release)
    return response


def _slices(found: Archive) -> Iterator[bytes]:
    for start in range(0, found.size, _STEP):
        yield found.read(start, min(_STEP, found.size - start))
