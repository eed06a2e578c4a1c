"""What is kept: opens a database, the same code on SQLite and PostgreSQL; `Store` is the desk's."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, Self

from sqlalchemy import Column, Connection, Engine, MetaData, inspect, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.schema import CreateSchema

from legalmap.config import Settings
from legalmap.store import engines, schema, shared_schema

__all__ = ["AuditFiles", "Connection", "Store", "StoreError", "after_commit", "audit_files"]

UNFINISHED = "copying "
"""What a database stands at while another is copied into it."""
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

    word: ClassVar[str] = "database"
    """What the codes of its faults begin with."""
    own_schema: ClassVar[str] = ""
    """The schema that its tables have to themselves on PostgreSQL; "" for the usual one."""
    migrations: ClassVar[Path] = _MIGRATIONS
    migration_lock: ClassVar[int] = 7_316_001
    tables: ClassVar[MetaData] = shared_schema.shared_editions.metadata
    turn: ClassVar[Column[int] | Column[str]] = schema.counters.c.value
    """Of its table, a writer on PostgreSQL locks the first row before all else, so that the next one waits."""
    keeps_log: ClassVar[bool] = engines.WAL_IS_SAFE
    """SQLite's write-ahead log: quicker for readers, but what was deleted stays in it for a while."""

    def __init__(self, url: str, audit: AuditFiles | None = None) -> None:
        """Prepare `url` (a SQLAlchemy URL); nothing is opened or created yet. Raises StoreError for a URL that
        nothing here can open. Without `audit` nothing can be done that leaves a line there."""
        self.audit = audit
        self.url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self.is_sqlite = self.url.startswith("sqlite")
        try:
            self.engine: Engine = (
                engines.sqlite(self.url, log=self.keeps_log)
                if self.is_sqlite
                else engines.postgresql(self.url, self.own_schema)
            )
        except (SQLAlchemyError, ImportError) as fault:
            raise StoreError(f"{self.word}_url", str(fault)) from fault
        weakref.finalize(self, self.engine.dispose)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The store of an instance."""
        return cls(settings.database_url, AuditFiles(key=settings.audit_key, head=settings.audit_head_file))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent look at the database. Raises StoreError when it cannot be opened."""
        self._check_there()
        with self._in_words(), self.engine.connect() as connection:
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
        with self._in_words(), self.engine.connect() as connection:
            connection = connection.execution_options(legalmap_write=True, legalmap_audit=self.audit)
            connection.info.pop("legalmap_then", None)
            with connection.begin():
                self._check_version(connection)
                # on SQLite BEGIN IMMEDIATE has the lock already; PostgreSQL takes it here
                # one row, always the same: of several, each of two writers may come to hold another one first
                first = select(self.turn).order_by(*self.turn.table.primary_key).limit(1)
                connection.execute(first.with_for_update()).all()
                yield connection
            for then in connection.info.pop("legalmap_then", {}).values():
                then()

    @contextmanager
    def unchecked(self) -> Iterator[Connection]:
        """One writing transaction, whatever the database stands at: for who makes it. Raises as `writing`."""
        with self._in_words(), self.engine.connect() as connection:
            connection = connection.execution_options(legalmap_write=True)
            with connection.begin():
                yield connection

    def write_into(self, path: Path) -> None:
        """Write the SQLite database, as it is at one moment, into a file that is not there yet; nobody waits for it.
        Raises StoreError."""
        self._check_there()
        with self._in_words(), self.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # one began by itself, and within one nothing is written anew
            connection.exec_driver_sql("VACUUM INTO ?", (str(path),))

    def damage(self) -> str:
        """What SQLite finds broken in its file, in its own words; "" for nothing. PostgreSQL looks after its own."""
        if not self.is_sqlite:
            return ""
        with self.reading() as connection:
            said = connection.execute(text("PRAGMA integrity_check(3)")).scalars().all()
        return "" if list(said) == ["ok"] else "; ".join(said)

    def migrate(self) -> None:
        """Create the tables or bring them to this program's version. Safe to run again."""
        with self.unchecked() as connection:
            if not self.is_sqlite:
                # whoever migrates may take long, and the next one waits for it; for tables nobody waits long
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": self.migration_lock})
                connection.execute(text(f"SET LOCAL lock_timeout = {engines.PATIENCE_MS}"))
                if self.own_schema:
                    connection.execute(CreateSchema(self.own_schema, if_not_exists=True))
            _upgrade(connection, self.migrations)

    def _check_there(self) -> None:
        """SQLite makes a missing file on connecting; only `migrate` may."""
        path = self.engine.url.database
        if self.is_sqlite and path and not Path(path).is_file():
            raise StoreError(f"{self.word}_missing", path)

    def _check_version(self, connection: Connection) -> None:
        found = self.version(connection)
        known = _versions(self.migrations)
        if found is None:
            raise StoreError(f"{self.word}_empty")
        if found.startswith(UNFINISHED):
            raise StoreError("copy_unfinished")
        step, _line, oldest = found.partition("_")
        if step in known[:-1]:
            raise StoreError(f"{self.word}_older", found)
        # a later migration says which programs it does not disturb: machines are upgraded one after the other
        if step != known[-1] and oldest not in known:
            raise StoreError(f"{self.word}_newer", found)

    def version(self, connection: Connection) -> str | None:
        """The migration that the database stands at, like 0010, or 0011_0010 when programs that know 0010 alone go on
        working with it; None when there are no tables yet."""
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as fault:
            code = engines.code_of(fault.orig).replace("database", self.word)
            raise StoreError(code, str(fault.orig).strip()) from fault
        except PoolTimeout as fault:
            raise StoreError(f"{self.word}_locked", str(fault)) from fault
        except SQLAlchemyError as fault:
            raise StoreError(f"{self.word}_fault", str(fault)) from fault


def _upgrade(connection: Connection, migrations: Path) -> None:
    from alembic import command  # see _versions
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@cache
def _versions(migrations: Path) -> tuple[str, ...]:
    """Every migration of this program, the oldest first: Alembic, which knows them too, needs a quarter of a second to
    start, and every command would wait for it."""
    return tuple(sorted(path.name[:4] for path in (migrations / "versions").glob("[0-9]*.py")))
