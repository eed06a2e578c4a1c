"""The headers of every answer, so that no page can forget one."""

from __future__ import annotations

from flask import Flask, Response

from legalmap.routes import packing, quiet

_ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    # not no-referrer: with HTTPS a form post of staff would be refused without one
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ("geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def prepare(app: Flask) -> None:
    """Sets the headers and the access line on each answer of `app`, errors included."""
    quiet.prepare_logs()
    app.before_request(quiet.start)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in _ALWAYS.items():
            response.headers[name] = value
        # what says nothing else about keeping is not kept: results, pages, errors
        response.headers.setdefault("Cache-Control", "no-store")
        packing.pack(response)
        quiet.write_access(response)
        return response
