"""Editions in the database, in parts, for every machine to copy; and one publisher at a time over all of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from legalmap.store import Store
from legalmap.store.listening import call
from legalmap.store.shared_schema import shared_editions, shared_parts

PART = 262_144
"""Bytes of a part."""
KEPT = 3
"""Editions that are kept here: a machine wants the newest, and may be copying the one before."""
_PUBLISHER = 7_316_010
"""What the lock of publishers is called on PostgreSQL."""
_TRY_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """An edition that every machine can copy. `oldest`: the oldest one that may still be served; `at`: when it was put
    here, ISO 8601."""

    number: int
    manifest_sha256: str
    oldest: int
    at: str


def newest(connection: Connection) -> Shared | None:
    """The edition with the highest number."""
    asked = select(shared_editions).order_by(shared_editions.c.number.desc()).limit(1)
    row = connection.execute(asked).mappings().first()
    return Shared(**row) if row else None


def parts(connection: Connection, manifest_sha256: str, file: str) -> int:
    """How many parts of a file are here."""
    which = (shared_parts.c.manifest_sha256 == manifest_sha256) & (shared_parts.c.file == file)
    return int(connection.execute(select(func.count()).select_from(shared_parts).where(which)).scalar_one())


def part(connection: Connection, manifest_sha256: str, file: str, number: int) -> bytes | None:
    """One part of a file, counted from 0; None when it is not here (any more)."""
    asked = select(shared_parts.c.data).where(
        shared_parts.c.manifest_sha256 == manifest_sha256, shared_parts.c.file == file, shared_parts.c.part == number
    )
    data = connection.execute(asked).scalar()
    return None if data is None else bytes(data)


def add_part(connection: Connection, manifest_sha256: str, file: str, number: int, data: bytes) -> None:
    """One part more of an edition that nobody sees yet."""
    values = {"manifest_sha256": manifest_sha256, "file": file, "part": number, "data": data}
    connection.execute(insert(shared_parts).values(values))


def show(connection: Connection, edition: Shared) -> bool:
    """All its parts are here: every machine may copy it. Older ones go, those first that show what was hidden
    since, and parts of what was never finished. False when that number or a later one is here already."""
    latest = newest(connection)
    if latest and latest.number >= edition.number:
        return False
    values = {column.name: getattr(edition, column.name) for column in shared_editions.c}
    connection.execute(insert(shared_editions).values(values))
    order = select(shared_editions.c.number).order_by(shared_editions.c.number.desc())
    numbers = connection.execute(order).scalars().all()
    old = [number for place, number in enumerate(numbers) if place >= KEPT or number < edition.oldest]
    connection.execute(delete(shared_editions).where(shared_editions.c.number.in_(old)))
    kept = select(shared_editions.c.manifest_sha256)
    connection.execute(delete(shared_parts).where(shared_parts.c.manifest_sha256.not_in(kept)))
    call(connection)
    return True


@contextmanager
def only_publisher(store: Store) -> Iterator[None]:
    """Nobody publishes on another machine meanwhile; with SQLite there is none. Raises StoreError."""
    if store.is_sqlite:
        yield
        return
    with store._in_words(), store.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            # asked again and again: who waits within the server does not notice that it is gone
            while not connection.execute(select(func.pg_try_advisory_lock(_PUBLISHER))).scalar():
                time.sleep(_TRY_S)
            yield
        finally:
            connection.invalidate()  # closed, not kept: the lock goes with it, whatever happened
