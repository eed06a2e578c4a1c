"""An edition reaches another machine whole, proven and once, whatever breaks on the way."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from legalmap.desk import publish, sharing
from legalmap.desk.node import Node
from legalmap.directory import edition as editions
from legalmap.directory.editions import Editions
from legalmap.store import Store, StoreError, shared_editions
from tests import disks
from tests.desk.conftest import TestDesk
from tests.store.conftest import NewUrl

ROW = "id,kind,name_ky,oblast,settlement,phones,show_location\na1,flac,{},KG-N,Нарын,114,yes\n"
on_postgresql = pytest.mark.parametrize("new_url", ["postgresql"], indirect=True)


@pytest.fixture
def desk(tmp_path: Path, made_url: NewUrl) -> TestDesk:
    """A desk on one machine of several, with its first edition."""
    desk = TestDesk(tmp_path / "one", database=made_url())
    assert desk.bring(ROW.format("Биринчи")).applied
    return desk


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Where another machine has its editions."""
    folder = tmp_path / "two" / "editions"
    folder.mkdir(parents=True)
    return folder


def elsewhere(desk: TestDesk, other: Path) -> TestDesk:
    """The same desk at the other machine."""
    there = object.__new__(TestDesk)
    there.settings = dataclasses.replace(desk.settings, instance=other.parent)
    there.desk = dataclasses.replace(desk.desk, settings=there.settings)
    return there


def share(desk: TestDesk) -> bool:
    """With SQLite too, where a publish does not."""
    return sharing._put(desk.desk.store, desk.settings.editions)


def shown(folder: Path) -> list[str]:
    """What a worker of that machine that starts now serves."""
    return [center.names.ky for center in Editions(folder).current().centers]


def files_of(folder: Path) -> dict[str, bytes]:
    number, _sha256 = editions.read_pointer(folder)
    return {path.name: path.read_bytes() for path in (folder / str(number)).iterdir()}


def test_what_is_published_here_is_there_byte_for_byte_and_once(desk: TestDesk, other: Path) -> None:
    share(desk)
    store = desk.desk.store
    assert sharing.bring(store, other) == 1
    assert files_of(other) == files_of(desk.settings.editions)
    assert (other / "current").read_bytes() == (desk.settings.editions / "current").read_bytes()
    stamp = (other / "current").stat().st_mtime_ns
    assert sharing.bring(store, other) == 1
    assert (other / "current").stat().st_mtime_ns == stamp, "nothing is written twice"
    assert not list(other.glob(".incoming-*"))
    assert not share(desk)
    (other / "1" / "edition.db").write_bytes(b"spoilt")
    assert sharing.bring(store, other, thorough=True) == 1
    assert files_of(other) == files_of(desk.settings.editions)


def test_the_newest_few_are_kept_and_none_that_shows_what_is_hidden_now(desk: TestDesk) -> None:
    for name in ("Экинчи", "Үчүнчү", "Төртүнчү"):
        share(desk)
        desk.bring(ROW.format(name))
    share(desk)
    assert kept(desk) == [2, 3, 4]
    desk.bring("id,show_location\na1,no\n", accept=("all",))
    share(desk)
    assert editions.read_oldest(desk.settings.editions) == 5
    assert kept(desk) == [5]


def kept(desk: TestDesk) -> list[int]:
    with desk.desk.store.reading() as connection:
        numbers = connection.execute(text("SELECT number FROM shared_editions ORDER BY number")).scalars().all()
        parts = connection.execute(text("SELECT COUNT(DISTINCT manifest_sha256) FROM shared_parts")).scalar()
    assert parts == len(numbers)
    return list(numbers)


@on_postgresql
def test_another_machine_publishes_behind_what_came_before(desk: TestDesk, other: Path) -> None:
    there = elsewhere(desk, other)
    assert there.desk.publish() == publish.Published(number=1, fresh=False), "the same content is no new edition"
    assert shown(other) == ["Биринчи"]
    assert there.bring("id,show_location\na1,no\n", accept=("all",)).edition == 2
    assert sharing.bring(desk.desk.store, desk.settings.editions) == 2
    assert editions.read_oldest(desk.settings.editions) == editions.read_oldest(other) == 2
    assert not (desk.settings.editions / "1").exists(), "what shows more is served by nobody"
    assert desk.back_to(1, accept=("rollback_widens",)).edition == 3
    assert sharing.bring(there.desk.store, other) == 3


@on_postgresql
@pytest.mark.parametrize("moments", [(1, 6, 30), pytest.param(range(2, 42, 2), marks=pytest.mark.long)])
def test_a_kill_while_copying_leaves_the_old_edition_and_is_gone_on_with(
    desk: TestDesk, other: Path, moments: tuple[int, ...]
) -> None:
    store = desk.desk.store
    sharing.bring(store, other)
    for moment in moments:
        before, served = files_of(other), shown(other)
        desk.bring(ROW.format(f"Аты {moment}"))
        if (child := os.fork()) == 0:
            try:
                _die_at_part(moment)
                sharing.bring(Store(store.url), other)
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert (files_of(other), shown(other)) == (before, served)
        with _asked_for() as names:
            sharing.bring(store, other)
        # the first that was asked for is the manifest, which is asked for again; the last one never came
        assert len(names) == len(before) - max(0, moment - 2), "what is there is not fetched again"
        assert files_of(other) == files_of(desk.settings.editions)
        assert not list(other.glob(".incoming-*"))


def _die_at_part(moment: int) -> None:
    true, seen = shared_editions.part, 0

    def part(connection: Connection, manifest_sha256: str, file: str, number: int) -> bytes | None:
        nonlocal seen
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return true(connection, manifest_sha256, file, number)

    shared_editions.part = part


class _asked_for:
    """The names of the files whose parts are asked for meanwhile."""

    def __enter__(self) -> list[str]:
        self._true, names = shared_editions.part, list[str]()

        def part(connection: Connection, manifest_sha256: str, file: str, number: int) -> bytes | None:
            names.append(file)
            return self._true(connection, manifest_sha256, file, number)

        shared_editions.part = part
        return names

    def __exit__(self, *_fault: object) -> None:
        shared_editions.part = self._true


@on_postgresql
def test_what_is_not_what_was_published_is_never_served(desk: TestDesk, other: Path) -> None:
    sharing.bring(desk.desk.store, other)
    for name in ("edition.db", "manifest.json"):
        desk.bring(ROW.format(name))
        where = {"file": name, "sha256": editions.read_pointer(desk.settings.editions)[1], "data": b"{}"}
        with desk.desk.store.writing() as connection:
            connection.execute(
                text("UPDATE shared_parts SET data = :data WHERE file = :file AND manifest_sha256 = :sha256"), where
            )
        for _again in range(2):
            with pytest.raises(StoreError) as fault:
                sharing.bring(desk.desk.store, other)
            assert fault.value.code == "edition_broken"
        assert shown(other) == ["Биринчи"]


@on_postgresql
def test_what_a_killed_publisher_did_not_share_is_shared_by_the_next(desk: TestDesk, other: Path) -> None:
    store = desk.desk.store
    for name, finish in (
        ("Экинчи", desk.desk.publish),
        ("Үчүнчү", Node(store, desk.settings.editions).once),
    ):
        before = shown(other) if sharing.bring(store, other) else []
        if (child := os.fork()) == 0:
            try:
                sharing._put_file = lambda *_given: os.kill(os.getpid(), signal.SIGKILL)
                desk.bring(ROW.format(name))
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert shown(desk.settings.editions) == [name]
        sharing.bring(store, other)
        assert shown(other) == before
        finish()
        sharing.bring(store, other)
        assert shown(other) == [name]


@on_postgresql
def test_machines_publish_in_turn_however_the_one_before_ends(desk: TestDesk, other: Path) -> None:
    there, ended = elsewhere(desk, other), list[float]()
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            with shared_editions.only_publisher(Store(desk.settings.database_url)):
                os.write(writing, b"1")
                time.sleep(60)
        finally:
            os._exit(1)
    os.read(reading, 1)
    thread = threading.Thread(target=lambda: (there.desk.publish(), ended.append(time.monotonic())))
    thread.start()
    thread.join(0.5)
    assert not ended, "it waits"
    killed = time.monotonic()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    thread.join(10)
    assert ended
    assert ended[0] - killed < 3
    assert shown(other) == ["Биринчи"]


def test_an_edition_that_comes_by_other_means_is_served_when_it_is_whole(tmp_path: Path, other: Path) -> None:
    desk = TestDesk(tmp_path / "one")
    desk.bring(ROW.format("Биринчи"))
    with desk.desk.store.reading() as connection:
        assert shared_editions.newest(connection) is None, "with SQLite nobody copies from the database"
    ours = desk.settings.editions
    shutil.copytree(ours / "1", other / "1")
    shutil.copy(ours / "current", other / "current")
    worker = Editions(other, retry_s=0)
    assert worker.current().number == 1
    desk.bring(ROW.format("Экинчи"))
    shutil.copy(ours / "current", other / "current")  # by mistake before what it names
    assert worker.current().number == Editions(other).current().number == 1
    (other / "2").mkdir()
    for path in sorted((ours / "2").iterdir()):
        (other / "2" / path.name).write_bytes(path.read_bytes()[:-1])
        assert worker.current().number == Editions(other).current().number == 1
        shutil.copy(path, other / "2" / path.name)
    assert worker.current().number == Editions(other).current().number == 2


@on_postgresql
def test_a_full_disk_leaves_the_old_edition_and_says_so(desk: TestDesk, tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", 1500) as disk:  # one edition and a half
        node = Node(desk.desk.store, disk.folder)
        assert node.once() == 1
        desk.bring(ROW.format("Экинчи"))
        disk.leave(150_000)
        with pytest.raises(OSError, match="space"):
            node.once()
        assert shown(disk.folder) == ["Биринчи"]
        assert not list(disk.folder.glob(".incoming-*")), "others need the room"
        disk.make_room()
        assert node.once() == 2
        assert shown(disk.folder) == ["Экинчи"]
