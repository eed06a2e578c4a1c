"""Who works here comes and goes: users are made, disabled, given a new password; each ends their sessions."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from legalmap.letters import look
from legalmap.people import audit
from legalmap.people.rights import Role
from legalmap.store import Connection, StoreError, committees, invitations, phones, sessions, users
from legalmap.store.users import User

LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who does it and when, for the audit. `who`: "web:name" or "cli:name"."""

    who: str
    now: dt.datetime


def folded(name: str) -> str:
    """A name as it is looked up: without regard to case and to how its letters are composed."""
    # neither database takes a NUL or half a letter
    text = name.replace("\0", "").encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def good_name(name: str) -> str:
    """The name as it is kept. Raises StoreError `user_name`: 2 to 40 letters, digits, dots, hyphens, underlines."""
    said = unicodedata.normalize("NFC", name).strip()
    if not 2 <= len(said) <= LONGEST_NAME or not all(letter.isalnum() or letter in "._-" for letter in folded(said)):
        raise StoreError("user_name", "")
    return said


def check_committee(connection: Connection, role: str, committee_id: str) -> None:
    """Raises StoreError `committee_needed`, `committee_unknown`, `committee_is_closed` where a user of that role cannot
    have this committee; no other role has one."""
    if (role == "committee") != bool(committee_id):
        raise StoreError("committee_needed" if role == "committee" else "committee_not_needed")
    found = committees.by_id(connection, committee_id) if committee_id else None
    if committee_id and (found is None or found.closed):
        raise StoreError("committee_is_closed" if found else "committee_unknown", committee_id)


def turn_out(connection: Connection, user: User) -> None:
    """Every session ends, every phone is forgotten, an invitation that waits is void."""
    sessions.end_all(connection, user.id)
    phones.forget_all(connection, user.id)
    invitations.drop(connection, user.id)


def add(
    connection: Connection, by: By, *, name: str, role: Role, lang: str, password: str,
    committee: str = "", coordinator: bool = False,
) -> User:  # fmt: skip
    """A new user. `password`: as `passwords.hashed` gives it, "" while an invitation waits; `committee`: of a member.
    Raises StoreError `user_name`, `user_there`, `user_alike`, and those of `check_committee`."""
    said = good_name(name)
    check_committee(connection, role, committee)
    if users.by_name(connection, folded(said)):
        raise StoreError("user_there", said)
    for other in users.everybody(connection):
        if look(folded(other.name)) == look(folded(said)):
            raise StoreError("user_alike", other.name)
    user = User(
        id=uuid.uuid4().hex, name=said, role=role, lang=lang, made=int(by.now.timestamp()),
        committee=committee, coordinator=coordinator and role == "committee",
    )  # fmt: skip
    users.add(connection, user, folded(said), password)
    audit.add(connection, who=by.who, what="user_added", subject=f"{said} {role}", now=by.now)
    return user


def named(connection: Connection, name: str) -> User:
    """The user of that name. Raises StoreError `user_unknown`."""
    user = users.by_name(connection, folded(name))
    if user is None:
        raise StoreError("user_unknown", name)
    return user


def disable(connection: Connection, by: By, user: User, *, disabled: bool = True) -> None:
    """Nobody comes in under this name any more, from this moment; or again. Raises StoreError `user_last_admin`."""
    if disabled:
        _leave_an_admin(connection, user)
    users.change(connection, user.id, disabled=disabled)
    turn_out(connection, user)
    what = "user_disabled" if disabled else "user_enabled"
    audit.add(connection, who=by.who, what=what, subject=user.name, now=by.now)


def reset(connection: Connection, by: By, user: User, password: str) -> None:
    """A new password for somebody who lost theirs; the second factor is to be set up anew."""
    users.change(connection, user.id, password=password, factor="", factor_step=0)
    users.set_recovery_codes(connection, user.id, ())
    turn_out(connection, user)
    audit.add(connection, who=by.who, what="user_reset", subject=user.name, now=by.now)


def change_role(connection: Connection, by: By, user: User, role: Role, committee: str = "") -> None:
    """Another role, from the next sign-in on. Raises StoreError `user_last_admin`, and those of `check_committee`."""
    check_committee(connection, role, committee)
    if role != "admin":
        _leave_an_admin(connection, user)
    same = (role, committee) == (user.role, user.committee)
    users.change(
        connection,
        user.id,
        role=role,
        committee=committee,
        coordinator=user.coordinator if same else False,
        center=user.center if role == "center" else 0,
    )
    turn_out(connection, user)
    audit.add(connection, who=by.who, what="user_role", subject=f"{user.name} {role}", now=by.now)


def assign_center(connection: Connection, by: By, user: User, center: int) -> None:
    """The center, by its number, that a user of that role speaks for, 0 for none; their sessions end."""
    users.change(connection, user.id, center=center)
    turn_out(connection, user)
    audit.add(connection, who=by.who, what="user_center", subject=f"{user.name} {center}", now=by.now)


def _leave_an_admin(connection: Connection, user: User) -> None:
    """Without an admin nobody could let anybody in again."""
    admins = [one for one in users.everybody(connection) if one.role == "admin" and not one.disabled]
    if [one.id for one in admins] == [user.id]:
        raise StoreError("user_last_admin", user.name)


def change_password(connection: Connection, by: By, user: User, password: str) -> None:
    """Somebody's own new password; all their sessions end."""
    users.change(connection, user.id, password=password)
    turn_out(connection, user)
    audit.add(connection, who=by.who, what="password_changed", subject=user.name, now=by.now)


def new_recovery_codes(connection: Connection, by: By, user: User, hashes: Iterable[str]) -> None:
    """Other recovery codes; the earlier ones open nothing any more."""
    users.set_recovery_codes(connection, user.id, hashes)
    audit.add(connection, who=by.who, what="codes_made", subject=user.name, now=by.now)


def factor_off(connection: Connection, by: By, user: User) -> None:
    """No second factor any more, for a role that may go without."""
    users.change(connection, user.id, factor="", factor_step=0)
    users.set_recovery_codes(connection, user.id, ())
    audit.add(connection, who=by.who, what="factor_off", subject=user.name, now=by.now)


def end_sessions(connection: Connection, by: By, user: User, *, but: str = "") -> None:
    """Somebody is signed out everywhere, except in the session whose hash is `but`."""
    if sessions.end_all(connection, user.id, but=but):
        audit.add(connection, who=by.who, what="sessions_ended", subject=user.name, now=by.now)
