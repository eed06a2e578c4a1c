"""Phones that a member chose to be known by: a phone's own secret is kept as a hash alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from legalmap.store.schema import phones


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """One phone. `pin`: the mark of its PIN; `failed`: wrong PINs since the last right one; `made`, `seen`: Unix
    seconds."""

    hash: str
    user_id: str
    pin: str
    failed: int = 0
    made: int
    seen: int


def add(connection: Connection, phone: Phone) -> None:
    """A new phone."""
    connection.execute(
        insert(phones).values(
            hash=phone.hash, user_id=phone.user_id, pin=phone.pin, failed=phone.failed, made=phone.made,
            seen=phone.seen,
        )
    )  # fmt: skip


def by_hash(connection: Connection, hash_: str) -> Phone | None:
    """The phone of that hash, however old."""
    return next(iter(_read(connection, phones.c.hash == hash_)), None)


def of_user(connection: Connection, user_id: str) -> Sequence[Phone]:
    """All phones of a user, the newest first."""
    return _read(connection, phones.c.user_id == user_id)


def _read(connection: Connection, which: ColumnElement[bool]) -> Sequence[Phone]:
    rows = connection.execute(select(phones).where(which).order_by(phones.c.made.desc(), phones.c.hash)).mappings()
    return [Phone(**row) for row in rows]


def change(connection: Connection, hash_: str, **values: int) -> None:
    """Set columns of a phone: failed, seen."""
    connection.execute(update(phones).where(phones.c.hash == hash_).values(**values))


def forget(connection: Connection, hash_: str) -> bool:
    """Forget a phone; whether there was one."""
    return connection.execute(delete(phones).where(phones.c.hash == hash_)).rowcount == 1


def forget_all(connection: Connection, user_id: str, *, but: str = "") -> int:
    """Forget every phone of a user, except the one whose hash is `but`; how many there were."""
    which = (phones.c.user_id == user_id) & (phones.c.hash != but)
    return connection.execute(delete(phones).where(which)).rowcount


def forget_old(connection: Connection, before: int) -> None:
    """Drop the phones that were made before `before`, Unix seconds."""
    connection.execute(delete(phones).where(phones.c.made < before))
