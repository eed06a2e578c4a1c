"""What was done by whom, in the order it was done: added to, never rewritten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from legalmap.store.schema import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line. `seq`: 1, 2, 3 ...; `at`: ISO time; `what`: a code; `mac`: chains it to the line before."""

    seq: int
    at: str
    who: str
    what: str
    subject: str
    mac: str


def last(connection: Connection) -> Entry | None:
    """The newest line."""
    row = connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(1)).mappings().first()
    return Entry(**row) if row else None


def put(connection: Connection, entry: Entry) -> None:
    """Add a line."""
    connection.execute(
        insert(audit).values(
            seq=entry.seq, at=entry.at, who=entry.who, what=entry.what, subject=entry.subject, mac=entry.mac
        )
    )


def entries(connection: Connection) -> Iterator[Entry]:
    """Every line, oldest first."""
    for row in connection.execute(select(audit).order_by(audit.c.seq)).mappings():
        yield Entry(**row)


def newest(connection: Connection, count: int, *, before: int = 0) -> Sequence[Entry]:
    """At most `count` lines, newest first; only those before line `before`, unless that is 0."""
    which = select(audit).order_by(audit.c.seq.desc()).limit(count)
    if before:
        which = which.where(audit.c.seq < before)
    return [Entry(**row) for row in connection.execute(which).mappings()]
