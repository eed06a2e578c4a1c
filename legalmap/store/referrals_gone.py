"""What leaves the referrals' database and what stays behind it: rows that ended, counts that tell of none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from legalmap.store.referrals import Row
from legalmap.store.referrals_schema import counts, purged, referrals, tries

Cell = tuple[str, str, str, str]
"""Quarter like 2026-Q4; of what: oblast, need or committee; its name; outcome, "" but for needs."""


def ended(connection: Connection, now: int, latest: int) -> Sequence[Row]:
    """Rows that expired by `now`, and those that would after `latest`: a clock that was wrong made them."""
    which = (referrals.c.expires <= now) | (referrals.c.expires > latest)
    return [Row(**found._mapping) for found in connection.execute(select(referrals).where(which))]


def drop_ended(connection: Connection, now: int, latest: int) -> None:
    """Those rows are gone."""
    connection.execute(delete(referrals).where((referrals.c.expires <= now) | (referrals.c.expires > latest)))


def drop_tries(connection: Connection, now: int) -> int:
    """Tries of more than a minute ago are gone; how many."""
    return connection.execute(delete(tries).where((tries.c.at <= now - 60) | (tries.c.at > now + 60))).rowcount


def add(connection: Connection, cells: Mapping[Cell, int]) -> None:
    """Adds to the counts. In a writing transaction."""
    for (quarter, of, name, outcome), count in sorted(cells.items()):
        key = {"quarter": quarter, "of": of, "name": name, "outcome": outcome}
        which = [counts.c[column] == value for column, value in key.items()]
        if not connection.execute(update(counts).where(*which).values(count=counts.c.count + count)).rowcount:
            connection.execute(insert(counts).values(**key, count=count))


def counted(connection: Connection, of: str, name: str = "") -> Mapping[tuple[str, str, str], int]:
    """(quarter, name, outcome) -> count of oblasts, needs or committees, by wish of one name."""
    asked = select(counts.c.quarter, counts.c.name, counts.c.outcome, counts.c.count).where(counts.c.of == of)
    if name:
        asked = asked.where(counts.c.name == name)
    return {(quarter, known, outcome): count for quarter, known, outcome, count in connection.execute(asked)}


def purged_at(connection: Connection) -> int | None:
    """When the last purge was, Unix seconds; None before the first."""
    last: int | None = connection.execute(select(func.max(purged.c.at))).scalar()
    return last


def set_purged(connection: Connection, now: int) -> None:
    """The last purge is this one."""
    connection.execute(delete(purged))
    connection.execute(insert(purged).values(at=now))
