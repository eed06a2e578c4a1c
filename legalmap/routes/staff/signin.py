"""The way in and out for staff: name and password, the second factor, proving oneself again."""

from __future__ import annotations

from flask import abort, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap.people import accounts, audit, passwords, signing_in
from legalmap.routes import page
from legalmap.routes.staff import door
from legalmap.store import sessions as kept

blueprint = door.guarded("signin", __name__, "/signin")


def _by() -> accounts.By:
    person = door.here().user
    return accounts.By(who=f"web:{person.name}" if person else "", now=door.now())


def landing() -> str:
    """Where somebody who just signed in goes."""
    role = door.person().role
    if role in {"admin", "editor"} and "admin_centers.index" in current_app.view_functions:
        return page.link("admin_centers.index")
    return page.link("signin.account")


@blueprint.get("")
def form() -> str | Response:
    """Name and password; who is signed in already goes on."""
    if door.person_or_none():
        return redirect(landing(), 303)
    return render_template("signin/form.html", wrong="")


@blueprint.post("")
def enter() -> str | Response | tuple[str, int]:
    """Takes name and password."""
    page.require_length()
    try:
        came = signing_in.with_password(
            door.store(), _by(), request.form.get("name", ""), request.form.get("password", "")
        )
    except passwords.Busy:
        return render_template("signin/form.html", wrong="busy"), 503
    if came is None:
        return render_template("signin/form.html", wrong="wrong"), 403
    door.here().become(came.token, came.session, came.user)
    return redirect(landing(), 303)


@blueprint.post("/out")
def leave() -> Response:
    """Ends the session here and in the store."""
    here = door.here()
    with door.store().writing() as connection:
        if here.found and kept.end(connection, here.found.hash):
            audit.add(connection, who=_by().who, what="signed_out", now=door.now())
    here.leave()
    answer = redirect(page.link("signin.left"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


@blueprint.get("/left")
def left() -> str:
    """Says that nobody is signed in any more."""
    return render_template("signin/left.html")


@blueprint.get("/account")
def account() -> str:
    """What concerns oneself: password, second factor, sessions."""
    return render_template("signin/account.html", me=door.person())


@blueprint.get("/again/<path:back>")
def again(back: str) -> str:
    """Asks for the password before a dangerous act."""
    return render_template("signin/again.html", back=back, wrong="")


@blueprint.post("/again/<path:back>")
def prove(back: str) -> str | Response | tuple[str, int]:
    """Takes the password and leads back."""
    abort(404)
