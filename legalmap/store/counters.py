"""Numbers that only go up: the edition's, and the neutral number of a center."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, select, update

from legalmap.store.schema import counters

Counter = Literal["edition", "number"]


def value(connection: Connection, name: Counter) -> int:
    """The last number given."""
    return int(connection.execute(select(counters.c.value).where(counters.c.name == name)).scalar_one())


def take(connection: Connection, name: Counter, count: int = 1) -> int:
    """The first of the next `count` numbers; given back when the transaction fails."""
    connection.execute(update(counters).where(counters.c.name == name).values(value=counters.c.value + count))
    return value(connection, name) - count + 1
