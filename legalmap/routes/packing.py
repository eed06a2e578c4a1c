"""Packs pages for slow lines, where nothing in front of us does it."""

from __future__ import annotations

import gzip
import io
import secrets
from functools import lru_cache

import brotli
from flask import Response, g, request

from legalmap.routes import static

Headers = tuple[tuple[str, str], ...]
VARIES = ("Vary", "Accept-Encoding")
"""The header of every page."""
_WORTH_IT = 1000
"""Bytes; below, the packed page is hardly smaller."""
_LEVEL = 6
_QUALITY, _WINDOW = 7, 16
"""Of brotli. Quality 9 takes a fifth longer for next to nothing, 5 saves a fifth of the time for a fiftieth more."""
_SAME_FOR_ALL = frozenset({"public.home", "public.phones", "public.tips", "public.privacy", "public.about"})
"""Pages that everybody gets alike: packed as small as can be, once for an edition and language."""
_BLUR = 100
"""Bytes."""
STEP = 512
"""Bytes: the size of a page that depends on what was asked is a multiple of it."""


def pack(response: Response) -> None:
    """Compresses an HTML answer over 1 kB with brotli or gzip, as the asking program likes.

    A page may repeat what somebody typed, which lets a listener guess other parts of it by its packed length
    (BREACH). Nothing on our pages is worth guessing: no cookie, no name, no form token. The sealed address under
    "Show more" is new on each page, so that guesses never add up, and opens nothing but the page's own search.
    Staff's pages do have a form token: their packed length is blurred by a file name of random length ("heal the
    BREACH", as Django does), which brotli has no place for.
    """
    if response.mimetype != "text/html":
        return
    response.vary.add(VARIES[1])
    if "Content-Encoding" in response.headers:
        return
    pack_it = _blurred if g.get("staff") else packed
    body, headers = pack_it(response.get_data(), static.encoding(), request.endpoint or "")
    response.headers.extend(headers)
    if len(body) != len(response.get_data()):
        response.set_data(body)


def packed(plain: bytes, way: str, endpoint: str) -> tuple[bytes, Headers]:
    """A public page as it goes out, packed in that `way` ("" for not at all), and the headers that say so. Its size is
    a multiple of STEP, so that a listener on the line cannot tell which place or center it is about: by a header of X,
    which HTTP/2 and 3 do not shorten (8 bits each in their code)."""
    if len(plain) <= _WORTH_IT:
        return plain, ()
    alike = endpoint in _SAME_FOR_ALL
    body, headers = plain, []
    if way:
        body = _smallest(plain) if alike and way == "br" else _quickly(plain, way)
        headers.append(("Content-Encoding", way))
    if not alike:
        headers.append(("X-Padding", "X" * (-len(body) % STEP)))
    return body, tuple(headers)


def _quickly(plain: bytes, way: str) -> bytes:
    if way == "gzip":
        return gzip.compress(plain, _LEVEL, mtime=0)
    return bytes(brotli.compress(plain, quality=_QUALITY, lgwin=_WINDOW))


@lru_cache(maxsize=2 * 3 * len(_SAME_FOR_ALL))  # languages, and two editions at the moment of a change
def _smallest(plain: bytes) -> bytes:
    return bytes(brotli.compress(plain, quality=11))


def _blurred(plain: bytes, _way: str, _endpoint: str) -> tuple[bytes, Headers]:
    if len(plain) <= _WORTH_IT:
        return plain, ()
    gzipped = request.accept_encodings.quality("gzip") > 0
    body = _with_a_name(plain) if gzipped else plain
    packed_by = (("Content-Encoding", "gzip"),) if gzipped else ()
    return body, (*packed_by, ("X-Padding", "X" * (-len(body) % STEP)))


def _with_a_name(plain: bytes) -> bytes:
    name = "x" * secrets.randbelow(_BLUR)
    with io.BytesIO() as packed:
        with gzip.GzipFile(name, "wb", _LEVEL, packed, mtime=0) as file:
            file.write(plain)
        return packed.getvalue()
