"""Tables that come in while backups are made, referrals are purged and others publish: nothing waits for good, nothing
is lost, and each backup is of one moment."""

from __future__ import annotations

import datetime as dt
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from legalmap.desk import backup, restoring
from legalmap.desk.acts import Desk
from legalmap.people import audit_check
from legalmap.referrals import purge
from legalmap.store import Store
from legalmap.store.referrals import ReferralStore
from tests.desk.conftest import TestDesk
from tests.faults.conftest import Results
from tests.faults.test_kills import HEADER

pytestmark = pytest.mark.own_files


def table(number: int) -> str:
    """Two centers that belong together."""
    return HEADER + "".join(f"{name}{number},flac,Центр {number},KG-N,Нарын,114,yes,\n" for name in "ab")


def back(desk: TestDesk, file: Path, folder: Path) -> TestDesk:
    """What a backup gives on an empty machine."""
    there = replace(desk.settings, instance=folder)
    new = Desk(store=Store.of(there), settings=there, who="test", now=dt.datetime.now(dt.UTC))
    restoring.restore(new, file, desk.settings.sealing_key.parent, lambda _made: None)
    return TestDesk(folder)


@pytest.mark.parametrize("tables", [4, pytest.param(60, marks=pytest.mark.long)])
def test_tables_come_in_beside_backups_purges_and_publishes(tmp_path: Path, results: Results, tables: int) -> None:
    desk, over = TestDesk(tmp_path / "instance"), Event()
    assert desk.bring(table(0), accept=("all",)).applied
    copies: list[Path] = []

    def until_over(do: object) -> int:
        times = 0
        while not over.is_set():
            do()  # type: ignore[operator]
            times += 1
        return times

    def back_up() -> None:
        moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=len(copies))
        copies.append(backup.make(desk.settings, tmp_path / "copies", moment).file)

    def clean() -> None:
        purge.run(ReferralStore.of(desk.settings), dt.datetime.now(dt.UTC), by_hand=True)

    with ThreadPoolExecutor(4) as beside:
        others: list[Future[int]] = [
            beside.submit(until_over, do) for do in (back_up, clean, lambda: desk.desk.publish())
        ]
        try:
            two = [beside.submit(lambda n=n: desk.bring(table(n), accept=("all",))) for n in range(1, tables + 1)]  # type: ignore[misc]
            reports = [one.result() for one in two]
        finally:
            over.set()
        times = [other.result() for other in others]
    assert all(report.applied for report in reports)
    wanted = {f"{name}{number}" for name in "ab" for number in range(tables + 1)}
    assert set(desk.records) == set(desk.directory.by_id) == wanted
    assert audit_check.verify(desk.desk.store)[1] == []
    assert min(times) > 0
    for file in (copies[0], copies[len(copies) // 2], copies[-1]):
        found = back(desk, file, tmp_path / f"from {file.name}")
        assert len(found.records) % 2 == 0, "a moment between two acts"
        assert set(found.directory.by_id) == set(found.records) <= wanted
        assert audit_check.verify(found.desk.store)[1] == []
    told = f"beside {times[0]} backups, {times[1]} purges, {times[2]} publishes: 0 lost; backups of one moment"
    results.tell("tables brought in at once with others", tables, told)


@pytest.mark.parametrize("spoiled", ["pointer", "edition"])
def test_a_backup_is_made_although_the_edition_is_spoiled_and_two_at_once_are_both_whole(
    tmp_path: Path, spoiled: str
) -> None:
    desk = TestDesk(tmp_path / "instance")
    assert desk.bring(table(0), accept=("all",)).applied
    if spoiled == "pointer":
        (desk.settings.editions / "current").write_text("nonsense", encoding="ascii")
    else:
        shutil.rmtree(desk.settings.editions / "1")
    now = dt.datetime.now(dt.UTC)
    with ThreadPoolExecutor(2) as at_once:
        made = list(
            at_once.map(lambda n: backup.make(desk.settings, tmp_path / str(n), now + dt.timedelta(seconds=n)), (0, 1))
        )
    for one in made:
        found = back(desk, one.file, tmp_path / f"from {one.file.name}")
        assert set(found.directory.by_id) == {"a0", "b0"}
