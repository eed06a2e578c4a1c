"""Two web nodes before a PostgreSQL that dies: pages go on, writes say so, nothing acknowledged is lost."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest

from legalmap.config import Settings
from legalmap.people.keys import Keys
from legalmap.store import Store, committees
from tests.conftest import ROOT, clean_environment
from tests.machines.cluster import Cluster
from tests.machines.web import Browser, Crowd, Front, Node
from tests.staff import add_user

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


@dataclass
class Machines:
    """A leader and its standby, two machines with the desk, one for the public alone, nginx before them; each copies
    editions from the database."""

    leader: Cluster
    standby: Cluster
    nodes: list[Node]
    front: Front
    settings: Settings

    def legalmap(self, *command: str, program: Path = ROOT) -> None:
        """A command on the first machine."""
        environment = clean_environment(self.settings.instance, database=self.settings.database)
        command = (sys.executable, "-m", "legalmap.cli", *command)
        subprocess.run(command, cwd=program, env=environment, check=True, capture_output=True, timeout=120)

    def editions(self) -> list[tuple[int, str]]:
        """What each machine says of itself: the edition that it serves, and what is wrong with its copying."""
        told = [json.loads(Browser(node.url).get("/readyz")[1]) for node in self.nodes]
        return [(one["edition"], one["node"]["trouble"] or "") for one in told]

    def until_all_say(self, edition: int, *troubles: str, seconds: float = 20) -> float:
        """How long it took."""
        began = time.monotonic()
        while not all(one in [(edition, trouble) for trouble in troubles] for one in self.editions()):
            assert time.monotonic() - began < seconds, self.editions()
            time.sleep(0.05)
        return time.monotonic() - began


NODE_RIGHTS = "GRANT SELECT ON alembic_version, counters, notices, shared_editions, shared_parts TO node"
"""What deploy/several-machines.md says that a public machine's account may read."""


def a_leader_and_its_standby() -> tuple[Cluster, Cluster]:
    leader = Cluster()
    leader.configure(wal_level="replica", max_wal_senders="4")
    leader.start()
    standby = Cluster.following(leader)
    standby.start()
    leader.configure(synchronous_standby_names="'*'", synchronous_commit="on")
    leader.reload()
    return leader, standby


def the_folders(tmp_path: Path, leader: Cluster, settings: Settings) -> list[Path]:
    """Of three machines. The third has nothing of the desk but the key that opens results."""
    folders = [tmp_path / name for name in ("first", "second", "third")]
    subprocess.run(
        [sys.executable, "-m", "legalmap.cli", "init", "--sample"],
        cwd=ROOT, env=clean_environment(settings.instance, database=settings.database), check=True,
        capture_output=True, timeout=120,
    )  # fmt: skip
    shutil.copytree(folders[0], folders[1])
    (folders[2] / "keys").mkdir(parents=True)
    shutil.copy2(settings.sealing_key, folders[2] / "keys")
    leader.tell(f"CREATE ROLE node LOGIN; {NODE_RIGHTS}")
    return folders


def copying(folder: Path, database: str, *once: str) -> subprocess.Popen[bytes]:
    """`legalmap node` of a machine."""
    with (folder.parent / f"{folder.name}-node.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "legalmap.cli", "node", *once],
            cwd=ROOT, env=clean_environment(folder, database=database), stdout=log, stderr=log,
        )  # fmt: skip


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    with ExitStack() as stack:
        leader, standby = a_leader_and_its_standby()
        stack.callback(leader.remove)
        stack.callback(standby.remove)
        database = leader.url(standby)
        settings = Settings(instance=tmp_path / "first", database=database)
        folders = the_folders(tmp_path, leader, settings)
        databases = [database, database, database.replace("//legalmap@", "//node@")]
        assert copying(folders[2], databases[2], "--once").wait(60) == 0
        for folder, own in zip(folders, databases, strict=True):
            copier = copying(folder, own)
            stack.callback(copier.wait, 20)
            stack.callback(copier.terminate)
        nodes = [Node.start(folder, database=database) for folder in folders[:2]]
        nodes.append(Node.start(folders[2], roles="public"))
        made = Machines(leader, standby, nodes, Front(tmp_path / "nginx", nodes), settings)
        stack.callback(lambda: [node.kill() for node in made.nodes])
        stack.callback(made.front.stop)
        made.until_all_say(1, "")
        yield made


@dataclass
class Writer:
    """An admin who makes one committee after the other; what was acknowledged, refused, and when."""

    browser: Browser
    token: str
    kept: list[tuple[float, str]] = field(default_factory=list)
    refused: list[tuple[float, int, str]] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def write(self) -> int:
        name = f"Комитет {len(self.kept) + len(self.refused)}"
        status, said = self.browser.post(
            "/ky/staff/admin/committees/new", name_ky=name, oblast="KG-N", csrf_token=self.token
        )
        if status == 303:
            self.kept.append((time.monotonic(), name))
        else:
            self.refused.append((time.monotonic(), status, said))
        return status

    def go_on(self) -> None:
        while not self.over.wait(0.05):
            self.write()


def names(settings: Settings) -> set[str]:
    with Store.of(settings).reading() as connection:
        return {one.name_ky for one in committees.everyone(connection)}


def a_writer(machines: Machines) -> Writer:
    """Signed in, with one write done."""
    store = Store.of(machines.settings)
    admin = add_user(store, Keys(machines.settings.people_key), "admin")
    browser = Browser(machines.front.url)
    writer = Writer(browser, browser.sign_in(admin))
    assert writer.write() == 303, writer.refused
    return writer


def test_when_the_leader_dies_pages_go_on_and_writes_resume_with_the_standby(
    machines: Machines, tmp_path: Path
) -> None:
    writer = a_writer(machines)
    crowd = Crowd(f"{machines.front.url}/ky/", 14)
    at_work = Thread(target=writer.go_on)
    at_work.start()
    time.sleep(3)
    machines.leader.kill()
    # a standby that answers takes no writes
    noticed = machines.until_all_say(1, "database_unreachable", "database_readonly")
    time.sleep(3)
    promoted = time.monotonic()
    machines.standby.promote()
    machines.until_all_say(1, "")
    copied = time.monotonic() - promoted
    time.sleep(3)
    writer.over.set()
    at_work.join()
    asked, failed = crowd.failed()
    resumed = min(at for at, _name in writer.kept if at > promoted) - promoted
    table = tmp_path / "new.csv"
    table.write_text("id;kind;name_ky;oblast;phones\nx1;ngo;Жаңы борбор;Нарын;0312 66 00 01\n", encoding="utf-8")
    machines.legalmap("import", str(table), "--apply", "--accept", "all")
    shown = machines.until_all_say(2, "", seconds=10)
    print(f"pages: {asked} asked, {failed} failed; writes: {len(writer.kept)} kept, {len(writer.refused)} refused, "
          f"again {resumed:.1f} s after the standby was promoted; nodes noticed after {noticed:.1f} s, copy again "
          f"after {copied:.1f} s; a new edition on all {shown:.1f} s after it was published")  # fmt: skip
    assert failed == 0
    assert resumed < 10
    assert {status for _at, status, _said in writer.refused} == {503}
    assert all("Кабинет азыр иштебей турат" in said for _at, _status, said in writer.refused)
    assert {name for _at, name in writer.kept} <= names(machines.settings)
    assert not [node for node in machines.nodes if node.process.poll() is not None], "nobody was started anew"


def test_a_node_that_is_killed_takes_only_what_it_was_answering_with_it(machines: Machines) -> None:
    crowd = Crowd(f"{machines.front.url}/ky/", 8)
    time.sleep(3)
    machines.nodes[0].kill()
    asked, failed = crowd.failed()
    print(f"{asked} asked, {failed} failed")
    assert failed <= 8, "as many as were under way"
    assert Browser(machines.front.url).get("/ky/")[0] == 200


def test_a_node_beside_a_standby_asks_that_one_although_it_lets_nobody_listen(
    machines: Machines, tmp_path: Path
) -> None:
    beside = machines.standby.url().replace("read-write", "any").replace("//legalmap@", "//node@")
    folder = tmp_path / "fourth"
    copier = copying(folder, beside)
    node_file = folder / "editions" / "node.json"
    try:
        for _ in range(200):
            if node_file.exists() and json.loads(node_file.read_text())["edition"] == 1:
                break
            time.sleep(0.1)
        table = tmp_path / "new.csv"
        table.write_text("id;kind;name_ky;oblast;phones\nx1;ngo;Жаңы борбор;Нарын;0312 66 00 01\n", encoding="utf-8")
        machines.legalmap("import", str(table), "--apply", "--accept", "all")
        began = time.monotonic()
        while not (folder / "editions" / "current").read_text().startswith("2 "):
            assert time.monotonic() - began < 15
            time.sleep(0.1)
        print(f"copied from the standby {time.monotonic() - began:.1f} s after it was published")
        assert json.loads(node_file.read_text())["trouble"] == ""
    finally:
        copier.terminate()
        copier.wait(20)
    assert "ERROR" not in (tmp_path / "fourth-node.log").read_text()


NEXT_STEP = """
import sqlalchemy as sa
from alembic import op

revision = "0099_{now}"
down_revision = "{now}{line}"


def upgrade() -> None:
    op.add_column("committees", sa.Column("from_the_future", sa.Text))
"""
NEXT_WSGI = """

@app.after_request
def say_who(response):
    response.headers["X-Program"] = "next"
    return response
"""


def the_next_program(folder: Path) -> Path:
    """This program with a step of the schema more, which only adds something, and a mark on its answers."""
    for name in ("legalmap", "templates", "static", "geodata"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("wsgi.py", "gunicorn.conf.py"):
        shutil.copy2(ROOT / name, folder)
    with (folder / "wsgi.py").open("a", encoding="utf-8") as file:
        file.write(NEXT_WSGI)
    now = sorted((ROOT / "legalmap/store/migrations/versions").glob("0*.py"))[-1]
    revision = re.search(r'^revision = "(\d+)(\w*)"', now.read_text(encoding="utf-8"), re.MULTILINE)
    assert revision
    later = folder / "legalmap/store/migrations/versions/0099_next.py"
    later.write_text(NEXT_STEP.format(now=revision[1], line=revision[2]), encoding="utf-8")
    return folder


def test_machines_are_upgraded_one_after_the_other_and_no_request_is_lost(machines: Machines, tmp_path: Path) -> None:
    program = the_next_program(tmp_path / "next")
    writer = a_writer(machines)
    results = Browser(machines.nodes[0].url).leads_to("/ky/search", place="Кочкор")  # each opens what another sealed
    crowd = Crowd(machines.front.url + results, 40, new_connections=True)
    at_work = Thread(target=writer.go_on)
    at_work.start()
    by_the_old_one = 0
    for number, node in enumerate(machines.nodes):
        machines.front.leave_out(node)
        if number == 0:
            machines.legalmap("init", program=program)
            before = len(writer.kept)
            time.sleep(2)
            by_the_old_one = len(writer.kept) - before
        machines.nodes[number] = node.upgraded(program)
        machines.front.leave_out(None)
    writer.over.set()
    at_work.join()
    asked, failed = crowd.failed()
    print(f"{asked} pages asked, {failed} failed; {len(writer.kept)} writes kept, {len(writer.refused)} refused, "
          f"{by_the_old_one} of them by the old program in the new database")  # fmt: skip
    assert (failed, writer.refused) == (0, [])
    assert by_the_old_one > 0
    assert {node.header("X-Program") for node in machines.nodes} == {"next"}
    with Store.of(machines.settings).unchecked() as connection:
        assert Store.of(machines.settings).version(connection) == "0099_0010"
    assert {name for _at, name in writer.kept} <= names(machines.settings)
