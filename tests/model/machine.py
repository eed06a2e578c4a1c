"""A person at the desk who does anything in any order, beside plain rules of what must be true after each step.

The rules know nothing of plans and acts: they read history from its first line and say what the desk must hold and
what the public must see, and look for what is hidden in every byte of an edition.
"""

from __future__ import annotations

import datetime as dt
import gzip
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import brotli
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from legalmap.desk.acts import Report
from legalmap.desk.edit import Edit, base_of
from legalmap.desk.public_view import public_center
from legalmap.desk.publish import PublishRefused
from legalmap.directory.edition import read_oldest, read_pointer
from legalmap.directory.editions import Editions
from legalmap.model import Record
from legalmap.people import audit_check
from legalmap.people.audit import ACT
from legalmap.store import audit, centers, counters, history
from legalmap.store.history import FieldChange
from legalmap.visibility import COLUMNS
from tests.desk.conftest import TestDesk
from tests.model.killed import killed_at
from tests.model.typed import FIRST, INNER, NAMES, consent, rows, secrets, table, tables

Do = Callable[[TestDesk], Report]
anyone, moments = st.sampled_from(sorted(NAMES)), st.integers(1, 60)
widening = st.sampled_from([(), ("rollback_widens",)])


class AtTheDesk(RuleBasedStateMachine):
    """One instance in a folder of its own; steps act through the real desk, on a real SQLite file."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="legalmap-model-")) / "instance"
        self.desk = TestDesk(self.folder)
        assert self.desk.bring(table(FIRST), accept=("all",)).edition == 1
        self.worker = Editions(self.desk.settings.editions)  # serves all the while
        self.told: list[FieldChange] = []
        self.seen: dict[int, Mapping[str, Record]] = {}
        """Edition -> what history said when it was the newest."""
        self.unpublished = False
        self._texts: dict[tuple[int, bytes], str] = {}

    def teardown(self) -> None:
        self.desk.desk.store.engine.dispose()
        shutil.rmtree(self.folder.parent)

    @rule(found=tables, accept=consent, good_rows=st.booleans(), replace_all=st.booleans())
    def bring(self, found: list[dict[str, str]], accept: tuple[str, ...], good_rows: bool, replace_all: bool) -> None:
        text = table(found)
        self._step(lambda desk: desk.bring(text, accept=accept, good_rows=good_rows, replace_all=replace_all))

    @rule(row=rows())
    def edit(self, row: dict[str, str]) -> None:
        self._step(partial(_edit, row))

    @rule(what=st.sampled_from(["hide", "suspend", "verify"]), center=anyone, regret=st.booleans())
    def press(self, what: str, center: str, regret: bool) -> None:
        report = self._step(lambda desk: desk.desk.together(what, [center], apply=True))
        if report and report.act and regret:
            act = report.act.id
            self._back(lambda desk: desk.desk.undo(act, apply=True, accept=frozenset()), ())
        assert what != "hide" or self.desk.records[center].cells["show_location"] == "no"

    @rule(which=st.integers(0, 30), accept=widening)
    def undo(self, which: int, accept: tuple[str, ...]) -> None:
        with self.desk.desk.store.reading() as connection:
            acts = history.all_acts(connection)
        if acts:
            act = acts[which % len(acts)].id
            self._back(lambda desk: desk.desk.undo(act, apply=True, accept=frozenset(accept)), accept)

    @rule(which=st.integers(0, 30), accept=widening)
    def roll_back(self, which: int, accept: tuple[str, ...]) -> None:
        self._back(lambda desk: desk.back_to(1 + which % self.newest, accept=accept), accept)

    @rule()
    def publish(self) -> None:
        with suppress(PublishRefused):
            assert self.desk.desk.publish().number == self.shown == self.newest
            self.unpublished = False

    @rule(days=st.sampled_from([1, 100]))
    def wait(self, days: int) -> None:
        self.desk.at(self.desk.desk.now + dt.timedelta(days=days))

    @rule(found=tables)
    def bring_and_leave_publishing_to_a_job(self, found: list[dict[str, str]]) -> None:
        desk, self.desk.desk = self.desk.desk, replace(self.desk.desk, publish_later=lambda: None)
        self._step(lambda desk: desk.bring(table(found), accept=("all",), good_rows=True), published=False)
        self.desk.desk = desk

    @rule(found=tables, moment=moments)
    def be_killed_while_bringing(self, found: list[dict[str, str]], moment: int) -> None:
        self._killed(moment, lambda desk: desk.bring(table(found), accept=("all",), good_rows=True))

    @rule(what=st.sampled_from(["hide", "suspend"]), moment=moments, center=anyone)
    def be_killed_while_tightening(self, what: str, moment: int, center: str) -> None:
        self._killed(moment, lambda desk: desk.desk.together(what, [center], apply=True))

    @rule(which=st.integers(0, 30), moment=moments)
    def be_killed_while_going_back(self, which: int, moment: int) -> None:
        number = 1 + which % self.newest
        self._killed(moment, lambda desk: desk.back_to(number, accept=("rollback_widens",)))

    def _step(self, do: Do, *, published: bool = True) -> Report | None:
        """Do it; what was said to be done is done."""
        before = self.newest
        try:
            report = do(self.desk)
        except LookupError:
            assert self.newest == before
            return None
        with self.desk.desk.store.reading() as connection:
            acts = {act.id for act in history.all_acts(connection)}
        assert (report.act is None) == (self.newest == before)
        assert report.act is None or report.act.id in acts
        if report.edition is not None:
            assert report.edition == self.shown == self.newest
            self.unpublished = False
        self.unpublished |= report.act is not None and report.edition is None
        return report

    def _back(self, do: Do, accept: tuple[str, ...]) -> None:
        """Undo and rollback: without a separate yes nobody is shown who was hidden, suspended or closed."""
        before = self.desk.records
        self._step(do)
        for center, record in self.desk.records.items():
            for column, loose in (("show_location", "yes"), ("status", "active")):
                old, new = before[center].cells[column], record.cells[column]
                assert accept or old == new or new != loose, (center, column, old, new)

    def _killed(self, moment: int, do: Do) -> None:
        """As a machine that loses power there: another program then opens what is on disk."""
        now, before = self.desk.desk.now, self.newest
        self.desk.desk.store.engine.dispose()
        killed_at(moment, self.folder, do)
        self.desk = TestDesk(self.folder)
        self.desk.at(now)
        assert self.newest in {before, before + 1}
        self.unpublished |= self.newest > before

    @property
    def newest(self) -> int:
        """The number of the last act or edition."""
        with self.desk.desk.store.reading() as connection:
            return counters.value(connection, "edition")

    @property
    def shown(self) -> int:
        return read_pointer(self.desk.settings.editions)[0]

    @invariant()
    def history_is_complete_and_only_grows(self) -> None:
        with self.desk.desk.store.reading() as connection:
            told = history.changes_after(connection, 0)[::-1]
            acts, known = history.all_acts(connection), centers.records(connection)
        assert told[: len(self.told)] == self.told
        assert {change.act_id for change in told} <= {act.id for act in acts}
        assert len({act.edition for act in acts}) == len(acts)
        assert replayed(told) == {center: dict(record.cells) for center, record in known.items()}
        self.told = list(told)
        for number in range(max(self.seen, default=0) + 1, self.newest + 1):
            self.seen[number] = known

    @invariant()
    def the_edition_is_what_history_says(self) -> None:
        directory = self.worker.current()
        assert directory.number == self.shown
        if not self.unpublished:
            assert directory.number == self.newest
        with self.desk.desk.store.reading() as connection:
            gazetteer = self.desk.desk.gazetteer(connection)
        wanted = {center: public_center(record, gazetteer, ()) for center, record in self.seen[self.shown].items()}
        assert {center.id: center for center in directory.centers} == wanted

    @invariant()
    def what_is_hidden_is_in_no_byte(self) -> None:
        """Of the edition shown, nor of an older one that a worker may still fall back to."""
        editions, said = self.desk.settings.editions, self.seen[self.shown]
        for folder in editions.iterdir():
            if folder.name.isdigit() and read_oldest(editions) <= int(folder.name) <= self.shown:
                text = self._text(folder)
                assert INNER.casefold() not in text
                for center, record in said.items():
                    for secret in secrets(center, record):
                        assert secret not in text, (folder.name, center, secret)
        shown = self._text(editions / str(self.shown))
        for center, record in said.items():
            if record.cells["show_location"] == "yes" and record.cells["address"]:
                assert NAMES[center].casefold() in shown  # the look would find it

    @invariant()
    def the_audit_is_whole_and_has_every_act(self) -> None:
        assert audit_check.verify(self.desk.desk.store)[1] == []
        with self.desk.desk.store.reading() as connection:
            told = [line.subject.split()[0] for line in audit.entries(connection) if line.what == ACT]
            assert sorted(told) == sorted(act.id for act in history.all_acts(connection))

    def _text(self, folder: Path) -> str:
        """All that an edition's files hold, unpacked, in small letters."""
        key = (int(folder.name), (folder / "manifest.json").read_bytes())
        if key not in self._texts:
            unpack = {".gz": gzip.decompress, ".br": brotli.decompress}
            everything = b"\0".join(unpack.get(one.suffix, bytes)(one.read_bytes()) for one in sorted(folder.iterdir()))
            self._texts[key] = everything.decode("utf-8", errors="replace").casefold()
        return self._texts[key]


def _edit(row: dict[str, str], desk: TestDesk) -> Report:
    """The form of a center, changed where the row says something."""
    with desk.desk.store.reading() as connection:
        record, base = centers.records(connection).get(row["id"]), base_of(connection, row["id"])
    if record is None:
        raise LookupError(row["id"])
    typed = {column: "" if text == "-" else text for column, text in row.items() if text}
    cells = {column: text for column, text in typed.items() if column not in {"id", "verified_on", "verified_by"}}
    return desk.desk.edit(Edit(id=record.id, cells=cells, base=base), apply=True)


def replayed(told: list[FieldChange]) -> dict[str, dict[str, str]]:
    """What the centers must be when all of that happened; each change begins where the one before ended."""
    found: dict[str, dict[str, str]] = {}
    for change in told:
        if change.field == "id":
            assert change.center_id not in found
            found[change.center_id] = dict.fromkeys(COLUMNS, "")
        if change.field in COLUMNS:
            cells = found[change.center_id]
            assert cells[change.field] == change.old
            cells[change.field] = change.new
    return found
