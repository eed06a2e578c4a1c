"""Two posts that many send, answered before Flask looks at them: a search by form, and the nearest for a program.

What is not as forms and programs of ours send it (a broken body, a wrong field, a script's wish) is left to the views,
which give the same answers and the words for what is wrong.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from legalmap.model import LANGS
from legalmap.routes import api, asking, headers, packing, wanted
from legalmap.routes.sealing import NoKey, Sealer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from legalmap.routes.moment import Moment

_PRIVATE = ("Cache-Control", "no-store")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out, and the endpoint that the access line names."""

    endpoint: str
    status: str
    headers: list[tuple[str, str]]
    body: bytes


Lane = Callable[["WSGIEnvironment", bytes, "Moment"], Answer | None]


def lanes(extensions: Mapping[str, Any]) -> Mapping[str, Lane]:
    """Each lane by its path."""
    sealer: Sealer = extensions["sealer"]
    return {"/api/v1/nearest": nearest, **{f"/{lang}/search": partial(search, lang, sealer) for lang in LANGS}}


def body_of(environ: WSGIEnvironment, most: int) -> bytes | None:
    """The body of a plain post, still there for who reads it again; None for any other."""
    length = environ.get("CONTENT_LENGTH", "")
    if not (length.isascii() and length.isdigit()) or int(length) > most or "HTTP_TRANSFER_ENCODING" in environ:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return body if len(body) == int(length) and not environ.get("SCRIPT_NAME") else None


def search(lang: str, sealer: Sealer, environ: WSGIEnvironment, body: bytes, _moment: Moment) -> Answer | None:
    """As `public.search`."""
    if environ.get("CONTENT_TYPE") != "application/x-www-form-urlencoded" or "json" in environ.get("HTTP_ACCEPT", ""):
        return None
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200)
        sealed = sealer.seal(asking.pack(asking.read_form(MultiDict(fields))))
    except (ValueError, NoKey):
        return None
    said = [("Location", f"/{lang}/found/{sealed}"), ("Content-Type", "text/html; charset=utf-8")]
    return Answer("public.search", "303 SEE OTHER", [*said, *headers.always(asks=True), _PRIVATE, packing.VARIES], b"")


def nearest(environ: WSGIEnvironment, body: bytes, moment: Moment) -> Answer | None:
    """As `api.nearest`."""
    if environ.get("CONTENT_TYPE") != "application/json":
        return None
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    query = wanted.read_query(given, moment.now)[0] if isinstance(given, dict) else None
    if query is None:
        return None
    said = [("Content-Type", "application/json"), *headers.always(asks=False), _PRIVATE]
    return Answer("api.nearest", "200 OK", said, api.answer(moment, query))
