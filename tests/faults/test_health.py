"""What a person must look after is said by /readyz (names alone) and by the doctor (in words), each thing broken in
turn."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.desk import backup, doctor
from legalmap.referrals import purge
from legalmap.routes.staff import health
from legalmap.store.referrals import ReferralStore
from tests import disks
from tests.desk.conftest import TestDesk
from tests.faults.test_kills import rows

pytestmark = pytest.mark.own_files


@pytest.fixture(autouse=True)
def _looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "EVERY_S", 0.0)


class Site:
    """A desk with two editions, and who watches it from outside."""

    def __init__(self, folder: Path) -> None:
        self.desk = TestDesk(folder)
        self.desk.at(dt.datetime.now(dt.UTC))
        for version in ("first", "old"):
            assert self.desk.bring(rows(version)).applied
        self.settings = replace(self.desk.settings, https=False)
        purge.run(ReferralStore.of(self.settings), dt.datetime.now(dt.UTC))
        self.client: FlaskClient = create_app(self.settings).test_client()

    def wants(self) -> set[str]:
        """What is told outside, where pages are served whatever it is. The doctor calls for a person for the same."""
        answer = self.client.get("/readyz")
        assert (answer.status_code, self.client.get("/ky/centers/1001").status_code) == (200, 200)
        told = set(answer.json["wants"]) if answer.json else set()
        assert str(self.settings.instance) not in answer.text
        assert told == {name for name, ok in self.said() if not ok and name in doctor.BRIEF}
        return told

    def said(self) -> list[tuple[str, bool]]:
        return [(one.name, one.ok) for one in doctor.examine(self.settings)]

    def word(self, name: str) -> str:
        """What the doctor says of it."""
        return next(one.detail for one in doctor.examine(self.settings) if one.name == name)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "instance")
    assert made.wants() == set()
    assert all(ok for _name, ok in made.said())
    return made


def test_a_database_that_is_gone_or_spoiled(site: Site, tmp_path: Path) -> None:
    database = site.settings.instance / "desk.db"
    shutil.copy2(database, tmp_path / "good.db")
    database.unlink()
    assert "database" in site.wants()
    assert "desk.db" in site.word("database")
    database.write_bytes(b"no database at all")
    assert "database" in site.wants()
    shutil.copy2(tmp_path / "good.db", database)
    assert site.wants() == set()


def test_an_edition_that_is_spoiled(site: Site) -> None:
    file = site.settings.editions / "2" / "edition.db"
    good = file.read_bytes()
    file.write_bytes(good[:-1])
    site.client = create_app(site.settings).test_client()
    assert site.wants() == {"edition"}
    assert "edition.db is not the one" in site.word("edition")
    assert "edition 2: edition.db" in site.client.get("/readyz").json["alarm"]  # type: ignore[index]
    file.write_bytes(good)
    assert create_app(site.settings).test_client().get("/readyz").json["alarm"] is None  # type: ignore[index]


def test_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", 8000) as disk:
        site = Site(disk.folder / "instance")
        assert site.wants() == set()
        disk.leave(200_000)
        assert site.wants() == {"disk"}
        assert "0 MiB free (2%)" in site.word("disk")
        disk.make_room()
        assert site.wants() == set()


def test_a_clock_that_went_back(site: Site) -> None:
    with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(days=1), tick=True):
        assert site.wants() == {"clock", "purge"}
        assert "set it" in site.word("clock")


def test_a_backup_and_a_purge_that_are_late(site: Site, tmp_path: Path) -> None:
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=2), tick=True):
        assert site.wants() == {"backup", "purge"}
        assert "legalmap backup" in site.word("backup")
        assert "legalmap purge" in site.word("purge")
        backup.make(site.settings, tmp_path / "copies", dt.datetime.now(dt.UTC))
        assert site.wants() == {"purge"}
        purge.run(ReferralStore.of(site.settings), dt.datetime.now(dt.UTC))
        assert site.wants() == set()
