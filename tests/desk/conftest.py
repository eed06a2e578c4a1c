"""A real desk in a temporary folder: SQLite file, shipped gazetteer, editions on disk."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from legalmap.config import Settings
from legalmap.desk.acts import Desk, Report
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.instance import make_instance
from legalmap.desk.plan_file import Wanted
from legalmap.desk.reading.table import Choice
from legalmap.directory.edition import Directory
from legalmap.directory.editions import Editions
from legalmap.hours import BISHKEK
from legalmap.model import Record
from legalmap.store import Store, centers
from tests import databases
from tests.ready import bring_instance, read_once

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=BISHKEK)


class TestDesk:
    """The desk with words for tests: `bring` a CSV, look at `records` and the published `directory`."""

    __test__ = False

    def __init__(self, folder: Path, **settings: int | str) -> None:
        if databases.EVERYWHERE and not folder.exists():
            settings.setdefault("database", databases.migrated())
        read_once()
        self.settings = Settings(instance=folder, **settings)  # type: ignore[arg-type]
        if folder.exists() or self.settings.database:
            store = make_instance(self.settings)
        else:
            bring_instance(folder)
            store = Store.of(self.settings)
        self.desk = Desk(store=store, settings=self.settings, who="test", now=NOW)

    def bring(
        self,
        text: str | bytes,
        *,
        apply: bool = True,
        good_rows: bool = False,
        replace_all: bool = False,
        accept: tuple[str, ...] = (),
        name: str = "test.csv",
        wanted: Wanted | None = None,
        **choice: str,
    ) -> Report:
        data = text if isinstance(text, bytes) else text.encode()
        asked = {"apply": apply, "good_rows": good_rows, "replace_all": replace_all, "accept": frozenset(accept)}
        wanted = replace(wanted or Wanted(choice=Choice(**choice)), **asked)  # type: ignore[arg-type]
        return self.desk.import_file(data, name, wanted)

    def back_to(self, edition: int, *, apply: bool = True, accept: tuple[str, ...] = ()) -> Report:
        return self.desk.roll_back(edition, apply=apply, accept=frozenset(accept))

    def use(self, gazetteer: Gazetteer) -> None:
        self.desk = replace(self.desk, gazetteer=lambda _: gazetteer)

    def at(self, now: dt.datetime) -> None:
        self.desk = replace(self.desk, now=now)

    @property
    def records(self) -> dict[str, Record]:
        with self.desk.store.reading() as connection:
            return centers.records(connection)

    @property
    def directory(self) -> Directory:
        return Editions(self.settings.editions).current()


@pytest.fixture
def desk(tmp_path: Path) -> TestDesk:
    return TestDesk(tmp_path / "instance")


def codes(report: Report, level: str | None = None) -> list[str]:
    return [problem.code for problem in report.plan.problems if level in {None, problem.level}]
