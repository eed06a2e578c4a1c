"""The Host header: checked, then never used, so that nobody can make a link of ours lead elsewhere."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:(?:{_LABEL}\.)*{_LABEL}\.?|\[[0-9a-f:.]{{2,45}}\])(?::[0-9]{{0,5}})?", re.IGNORECASE)
_LONGEST = 253 + len(".:65535")


def good(host: str) -> bool:
    """Whether `host` can be the name of a host: labels of 1 to 63 letters, or [IPv6]; a port may follow."""
    return len(host) <= _LONGEST and bool(_HOST.fullmatch(host))


def prepare(app: Flask) -> None:
    """Makes `app` build links and redirects without the Host header, and answer 400 to one that is no host."""
    # the name is never sent: links are relative, and `relative` takes it out of redirects
    app.config["SERVER_NAME"] = "localhost"

    @app.before_request
    def check() -> None:
        given = request.headers.get("Host", "")
        if given and not good(given):
            abort(400)

    @app.after_request
    def shorten(response: Response) -> Response:
        if "Location" in response.headers:
            # the body would repeat the address
            response.set_data(b"")
            response.headers["Location"] = relative(response.headers["Location"])
        return response


def relative(location: str) -> str:
    """The path of a redirect's target alone: no host, and no query, which may hold what somebody typed."""
    return "/" + urlsplit(location).path.lstrip("/\\")
