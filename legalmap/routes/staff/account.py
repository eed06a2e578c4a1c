"""What somebody of the staff does about their own account: second factor, password, sessions."""

from __future__ import annotations

import datetime as dt

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap.hours import BISHKEK
from legalmap.model import Problem
from legalmap.people import accounts, passphrase, passwords, second_factor, sessions, signing_in, strength
from legalmap.people.rights import NEEDS_FACTOR
from legalmap.people.signing_in import Refused
from legalmap.routes import codes as squares
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, own_phone, signin
from legalmap.routes.staff.signin import Answer, by, landing, try_
from legalmap.store import phones, users
from legalmap.store import sessions as kept
from legalmap.store.phones import Phone
from legalmap.wording import word

blueprint = signin.blueprint
"""One door, two modules: the way in, and what is one's own behind it."""


@blueprint.get("/signin/setup")
def setup() -> str:
    """A new key for the phone's app: a code to scan, and the key in groups."""
    if door.person_or_none():
        door.require_fresh()
    here = door.here()
    if "factor" not in here:  # the page may be loaded twice, and in another language
        here["factor"] = door.keys().seal(second_factor.new_secret())
    return _setup_page(None)


def _setup_page(refusal: Refused | None) -> str:
    here = door.here()
    assert here.user
    secret = door.keys().open(here["factor"])
    uri = second_factor.uri(secret, here.user.name, page.site_name())
    path, side = squares.squares(uri)
    groups = second_factor.in_groups(secret)
    return render_template("signin/setup.html", refusal=refusal, secret=groups, uri=uri, path=path, side=side)


@blueprint.post("/signin/setup")
def set_up() -> Answer:
    """Takes the first code of the app; then the recovery codes are shown, once."""
    here = door.here()
    if door.person_or_none():
        door.require_fresh()
    if here.user is None or here.found is None or "factor" not in here:
        return redirect(page.link("signin.setup"), 303)
    secret = door.keys().open(here["factor"])
    done = signing_in.set_up(try_(), here.user, here.found, secret, request.form.get("code", ""))
    if isinstance(done, Refused):
        return _setup_page(done), 403
    came, new_codes = done
    back = str(here.get("back", ""))
    here.become(came.token, came.session, came.user)
    here.update(codes=door.keys().seal(" ".join(new_codes)), back=back)
    return redirect(page.link("signin.codes"), 303)


@blueprint.get("/signin/codes")
def codes() -> Answer:
    """The recovery codes, until the person says that they have them."""
    sealed = door.here().get("codes")
    if not sealed:
        return redirect(page.link("signin.account"), 303)
    return render_template("signin/codes.html", codes=door.keys().open(sealed).split())


@blueprint.post("/signin/codes")
def codes_kept() -> Response:
    """They are never shown again."""
    door.here().pop("codes", None)
    return redirect(landing(str(door.here().pop("back", ""))), 303)


@blueprint.get("/signin/account")
def account() -> str:
    """What concerns oneself: password, second factor, sessions."""
    return _account_page("")


def _account_page(fault: str) -> str:
    me, found, moment = door.person(), door.here().found, int(door.now().timestamp())
    with door.store().reading() as connection:
        left = users.recovery_codes_left(connection, me.id)
        known = phones.of_user(connection, me.id)
        alive = [one for one in kept.of_user(connection, me.id) if not sessions.is_over(one, me, moment)]
    return render_template(
        "signin/account.html", me=me, codes_left=left, fault=fault, suggested=passphrase.make(page.language(), me.role),
        others_known=sum(not _is_here(phone) for phone in known), known_here=any(map(_is_here, known)),
        shortest=strength.SHORTEST, may_go_without=me.role not in NEEDS_FACTOR,
        sessions=[(_at(one.started), _at(one.seen), found is not None and one.hash == found.hash) for one in alive],
    )  # fmt: skip


def _is_here(phone: Phone) -> bool:
    return phone.hash == sessions.hash_of(own_phone.token())


def _at(moment: int) -> str:
    return f"{dt.datetime.fromtimestamp(moment, BISHKEK):%d.%m.%Y, %H:%M}"


@blueprint.post("/signin/account/password")
def change_password() -> Answer:
    """Takes the old password and a new one; every other session ends, this one goes on under a new id."""
    here, me, given = door.here(), door.person(), request.form
    new = given.get("new", "")
    fault = strength.weakness(new, me.name)
    if not fault and new != given.get("repeated", ""):
        fault = "password_differs"
    try:
        refusal = None if fault else signing_in.check_password(try_(), me, given.get("old", ""))
    except passwords.Busy:
        refusal = Refused(why="busy")
    if fault or refusal:
        said = word(Problem(code=fault, level="error"), page.language()) if fault else why(refusal)
        return _account_page(said), 400 if fault else 403
    hashed = passwords.hashed(new)
    with door.store().writing() as connection:
        if here.found is None or not kept.by_hash(connection, here.found.hash):  # ended while it was being hashed
            return redirect(page.link("signin.form"), 303)
        accounts.change_password(connection, by(), me, hashed)
        token, session = sessions.begin(connection, me, "whole", int(door.now().timestamp()))
    here.become(token, session, me)
    flash(_("Your password is changed; you are signed out everywhere else."))
    return redirect(page.link("signin.account"), 303)


@blueprint.post("/signin/account/codes")
def new_codes() -> Answer:
    """Ten new recovery codes; the old ones open nothing any more."""
    door.require_fresh(back=page.link("signin.account"))
    me, made = door.person(), second_factor.new_recovery_codes()
    if me.has_factor:
        with door.store().writing() as connection:
            accounts.new_recovery_codes(
                connection, by(), me, [second_factor.hash_of(door.keys(), me.id, one) for one in made]
            )
        door.here()["codes"] = door.keys().seal(" ".join(made))
    return redirect(page.link("signin.codes"), 303)


@blueprint.post("/signin/account/sessions")
def end_others() -> Response:
    """Ends every other session of this person."""
    found = door.here().found
    with door.store().writing() as connection:
        accounts.end_sessions(connection, by(), door.person(), but=found.hash if found else "")
    flash(_("You are signed out everywhere else."))
    return redirect(page.link("signin.account"), 303)


@blueprint.post("/signin/account/factor")
def factor_off() -> Answer:
    """Goes without a second factor, for roles that may."""
    door.require_fresh(back=page.link("signin.account"))
    me = door.person()
    if me.role not in NEEDS_FACTOR:
        with door.store().writing() as connection:
            accounts.factor_off(connection, by(), me)
        flash(_("The second factor is off."))
    return redirect(page.link("signin.account"), 303)


def why(refusal: Refused | None) -> str:
    """What was wrong, in words."""
    wrong = _("The password is wrong.")
    return render_template("signin/why.html", refusal=refusal, wrong=wrong).strip() if refusal else ""
