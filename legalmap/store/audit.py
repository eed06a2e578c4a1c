"""What was done by whom, in the order it was done: added to, never rewritten."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, insert, or_, select

from legalmap.store.schema import audit, changes


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


def has(connection: Connection, *, who: str, what: str, at: str) -> bool:
    """Whether there is a line of just that."""
    which = select(audit.c.seq).where(audit.c.who == who, audit.c.what == what, audit.c.at == at).limit(1)
    return connection.execute(which).first() is not None


def last_by_web(connection: Connection, what: Collection[str], name: str) -> str:
    """When somebody on the web last did one of `what` to the user `name`; "" = never."""
    about = or_(audit.c.subject == name, audit.c.subject.startswith(f"{name} ", autoescape=True))
    which = select(audit.c.at).where(audit.c.what.in_(what), audit.c.who.startswith("web:"), about)
    return connection.execute(which.order_by(audit.c.seq.desc()).limit(1)).scalar() or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of history as it stands, whatever its act says."""

    center_id: str
    field: str
    old: str
    new: str
    at: str
    who: str
    edition: int


def changes_by_act(connection: Connection, *, up_to: int | None = None) -> Iterator[tuple[str, list[Change]]]:
    """Every act's id with all that history says it changed, also under ids that no act has; `up_to`: only those of
    editions up to this one."""
    wanted = select(changes).order_by(changes.c.act_id)
    if up_to is not None:
        wanted = wanted.where(changes.c.edition <= up_to)
    rows = connection.execute(wanted).mappings()
    for act_id, group in groupby(rows, key=lambda row: str(row["act_id"])):
        yield (
            act_id,
            [
                Change(
                    center_id=row["center_id"], field=row["field"], old=row["old"], new=row["new"], at=row["at"],
                    who=row["who"], edition=row["edition"],
                )
                for row in group
            ],
        )  # fmt: skip
