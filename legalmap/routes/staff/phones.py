"""A member's own phone: signing in by its PIN, letting it be known, and forgetting it."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap.model import Problem
from legalmap.people import phones
from legalmap.people.signing_in import Refused
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, own_phone, signin
from legalmap.routes.staff.signin import Answer, by, go_in, refused, try_
from legalmap.wording import word

blueprint = signin.blueprint


@blueprint.get("/signin/name")
@blueprint.get("/signin/name/to/<path:back>")
def by_name(back: str = "") -> Answer:
    """Name and password, also on a phone that is known."""
    if door.person_or_none():
        return redirect(signin.landing(back), 303)
    return render_template("signin/form.html", refusal=None, back=back)


@blueprint.post("/signin/pin")
@blueprint.post("/signin/pin/to/<path:back>")
def pin(back: str = "") -> Answer:
    """Takes the PIN of a phone that is known; after five wrong ones it is not known any more."""
    came = phones.enter(try_(), own_phone.token(), request.form.get("pin", "")[:20], door.here().found)
    if isinstance(came, Refused):
        template = "signin/pin.html" if came.why == "wrong" else "signin/form.html"
        answer = refused(template, came, back=back)
        if came.why == "forgotten":
            own_phone.drop(answer)
        return answer
    door.here()["back"] = back
    return go_in(came)


@blueprint.get("/signin/phone")
def phone() -> str:
    """Asks for a PIN by which this phone is to be known."""
    door.require_fresh()
    return render_template("signin/phone.html", fault="")


@blueprint.post("/signin/phone")
def remember() -> Answer:
    """Lets this phone be known by a PIN from now on."""
    door.require_fresh(page.link("signin.phone"))
    new = request.form.get("pin", "")[:20]
    fault = phones.weakness(new)
    if not fault and new != request.form.get("repeated", ""):
        fault = "pin_differs"
    if fault:
        said = word(Problem(code=fault, level="error"), page.language())
        return render_template("signin/phone.html", fault=said), 400
    with door.store().writing() as connection:
        before = own_phone.token()
        if before:
            phones.forget(connection, by(), door.person(), token=before)
        token = phones.remember(connection, by(), door.keys(), door.person(), new)
    flash(_("This phone is known now: next time only the PIN is asked for."))
    answer = make_response(redirect(page.link("signin.account"), 303))
    own_phone.keep(answer, token)
    return answer


@blueprint.post("/signin/account/phones")
def forget() -> Response:
    """Forgets this phone, or all others."""
    others = request.form.get("which") == "others"
    with door.store().writing() as connection:
        phones.forget(connection, by(), door.person(), token=own_phone.token(), others=others)
    flash(_("All your other phones are forgotten.") if others else _("This phone is forgotten."))
    answer = make_response(redirect(page.link("signin.account"), 303))
    if not others:
        own_phone.drop(answer)
    return answer
