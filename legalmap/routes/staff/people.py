"""Who may sign in, for admins: let somebody in, shut somebody out, another role, a new passphrase shown once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap.model import LANGS
from legalmap.people import accounts, committees, passphrase, passwords
from legalmap.people.rights import ROLES
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, frame, inviting, saying
from legalmap.store import Connection, StoreError, centers, users
from legalmap.store import committees as stored_committees
from legalmap.store.users import User

blueprint = door.guarded("admin_users", __name__, "/admin/users")
blueprint.context_processor(saying.words_of_page)
Answer = str | Response | tuple[str, int]


@blueprint.get("")
def index() -> str:
    """Everybody, by name."""
    with frame.store().reading() as connection:
        everybody = users.everybody(connection)
    return render_template("admin/users.html", people=[(one, _at(one.made), _at(one.signed_in)) for one in everybody])


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Answer:
    """Lets somebody in; the passphrase stands on the answer to this form and nowhere else."""
    door.require_fresh(page.link("admin_users.new"))
    if request.method == "GET":
        return _form("")
    name, role, lang = (request.form.get(field, "") for field in ("name", "role", "lang"))
    known = next((one for one in ROLES if one == role), None)
    if known is None or lang not in LANGS:
        abort(400)
    secret = passphrase.make(lang, known)
    try:
        kept = passwords.hashed(secret)
        with frame.store().writing() as connection:
            made = accounts.add(
                connection, _by(), name=name, role=known, lang=lang, password=kept, committee=_committee(known),
            )  # fmt: skip
    except passwords.Busy:
        return _form(inviting.busy()), 503
    except StoreError as fault:
        return _form(inviting.said(fault)), 409
    return render_template("admin/passphrase.html", user=made, passphrase=secret)


@blueprint.get("/<user_id>")
def user(user_id: str) -> str:
    """What may be done about one person."""
    door.require_fresh()
    return _page(user_id, "")


@blueprint.post("/<user_id>/<what>")
def change(user_id: str, what: str) -> Answer:
    """Does one of DEEDS to one person, unless it was done since the page was opened."""
    back = page.link("admin_users.user", user_id=user_id)
    door.require_fresh(back)
    if what not in {*DEEDS, "reset"}:
        abort(404)
    whom = _user(user_id)
    secret = passphrase.make(whom.lang, whom.role) if what == "reset" else ""
    try:
        kept = passwords.hashed(secret) if secret else ""
        with frame.store().writing() as connection:
            found = users.by_id(connection, user_id)
            if found is None or request.form.get("seen") != _mark(connection, found):
                raise StoreError("user_changed_meanwhile", "")
            if kept:
                accounts.reset(connection, _by(), found, kept)
            else:
                DEEDS[what](connection, found)
    except passwords.Busy:
        return _page(user_id, inviting.busy()), 503
    except StoreError as fault:
        return _page(user_id, inviting.said(fault)), 409
    if secret:
        return render_template("admin/passphrase.html", user=found, passphrase=secret)
    flash(_("Done: %(name)s", name=found.name))
    return redirect(back if user_id != door.person().id else page.link("admin_users.index"), 303)


def _disable(connection: Connection, found: User) -> None:
    accounts.disable(connection, _by(), found)


def _enable(connection: Connection, found: User) -> None:
    accounts.disable(connection, _by(), found, disabled=False)


def _role(connection: Connection, found: User) -> None:
    wanted = next((one for one in ROLES if one == request.form.get("role")), None)
    if wanted is None:
        abort(400)
    accounts.change_role(connection, _by(), found, wanted, _committee(wanted))


def _assign(connection: Connection, found: User) -> None:
    coordinator = bool(request.form.get("coordinator"))
    committees.assign(connection, _by(), found, _committee(found.role), coordinator=coordinator)


def _committee(role: str) -> str:
    """The committee that the form names: of members alone."""
    return request.form.get("committee", "")[:80] if role == "committee" else ""


def _center(connection: Connection, found: User) -> None:
    number = request.form.get("center", "").strip()
    if found.role != "center" or not re.fullmatch("[0-9]{1,7}", number):
        abort(400)
    if int(number) and not centers.id_of(connection, int(number)):
        raise StoreError("center_number_unknown", number)
    accounts.assign_center(connection, _by(), found, int(number))


DEEDS: Mapping[str, Callable[[Connection, User], None]] = {
    "disable": _disable, "enable": _enable, "role": _role, "committee": _assign, "center": _center,
}  # fmt: skip


def _user(user_id: str) -> User:
    with frame.store().reading() as connection:
        found = users.by_id(connection, user_id)
    if found is None:
        abort(404)
    return found


def _page(user_id: str, fault: str) -> str:
    found = _user(user_id)
    with frame.store().reading() as connection:
        seen = _mark(connection, found)
    return render_template(
        "admin/user.html",
        user=found,
        seen=seen,
        fault=fault,
        roles=ROLES,
        open_committees=_open_committees(),
        oneself=found.id == door.person().id,
        made=_at(found.made),
        signed_in=_at(found.signed_in),
    )


def _form(fault: str) -> str:
    sent = request.form
    return render_template(
        "admin/user_new.html", fault=fault, roles=ROLES, named=page.LANGUAGE_NAMES, name=sent.get("name", ""),
        open_committees=_open_committees(), committee=sent.get("committee", ""),
        role=sent.get("role", "editor"), lang_chosen=sent.get("lang", page.language()),
    )  # fmt: skip


def _open_committees() -> list[tuple[str, str]]:
    """Id and words of every committee that is not closed."""
    with frame.store().reading() as connection:
        everyone = stored_committees.everyone(connection)
    return [(one.id, saying.called(one) or one.id) for one in everyone if not one.closed]


def _mark(connection: Connection, found: User) -> str:
    """Changes with everything that is done about a person here, so that a form sent twice acts once."""
    kept = users.proofs(connection, found.id).password
    return door.keys().mac(
        "form about a person",
        found.id,
        found.role,
        str(found.disabled),
        found.committee,
        str(found.coordinator),
        kept,
        str(found.center),
    )


def _by() -> accounts.By:
    return accounts.By(who=f"web:{door.person().name}", now=door.now())


def _at(moment: int) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(moment, dt.UTC) if moment else None
