"""Failed tries to sign in, counted under keys that tell neither name nor address; all workers share them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from legalmap.store.schema import attempts


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """How many tries failed in a row, and when the last one was (Unix seconds)."""

    failed: int = 0
    last: int = 0


def of(connection: Connection, key: str) -> Tries:
    """The tries under `key`; none when nothing is known."""
    row = connection.execute(select(attempts).where(attempts.c.key == key)).mappings().first()
    return Tries(failed=row["failed"], last=row["last"]) if row else Tries()


def put(connection: Connection, key: str, tries: Tries) -> None:
    """Remember the tries under `key`."""
    values = {"failed": tries.failed, "last": tries.last}
    if connection.execute(update(attempts).where(attempts.c.key == key).values(**values)).rowcount == 0:
        connection.execute(insert(attempts).values(key=key, **values))


def drop(connection: Connection, key: str) -> None:
    """Forget the tries under `key`."""
    connection.execute(delete(attempts).where(attempts.c.key == key))


def forget(connection: Connection, before: int) -> None:
    """Drop what was last tried before `before`, Unix seconds."""
    connection.execute(delete(attempts).where(attempts.c.last < before))
