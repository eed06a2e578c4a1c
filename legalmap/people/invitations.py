"""How a member is let in without anybody writing down a password: by a link that opens once, and only by a tap."""

from __future__ import annotations

import datetime as dt

from legalmap.people import accounts, audit, passphrase, passwords, sessions, signing_in
from legalmap.people.accounts import By
from legalmap.people.signing_in import Came, Door, Refused
from legalmap.store import Connection, StoreError, invitations, users
from legalmap.store.sessions import Session
from legalmap.store.users import User

LASTS = dt.timedelta(hours=72)


def invite(connection: Connection, by: By, user: User) -> str:
    """The token of a new link for a member; an earlier link opens nothing any more. Raises StoreError
    `invite_not_member`, `invite_disabled`, and those of `accounts.check_committee`."""
    if user.role != "committee":
        raise StoreError("invite_not_member", user.name)
    if user.disabled:
        raise StoreError("invite_disabled", user.name)
    accounts.check_committee(connection, user.role, user.committee)
    token = sessions.new_token()
    invitations.put(connection, user.id, sessions.hash_of(token), int((by.now + LASTS).timestamp()))
    audit.add(connection, who=by.who, what="invited", subject=user.name, now=by.now)
    return token


def new_member(connection: Connection, by: By, *, name: str, lang: str, committee: str, coordinator: bool) -> User:
    """A member who has no password before the invitation is accepted. Raises StoreError as `accounts.add` does."""
    return accounts.add(
        connection, by, name=name, role="committee", lang=lang, password="", committee=committee,
        coordinator=coordinator,
    )  # fmt: skip


def came_ever(connection: Connection, user: User) -> bool:
    """Whether the person has a password: before, nobody was ever signed in under this name."""
    return bool(users.proofs(connection, user.id).password)


def accept(door: Door, token: str, before: Session | None) -> tuple[Came, str] | Refused:
    """Whoever brings the link comes in, and gets the passphrase that is theirs from now on; all that was before ends.
    The link is used up. A second factor that is set up is asked for as ever.

    Raises StoreError, passwords.Busy.
    """
    hash_ = sessions.hash_of(token)
    with door.store.reading() as connection:
        user = users.by_id(connection, invitations.whose(connection, hash_, door.moment))
    if user is None:
        return Refused(why="void")  # before a costly hash: anybody may try
    secret = passphrase.make(user.lang, user.role)
    with passwords.inside():
        hashed = passwords.hashed(secret)
    with door.store.writing() as connection:
        user = users.by_id(connection, invitations.take(connection, hash_, door.moment))
        if user is None or user.disabled or user.role != "committee" or signing_in.is_closed(connection, user):
            return Refused(why="void")
        users.change(connection, user.id, password=hashed)
        accounts.turn_out(connection, user)
        audit.add(connection, who=f"web:{user.name}", what="invitation_accepted", now=door.by.now)
        return signing_in.come_in(connection, door, user, before), secret
