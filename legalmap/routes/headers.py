"""The headers of every answer, so that no page can forget one."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, Response, g, request

from legalmap.routes import moment, packing, quiet, within

_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'{style}; img-src 'self'{images}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of a page: our own scripts, which may ask this site alone."""
_ALWAYS = (
    # not no-referrer: with HTTPS a form post of staff would be refused without one
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
)
_PAGE = (
    ("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
_FILE = (*_ALWAYS, ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))


@lru_cache(maxsize=64)
def always(*, asks: bool, style: str = "", images: str = "") -> tuple[tuple[str, str], ...]:
    """The headers of every answer; `asks`: one whose scripts may ask this site, like a page. What is none (data, a
    script, a style) may do nothing by itself; what a page may do is not told again with each of its files."""
    if not asks:
        return _FILE
    return *_ALWAYS, *_PAGE, ("Content-Security-Policy", _POLICY.format(style=style, images=images))


def allow_map(images: str) -> None:
    """Lets the page of this request show pictures of `images`, the host of street pictures that is asked only after
    a tap ("" for none)."""
    # Leaflet empties a picture that is no longer needed by a data: address
    _allow(images=f" data: {images}" if images else "")


def allow_asking() -> None:
    """Lets the script that this request answers with ask this site: a worker has a policy of its own."""
    g.asks = True


def _allow(**more: str) -> None:
    g.policy = {**sources(), **more}


def sources() -> dict[str, str]:
    """What the page of this request may show from elsewhere and have within, beside our own files."""
    return g.get("policy") or {"style": "", "images": ""}


def prepare(app: Flask) -> None:
    """Sets the headers and the access line on each answer of `app`, errors included."""
    quiet.prepare_logs()
    app.before_request(quiet.start)
    start, month = (within.style(app.extensions["static"], name) for name in ("start.css", "calendar.css"))

    @app.context_processor
    def styles() -> dict[str, object]:
        def within_page(style: within.Style) -> within.Style:
            """The rules of `style` for the page of this request, which may have just them within."""
            _allow(style=f" {style.source}")
            return style

        return {"start_style": lambda: within_page(start), "calendar_style": lambda: within_page(month)}

    @app.after_request
    def finish(response: Response) -> Response:
        asks = response.mimetype == "text/html" or g.get("asks", False)
        response.headers.extend(always(asks=asks, **sources()))
        # what says nothing else about keeping is not kept: results, pages, errors
        response.headers.setdefault("Cache-Control", "no-store")
        moment.take(response)
        packing.pack(response)
        quiet.write_access(request.endpoint, response.status_code, g.started)
        return response
