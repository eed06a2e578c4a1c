"""A disk that is full at some write, that may only be read, and a process that may open no more files: words, the old
list whole, and on it goes when that is over."""

from __future__ import annotations

import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from legalmap.people import audit_check
from legalmap.store import StoreError
from tests import disks
from tests.conftest import ROOT, clean_environment
from tests.desk.conftest import TestDesk, codes
from tests.disks import Disk
from tests.faults.conftest import Results
from tests.faults.test_kills import kept, rows, shown
from tests.machines.web import Browser, Node

pytestmark = pytest.mark.own_files


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with disks.mounted(tmp_path / "disk", 4000) as made:
        yield made


def with_room(disk: Disk, before: Path, room: int) -> str:
    """What a table gives when so many bytes can still be written, after which there is room again."""
    folder = disk.folder / "instance"
    shutil.copytree(before, folder)
    desk = TestDesk(folder)
    disk.leave(room)
    try:
        report = desk.bring(rows("new"))
        said = " ".join(codes(report, "error")) or "done"
    except StoreError as fault:
        said = fault.code
    assert {kept(desk), shown(desk)} <= {"old", "new"}
    assert kept(desk) == ("old" if said == "disk_full" else "new")
    assert shown(desk) == ("new" if said == "done" else "old")
    disk.make_room()
    desk.desk.publish()
    assert shown(desk) == kept(desk)
    assert audit_check.verify(desk.desk.store)[1] == []
    assert not list(desk.settings.editions.glob(".building-*"))
    shutil.rmtree(folder)
    return said


def by_command(folder: Path, files: int = 0) -> tuple[int, str]:
    """Exit code and words of `legalmap import` there; `files`: how many it may have open at once."""
    table = folder.parent / "new.csv"
    if not table.exists():
        table.write_text(rows("new"), encoding="utf-8")

    def limit() -> None:
        if files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    ended = subprocess.run(
        [sys.executable, "-m", "legalmap.cli", "import", str(table), "--apply"],
        cwd=ROOT, env=clean_environment(folder), capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=limit,
    )  # fmt: skip
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with one edition."""
    desk = TestDesk(tmp_path_factory.mktemp("before") / "instance")
    assert desk.bring(rows("old")).applied
    return desk.settings.instance


def test_a_disk_that_is_full_at_some_write_loses_nothing(disk: Disk, before: Path) -> None:
    said = [with_room(disk, before, room) for room in (0, 100_000, 300_000, 1_500_000)]
    assert said == ["disk_full", "publish_failed", "publish_failed", "done"]


@pytest.mark.long
def test_a_disk_that_is_full_at_every_page_loses_nothing(disk: Disk, before: Path, results: Results) -> None:
    said = []
    while not said or said[-1] != "done":
        said.append(with_room(disk, before, 4096 * len(said)))
    told = ", ".join(f"{said.count(one)} {one}" for one in dict.fromkeys(said))
    results.tell("disk full after n pages of 4 kB, until there is room", len(said), f"{told}; 0 lost, 0 mixed")
    assert said[0] == "disk_full"
    assert len(said) > 40


def test_on_a_disk_that_may_only_be_read_pages_are_served_and_writing_is_refused_in_words(
    disk: Disk, before: Path
) -> None:
    folder = disk.folder / "instance"
    shutil.copytree(before, folder)
    desk = TestDesk(folder)
    (disk.folder / "new.csv").write_text(rows("new"), encoding="utf-8")
    disk.set_read_only(True)
    with pytest.raises(StoreError) as fault:
        desk.bring(rows("new"))
    assert fault.value.code == "database_readonly"
    assert (kept(desk), shown(desk)) == ("old", "old")
    code, said = by_command(folder)
    assert (code, "Traceback" in said) == (2, False)
    assert "The database cannot be written." in said
    disk.set_read_only(False)
    assert desk.bring(rows("new")).applied
    assert shown(desk) == "new"


@pytest.mark.parametrize("files", [pytest.param(range(8, 9)), pytest.param(range(8, 16), marks=pytest.mark.long)])
def test_a_process_that_may_open_no_more_files_says_so(
    before: Path, tmp_path: Path, files: range, results: Results
) -> None:
    ended = []
    for most in files:
        folder = tmp_path / str(most)
        shutil.copytree(before, folder)
        code, said = by_command(folder, most)
        desk = TestDesk(folder)
        assert {kept(desk), shown(desk)} <= {"old", "new"}
        assert (kept(desk), shown(desk)) != ("old", "new")
        assert (code in {0, 2}, "Traceback" in said) == (True, False), said
        ended.append(code)
    if len(ended) > 1:
        told = f"{ended.count(2)} refused in words, {ended.count(0)} done, 0 mixed"
        results.tell("a command that may have n files open", len(ended), told)
        assert set(ended) == {0, 2}


@pytest.mark.long
def test_workers_that_may_open_no_more_files_answer_again_when_they_may(
    before: Path, tmp_path: Path, results: Results
) -> None:
    shutil.copytree(before, tmp_path / "instance")
    node = Node.start(tmp_path / "instance")
    try:
        children = Path(f"/proc/{node.process.pid}/task/{node.process.pid}/children").read_text().split()
        for pid in children:
            most = len(list(Path(f"/proc/{pid}/fd").iterdir())) + 5
            resource.prlimit(int(pid), resource.RLIMIT_NOFILE, (most, most))
        with ExitStack() as held:
            for _ in range(100):
                held.enter_context(socket.create_connection(("127.0.0.1", node.port), timeout=5))
            time.sleep(3)
        began = time.monotonic()
        while Browser(node.url).get("/ky/")[0] != 200:
            assert time.monotonic() - began < 30
            time.sleep(0.1)
        assert [Browser(node.url).get("/ky/centers/1001")[0] for _ in range(20)] == [200] * 20
        results.tell("workers whose files are all used up by 100 idle connections", 1, "answer again when those end")
    finally:
        node.kill()
