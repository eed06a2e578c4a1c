"""A server that runs lets referrals go by itself, at its start and hourly in one of its workers, and leaves no byte."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import text

from legalmap.config import Settings
from legalmap.desk.doctor import examine
from legalmap.desk.instance import make_instance
from legalmap.referrals import Referrals, purge
from legalmap.store import referrals as rows
from legalmap.store import referrals_gone as gone
from legalmap.store.referrals import Row
from tests.conftest import serve
from tests.test_cli import Terminal

CANARIES = [f"canary-of-{field.name}-7q" for field in dataclasses.fields(Row) if field.type == "str"]


def plant(referrals: Referrals, times: int) -> None:
    """Rows whose time is over, with something to look for in every field."""
    with referrals.writing() as connection:
        for number in range(times):
            values: dict[str, str | int] = {name.split("-")[2]: f"{name}-{number}" for name in CANARIES}
            numbers = {"first": 7_654_321, "second": 7_654_322, "due": 7_654_323, "expires": 1}
            rows.add(connection, Row(**{**values, **numbers}))  # type: ignore[arg-type]


def left(referrals: Referrals) -> int:
    with referrals.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM referrals")).scalar() or 0)


def wait_until_empty(referrals: Referrals) -> None:
    until = time.monotonic() + 15
    while left(referrals) and time.monotonic() < until:
        time.sleep(0.1)
    assert left(referrals) == 0


def found(*folders: Path) -> list[tuple[str, str]]:
    """(file, canary) of every file below that holds one."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [(path.name, name) for path in files for name in CANARIES if name.encode() in path.read_bytes()]


def test_two_workers_purge_at_the_start_and_in_turn_and_leave_no_byte_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(instance=tmp_path / "instance", https=False)
    make_instance(settings)
    referrals = Referrals.of(settings)
    plant(referrals, 200)
    assert {name for _file, name in found(settings.instance)} == set(CANARIES)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    output, began = tmp_path / "output.log", time.monotonic()
    server = serve(settings.instance, output, https="off", purge_seconds="1")
    url = next(server).url
    assert left(referrals) == 0, "gone before the first request"
    plant(referrals, 50)
    wait_until_empty(referrals)
    (settings.instance / "referrals.db").rename(tmp_path / "away.db")
    time.sleep(1.5)
    with urllib.request.urlopen(f"{url}/livez", timeout=5) as answer:
        assert answer.status == 200
    (tmp_path / "away.db").rename(settings.instance / "referrals.db")
    plant(referrals, 3)
    wait_until_empty(referrals)
    lasted = time.monotonic() - began
    server.close()  # type: ignore[attr-defined]
    assert found(settings.instance, temporary, tmp_path) == []
    told = output.read_text(encoding="utf-8")
    assert 3 <= told.count("purge of referrals done") <= lasted + 1, "one worker at a time"
    assert told.count("purge of referrals: referrals_missing") in {1, 2}, "once in each worker"


def test_the_command_says_what_went_and_the_doctor_when(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    settings = Settings(instance=terminal.instance)
    make_instance(settings)
    referrals = Referrals.of(settings)
    plant(referrals, 2)
    assert terminal.run("purge").startswith("2 referrals deleted; database written anew in ")
    assert terminal.run("purge") == "0 referrals deleted; nothing to write anew\n"

    def told() -> tuple[bool, str]:
        return next((check.ok, check.detail) for check in examine(settings) if check.name == "purge")

    assert told()[0]
    for hours in (2.1, -1):
        with referrals.writing() as connection:
            gone.set_purged(connection, int(time.time() - hours * 3600))
        assert told()[0] is False
        assert "run legalmap purge" in told()[1]
    with referrals.writing() as connection:
        connection.execute(text("DELETE FROM purged"))
    assert (told()[0], purge.last(referrals.store)) == (False, None)
    (settings.instance / "referrals.db").unlink()
    assert terminal.run("purge", "--lang", "ru", code=2).startswith("База направлений не найдена")


@pytest.mark.long
def test_five_thousand_rows_are_written_out_of_the_file_in_less_than_a_second(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "instance", https=False)
    make_instance(settings)
    referrals = Referrals.of(settings)
    plant(referrals, 5_000)
    done = purge.run(referrals.store, dt.datetime.now(dt.UTC))
    assert done.rows == 5_000
    assert done.vacuum < 1.0
