"""What is kept: opens the desk's database, the same code on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from legalmap.config import Settings
from legalmap.store import schema

__all__ = ["AuditFiles", "Connection", "Store", "StoreError", "after_commit", "audit_files"]

_WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)
"""Older libraries can corrupt a WAL database when two connections checkpoint at once."""
_MIGRATION_LOCK = 7_316_001
_MIGRATIONS = Path(__file__).parent / "migrations"


class StoreError(Exception):
    """The database cannot be used. `code` is worded by the catalog `problems`, `detail` is the engine's own word."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFiles:
    """What keeps the audit honest and therefore lies outside the database: its key, and how far it has come."""

    key: Path
    head: Path


def audit_files(connection: Connection) -> AuditFiles:
    """The files of the store that `connection` writes to. Raises StoreError when it was opened without them."""
    files = connection.get_execution_options().get("legalmap_audit")
    if not isinstance(files, AuditFiles):
        raise StoreError("audit_key_missing")
    return files


def after_commit(connection: Connection, name: str, then: Callable[[], None]) -> None:
    """Call `then` once this writing transaction is kept; a later `then` of the same name replaces an earlier one."""
    connection.info.setdefault("legalmap_then", {})[name] = then


class Store:
    """The desk's database. `writing()` transactions exclude one another from their first read."""

    def __init__(self, url: str, audit: AuditFiles | None = None) -> None:
        """Prepare `url` (a SQLAlchemy URL); nothing is opened or created yet. Raises StoreError for a URL that
        nothing here can open. Without `audit` nothing can be done that leaves a line there."""
        self.audit = audit
        self.url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self.is_sqlite = self.url.startswith("sqlite")
        try:
            # a desk process does few, long transactions: a pool would only keep files open
            self.engine: Engine = create_engine(self.url, poolclass=NullPool)
        except (SQLAlchemyError, ImportError) as fault:
            raise StoreError("database_url", str(fault)) from fault
        if self.is_sqlite:
            _prepare_sqlite(self.engine)

    @classmethod
    def of(cls, settings: Settings) -> Store:
        """The store of an instance."""
        return cls(settings.database_url, AuditFiles(key=settings.audit_key, head=settings.audit_head_file))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent look at the database. Raises StoreError when it cannot be opened."""
        self._check_there()
        with _in_words(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                self._check_version(connection)
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, whole or not at all; only one at a time, so reads inside stay true.

        Raises StoreError when the database is missing, full, read-only or locked too long.
        """
        self._check_there()
        with _in_words(), self.engine.connect() as connection:
            connection = connection.execution_options(legalmap_write=True, legalmap_audit=self.audit)
            connection.info.pop("legalmap_then", None)
            with connection.begin():
                self._check_version(connection)
                # on SQLite BEGIN IMMEDIATE has the lock already; PostgreSQL takes it here
                connection.execute(select(schema.counters.c.value).with_for_update()).all()
                yield connection
            for then in connection.info.pop("legalmap_then", {}).values():
                then()

    def migrate(self) -> None:
        """Create the tables or bring them to this program's version. Safe to run again."""
        with _in_words(), self.engine.connect() as connection:
            connection = connection.execution_options(legalmap_write=True)
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                _upgrade(connection)

    def _check_there(self) -> None:
        """SQLite makes a missing file on connecting; only `migrate` may."""
        path = self.engine.url.database
        if self.is_sqlite and path and not Path(path).is_file():
            raise StoreError("database_missing", path)

    def _check_version(self, connection: Connection) -> None:
        found = self._version(connection)
        known = _versions()
        if found is None:
            raise StoreError("database_empty")
        if found not in known:
            raise StoreError("database_newer", found)
        if found != known[-1]:
            raise StoreError("database_older", found)

    def _version(self, connection: Connection) -> str | None:
        """The migration that the database stands at; None when there are no tables yet."""
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    from alembic import command  # see _versions
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@cache
def _versions() -> tuple[str, ...]:
    """Every migration of this program, the oldest first: Alembic, which knows them too, needs a quarter of a second to
    start, and every command would wait for it."""
    return tuple(sorted(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")))


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "foreign_keys=ON",
            "busy_timeout=5000",
            "secure_delete=ON",
            "trusted_schema=OFF",
            "mmap_size=0",
            "journal_mode=WAL" if _WAL_IS_SAFE else "journal_mode=DELETE",
            "synchronous=FULL" if _WAL_IS_SAFE else "synchronous=EXTRA",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # read-then-write under a deferred BEGIN fails at once when another process writes
        write = connection.get_execution_options().get("legalmap_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (OperationalError, DBAPIError) as fault:
        raise StoreError(_code_of(str(fault.orig).lower()), str(fault.orig).strip()) from fault
    except SQLAlchemyError as fault:
        raise StoreError("database_fault", str(fault)) from fault


def _code_of(message: str) -> str:
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
