"""Two machines with the desk on one PostgreSQL, and all that the desk does at once: nothing is lost, nobody is in the
way of another for good."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from legalmap import create_app
from legalmap.config import Settings
from legalmap.directory.editions import Editions
from legalmap.people import audit_check
from legalmap.people.keys import Keys
from legalmap.store import Store, centers, committees, users
from legalmap.store import referrals as rows
from legalmap.store.referrals import ReferralStore
from tests import databases
from tests.committee import Walk, a_desk, join
from tests.conftest import ROOT, clean_environment
from tests.machines.web import Browser, Node
from tests.staff import add_user, form_token, staff_client

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
SECONDS = 40
HEADER = "id,kind,name_ky,oblast,phones,show_location\n"


@dataclass
class Done:
    """What each kind of act was acknowledged to have done."""

    centers: set[str] = field(default_factory=set)
    committees: set[str] = field(default_factory=set)
    slips: int = 0
    refused: int = 0


@dataclass
class Two:
    """Two machines; the keys of the first one are those of the second."""

    nodes: list[Node]
    settings: list[Settings]

    def legalmap(self, machine: int, *command: str) -> None:
        """A command that must go well."""
        settings = self.settings[machine]
        ended = subprocess.run(
            [sys.executable, "-m", "legalmap.cli", *command],
            cwd=ROOT, env=clean_environment(settings.instance, database=settings.database), capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    database = databases.migrated()
    first = replace(a_desk(tmp_path / "first", database=database).settings, https=False)
    shutil.copytree(first.instance, tmp_path / "second")
    second = replace(first, instance=tmp_path / "second")
    with ExitStack() as stack:
        nodes = [Node.start(one.instance, database=database) for one in (first, second)]
        for node in nodes:
            stack.callback(node.kill)
        yield Two(nodes, [first, second])


def import_on(two: Two, machine: int, done: Done, folder: Path, over: Callable[[], bool]) -> None:
    """One table after the other, by command; each adds one center and changes one that both machines change."""
    number = 0
    while not over():
        number += 1
        own = f"m{machine}-{number}"
        table = folder / f"{own}.csv"
        table.write_text(
            HEADER + f"{own},ngo,Борбор {own},KG-N,0312 66 00 01,yes\nnear,flac,Кочкор {own},KG-N,0353 55 12 34,yes\n",
            encoding="utf-8",
        )
        two.legalmap(machine, "import", str(table), "--apply", "--accept", "all")
        done.centers.add(own)


def make_committees(two: Two, machine: int, done: Done, admin: str, over: Callable[[], bool]) -> None:
    browser = Browser(two.nodes[machine].url)
    token = browser.sign_in(admin)
    number = 0
    while not over():
        number += 1
        name = f"Комитет {machine}-{number}"
        path = "/ky/staff/admin/committees/new"
        status, said = browser.post(path, name_ky=name, oblast="KG-N", csrf_token=token)
        assert status == 303, said
        done.committees.add(name)


def guess(two: Two, machine: int, done: Done, over: Callable[[], bool]) -> None:
    """Somebody who does not know the password; each try is counted for both machines."""
    browser = Browser(two.nodes[machine].url)
    token = form_token(browser.get("/ky/staff/signin")[1])
    while not over():
        status, said = browser.post("/ky/staff/signin", name="test-editor", password="калп", csrf_token=token)  # noqa: S106
        assert status in {200, 400, 401, 403, 422, 429}, (status, said)
        done.refused += 1
        time.sleep(0.2)


def refer(two: Two, machine: int, done: Done, member: str, over: Callable[[], bool]) -> None:
    """One slip after the other."""
    client = staff_client(create_app(two.settings[machine]), "committee", member)
    while not over():
        Walk(client).to_cards().to_slip()
        done.slips += 1


def look_after(two: Two, over: Callable[[], bool]) -> None:
    """What a clock would start."""
    while not over():
        two.legalmap(0, "purge")
        two.legalmap(1, "node", "--once")
        two.legalmap(1, "audit", "verify")


def test_all_that_the_desk_does_at_once_on_two_machines_is_kept(two: Two, tmp_path: Path) -> None:
    store, referrals = Store.of(two.settings[0]), ReferralStore.of(two.settings[0])
    keys = Keys(two.settings[0].people_key)
    admins = [add_user(store, keys, "admin", f"admin-{n}") for n in (0, 1)]
    members = [join(store, f"member-{n}", f"c{n}") for n in (0, 1)]
    add_user(store, keys, "editor")
    done, end = Done(), time.monotonic() + SECONDS

    def over() -> bool:
        return time.monotonic() > end

    with ThreadPoolExecutor(9) as at_once:
        works = [at_once.submit(look_after, two, over)]
        for n in (0, 1):
            works += [
                at_once.submit(import_on, two, n, done, tmp_path, over),
                at_once.submit(make_committees, two, n, done, admins[n], over),
                at_once.submit(guess, two, n, done, over),
                at_once.submit(refer, two, n, done, members[n], over),
            ]
        for work in works:
            work.result()

    lines, problems = audit_check.verify(store)
    with store.reading() as connection:
        asked = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        deadlocks = connection.execute(asked).scalar()
        kept = set(centers.records(connection))
        named = {one.name_ky for one in committees.everyone(connection)}
        assert users.by_name(connection, "test-editor")
    with referrals.reading() as connection:
        slips = sum(len(rows.members(connection, f"c{n}", 0)) for n in (0, 1))
    two.legalmap(0, "node", "--once")
    two.legalmap(1, "node", "--once")
    shown = [Editions(one.editions).current() for one in two.settings]
    print(f"{len(done.centers)} imports, {len(done.committees)} committees, {done.slips} slips, {done.refused} wrong "
          f"passwords, {lines} audit lines, {deadlocks} deadlocks; edition {shown[0].number}")  # fmt: skip
    assert (deadlocks, list(problems)) == (0, [])
    assert done.centers <= kept
    assert [{center.id for center in one.centers} for one in shown] == [kept] * 2
    assert done.committees <= named
    assert slips == done.slips
    assert min(len(done.centers), len(done.committees), done.slips, done.refused) > 1
