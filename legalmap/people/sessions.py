"""Signed in for a while: how a session begins, is known again and ends."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import replace

from legalmap.people.rights import NEEDS_FACTOR, Standing
from legalmap.store import Connection, sessions, users
from legalmap.store.sessions import Session
from legalmap.store.users import User

LONGEST = 8 * 3600
"""Seconds after which anybody signs in again."""
IDLE = 15 * 60
IDLE_OF = {"committee": 60 * 60}
"""Seconds without a request; members of a committee sit long with one person."""
HALF = 10 * 60
"""Seconds for the second factor after the password."""
FRESH = 5 * 60
"""Seconds for which a person who just proved themselves may do dangerous things."""
_TOUCH = 30
"""Seconds between two notes of having been seen: a note is a write."""
_SKEW = 5 * 60
"""Seconds a clock may go back; further back, nobody can tell how old a session is."""


def new_token() -> str:
    """What a browser keeps: 256 random bits, 43 characters."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether it has the form of a token."""
    return bool(re.fullmatch(r"[A-Za-z0-9_-]{43}", text))


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(connection: Connection, user: User, stage: str, now: int) -> tuple[str, Session]:
    """A new session under a new token; sessions that are over anyway are dropped."""
    token = new_token()
    session = Session(hash=hash_of(token), user_id=user.id, stage=stage, started=now, seen=now, fresh=now)
    sessions.forget(connection, now - LONGEST)
    sessions.add(connection, session)
    return token, session


def find(connection: Connection, token: str, now: int) -> tuple[Session, User] | None:
    """The session of a token and its user; None when it is over, was ended, or its user may not come in."""
    session = sessions.by_hash(connection, hash_of(token))
    if session is None:
        return None
    user = users.by_id(connection, session.user_id)
    if user is None or user.disabled:
        return None
    return None if is_over(session, user, now) else (session, user)


def is_over(session: Session, user: User, now: int) -> bool:
    """Whether it is too old, or was not used for too long."""
    idle, longest = now - session.seen, LONGEST if session.stage == "whole" else HALF
    return now - session.started > longest or idle > IDLE_OF.get(user.role, IDLE) or idle < -_SKEW


def should_touch(session: Session, now: int) -> bool:
    """Whether it is time to note that the session is in use."""
    return now - session.seen >= _TOUCH


def touch(connection: Connection, session: Session, now: int) -> Session:
    """Note that the session is in use."""
    sessions.change(connection, session.hash, seen=now)
    return replace(session, seen=now)


def is_fresh(session: Session, now: int) -> bool:
    """Whether the person proved themselves a moment ago."""
    return -_SKEW < now - session.fresh <= FRESH


def standing(session: Session | None, user: User | None) -> Standing:
    """How somebody stands before a door."""
    if session is None or user is None:
        return "nobody"
    if session.stage != "whole":
        return "setup" if session.stage == "setup" else "factor"
    if user.role in NEEDS_FACTOR and not user.has_factor:
        return "setup"
    if user.role == "committee" and not user.committee:
        return "waiting"
    return user.role  # type: ignore[return-value]
