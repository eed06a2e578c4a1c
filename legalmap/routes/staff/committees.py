"""Local committees for admins: which there are, who belongs to them, and who is let in."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Any

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap import letters
from legalmap.desk.known import known as gazetteer_of
from legalmap.model import OBLASTS, Problem
from legalmap.people import committees, passwords
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, inviting, saying
from legalmap.store import Connection, StoreError, invitations, users
from legalmap.store import committees as kept
from legalmap.store.committees import Committee
from legalmap.wording import word

Answer = str | Response | tuple[str, int]
blueprint = door.guarded("admin_committees", __name__, "/admin/committees")
blueprint.context_processor(saying.words_of_page)
_FIELDS = ("name_ky", "name_ru", "name_en", "oblast", "rayon")
_LONGEST = 20_000
_BODY, _TEXT = 1_500_000, 1_000_000
"""Bytes of a form with a file, and of the table that a preview carries on."""


@blueprint.url_value_preprocessor
def take_larger_bodies(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A table is larger than what the public may send; the guard reads the form already."""
    request.max_content_length, request.max_form_memory_size = _BODY, _TEXT


@blueprint.get("")
def index() -> str:
    """All committees: where each works, how many belong to it."""
    with door.store().reading() as connection:
        everyone, people = kept.everyone(connection), users.everybody(connection)
    alive = [one for one in people if one.role == "committee" and not one.disabled]
    members = Counter(one.committee for one in alive)
    coordinators = Counter(one.committee for one in alive if one.coordinator)
    return render_template(
        "admin/committees.html", without=[one for one in alive if not one.committee],
        rows=[(one, inviting.shown(one), members[one.id], coordinators[one.id]) for one in everyone],
    )  # fmt: skip


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Answer:
    """A new committee."""
    door.require_fresh(page.link("admin_committees.new"))
    if request.method == "GET":
        return _form(Committee(id=""), ())
    with door.store().writing() as connection:
        made, said = _given(connection, Committee(id=committees.next_id(kept.everyone(connection))))
        if not said:
            committees.keep(connection, inviting.by(), made)
    if said:
        return _form(made, said), 400
    flash(_("The committee is made. Now invite its members."))
    return redirect(page.link("admin_committees.committee", committee_id=made.id), 303)


@blueprint.get("/of/<committee_id>")
def committee(committee_id: str) -> str:
    """One committee: what is known of it, its members, and a way to let somebody in."""
    door.require_fresh()
    return _page(committee_id, ())


@blueprint.post("/of/<committee_id>/<any(save, close, open):what>")
def change(committee_id: str, what: str) -> Answer:
    """Changes what is known of a committee, closes it or opens it again, unless somebody did so meanwhile."""
    back = page.link("admin_committees.committee", committee_id=committee_id)
    door.require_fresh(back)
    with door.store().writing() as connection:
        found = kept.by_id(connection, committee_id)
        if found is None:
            abort(404)
        made, said = found, [] if request.form.get("seen") == _mark(found) else [meanwhile()]
        if what == "save" and not said:
            made, said = _given(connection, found)
        if not said and what == "save":
            committees.keep(connection, inviting.by(), made)
        elif not said:
            committees.close(connection, inviting.by(), found, closed=what == "close")
    if said:
        return _page(committee_id, said, made), 409
    flash(_("Done: %(name)s", name=inviting.shown(made)["name"]))
    return redirect(back, 303)


@blueprint.post("/of/<committee_id>/invite")
@blueprint.post("/of/<committee_id>/invite/<user_id>")
def invite(committee_id: str, user_id: str = "") -> Answer:
    """Lets a new member in, or makes another link for one; what opens the door stands on the answer alone."""
    back = page.link("admin_committees.committee", committee_id=committee_id)
    door.require_fresh(back)
    with door.store().reading() as connection:
        found = kept.by_id(connection, committee_id)
    if found is None:
        abort(404)
    try:
        return inviting.link_again(user_id, back) if user_id else inviting.let_in(found, inviting.form(), back)
    except passwords.Busy:
        return _page(committee_id, [inviting.busy()]), 503
    except StoreError as fault:
        return _page(committee_id, [inviting.said(fault)]), 409


def _given(connection: Connection, before: Committee) -> tuple[Committee, list[str]]:
    """The committee as the form says it, and what is wrong with it in words."""
    gazetteer = gazetteer_of(connection)
    cells = {name: _line(request.form.get(name, "")) for name in _FIELDS}
    places = tuple(dict.fromkeys(request.form.get("places", "")[:_LONGEST].replace(";", " ").split()))
    made = Committee(id=before.id, closed=before.closed, places=places, **cells)
    found = committees.faults(made, gazetteer.rayons, gazetteer.places.by_id)
    said = [
        word(Problem(code=code, level="error", value=value, params=_NONE), page.language()) for _, code, value in found
    ]
    return made, said


_NONE = {"place": "", "choices": ""}


def _line(text: str) -> str:
    return " ".join(letters.repair(unicodedata.normalize("NFC", text.replace("\0", ""))).split())[:_LONGEST]


def _mark(found: Committee) -> str:
    """Changes with what is known of a committee, so that a stale form changes nothing."""
    return door.keys().mac("form about a committee", repr(found))


def meanwhile() -> str:
    """Somebody did something since the page was opened."""
    return word(Problem(code="committee_changed_meanwhile", level="error"), page.language())


def _page(committee_id: str, said: list[str] | tuple[str, ...], typed: Committee | None = None) -> str:
    with door.store().reading() as connection:
        found = kept.by_id(connection, committee_id)
        members = users.members(connection, committee_id)
        invited = invitations.waiting(connection, int(door.now().timestamp()))
    if found is None:
        abort(404)
    return render_template(
        "admin/committee.html", found=found, typed=typed or found, said=said, members=members, invited=invited,
        seen=_mark(found), languages_named=page.LANGUAGE_NAMES, **_choices(typed or found), **inviting.shown(found),
    )  # fmt: skip


def _form(typed: Committee, said: list[str] | tuple[str, ...]) -> str:
    return render_template("admin/committee_new.html", typed=typed, said=said, **_choices(typed))


def _choices(typed: Committee) -> dict[str, Any]:
    """What the form offers: oblasts, their rayons, and the names of the places that are chosen."""
    with door.store().reading() as connection:
        gazetteer = gazetteer_of(connection)
    rayons: dict[str, list[tuple[str, str]]] = {code: [] for code in OBLASTS}
    for one in gazetteer.rayons.values():
        rayons[one.oblast].append((one.id, one.names.in_lang(page.language())[0]))
    places = [(one, gazetteer.places.by_id.get(one)) for one in typed.places]
    lang = page.language()
    return {
        "rayons": rayons,
        "places": [(one, place.names.in_lang(lang)[0] if place else one) for one, place in places],
    }
