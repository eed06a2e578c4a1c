"""The headers of every answer, so that no page can forget one."""

from __future__ import annotations

from flask import Flask, Response, g

from legalmap.routes import packing, quiet, within

_POLICY = (
    "default-src 'none'; {scripts}style-src 'self'{style}; img-src 'self'{images}; form-action 'self'; "
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
    allow_scripts()
    _allow(images=f" data: {images}" if images else "")


def allow_scripts() -> None:
    """Lets the page of this request run our own scripts, which may ask this site alone."""
    _allow(scripts="script-src 'self'; connect-src 'self'; ")


def _allow(**sources: str) -> None:
    g.policy = {**_sources(), **sources}


def _sources() -> dict[str, str]:
    return g.get("policy") or {"scripts": "", "style": "", "images": ""}


def prepare(app: Flask) -> None:
    """Sets the headers and the access line on each answer of `app`, errors included."""
    quiet.prepare_logs()
    app.before_request(quiet.start)
    start = within.style(app.extensions["static"], "start.css")

    @app.context_processor
    def styles() -> dict[str, object]:
        def start_style() -> within.Style:
            """The rules of start.css for the page of this request, which may have just them within."""
            _allow(style=f" {start.source}")
            return start

        return {"start_style": start_style}

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in _ALWAYS.items():
            response.headers[name] = value
        response.headers["Content-Security-Policy"] = _POLICY.format(**_sources())
        # what says nothing else about keeping is not kept: results, pages, errors
        response.headers.setdefault("Cache-Control", "no-store")
        packing.pack(response)
        quiet.write_access(response)
        return response
