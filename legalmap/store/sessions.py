"""Who is signed in: a session is known by the hash of its id alone, so that a copy of the database opens no door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from legalmap.store.schema import sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One signed-in browser. `stage`: "factor" (second factor awaited), "setup" (to be set up first) or "whole";
    `started`, `seen`, `fresh` (the last time the person proved themselves): Unix seconds; `kept`: JSON."""

    hash: str
    user_id: str
    stage: str
    started: int
    seen: int
    fresh: int
    kept: str = "{}"


def add(connection: Connection, session: Session) -> None:
    """A new session."""
    connection.execute(
        insert(sessions).values(
            hash=session.hash, user_id=session.user_id, stage=session.stage, started=session.started,
            seen=session.seen, fresh=session.fresh, kept=session.kept,
        )
    )  # fmt: skip


def by_hash(connection: Connection, hash_: str) -> Session | None:
    """The session of that hash, however old."""
    return next(iter(_read(connection, sessions.c.hash == hash_)), None)


def of_user(connection: Connection, user_id: str) -> Sequence[Session]:
    """All sessions of a user, the newest first."""
    return _read(connection, sessions.c.user_id == user_id)


def _read(connection: Connection, which: ColumnElement[bool]) -> Sequence[Session]:
    rows = connection.execute(select(sessions).where(which).order_by(sessions.c.started.desc())).mappings()
    return [Session(**row) for row in rows]


def change(connection: Connection, hash_: str, **values: str | int) -> None:
    """Set columns of a session: seen, fresh, kept."""
    connection.execute(update(sessions).where(sessions.c.hash == hash_).values(**values))


def end(connection: Connection, hash_: str) -> bool:
    """End a session; whether there was one."""
    return connection.execute(delete(sessions).where(sessions.c.hash == hash_)).rowcount == 1


def end_all(connection: Connection, user_id: str, *, but: str = "") -> int:
    """End every session of a user, except the one whose hash is `but`; how many there were."""
    which = (sessions.c.user_id == user_id) & (sessions.c.hash != but)
    return connection.execute(delete(sessions).where(which)).rowcount


def forget(connection: Connection, before: int) -> None:
    """Drop what started before `before`, Unix seconds."""
    connection.execute(delete(sessions).where(sessions.c.started < before))
