"""The way in and out for staff: name and password, the second factor, proving oneself again."""

from __future__ import annotations

from typing import Any

from flask import current_app, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from legalmap.people import audit, passwords, phones, rights, signing_in
from legalmap.people.accounts import By
from legalmap.people.signing_in import Came, Refused
from legalmap.routes import page
from legalmap.routes.staff import door, own_phone
from legalmap.store import sessions as kept

Answer = str | Response | tuple[str, int]
blueprint = door.guarded("signin", __name__, "")
_STATUS = {"busy": 503, "wait": 429}


def by() -> By:
    """Who acts, for the audit."""
    person = door.person_or_none()
    return By(who=f"web:{person.name}" if person else "", now=door.now())


def try_() -> signing_in.Door:
    """What a try of this request needs."""
    return signing_in.Door(store=door.store(), keys=door.keys(), by=by(), network=door.network())


def landing(back: str = "") -> str:
    """Where somebody who just signed in goes: the page that they asked for, else the first one of their role."""
    role, center = door.person().role, door.person().center
    path = f"/{page.language()}/staff/{back}"
    if back and not back.startswith("signin") and rights.may(role, _endpoint(path)):
        return path
    firsts = ("admin_centers.index", "committee.board", *(["center.index"] if center else []), "signin.account")
    return page.link(next(one for one in firsts if one in current_app.view_functions and rights.may(role, one)))


def _endpoint(path: str) -> str:
    try:
        return str(current_app.url_map.bind("localhost").match(path, "GET")[0])
    except HTTPException:
        return ""


def refused(template: str, refusal: Refused, **values: Any) -> Response:
    """The page again, with what was wrong."""
    answer = make_response(render_template(template, refusal=refusal, **values), _STATUS.get(refusal.why, 403))
    if refusal.seconds:
        answer.headers["Retry-After"] = str(refusal.seconds)
    return answer


def go_in(came: Came) -> Response:
    """From now on this browser is who came in; on to the next step, or to where they wanted."""
    here = door.here()
    back = str(here.pop("back", ""))
    here.become(came.token, came.session, came.user)
    standing = door.standing()
    if standing in rights.SIGNED_IN:
        return redirect(landing(back), 303)
    if back:
        here["back"] = back
    return redirect(page.link(door.FIRST[standing]), 303)


@blueprint.get("")
@blueprint.get("/")
def start() -> Response:
    """The address that people remember."""
    return redirect(landing() if door.person_or_none() else page.link(door.FIRST[door.standing()]), 303)


@blueprint.get("/signin")
@blueprint.get("/signin/to/<path:back>")
def form(back: str = "") -> Answer:
    """Name and password, on a phone that is known its PIN; who is signed in already goes on. `back`: the page that was
    asked for."""
    if door.person_or_none():
        return redirect(landing(back), 303)
    with door.store().reading() as connection:
        known = phones.known(connection, own_phone.token(), int(door.now().timestamp()))
    if known:
        return render_template("signin/pin.html", refusal=None, back=back)
    return render_template("signin/form.html", refusal=None, back=back)


@blueprint.post("/signin")
@blueprint.post("/signin/to/<path:back>")
def enter(back: str = "") -> Answer:
    """Takes name and password."""
    given = request.form
    try:
        came = signing_in.with_password(try_(), given.get("name", ""), given.get("password", ""), door.here().found)
    except passwords.Busy:
        came = Refused(why="busy")
    if isinstance(came, Refused):
        return refused("signin/form.html", came, back=back, name=given.get("name", "")[:80])
    door.here()["back"] = back
    return go_in(came)


@blueprint.get("/signin/code")
def code() -> str:
    """Asks for the second factor."""
    return render_template("signin/code.html", refusal=None)


@blueprint.post("/signin/code")
def check() -> Answer:
    """Takes the second factor."""
    here = door.here()
    assert here.user
    assert here.found
    came = signing_in.with_code(try_(), here.user, here.found, request.form.get("code", ""))
    return refused("signin/code.html", came) if isinstance(came, Refused) else go_in(came)


@blueprint.get("/signin/again/<path:back>")
def again(back: str) -> str:
    """Asks the signed-in person to prove themselves before a dangerous act."""
    return render_template("signin/again.html", refusal=None, back=back)


@blueprint.post("/signin/again/<path:back>")
def prove(back: str) -> Answer:
    """Takes the proof and leads back."""
    here = door.here()
    assert here.user
    assert here.found
    try:
        refusal = signing_in.prove(try_(), here.user, here.found, request.form.get("proof", ""))
    except passwords.Busy:
        refusal = Refused(why="busy")
    if refusal:
        return refused("signin/again.html", refusal, back=back)
    return redirect(f"/{page.language()}/staff/{back}", 303)


@blueprint.post("/signin/out")
def leave() -> Response:
    """Ends the session here and in the store."""
    here = door.here()
    with door.store().writing() as connection:
        if here.found and kept.end(connection, here.found.hash):
            audit.add(connection, who=by().who, what="signed_out", now=door.now())
    here.leave()
    answer = redirect(page.link("signin.left"), 303)
    # a phone that was chosen to be known stays so until it is forgotten: our own cookie is taken away by itself
    answer.headers["Clear-Site-Data"] = '"cache", "storage"' if own_phone.token() else '"cache", "cookies", "storage"'
    return answer


@blueprint.post("/signin/lock")
def lock() -> Response:
    """One tap, as somebody comes near: the session ends, and what leads back in asks who it is."""
    here = door.here()
    with door.store().writing() as connection:
        if here.found and kept.end(connection, here.found.hash):
            audit.add(connection, who=by().who, what="locked", now=door.now())
    here.leave()
    answer = redirect(page.link("signin.form"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@blueprint.get("/signin/waiting")
def waiting() -> str:
    """For a member whose committee an admin has yet to choose."""
    return render_template("signin/waiting.html")


@blueprint.get("/signin/left")
def left() -> str:
    """Says that nobody is signed in any more."""
    return render_template("signin/left.html")
