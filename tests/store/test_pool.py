"""Connections to PostgreSQL are kept, found dead before they are used, and never shared over a fork."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Thread

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from legalmap.store import Store, StoreError, counters
from legalmap.store import referrals_gone as rows
from legalmap.store.referrals import ReferralStore
from tests.store.conftest import NewUrl

pytestmark = pytest.mark.parametrize("new_url", ["postgresql"], indirect=True)


def process_of(store: Store) -> int:
    """The server's process that answers."""
    with store.reading() as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar() or 0)


def kill_others(store: Store) -> None:
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with store.writing() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))


def test_a_connection_is_used_again_and_a_dead_one_is_not(store: Store, new_url: NewUrl) -> None:
    first = process_of(store)
    assert process_of(store) == first
    kill_others(Store(store.url))
    assert process_of(store) != first
    with store.writing() as connection:
        assert counters.take(connection, "edition") == 1


def test_what_breaks_within_a_transaction_is_said_and_nothing_of_it_is_kept(store: Store) -> None:
    def broken() -> None:
        with store.writing() as connection:
            counters.take(connection, "edition")
            own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
            with Store(store.url).reading() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            counters.take(connection, "edition")

    with pytest.raises(StoreError) as fault:
        broken()
    assert fault.value.code == "database_unreachable"
    with store.writing() as connection:
        assert counters.take(connection, "edition") == 1


def test_a_child_of_a_fork_has_connections_of_its_own(store: Store) -> None:
    mine = process_of(store)
    inward, outward = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.write(outward, str(process_of(store)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(inward, 20)) != mine
    os.close(inward)
    os.close(outward)
    assert process_of(store) == mine, "nor does the child's end close the parent's"


def test_who_holds_the_turn_for_long_is_not_waited_for_without_end(store: Store) -> None:
    with store.writing() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "5s"
        connection.execute(text("SET lock_timeout = '300ms'"))  # of this connection, which is the one used again
    began = time.monotonic()
    with Store(store.url).writing(), pytest.raises(StoreError) as fault, store.writing():
        pass
    assert fault.value.code == "database_locked"
    assert 0.3 <= time.monotonic() - began < 4


def test_more_at_once_than_there_are_connections_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.engine.pool, "_timeout", 0.1)
    with ExitStack() as held:
        for _ in range(8):
            held.enter_context(store.reading())
        with pytest.raises(StoreError) as fault, store.reading():
            pass
    assert fault.value.code == "database_locked"


def test_who_is_on_a_standby_or_nowhere_is_told(store: Store) -> None:
    with pytest.raises(StoreError) as fault, Store("postgresql://nobody@/x?host=/nowhere").reading():
        pass
    assert fault.value.code == "database_unreachable"

    def write() -> None:
        with store.writing() as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            counters.take(connection, "edition")

    with pytest.raises(StoreError) as fault:
        write()
    assert fault.value.code == "database_readonly"


def test_the_second_of_two_who_migrate_waits_however_long_the_first_one_takes(new_url: NewUrl) -> None:
    first = Store(new_url())
    second = Store(first.url)

    @event.listens_for(second.engine, "connect")
    def have_no_patience(connection: DBAPIConnection, _record: object) -> None:
        connection.cursor().execute("SET lock_timeout = 50")
        connection.commit()

    at_work = Thread(target=second.migrate)
    with first.unchecked() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": first.migration_lock})
        at_work.start()
        time.sleep(0.3)
    at_work.join()
    with first.reading() as connection:
        assert counters.value(connection, "edition") == 0


def test_the_engine_never_asks_to_try_again_since_writers_stand_in_line(made_url: NewUrl) -> None:
    url = made_url()
    stores = (Store(url), ReferralStore(url))

    def write(number: int) -> None:
        with stores[number % 2].writing() as connection:
            if number % 2 == 0:
                names = ("edition", "number") if number % 4 else ("number", "edition")  # each other's way round
                for name in names:
                    counters.take(connection, name)
                    time.sleep(0.002)
            else:
                rows.set_purged(connection, number)
        with stores[0].reading() as connection:
            counters.value(connection, "number")

    with ThreadPoolExecutor(8) as many:
        assert list(many.map(write, range(120))) == [None] * 120
    with stores[0].reading() as connection:
        assert (counters.value(connection, "edition"), counters.value(connection, "number")) == (60, 1000 + 60)
        asked = text("SELECT deadlocks, conflicts FROM pg_stat_database WHERE datname = current_database()")
        assert tuple(connection.execute(asked).one()) == (0, 0)
