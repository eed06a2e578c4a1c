"""How a member is let in, for admins and for coordinators: a form, then a link or a sheet that is shown once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import abort, render_template, request

from legalmap.desk.gazetteer import shipped
from legalmap.model import LANGS, Lang, Problem
from legalmap.people import accounts, committees, invitations, passphrase, passwords
from legalmap.rayons import Rayons
from legalmap.routes import codes, page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, saying
from legalmap.store import StoreError
from legalmap.store.committees import Committee
from legalmap.store.users import User
from legalmap.wording import catalog, label, word

HERS = frozenset({
    "user_name", "user_there", "user_alike", "user_changed_meanwhile", "user_last_admin", "committee_needed",
    "committee_not_needed", "committee_unknown", "committee_is_closed", "invite_not_member", "invite_disabled",
    "center_number_unknown",
})  # fmt: skip
"""Faults of what somebody asked for; any other is the database's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the form of an invitation says."""

    name: str
    lang: Lang
    coordinator: bool
    on_paper: bool


def by() -> accounts.By:
    """Who invites, for the audit."""
    return accounts.By(who=f"web:{door.person().name}", now=door.now())


def form() -> Form:
    """The form that was sent. Aborts with 400 for a language that is none."""
    given = request.form
    lang = next((one for one in LANGS if one == given.get("lang")), None)
    if lang is None:
        abort(400)
    return Form(
        name=given.get("name", ""), lang=lang, coordinator=bool(given.get("coordinator")),
        on_paper=given.get("way") == "paper",
    )  # fmt: skip


def let_in(committee: Committee, asked: Form, back: str) -> str:
    """Makes the member; the page that shows, this once, what lets them in. Raises StoreError, passwords.Busy."""
    if asked.on_paper:
        secret = passphrase.make(asked.lang, "committee")
        with passwords.inside():
            hashed = passwords.hashed(secret)
    with door.store().writing() as connection:
        if asked.on_paper:
            member = accounts.add(
                connection, by(), name=asked.name, role="committee", lang=asked.lang, password=hashed,
                committee=committee.id, coordinator=asked.coordinator,
            )  # fmt: skip
        else:
            member = invitations.new_member(
                connection, by(), name=asked.name, lang=asked.lang, committee=committee.id,
                coordinator=asked.coordinator,
            )  # fmt: skip
            token = invitations.invite(connection, by(), member)
    return sheet(member, secret, back) if asked.on_paper else link_page(member, token, back)


def link_again(user_id: str, back: str, *, only_of: Committee | None = None) -> str:
    """Another link for somebody; earlier ones are void. `only_of`: by a coordinator, who may do so for those of the
    own committee who never came in: a link opens what a member keeps. Raises StoreError. Aborts with 404."""
    with door.store().writing() as connection:
        member = committees.member(connection, user_id)
        if member is None:
            abort(404)
        if only_of and (member.committee != only_of.id or invitations.came_ever(connection, member)):
            abort(404)
        token = invitations.invite(connection, by(), member)
    return link_page(member, token, back)


def link_page(member: User, token: str, back: str) -> str:
    """The link, a text for a messenger in the member's language, and the link as a code to scan."""
    address = site() + page.link("signin.invited", lang=member.lang, token=token)
    text = catalog("messages", member.lang).gettext(
        "You are invited to %(site)s. Open the link and tap the button there: %(link)s It works once, within 72 hours."
    ) % {"site": page.site_name(), "link": address}  # fmt: skip
    path, side = codes.squares(address)
    return render_template(
        "admin/committee_link.html", member=member, address=address, text=text, path=path, side=side, back=back
    )


def sheet(member: User, secret: str, back: str) -> str:
    """The sheet to print, in the member's language; it says nothing of what the site is about."""
    address = site() + page.link("signin.form", lang=member.lang)
    told = catalog("messages", member.lang).gettext
    return render_template(
        "admin/committee_sheet.html", member=member, passphrase=secret, address=address, back=back, _=told
    )


def site() -> str:
    """The site's own address: as the operator says it, else as this browser came."""
    return (door.settings().site or request.host_url).rstrip("/")


def said(fault: StoreError) -> str:
    """What was wrong, in words. Raises the fault itself where it is the database's."""
    if fault.code not in HERS:
        raise fault
    return word(Problem(code=fault.code, level="error", params={"detail": fault.detail}), page.language())


def busy() -> str:
    """Too many sign in just now."""
    return _("Too many people are signing in at this moment. Please try again in a few seconds.")


def shown(committee: Committee) -> dict[str, Any]:
    """What templates say of a committee: its name and where it works."""
    parts = (rayon_name(committee.rayon), label("oblast", committee.oblast, page.language()))
    return {"name": saying.called(committee) or committee.id, "where": ", ".join(filter(None, parts))}


def rayon_name(rayon: str) -> str:
    """A rayon by its id, from what the program ships: the desk's pages need no edition. "" for none."""
    known = _rayons().get(rayon)
    return known.names.in_lang(page.language())[0] if known else rayon


@cache
def _rayons() -> Rayons:
    return shipped().rayons
