"""Two web nodes before a PostgreSQL that dies: pages go on, writes say so, nothing acknowledged is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest

from legalmap.config import Settings
from legalmap.people.keys import Keys
from legalmap.store import Store, committees
from tests.conftest import ROOT, clean_environment
from tests.machines.cluster import Cluster
from tests.machines.web import Browser, Crowd, Node, nginx_before
from tests.staff import add_user

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


@dataclass
class Machines:
    """A leader and its standby, two nodes, nginx before them."""

    leader: Cluster
    standby: Cluster
    nodes: list[Node]
    url: str
    settings: Settings


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    leader = Cluster()
    leader.configure(wal_level="replica", max_wal_senders="4")
    leader.start()
    standby = Cluster.following(leader)
    standby.start()
    leader.configure(synchronous_standby_names="'*'", synchronous_commit="on")
    leader.reload()
    database = leader.url(standby)
    first = tmp_path / "first"
    subprocess.run(
        [sys.executable, "-m", "legalmap.cli", "init", "--sample"],
        cwd=ROOT, env=clean_environment(first, database=database), check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    shutil.copytree(first, tmp_path / "second")
    nodes = [Node.start(tmp_path / name, database=database) for name in ("first", "second")]
    nginx, url = nginx_before(tmp_path / "nginx", nodes)
    yield Machines(leader, standby, nodes, url, Settings(instance=first, database=database))
    nginx.terminate()
    nginx.wait(20)
    for node in nodes:
        os.killpg(node.process.pid, signal.SIGKILL)
        node.process.wait(20)
    for cluster in (standby, leader):
        cluster.remove()


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


def test_when_the_leader_dies_pages_go_on_and_writes_resume_with_the_standby(machines: Machines) -> None:
    store = Store.of(machines.settings)
    admin = add_user(store, Keys(machines.settings.people_key), "admin")
    browser = Browser(machines.url)
    writer = Writer(browser, browser.sign_in(admin))
    assert writer.write() == 303, writer.refused
    crowd = Crowd(f"{machines.url}/ky/", 14)
    at_work = Thread(target=writer.go_on)
    at_work.start()
    time.sleep(3)
    machines.leader.kill()
    time.sleep(3)
    promoted = time.monotonic()
    machines.standby.promote()
    time.sleep(8)
    writer.over.set()
    at_work.join()
    asked, failed = crowd.failed()
    resumed = min(at for at, _name in writer.kept if at > promoted) - promoted
    print(f"pages: {asked} asked, {failed} failed; writes: {len(writer.kept)} kept, {len(writer.refused)} refused, "
          f"again {resumed:.1f} s after the standby was promoted")  # fmt: skip
    assert failed == 0
    assert resumed < 10
    assert {status for _at, status, _said in writer.refused} == {503}
    assert all("Кабинет азыр иштебей турат" in said for _at, _status, said in writer.refused)
    assert {name for _at, name in writer.kept} <= names(machines.settings)
    assert not [node for node in machines.nodes if node.process.poll() is not None], "nobody was started anew"


def test_a_node_that_is_killed_takes_only_what_it_was_answering_with_it(machines: Machines) -> None:
    crowd = Crowd(f"{machines.url}/ky/", 8)
    time.sleep(3)
    os.killpg(machines.nodes[0].process.pid, signal.SIGKILL)
    asked, failed = crowd.failed()
    print(f"{asked} asked, {failed} failed")
    assert failed <= 8, "as many as were under way"
    assert Browser(machines.url).get("/ky/")[0] == 200
