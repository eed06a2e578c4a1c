"""A center answers: the number on a slip, what the person needs, and one large button for each thing to say."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap.model import Problem
from legalmap.people import center_keys
from legalmap.referrals import codes, kept, moves, received
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, members, signin
from legalmap.wording import word

Answer = str | Response | tuple[str, int]
blueprint = door.guarded("center", __name__, "/center")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who speaks for a center: its number, 0 for none yet, and what stands in the audit."""

    center: int
    who: str


@blueprint.get("")
def index() -> Answer:
    """Asks for the number on the slip."""
    return _form()


@blueprint.post("/find")
def find() -> Answer:
    """Leads to what the number stands for. Unknown, another center's and expired are one answer."""
    mine = speaker("answer")
    code = codes.read(request.form.get("code", ""))
    if isinstance(code, Problem):
        return _form(word(code, page.language())), 400
    with members.referrals().writing() as connection:
        found = kept.find(connection, members.keys(), mine.center, code, door.now())
    if found.wait:
        return _form(members.wait_words(found.wait)), 429
    if found.referral is None:
        return _form(_("No such number here. Look at each digit, or call the person who sent it.")), 404
    return redirect(page.link("center.referral", handle=codes.handle_of(members.keys(), code)), 303)


@blueprint.get("/referral/<handle>")
def referral(handle: str) -> str:
    """What is needed and how soon, and what can be said now."""
    mine = speaker("answer")
    members.note("center_viewed", who=mine.who, once_a_day=True)
    with members.referrals().reading() as connection:
        found = received.one(connection, mine.center, handle, door.now())
    if found is None:
        abort(404)
    return render_template(
        "center/referral.html", referral=found, handle=handle, acts=moves.acts(found.state), reasons=moves.REASONS,
        expires=found.expires.astimezone(page.now().tzinfo).date(),
    )  # fmt: skip


@blueprint.post("/referral/<handle>")
def answer(handle: str) -> Answer:
    """Writes down what the center says; a second press changes nothing."""
    mine = speaker("answer")
    act, reason = request.form.get("act", ""), request.form.get("reason", "")
    if act not in moves.ACTS or (act == "decline") != (reason in moves.REASONS):
        abort(400)
    members.note("center_answered", who=mine.who)
    with members.referrals().writing() as connection:
        found = received.answer(connection, mine.center, handle, act, reason, door.now())
    if found is None:
        abort(404)
    return redirect(page.link("center.referral", handle=handle), 303)


@blueprint.post("/referral/<handle>/withdraw")
def withdraw(handle: str) -> Response:
    """The person takes the consent back at the center: all of it goes at once."""
    mine = speaker("answer")
    members.note("referral_withdrawn", who=mine.who)
    with members.referrals().writing() as connection:
        gone = received.withdraw(connection, mine.center, handle, door.now())
    if not gone:
        abort(404)
    flash(_("Deleted: nothing of it is kept."))
    return redirect(page.link("center.index"), 303)


@blueprint.post("/leave")
def leave() -> Response:
    """This browser has no key any more."""
    with door.store().writing() as connection:
        center_keys.leave(connection, signin.by(), door.here().center_token)
    door.here().drop_key()
    return redirect(page.link("signin.left"), 303)


def _here(scope: str) -> Speaker:
    key = door.here().key if door.standing() == "center_key" else None
    if key:
        return Speaker(center=key.center if scope in key.scope.split() else 0, who=f"key:{key.center}")
    person = door.person()
    return Speaker(center=person.center, who=f"web:{person.name}")


def speaker(scope: str) -> Speaker:
    """Who may do what `scope` names. Aborts with 403 where a key is good for something else, or an admin has yet to
    choose a center."""
    found = _here(scope)
    if not found.center:
        abort(403)
    return found


def _form(fault: str = "") -> str:
    typed = request.form.get("code", "")[:40]
    number, may_say = _here("answer").center, bool(_here("notice").center)
    return render_template("center/find.html", fault=fault, number=number, typed=typed, may_say=may_say)
