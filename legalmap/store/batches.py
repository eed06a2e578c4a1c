"""Inserts many rows without holding them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from sqlalchemy import Connection, Table, insert

_AT_ONCE = 1_000


def insert_many(connection: Connection, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    """Insert `rows` as they come, in the open transaction."""
    left = iter(rows)
    while batch := list(islice(left, _AT_ONCE)):
        connection.execute(insert(table), batch)
