"""kill -9 at every step of an act, from reading the table to the swap of the pointer: all old or all new, and the next
start finishes it or forgets it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from legalmap.directory.editions import Editions
from legalmap.people import audit_check
from legalmap.store import history
from tests.desk.conftest import TestDesk
from tests.faults.conftest import Results
from tests.model.killed import killed_at

pytestmark = pytest.mark.own_files
HEADER = "id,kind,name_ru,oblast,settlement,phones,show_location,address\n"
STREET = "Ленина"


def rows(version: str, show: str = "yes", count: int = 4) -> str:
    """A small table whose rows all say which version they are of."""
    street = STREET if show == "yes" else ""
    return HEADER + "".join(f"k{n},flac,{version} {n},KG-N,Нарын,114,{show},{street}\n" for n in range(count))


ACTS: dict[str, tuple[Callable[[TestDesk], object], str]] = {
    "import": (lambda desk: desk.bring(rows("new")), "new"),
    "go back": (lambda desk: desk.back_to(1), "first"),
    "hide": (lambda desk: desk.bring(rows("new", "no"), accept=("all",)), "new"),
}
"""What is done, and the version that centers are of then; before they are "old"."""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with two editions."""
    desk = TestDesk(tmp_path_factory.mktemp("before") / "instance")
    assert desk.bring(rows("first")).applied
    assert desk.bring(rows("old")).applied
    return desk.settings.instance


def versions(names: list[str]) -> str:
    """The one version that all are of."""
    (version,) = {name.split()[0] for name in names}
    return version


def shown(desk: TestDesk) -> str:
    """The version that pages show, from an edition that is whole."""
    editions = Editions(desk.settings.editions)
    found = versions([center.names.ru for center in editions.current().centers])
    assert editions.alarm is None
    return found


def kept(desk: TestDesk) -> str:
    return versions([record.cells["name_ru"] for record in desk.records.values()])


def look_at(desk: TestDesk, new: str, act: str) -> str:
    """After a kill, and after the next start; whether the act was "done" or "not done"."""
    state, seen = kept(desk), shown(desk)
    assert {state, seen} <= {"old", new}
    assert (state, seen) != ("old", new), "shown, but not kept"
    with desk.desk.store.reading() as connection:
        acts = len(history.all_acts(connection))
    assert acts == (2 if state == "old" else 3), "an act is there with all its changes, or not at all"
    desk.desk.publish()  # what a start does
    assert shown(desk) == state
    left = [path.name for path in desk.settings.editions.glob(".building-*")]
    assert left == []
    assert audit_check.verify(desk.desk.store)[1] == []
    if (act, state) == ("hide", new):
        numbers = {path.name for path in desk.settings.editions.iterdir() if path.name.isdigit()}
        assert numbers == {"3"}, "no older edition may be served after something was hidden"
        everything = b"".join(path.read_bytes() for path in (desk.settings.editions / "3").iterdir())
        assert STREET.encode() not in everything
    return "not done" if state == "old" else "done"


def tried(before: Path, folder: Path, act: str, step: int) -> str:
    """What came of one kill; "" when the act has fewer steps."""
    shutil.copytree(before, folder)
    do, new = ACTS[act]
    killed = killed_at(step, folder, do, reading=True)
    said = look_at(TestDesk(folder), new, act)
    shutil.rmtree(folder)
    assert killed or said == "done"
    return said if killed else ""


@pytest.mark.parametrize("act", ACTS)
def test_kill_9_at_some_steps_of_an_act_leaves_all_old_or_all_new(before: Path, tmp_path: Path, act: str) -> None:
    found = [tried(before, tmp_path / str(step), act, step) for step in (30, 120, 200, 300, 380)]
    assert {"done", "not done"} <= set(found)


@pytest.mark.long
@pytest.mark.parametrize("act", ACTS)
def test_kill_9_at_every_step_of_an_act_leaves_all_old_or_all_new(
    before: Path, tmp_path: Path, act: str, results: Results
) -> None:
    found, step = [], 1
    while said := tried(before, tmp_path / str(step), act, step):
        found.append(said)
        step += 1
    done = found.count("done")
    results.tell(
        f"kill -9 at every step of: {act}", len(found), f"{len(found) - done} all old, {done} all new, 0 mixed, 0 lost"
    )
    assert done > 10
    assert len(found) > done + 10
