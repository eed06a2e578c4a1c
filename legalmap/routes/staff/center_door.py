"""How a center comes in by its key: a link that looking at uses nothing up, or its number and the PIN on paper."""

from __future__ import annotations

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap.people import center_keys
from legalmap.people.signing_in import Refused
from legalmap.routes import page
from legalmap.routes.staff import door, signin
from legalmap.routes.staff.signin import Answer, by, refused, try_
from legalmap.store.center_keys import CenterKey

blueprint = signin.blueprint


@blueprint.get("/signin/center")
def center() -> Answer:
    """Asks for the number and the PIN; who has a key already goes on."""
    return redirect(page.link("center.index"), 303) if door.here().key else _pin_form()


@blueprint.post("/signin/center")
def center_pin() -> Answer:
    """Takes them."""
    given = request.form
    number = given.get("number", "").strip().removeprefix("№").strip()[:20]
    pin = "".join(given.get("pin", "").split())[:20]
    came = center_keys.open_pin(try_(), number, pin, stay=_stays())
    if isinstance(came, Refused):
        return refused("signin/center.html", came, number=number)
    return _go_in(*came)


@blueprint.get("/signin/center/<token>")
def center_link(token: str) -> str:
    """The same page whatever the token is."""
    return render_template("signin/center_link.html", refusal=None)


@blueprint.post("/signin/center/<token>")
def center_open(token: str) -> Answer:
    """Gives the key to whoever brings a good link."""
    with door.store().writing() as connection:
        came = center_keys.open_link(connection, by(), token, stay=_stays())
    if isinstance(came, Refused):
        return refused("signin/center_link.html", came)
    return _go_in(*came)


def _pin_form() -> str:
    return render_template("signin/center.html", refusal=None, number="")


def _stays() -> bool:
    return request.form.get("stay") == "1"


def _go_in(token: str, key: CenterKey) -> Response:
    now = int(door.now().timestamp())
    door.here().bring(token, center_keys.lasts(key, now, stay=True) if _stays() else 0)
    return redirect(page.link("center.index"), 303)
