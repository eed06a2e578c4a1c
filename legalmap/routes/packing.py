"""Packs pages for slow lines, where nothing in front of us does it."""

from __future__ import annotations

import gzip

from flask import Response, request

_WORTH_IT = 1000
"""Bytes; below, the packed page is hardly smaller."""
_LEVEL = 6


def pack(response: Response) -> None:
    """Compresses an HTML answer over 1 kB with gzip when the asking program accepts that.

    A page may repeat what somebody typed, which lets a listener guess other parts of it by its packed length
    (BREACH). Nothing on our pages is worth guessing: no cookie, no name, no form token. The sealed address under
    "Show more" is new on each page, so that guesses never add up, and opens nothing but the page's own search.
    """
    if response.mimetype != "text/html":
        return
    response.vary.add("Accept-Encoding")
    wanted = request.accept_encodings.quality("gzip") > 0 and "Content-Encoding" not in response.headers
    if wanted and len(plain := response.get_data()) > _WORTH_IT:
        response.set_data(gzip.compress(plain, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
