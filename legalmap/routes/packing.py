"""Packs pages for slow lines, where nothing in front of us does it."""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Response, g, request

_WORTH_IT = 1000
"""Bytes; below, the packed page is hardly smaller."""
_LEVEL = 6
_BLUR = 100
"""Bytes."""


def pack(response: Response) -> None:
    """Compresses an HTML answer over 1 kB with gzip when the asking program accepts that.

    A page may repeat what somebody typed, which lets a listener guess other parts of it by its packed length
    (BREACH). Nothing on our pages is worth guessing: no cookie, no name, no form token. The sealed address under
    "Show more" is new on each page, so that guesses never add up, and opens nothing but the page's own search.
    Staff's pages do have a form token: their packed length is blurred by a file name of random length ("heal the
    BREACH", as Django does).
    """
    if response.mimetype != "text/html":
        return
    response.vary.add("Accept-Encoding")
    wanted = request.accept_encodings.quality("gzip") > 0 and "Content-Encoding" not in response.headers
    if wanted and len(plain := response.get_data()) > _WORTH_IT:
        response.set_data(_blurred(plain) if g.get("staff") else gzip.compress(plain, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"


def _blurred(plain: bytes) -> bytes:
    name = "x" * secrets.randbelow(_BLUR)
    with io.BytesIO() as packed:
        with gzip.GzipFile(name, "wb", _LEVEL, packed, mtime=0) as file:
            file.write(plain)
        return packed.getvalue()
