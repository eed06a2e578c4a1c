"""A database is moved whole to the other engine and back, proven row by row, and goes on where it was killed."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, text

from legalmap.referrals import kept
from legalmap.store import Store, StoreError, copying, counters
from legalmap.store.referrals import ReferralStore
from legalmap.store.schema import metadata
from tests.referrals.conftest import make_referrals
from tests.referrals.test_kept import make
from tests.store.conftest import NewUrl

NASTY = "ө'\" \\ \n\t\r 🏔 \u0301 NULL 0 \ufeff"


def a_row(table: str, number: int) -> Mapping[str, object]:
    """A row of any table, with hostile words in every column."""
    made: dict[str, object] = {}
    kinds: Mapping[type, object] = {
        str: f"{NASTY}{number}",
        int: number * 1_000_003 % 2**31,
        float: number / 7,
        bool: number % 2 == 0,
        bytes: bytes(range(256)) * 3 + bytes([number]),
    }
    for column in metadata.tables[table].c:
        made[column.name] = kinds[column.type.python_type]
    return made


@pytest.fixture
def filled(tmp_path: Path) -> Store:
    """A SQLite database with rows in every table that nothing points to, and a history."""
    store = Store(f"sqlite:///{tmp_path / 'filled.db'}")
    store.migrate()
    with store.unchecked() as connection:
        for name, table in metadata.tables.items():
            if name != "counters" and not any(column.foreign_keys for column in table.c):
                connection.execute(insert(table), [dict(a_row(name, number)) for number in range(1, 8)])
        connection.execute(text("UPDATE counters SET value = 77 WHERE name = 'edition'"))
    return store


def silent(_table: str, _rows: int) -> None:
    """Nobody looks."""


def test_every_row_comes_over_and_back_and_the_copy_is_worked_with(
    filled: Store, new_url: NewUrl, tmp_path: Path
) -> None:
    there = Store(new_url())
    told: list[int] = []
    first = copying.copy(filled, there, lambda _table, rows: told.append(rows))
    assert sum(told) == copying.total(filled) == sum(one.rows for one in first.values()) > 90
    back = Store(f"sqlite:///{tmp_path / 'back.db'}")
    assert copying.copy(there, back, silent) == first
    for store in (there, back):
        store.migrate()
        with store.writing() as connection:
            assert counters.take(connection, "edition") == 78
    if not there.is_sqlite:
        for table in metadata.sorted_tables:
            column = table.autoincrement_column
            if column is None:
                continue
            asked = text(f"SELECT nextval(pg_get_serial_sequence('{table.name}', '{column.name}'))")
            with there.reading() as connection:
                highest = connection.execute(text(f"SELECT max({column.name}) FROM {table.name}")).scalar() or 0
                if connection.execute(text(f"SELECT pg_get_serial_sequence('{table.name}', '{column.name}')")).scalar():
                    assert int(connection.execute(asked).scalar() or 0) > int(highest)


def test_what_is_not_whole_is_opened_by_nobody_and_gone_on_with(filled: Store, new_url: NewUrl) -> None:
    there, seen = Store(new_url()), 0

    def die(_table: str, rows: int) -> None:
        nonlocal seen
        seen += rows
        if seen > 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copying.copy(filled, there, die)
    for opened in (there.reading, there.writing):
        with pytest.raises(StoreError) as fault, opened():
            pass
        assert fault.value.code == "copy_unfinished"
    other = Store(f"{filled.url}-other")
    other.migrate()
    with pytest.raises(StoreError) as fault:
        copying.copy(other, there, silent)
    assert fault.value.code == "copy_other"
    assert sum(one.rows for one in copying.copy(filled, there, silent).values()) == copying.total(filled)
    with pytest.raises(StoreError) as fault:
        copying.copy(filled, there, silent)
    assert fault.value.code == "copy_not_empty"
    with pytest.raises(StoreError) as fault:
        copying.copy(filled, filled, silent)
    assert fault.value.code == "copy_same"


def test_a_row_that_is_another_is_found(filled: Store, new_url: NewUrl) -> None:
    there, spoiled = Store(new_url()), False

    def spoil(table: str, rows: int) -> None:
        nonlocal spoiled
        if table == "users" and rows:
            spoiled = True
            with there.unchecked() as connection:
                connection.execute(text("UPDATE users SET lang = 'xx' WHERE id = (SELECT max(id) FROM users)"))

    with pytest.raises(StoreError) as fault:
        copying.copy(filled, there, spoil)
    assert (fault.value.code, fault.value.detail, spoiled) == ("copy_differs", "users", True)
    with pytest.raises(StoreError) as fault, there.reading():
        pass
    assert fault.value.code == "copy_unfinished"


def test_nobody_writes_to_the_first_meanwhile_and_readers_go_on(filled: Store, new_url: NewUrl) -> None:
    engine = create_engine(filled.url, connect_args={"timeout": 0})
    tried: list[str] = []

    def look(table: str, _rows: int) -> None:
        if table != "users" or tried:
            return
        with filled.reading() as connection:
            tried.append(str(connection.execute(text("SELECT count(*) FROM users")).scalar()))
        with engine.connect() as connection, pytest.raises(Exception, match="locked"):
            connection.execute(text("DELETE FROM users"))

    copying.copy(filled, Store(new_url()), look)
    engine.dispose()
    assert tried == ["7"]


def test_referrals_are_moved_with_their_keys_mark(new_url: NewUrl, tmp_path: Path) -> None:
    source = make_referrals(f"sqlite:///{tmp_path / 'r.db'}", tmp_path)
    code, made = make(source)
    there = ReferralStore(new_url())
    copying.copy(source.store, there, silent)
    moved = type(source)(store=there, keys=source.keys, path=source.path)
    with moved.reading() as connection:
        found = kept.one(
            connection, source.keys, "member-canary-7f", made.handle, dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
        )
    assert found == made
    assert code


def test_a_killed_copy_is_finished_by_the_next(filled: Store, new_url: NewUrl) -> None:
    url = new_url()
    for more in (1, 30, 60, 90):
        if (child := os.fork()) == 0:
            seen = 0

            def die(_table: str, rows: int) -> None:
                nonlocal seen
                seen += rows
                if seen > more:  # noqa: B023
                    os.kill(os.getpid(), signal.SIGKILL)

            copying.copy(Store(filled.url), Store(url), die)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    found = copying.copy(filled, Store(url), silent)
    assert sum(one.rows for one in found.values()) == copying.total(filled)
