"""A whole database into another one, of the same or the other engine: nothing left out, and that is proven."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, LargeBinary, Table, delete, func, insert, select, text

from legalmap.store import UNFINISHED, Store, StoreError

BATCH, OF_FILES = 1_000, 20
"""Rows of a transaction; fewer of tables that hold files."""
_MADE_FULL = frozenset({"counters"})
"""What a migration puts rows into: those of the source come instead."""
Tell = Callable[[str, int], None]
"""Is told of so many more rows of a table."""


@dataclass(frozen=True, slots=True)
class Copied:
    """How many rows a table has, and what they hash to in whatever order: 64 hex digits."""

    rows: int
    sha256: str


def total(source: Store) -> int:
    """Rows there are to copy. Raises StoreError."""
    with source.reading() as connection:
        return sum(_count(connection, table) for table in source.tables.sorted_tables)


def copy(source: Store, target: Store, tell: Tell, *, moving: bool = True) -> Mapping[str, Copied]:
    """Copies every row as it is at one moment and compares both; table -> what both have. `moving`: nobody writes to
    `source` meanwhile.

    `target` is empty, or what is there of this very copy: then it goes on behind the last batch that was kept. Until
    all is compared nothing can be opened there. Raises StoreError: `copy_same`, `copy_not_empty`, `copy_other`,
    `copy_differs` (its detail names the tables), and what opening either one raises.
    """
    if source.url == target.url:
        raise StoreError("copy_same")
    with source.writing() if moving else source.reading() as origin:
        head = source.version(origin) or ""
        _prepare(target, UNFINISHED + _mark(origin, source))
        for table in source.tables.sorted_tables:
            _copy_table(origin, target, table, tell)
        with target.unchecked() as connection:
            _set_sequences(connection, target)
            found, expected = _hashes(connection, source), _hashes(origin, source)
            if different := [name for name in expected if found[name] != expected[name]]:
                raise StoreError("copy_differs", ", ".join(different))
            _stand_at(connection, head)
    return found


def hashes(source: Store) -> Mapping[str, Copied]:
    """Table -> what it has. Raises StoreError."""
    with source.reading() as connection:
        return _hashes(connection, source)


def _mark(connection: Connection, source: Store) -> str:
    """What this copy is told by from another: the counts of its tables."""
    counts = ",".join(f"{table.name}={_count(connection, table)}" for table in source.tables.sorted_tables)
    return hashlib.sha256(counts.encode()).hexdigest()[:16]


def _prepare(target: Store, mark: str) -> None:
    """Makes an empty target ready, unless it is the unfinished one."""
    with target.unchecked() as connection:
        version = target.version(connection)
    if version == mark:
        return
    if version and version.startswith(UNFINISHED):
        raise StoreError("copy_other")
    if version:
        with target.reading() as connection:
            if any(_count(connection, table) for table in target.tables.sorted_tables if table.name not in _MADE_FULL):
                raise StoreError("copy_not_empty")
    target.migrate()
    with target.unchecked() as connection:
        for name in _MADE_FULL & target.tables.tables.keys():
            connection.execute(delete(target.tables.tables[name]))
        _stand_at(connection, mark)


def _stand_at(connection: Connection, version: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def _copy_table(origin: Connection, target: Store, table: Table, tell: Tell) -> None:
    with target.unchecked() as connection:
        done = _count(connection, table)
    tell(table.name, done)
    batch = OF_FILES if any(isinstance(column.type, LargeBinary) for column in table.c) else BATCH
    asked = select(table).order_by(*table.primary_key.columns).offset(done).execution_options(yield_per=batch)
    for part in origin.execute(asked).mappings().partitions():
        with target.unchecked() as connection:
            connection.execute(insert(table), [dict(row) for row in part])
        tell(table.name, len(part))


def _set_sequences(connection: Connection, target: Store) -> None:
    """What PostgreSQL counts by itself goes on behind the highest number that came."""
    if target.is_sqlite:
        return
    for table in target.tables.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            name = f"{target.own_schema}.{table.name}" if target.own_schema else table.name
            asked = select(func.pg_get_serial_sequence(name, column.name), func.max(column)).select_from(table)
            sequence, highest = connection.execute(asked).one()
            if sequence and highest:
                connection.execute(select(func.setval(sequence, highest)))


def _hashes(connection: Connection, store: Store) -> Mapping[str, Copied]:
    return {table.name: _hash(connection, table) for table in store.tables.sorted_tables}


def _hash(connection: Connection, table: Table) -> Copied:
    """The sum of the hashes of all rows: two engines need not agree on an order of texts."""
    found = rows = 0
    for row in connection.execute(select(table).execution_options(yield_per=BATCH)):
        found += int.from_bytes(hashlib.sha256(b"".join(map(_canonical, row))).digest())
        rows += 1
    return Copied(rows, f"{found % 2**256:064x}")


def _canonical(value: object) -> bytes:
    """A value as both engines give it, with its length, so that no two rows run into the same bytes."""
    told = bytes(value) if isinstance(value, bytes | memoryview) else repr(value).encode("utf-8", "surrogatepass")
    return f"{type(value).__name__}{len(told)}:".encode() + told


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
