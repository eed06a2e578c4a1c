"""Signing in, step by step: a name and a password, then the second factor, each try counted before it is judged."""

from __future__ import annotations

from dataclasses import dataclass

from legalmap.people import accounts, audit, passwords, sessions
from legalmap.people.accounts import By
from legalmap.store import Store, users
from legalmap.store.sessions import Session
from legalmap.store.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """Somebody came in: their browser's new token, its session, and who it is."""

    token: str
    session: Session
    user: User


def with_password(store: Store, by: By, name: str, password: str, *, left: str = "") -> Came | None:
    """Somebody with the right name and password comes in; None for anybody else, unknown names alike.

    `left`: hash of the session that the browser had, which ends. Raises StoreError, passwords.Busy.
    """
    with store.reading() as connection:
        user = users.by_name(connection, accounts.folded(name[: 2 * accounts.LONGEST_NAME]))
        known = users.proofs(connection, user.id) if user and not user.disabled else None
    right = passwords.is_right(known.password if known else None, password)
    moment = int(by.now.timestamp())
    with store.writing() as connection:
        if not right or user is None:
            audit.add(connection, who="", what="signin_failed", subject=user.name if user else "", now=by.now)
            return None
        users.change(connection, user.id, signed_in=moment)
        token, session = sessions.begin(connection, user, "whole", moment)
        audit.add(connection, who=f"web:{user.name}", what="signed_in", now=by.now)
    return Came(token=token, session=session, user=user)
