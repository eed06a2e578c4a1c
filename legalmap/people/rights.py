"""Who may open what: the one table. What does not stand here is closed to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Role = Literal["admin", "editor", "committee", "center"]
Standing = Literal["nobody", "factor", "setup", "waiting", "center_key", "admin", "editor", "committee", "center"]
"""How somebody stands before a door: not signed in; password given but the second factor awaited, or still to be set
up; a member for whom an admin has yet to choose a committee; with a center's key, which is nobody's name; or signed in,
with a role."""

ROLES: tuple[Role, ...] = ("admin", "editor", "committee", "center")
STANDINGS: tuple[Standing, ...] = ("nobody", "factor", "setup", "waiting", "center_key", *ROLES)
NEEDS_FACTOR: frozenset[str] = frozenset({"admin", "editor"})
"""Roles that sign in with a second factor."""

EVERYBODY: frozenset[str] = frozenset(STANDINGS)
SIGNED_IN: frozenset[str] = frozenset(ROLES)
EDITORS: frozenset[str] = frozenset({"admin", "editor"})
ADMINS: frozenset[str] = frozenset({"admin"})
MEMBERS: frozenset[str] = frozenset({"committee"})
OF_CENTER: frozenset[str] = frozenset({"center", "center_key"})
KEYS_OPEN: frozenset[str] = frozenset({"center"})
"""The blueprints where a browser's key counts, before any name that is signed in there; elsewhere it is nothing."""

RIGHTS: Mapping[str, frozenset[str]] = {
    # endpoint -> who may use it, by any method it has
    "signin.start": EVERYBODY,
    "signin.form": EVERYBODY,
    "signin.enter": EVERYBODY,
    "signin.by_name": EVERYBODY,
    "signin.pin": EVERYBODY,
    "signin.invited": EVERYBODY,
    "signin.accept": EVERYBODY,
    "signin.waiting": frozenset({"waiting"}),
    "signin.lock": SIGNED_IN | {"waiting"},
    "signin.leave": SIGNED_IN | {"factor", "setup", "waiting"},
    "signin.left": EVERYBODY,
    "signin.code": frozenset({"factor"}),
    "signin.check": frozenset({"factor"}),
    "signin.setup": SIGNED_IN | {"setup"},
    "signin.set_up": SIGNED_IN | {"setup"},
    "signin.codes": SIGNED_IN,
    "signin.codes_kept": SIGNED_IN,
    "signin.again": SIGNED_IN,
    "signin.prove": SIGNED_IN,
    "signin.account": SIGNED_IN,
    "signin.change_password": SIGNED_IN,
    "signin.new_codes": SIGNED_IN,
    "signin.end_others": SIGNED_IN,
    "signin.factor_off": SIGNED_IN,
    "signin.center": EVERYBODY,
    "signin.center_pin": EVERYBODY,
    "signin.center_link": EVERYBODY,
    "signin.center_open": EVERYBODY,
    "signin.phone": MEMBERS,
    "signin.remember": MEMBERS,
    "signin.forget": MEMBERS,
    "committee_members.index": MEMBERS,
    "committee_members.invite": MEMBERS,
    "committee_members.again": MEMBERS,
    "admin_centers.index": EDITORS,
    "admin_centers.changed": EDITORS,
    "admin_centers.together": EDITORS,
    "admin_centers.table": EDITORS,
    "admin_centers.new": EDITORS,
    "admin_centers.create": EDITORS,
    "admin_centers.center": EDITORS,
    "admin_centers.save": EDITORS,
    "admin_centers.saved": EDITORS,
    "admin_centers.hide": EDITORS,
    "admin_centers.understood": EDITORS,
    "admin_keys.index": ADMINS,
    "admin_keys.make": ADMINS,
    "admin_keys.end": ADMINS,
    "admin_notices.index": ADMINS,
    "admin_notices.end": ADMINS,
    "admin_notices.again": ADMINS,
    "admin_imports.index": EDITORS,
    "admin_imports.send": EDITORS,
    "admin_imports.empty": EDITORS,
    "admin_imports.look": EDITORS,
    "admin_imports.state": EDITORS,
    "admin_imports.preview": EDITORS,
    "admin_imports.choose": EDITORS,
    "admin_imports.apply": EDITORS,
    "admin_imports.applied": EDITORS,
    "admin_imports.left_out": EDITORS,
    "admin_proposals.index": EDITORS,
    "admin_proposals.look": EDITORS,
    "admin_proposals.approve": ADMINS,
    "admin_proposals.refuse": EDITORS,
    "admin_jobs.index": EDITORS,
    "admin_jobs.shown": EDITORS,
    "admin_history.center": EDITORS,
    "admin_history.restore": EDITORS,
    "admin_acts.index": EDITORS,
    "admin_acts.act": EDITORS,
    "admin_acts.undo": EDITORS,
    "admin_editions.index": EDITORS,
    "admin_editions.compare": EDITORS,
    "admin_editions.back": ADMINS,
    "admin_users.index": ADMINS,
    "admin_users.new": ADMINS,
    "admin_users.user": ADMINS,
    "admin_users.change": ADMINS,
    "admin_committees.index": ADMINS,
    "admin_committees.new": ADMINS,
    "admin_committees.committee": ADMINS,
    "admin_committees.change": ADMINS,
    "admin_committees.invite": ADMINS,
    "admin_committees.send": ADMINS,
    "admin_committees.apply": ADMINS,
    "admin_committees.table": ADMINS,
    "admin_needs.index": ADMINS,
    "admin_needs.table": ADMINS,
    "admin_needs.preview": ADMINS,
    "admin_needs.apply": ADMINS,
    "admin_numbers.country": ADMINS,
    "admin_numbers.table": ADMINS,
    "admin_audit.index": ADMINS,
    "admin_audit.verify": ADMINS,
    "admin_audit.table": ADMINS,
    "committee.board": MEMBERS,
    "committee.order": MEMBERS,
    "committee_numbers.own": MEMBERS,
    "committee.referral": MEMBERS,
    "committee.answer": MEMBERS,
    "committee.pass_on": MEMBERS,
    "committee.withdraw": MEMBERS,
    "committee.sheet_anew": MEMBERS,
    "committee.take_back": MEMBERS,
    "committee.taken_back": MEMBERS,
    "committee_way.begin": MEMBERS,
    "committee_way.show": MEMBERS,
    "committee_way.go": MEMBERS,
    "committee_slip.show": MEMBERS,
    "center.index": OF_CENTER,
    "center.find": OF_CENTER,
    "center.referral": OF_CENTER,
    "center.answer": OF_CENTER,
    "center.withdraw": OF_CENTER,
    "center.notice": OF_CENTER,
    "center.set_notice": OF_CENTER,
    "center.end_notice": OF_CENTER,
    "center.leave": frozenset({"center_key"}),
}


def may(standing: str, endpoint: str) -> bool:
    """Whether somebody who stands so may use the endpoint."""
    return standing in RIGHTS.get(endpoint, frozenset())
