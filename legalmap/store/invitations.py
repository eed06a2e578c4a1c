"""Invitations that wait to be accepted: at most one for a person, known by the hash of its link alone."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select

from legalmap.store.schema import invitations


def put(connection: Connection, user_id: str, hash_: str, until: int) -> None:
    """This invitation instead of any earlier one. `until`: Unix seconds."""
    drop(connection, user_id)
    connection.execute(insert(invitations).values(user_id=user_id, hash=hash_, until=until))


def drop(connection: Connection, user_id: str) -> None:
    """No invitation for this person any more."""
    connection.execute(delete(invitations).where(invitations.c.user_id == user_id))


def whose(connection: Connection, hash_: str, now: int) -> str:
    """The id of whom the invitation is for; "" when there is none or it is past its time."""
    which = (invitations.c.hash == hash_) & (invitations.c.until > now)
    return connection.execute(select(invitations.c.user_id).where(which)).scalar() or ""


def take(connection: Connection, hash_: str, now: int) -> str:
    """Like `whose`, and the invitation is used up: of two who bring it at once one gets the id."""
    which = (invitations.c.hash == hash_) & (invitations.c.until > now)
    return connection.execute(delete(invitations).where(which).returning(invitations.c.user_id)).scalar() or ""


def waiting(connection: Connection, now: int) -> Collection[str]:
    """Ids of the people whose invitation can still be accepted."""
    return set(connection.execute(select(invitations.c.user_id).where(invitations.c.until > now)).scalars())
