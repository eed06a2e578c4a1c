"""The cookie of a phone that its owner chose to be known by: set, read and taken away in the staff's wing alone."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from legalmap.people import phones, sessions
from legalmap.routes.staff import door


def token() -> str:
    """What this browser brings; "" for nothing of that form."""
    found = request.cookies.get(_name(), "")
    return found if sessions.is_token(found) else ""


def keep(response: Response, token: str) -> None:
    """Lets the browser keep the phone's token."""
    response.set_cookie(_name(), token, max_age=int(phones.LASTS.total_seconds()), **_options())


def drop(response: Response) -> None:
    """Takes it away."""
    response.delete_cookie(_name(), **_options())


def _name() -> str:
    return "__Host-phone" if door.settings().https else "phone"


def _options() -> dict[str, Any]:
    return {"secure": door.settings().https, "httponly": True, "samesite": "Strict", "path": "/"}
