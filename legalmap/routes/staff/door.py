"""The door of the staff's wing: who comes, what they may open, and that a form is their own."""

from __future__ import annotations

import datetime as dt
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, g, redirect, render_template, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import Forbidden

from legalmap.people import rights, sessions
from legalmap.people.keys import Keys
from legalmap.routes import headers, page
from legalmap.routes.staff.browser import STAFF, StaffSession, StaffSessions
from legalmap.store import Store, StoreError
from legalmap.store.users import User

_csrf = CSRFProtect()


class Elsewhere(Exception):
    """The answer to this request is to go to another page first."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def guarded(name: str, import_name: str, path: str) -> Blueprint:
    """A blueprint of the staff's wing under `path` ("/admin/centers"), closed to whom `rights.RIGHTS` does not name."""
    return Blueprint(name, import_name, url_prefix=f"{page.LANG_PATH}/staff{path}")


def person() -> User:
    """Who is signed in. Only on pages that ask for somebody signed in."""
    found = person_or_none()
    if found is None:
        raise Elsewhere(page.link("signin.form"))
    return found


def person_or_none() -> User | None:
    """Who is signed in, if anybody is: half signed in is not."""
    return here().user if standing() in rights.SIGNED_IN else None


def standing() -> rights.Standing:
    """How the browser of this request stands before our doors."""
    return sessions.standing(here().found, here().user)


def here() -> StaffSession:
    """The session of this request's browser."""
    return cast(StaffSession, session._get_current_object())  # type: ignore[attr-defined]


def now() -> dt.datetime:
    """The moment of this request, UTC."""
    if "moment" not in g:
        g.moment = dt.datetime.now(dt.UTC)
    return cast(dt.datetime, g.moment)


def store() -> Store:
    """The desk's database."""
    return cast(Store, current_app.extensions["store"])


def keys() -> Keys:
    """The instance's key of people."""
    return cast(Keys, current_app.extensions["keys"])


def require_fresh(back: str = "") -> None:
    """Before a dangerous act: who did not prove themselves in the last 5 minutes does it first, then comes back.

    `back`: the page to come back to, a path of this site; else this page, or the one whose form was sent.
    """
    found = here().found
    if found is None or not sessions.is_fresh(found, int(now().timestamp())):
        raise Elsewhere(page.link("signin.again", back=_page_to_come_back_to(back)))


def _page_to_come_back_to(back: str) -> str:
    path = back or (request.path if request.method in {"GET", "HEAD"} else urlsplit(request.referrer or "").path)
    match = STAFF.fullmatch(path)
    return match[1] if match and match[1] else "signin/account"


def _guard() -> None:
    """Runs before every request of the staff's wing, found or not."""
    g.staff = True
    headers.allow_scripts()
    endpoint = request.endpoint
    if endpoint is None or endpoint not in rights.RIGHTS:
        abort(404)  # closed to everybody, whoever forgot to name it
    current_app.config["WTF_CSRF_SECRET_KEY"] = keys().mac("forms")
    here().look_up(store(), int(now().timestamp()))
    if not rights.may(standing(), endpoint):
        _turn_away(endpoint)
    _csrf.protect()
    here().touch(store(), int(now().timestamp()))


def _turn_away(endpoint: str) -> None:
    first = {"nobody": "signin.form", "factor": "signin.code", "setup": "signin.setup"}.get(standing())
    if first is None:
        abort(403)
    raise Elsewhere(page.link(first))


def prepare(app: Flask) -> None:
    """Gives `app` its door: sessions for the staff's wing alone, forms that nobody else can send, refusals in words."""
    settings = app.extensions["settings"]
    app.extensions["keys"] = Keys(settings.people_key)
    app.session_interface = StaffSessions(https=settings.https)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a token dies with its session
    _csrf.init_app(app)

    @app.before_request
    def guard() -> None:
        if STAFF.fullmatch(request.path):
            _guard()

    app.register_error_handler(Elsewhere, lambda fault: redirect(fault.location, 303))
    app.register_error_handler(StoreError, _no_database)
    app.register_error_handler(CSRFError, _not_ours)
    app.register_error_handler(Forbidden, _not_yours)


def _no_database(fault: Exception) -> tuple[str, int]:
    return render_template("signin/refused.html", why="store"), 503


def _not_ours(fault: Exception) -> tuple[str, int]:
    return render_template("signin/refused.html", why="form"), 400


def _not_yours(fault: Exception) -> tuple[str, int]:
    return render_template("signin/refused.html", why="rights"), 403
