"""A coordinator lets members of the own committee in; their referrals stay their own."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, render_template
from werkzeug.wrappers import Response

from legalmap.people import invitations as inviting_rules
from legalmap.people import passwords
from legalmap.routes import page
from legalmap.routes.staff import door, inviting
from legalmap.store import StoreError, committees, invitations, users
from legalmap.store.committees import Committee

Answer = str | Response | tuple[str, int]
blueprint = door.guarded("committee_members", __name__, "/committee/members")


@blueprint.get("")
def index() -> str:
    """Who belongs to the committee, and a way to let somebody in."""
    return _page(_own(), "")


@blueprint.post("/invite")
def invite() -> Answer:
    """Lets a new member in, by a link: a passphrase on paper would be known to who printed it."""
    own, back = _own(), page.link("committee_members.index")
    door.require_fresh(back)
    asked = inviting.form()
    if asked.coordinator or asked.on_paper:
        abort(403)
    return _let_in(own, lambda: inviting.let_in(own, asked, back))


@blueprint.post("/invite/<user_id>")
def again(user_id: str) -> Answer:
    """Another link for somebody who never came in."""
    own, back = _own(), page.link("committee_members.index")
    door.require_fresh(back)
    return _let_in(own, lambda: inviting.link_again(user_id, back, only_of=own))


def _let_in(own: Committee, deed: Callable[[], str]) -> Answer:
    try:
        return deed()
    except passwords.Busy:
        return _page(own, inviting.busy()), 503
    except StoreError as fault:
        return _page(own, inviting.said(fault)), 409


def _own() -> Committee:
    """The committee whose coordinator is signed in. Aborts with 403 for every other member."""
    me = door.person()
    with door.store().reading() as connection:
        own = committees.by_id(connection, me.committee)
    if own is None or not me.coordinator:
        abort(403)
    return own


def _page(own: Committee, fault: str) -> str:
    with door.store().reading() as connection:
        members = users.members(connection, own.id)
        invited = invitations.waiting(connection, int(door.now().timestamp()))
        new = {one.id for one in members if not inviting_rules.came_ever(connection, one)}
    return render_template(
        "admin/committee_members.html", members=members, invited=invited, new=new, fault=fault,
        languages_named=page.LANGUAGE_NAMES, **inviting.shown(own),
    )  # fmt: skip
