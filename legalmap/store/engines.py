"""How each engine is opened: what is set on a connection, which are kept, and what its faults are called."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool

WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)
"""Older libraries can corrupt a WAL database when two connections checkpoint at once."""
PATIENCE_MS = 5000
"""How long a writer waits for another."""
_POOL: Mapping[str, Any] = {
    "pool_size": 4, "max_overflow": 4, "pool_timeout": 5, "pool_pre_ping": True,
    "connect_args": {"connect_timeout": 5, "tcp_user_timeout": 10_000, "application_name": "legalmap"},
}  # fmt: skip
"""As many connections as a worker has threads, twice when all are busy; each is asked whether it lives before it is
used, so that nothing has to be started anew when another PostgreSQL takes over. Seconds; the last one milliseconds."""


def sqlite(url: str, *, log: bool) -> Engine:
    """An engine on a SQLite file; nothing is opened yet. `log`: with a write-ahead log."""
    # opening a file costs nothing, and a pool would only keep it open
    engine = create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "foreign_keys=ON",
            f"busy_timeout={PATIENCE_MS}",
            "secure_delete=ON",
            "trusted_schema=OFF",
            "mmap_size=0",
            "temp_store=MEMORY",  # what is sorted must not stay in a file elsewhere
            "journal_mode=WAL" if log else "journal_mode=DELETE",
            "synchronous=FULL" if log else "synchronous=EXTRA",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # read-then-write under a deferred BEGIN fails at once when another process writes
        write = connection.get_execution_options().get("legalmap_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def postgresql(url: str, own_schema: str) -> Engine:
    """An engine on PostgreSQL, with a pool; nothing is opened yet. `own_schema`: where its tables are, "" for the usual
    one."""
    engine = create_engine(url, **_POOL)

    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _record: object) -> None:
        connection.autocommit = True  # what is set within a transaction is gone when that fails
        connection.cursor().execute(f"SET lock_timeout = {PATIENCE_MS}")
        if own_schema:
            connection.cursor().execute(f"SET search_path TO {own_schema}")
        connection.autocommit = False

    _POOLED.add(engine)
    return engine


_POOLED: weakref.WeakSet[Engine] = weakref.WeakSet()


def _leave_to_the_parent() -> None:
    """Two processes on one socket read each other's answers: a child of a fork opens connections of its own."""
    for engine in list(_POOLED):
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_leave_to_the_parent)


def code_of(fault: BaseException | None) -> str:
    """What a fault of the driver is called: a code of the catalog of problems."""
    state = getattr(fault, "sqlstate", None) or ""
    for mark, code in (
        ("55P03", "database_locked"),  # others do not let go
        ("40", "database_locked"),  # serialization, deadlock: the same once more may do
        ("53100", "disk_full"),
        ("53", "database_unreachable"),  # too many connections, out of memory
        ("25006", "database_readonly"),  # a standby
        ("57P", "database_unreachable"),  # it shuts down, starts up
        ("08", "database_unreachable"),
    ):
        if state.startswith(mark):
            return code
    message = str(fault).lower()
    for mark, code in (
        ("locked", "database_locked"),
        ("full", "disk_full"),
        ("no space left", "disk_full"),
        ("readonly", "database_readonly"),
        ("read-only", "database_readonly"),
        ("unable to open", "database_missing"),
        ("connection", "database_unreachable"),
        ("malformed", "database_corrupt"),
        ("not a database", "database_corrupt"),
    ):
        if mark in message:
            return code
    return "database_fault"
