"""The headers of every answer, so that no page can forget one."""

from __future__ import annotations

from flask import Flask, Response, g

from legalmap.routes import packing, quiet

_POLICY = (
    "default-src 'none'; {scripts}style-src 'self'; img-src 'self'{images}; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    # not no-referrer: with HTTPS a form post of staff would be refused without one
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ("geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def allow_map(images: str) -> None:
    """Lets the page of this request run our own scripts and read our own files; and show pictures of `images`, the
    host of street pictures that is asked only after a tap ("" for none)."""
    # Leaflet empties a picture that is no longer needed by a data: address
    g.policy = _POLICY.format(
        scripts="script-src 'self'; connect-src 'self'; ", images=f" data: {images}" if images else ""
    )


def allow_scripts() -> None:
    """Lets the page of this request run our own scripts, which may ask this site alone."""
    g.policy = _POLICY.format(scripts="script-src 'self'; connect-src 'self'; ", images="")


def prepare(app: Flask) -> None:
    """Sets the headers and the access line on each answer of `app`, errors included."""
    quiet.prepare_logs()
    app.before_request(quiet.start)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in _ALWAYS.items():
            response.headers[name] = value
        response.headers["Content-Security-Policy"] = g.get("policy") or _POLICY.format(scripts="", images="")
        # what says nothing else about keeping is not kept: results, pages, errors
        response.headers.setdefault("Cache-Control", "no-store")
        packing.pack(response)
        quiet.write_access(response)
        return response
