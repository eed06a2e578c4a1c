"""Packs pages for slow lines, where nothing in front of us does it."""

from __future__ import annotations

import gzip
import io
import secrets
from functools import lru_cache

import brotli
from flask import Response, g, request

from legalmap.routes import static

_WORTH_IT = 1000
"""Bytes; below, the packed page is hardly smaller."""
_LEVEL = 6
_QUALITY, _WINDOW = 9, 16
"""Of brotli; with a window of 64 kB its quality 9 takes 0.2 ms more than 5 does, and a fiftieth less on the line."""
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
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or len(plain := response.get_data()) <= _WORTH_IT:
        return
    way = _blurred_way() if g.get("staff") else static.encoding()
    if way:
        response.set_data(_packed(plain, way))
        response.headers["Content-Encoding"] = way
    if request.endpoint not in _SAME_FOR_ALL:
        _pad(response)


def _pad(response: Response) -> None:
    """Makes a page's size a multiple of STEP, so that a listener on the line cannot tell which place or center it is
    about: a header of X, which HTTP/2 and 3 do not shorten (8 bits each in their code)."""
    response.headers["X-Padding"] = "X" * (-len(response.get_data()) % STEP)


def _blurred_way() -> str:
    return "gzip" if request.accept_encodings.quality("gzip") > 0 else ""


def _packed(plain: bytes, way: str) -> bytes:
    if g.get("staff"):
        return _blurred(plain)
    if way == "gzip":
        return gzip.compress(plain, _LEVEL, mtime=0)
    return (
        _smallest(plain)
        if request.endpoint in _SAME_FOR_ALL
        else bytes(brotli.compress(plain, quality=_QUALITY, lgwin=_WINDOW))
    )


@lru_cache(maxsize=2 * 3 * len(_SAME_FOR_ALL))  # languages, and two editions at the moment of a change
def _smallest(plain: bytes) -> bytes:
    return bytes(brotli.compress(plain, quality=11))


def _blurred(plain: bytes) -> bytes:
    name = "x" * secrets.randbelow(_BLUR)
    with io.BytesIO() as packed:
        with gzip.GzipFile(name, "wb", _LEVEL, packed, mtime=0) as file:
            file.write(plain)
        return packed.getvalue()
