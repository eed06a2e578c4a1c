"""The door of the staff's wing: who comes, what they may open, and that a form is their own."""

from __future__ import annotations

import datetime as dt
import ipaddress
import logging
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, g, redirect, render_template, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import Forbidden

from legalmap.config import Settings, SettingsError
from legalmap.model import Problem
from legalmap.people import delays, rights, sessions
from legalmap.people.keys import KeyFault, Keys, read_key
from legalmap.routes import page
from legalmap.routes.staff.browser import STAFF, StaffSession, StaffSessions
from legalmap.store import Store, StoreError
from legalmap.store.users import User
from legalmap.wording import word

_csrf = CSRFProtect()
_LOG = logging.getLogger("legalmap.faults")
_FAR = "far"
FIRST = {
    "nobody": "signin.form", "factor": "signin.code", "setup": "signin.setup", "waiting": "signin.waiting",
}  # fmt: skip
"""The page of those who are not, or not yet, let in further."""


class Elsewhere(Exception):
    """The answer to this request is to go to another page first."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def guarded(name: str, import_name: str, path: str) -> Blueprint:
    """A blueprint of the staff's wing under `path` ("/admin/centers"), closed to whom `rights.RIGHTS` does not name."""
    blueprint = Blueprint(name, import_name, url_prefix=f"{page.LANG_PATH}/staff{path}")
    blueprint.before_request(_second_lock)
    return blueprint


def _second_lock() -> None:
    """Should a way be found past the guard, that looks at paths, then it ends here."""
    if not g.get("let_in"):
        abort(404)


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
    if request.blueprint in rights.KEYS_OPEN and here().key:
        return "center_key"
    return sessions.standing(here().found, here().user)


def here() -> StaffSession:
    """The session of this request's browser."""
    return cast(StaffSession, session._get_current_object())  # type: ignore[attr-defined]


def now() -> dt.datetime:
    """The moment of this request, UTC."""
    if "moment" not in g:
        g.moment = dt.datetime.now(dt.UTC)
    return cast(dt.datetime, g.moment)


def settings() -> Settings:
    """The settings of this application."""
    return cast(Settings, current_app.extensions["settings"])


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


def network() -> str:
    """The /24 or /64 that this request comes from; only as many proxies are believed as the settings name."""
    address, proxies = request.remote_addr or "", settings().proxies
    said = ",".join(request.headers.getlist("X-Forwarded-For")).replace(",", " ").split()
    if 0 < proxies <= len(said):
        address = said[-proxies]
    return delays.network_of(address)


def comes_from_here() -> bool:
    """Whether the request was made on this machine and passed nobody else."""
    passed = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback and not passed
    except ValueError:
        return False


def _guard() -> None:
    """Runs before every request of the staff's wing, found or not."""
    g.staff = True
    if not settings().https and not comes_from_here():
        raise Forbidden(_FAR)  # a cookie that may be read on the way is for this machine alone
    endpoint = request.endpoint
    if endpoint is None or endpoint not in rights.RIGHTS:
        abort(404)  # closed to everybody, whoever forgot to name it
    current_app.config["WTF_CSRF_SECRET_KEY"] = keys().mac("forms")
    here().look_up(store(), int(now().timestamp()))
    if not rights.may(standing(), endpoint):
        _turn_away(endpoint)
    page.require_length()
    if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"} and request.method != "GET":
        raise CSRFError(request.headers["Sec-Fetch-Site"])
    _csrf.protect()
    g.let_in = True
    here().touch(store(), int(now().timestamp()))


def _turn_away(endpoint: str) -> None:
    if request.blueprint in rights.KEYS_OPEN and standing() == "nobody":
        raise Elsewhere(page.link("signin.center"))
    first = FIRST.get(standing())
    if first is None:
        abort(403)
    back = _page_to_come_back_to("")
    goes_back = standing() == "nobody" and not back.startswith("signin")
    raise Elsewhere(page.link(first, back=back) if goes_back else page.link(first))


def prepare(app: Flask) -> None:
    """Gives `app` its door: sessions for the staff's wing alone, forms that nobody else can send, refusals in words."""
    chosen: Settings = app.extensions["settings"]
    app.extensions["keys"] = Keys(chosen.people_key)
    app.session_interface = StaffSessions(https=chosen.https)
    _check_before_start(chosen)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a token dies with its session
    # Flask-WTF's own look at Referer needs the Host header, which a proxy may change; Sec-Fetch-Site does not
    app.config["WTF_CSRF_SSL_STRICT"] = False
    _csrf.init_app(app)

    @app.before_request
    def guard() -> None:
        if STAFF.fullmatch(request.path):
            _guard()

    app.register_error_handler(Elsewhere, lambda fault: redirect(fault.location, 303))
    app.register_error_handler(StoreError, _no_database)
    app.register_error_handler(CSRFError, _not_ours)
    app.register_error_handler(Forbidden, _not_yours)


def _check_before_start(chosen: Settings) -> None:
    """Raises SettingsError for a key that others can read: what it sealed may be known already."""
    for path in (chosen.people_key, chosen.audit_key, chosen.referrals_key):
        try:
            read_key(path)
        except KeyFault as fault:
            if fault.code == "key_open":
                said = Problem(code=fault.code, level="error", params={"detail": fault.detail})
                raise SettingsError(word(said, "en")) from fault
            # an instance of an older program, or none yet: the public pages go on, those of staff say what is missing
            _LOG.warning("staff pages wait for legalmap init: %s", fault)
    if not chosen.https:
        _LOG.warning("LEGALMAP_HTTPS=off: staff pages answer this machine alone, and their cookie is not protected")


def _no_database(fault: StoreError) -> tuple[str, int]:
    # the page that says so must not look there again
    here().found = here().user = here().key = None
    _LOG.error("staff: %s", fault.code)
    # the engine's own word and a path are the operator's, not the page's
    said = word(Problem(code=fault.code, level="error", params={"detail": ""}), page.language())
    return render_template("signin/refused.html", why="store", said=said), 503


def _not_ours(fault: Exception) -> tuple[str, int]:
    return render_template("signin/refused.html", why="form"), 400


def _not_yours(fault: Forbidden) -> tuple[str, int]:
    return render_template("signin/refused.html", why="far" if fault.description == _FAR else "rights"), 403
