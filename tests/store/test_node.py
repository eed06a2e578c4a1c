"""`legalmap node`: what is said on one machine is seen on another within seconds, and what is wrong is told."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from legalmap import create_app
from legalmap.cli import main
from legalmap.config import Settings, environment_of
from legalmap.desk import doctor, notices
from legalmap.directory import node_status
from legalmap.directory.node_status import NodeStatus
from legalmap.hours import BISHKEK
from legalmap.people.accounts import By
from legalmap.store import Store, StoreError
from tests.conftest import ROOT
from tests.desk.conftest import TestDesk
from tests.store.conftest import NewUrl
from tests.store.test_sharing import ROW, on_postgresql, shown

SECONDS = 2.5
"""Less than the node waits between two looks: somebody called it."""


def until(seen: Callable[[], bool], seconds: float) -> float:
    """How long it took."""
    began = time.monotonic()
    while not seen():
        assert time.monotonic() - began < seconds, "never seen"
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.fixture
def desk(tmp_path: Path, made_url: NewUrl) -> TestDesk:
    desk = TestDesk(tmp_path / "one", database=made_url())
    assert desk.bring(ROW.format("Биринчи")).applied
    return desk


@pytest.fixture
def there(tmp_path: Path, desk: TestDesk) -> Settings:
    """Another machine that has nothing yet, no key and no folder."""
    return dataclasses.replace(desk.settings, instance=tmp_path / "two")


@pytest.fixture
def node(there: Settings, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, **environment_of(there)}
    with (tmp_path / "node.log").open("wb") as log:
        command = [sys.executable, "-m", "legalmap.cli", "node"]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=log, stdout=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def status_of(folder: Path) -> NodeStatus:
    return node_status.read(folder) or NodeStatus(trouble="none yet")


def allow_connections(desk: TestDesk, allowed: bool) -> None:
    """Cut everybody off from the database, or let them in again."""
    url = desk.desk.store.engine.url
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS {allowed}"))
        if not allowed:
            stop = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
            connection.execute(stop, {"name": url.database})
    engine.dispose()


@on_postgresql
def test_what_one_machine_says_another_shows_within_seconds(
    desk: TestDesk, there: Settings, node: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    folder = there.editions
    until((folder / "current").exists, 20)
    assert shown(folder) == ["Биринчи"]
    desk.bring(ROW.format("Экинчи"))
    until(lambda: shown(folder) == ["Экинчи"], SECONDS)
    now = dt.datetime.now(BISHKEK)
    with desk.desk.store.writing() as connection:
        notices.put(connection, By(who="test", now=now), desk.records["a1"].number, "closed", now.date())
    until((folder / "notices.json").exists, SECONDS)
    assert b"closed" in (folder / "notices.json").read_bytes()

    allow_connections(desk, False)
    until(lambda: status_of(folder).trouble != "", 10)
    assert status_of(folder).edition == 2
    assert shown(folder) == ["Экинчи"]
    allow_connections(desk, True)
    desk.bring(ROW.format("Үчүнчү"))
    until(lambda: shown(folder) == ["Үчүнчү"], 15)
    until(lambda: status_of(folder).trouble == "", 5)
    desk.bring(ROW.format("Төртүнчү"))
    until(lambda: shown(folder) == ["Төртүнчү"], SECONDS)

    node.send_signal(signal.SIGTERM)
    assert node.wait(5) == 0
    log = (tmp_path / "node.log").read_text()
    assert "Traceback" not in log
    assert log.count("the last good edition serves") == log.count("all is well again") == 1
    assert not (there.instance / "keys").exists(), "it uses no key"


@on_postgresql
def test_once_copies_what_there_is_and_a_public_worker_needs_no_database(desk: TestDesk, there: Settings) -> None:
    run = CliRunner().invoke(main, ["node", "--once"], env=environment_of(there))
    assert (run.exit_code, run.stdout) == (0, "edition 1\n")
    (there.instance / "keys").mkdir()
    (there.instance / "keys" / "sealing.key").write_bytes(desk.settings.sealing_key.read_bytes())
    public = Settings(instance=there.instance, roles=frozenset({"public"}))
    client = create_app(public).test_client()
    told = client.get("/readyz").json
    assert (told["ready"], told["edition"], told["alarm"]) == (True, 1, None)
    assert {**told["node"], "seconds_ago": 0} == {"edition": 1, "seconds_ago": 0, "stale": False, "trouble": None}

    gone = dataclasses.replace(there, database=desk.settings.database.replace("host=", "host=/nowhere"))
    run = CliRunner().invoke(main, ["node", "--once", "--lang", "en"], env=environment_of(gone))
    assert run.exit_code == 2
    assert "Traceback" not in run.output
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["edition"]) == (200, 1)
    assert answer.json["node"]["trouble"] == "database_unreachable"
    assert "/nowhere" not in answer.text, "anybody may ask: no word of where the database is"
    assert _doctor(there)[0] is False
    CliRunner().invoke(main, ["node", "--once"], env=environment_of(there))
    assert _doctor(there)[0] is True
    desk.bring(ROW.format("Экинчи"))
    ok, detail = _doctor(there)
    assert not ok
    assert "edition 2 of another machine waits" in detail
    (there.editions / "current").write_text(f"9 {'0' * 64}\n")  # of a database that was put back since
    ok, detail = _doctor(there)
    assert not ok
    assert "edition 9 is here alone, the database has 2" in detail


def _doctor(settings: Settings) -> tuple[bool, str]:
    (found,) = [check for check in doctor.examine(settings) if check.name == "node"]
    return found.ok, found.detail


NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("reached", "stale"),
    [(NOW, False), (NOW - dt.timedelta(seconds=59), False), (NOW - dt.timedelta(seconds=61), True), (None, True),
     (NOW + dt.timedelta(hours=1), True)],
)  # fmt: skip
def test_a_status_that_is_old_says_so_itself(tmp_path: Path, reached: dt.datetime | None, stale: bool) -> None:
    """The process that should write it may be gone."""
    status = NodeStatus(reached=reached, edition=7)
    (tmp_path / node_status.FILE).write_text(node_status.written(status), encoding="ascii")
    assert node_status.read(tmp_path) == status
    assert status.told(NOW)["stale"] is stale


@pytest.mark.parametrize(
    "bad", ["", "[]", "{", "{}", "[" * 9000, json.dumps({"reached": 5, "edition": 1, "trouble": ""}),
            json.dumps({"reached": "2026-11-22T10:00:00", "edition": 1, "trouble": ""})],
)  # fmt: skip
def test_a_broken_status_is_one_that_never_reached(tmp_path: Path, bad: str) -> None:
    assert node_status.read(tmp_path) is None
    (tmp_path / node_status.FILE).write_text(bad, encoding="ascii")
    assert node_status.read(tmp_path) == NodeStatus(trouble="file_unreadable")


def test_with_sqlite_there_is_nothing_to_copy_from(tmp_path: Path) -> None:
    environment = environment_of(Settings(instance=tmp_path))
    run = CliRunner().invoke(main, ["node", "--lang", "ru"], env=environment)
    assert run.exit_code == 2
    assert "PostgreSQL" in run.stderr
    assert not list(tmp_path.iterdir())


@on_postgresql
def test_an_account_that_reads_five_tables_is_enough(desk: TestDesk, there: Settings) -> None:
    """A public machine that is taken over knows no more than pages show."""
    with desk.desk.store.engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS node"))
        connection.execute(text("CREATE ROLE node LOGIN"))
        tables = "alembic_version, counters, notices, shared_editions, shared_parts"
        connection.execute(text(f"GRANT SELECT ON {tables} TO node"))
    little = dataclasses.replace(there, database=desk.settings.database.replace("legalmap@", "node@"))
    run = CliRunner().invoke(main, ["node", "--once"], env=environment_of(little))
    assert (run.exit_code, run.stdout) == (0, "edition 1\n"), run.output
    assert shown(there.editions) == ["Биринчи"]
    with pytest.raises(StoreError, match="permission denied"), Store(little.database).reading() as connection:
        connection.execute(text("SELECT 1 FROM centers"))
    with desk.desk.store.engine.begin() as connection:
        connection.execute(text("DROP OWNED BY node"))
        connection.execute(text("DROP ROLE node"))
