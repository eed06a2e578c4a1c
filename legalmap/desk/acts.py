"""Carries out an act: plan and apply in one transaction, then publish; or only show the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from legalmap.config import Settings
from legalmap.desk import plan as plans
from legalmap.desk import proposing
from legalmap.desk import publish as publishing
from legalmap.desk.confined import TooHeavy, confined
from legalmap.desk.edit import Edit, plan_edit
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.going_back import UNDO_WITHIN, PlanWith, agreed, propose
from legalmap.desk.known import known
from legalmap.desk.outcome import Report as Report
from legalmap.desk.plan_file import Basis, Wanted, plan_file
from legalmap.desk.restore import before, plan_restore, restorable
from legalmap.desk.rollback import plan_rollback
from legalmap.desk.together import plan_together
from legalmap.desk.undo import plan_undo
from legalmap.hours import BISHKEK
from legalmap.model import Plan, Problem
from legalmap.store import Connection, Store, StoreError, centers, counters, history

PlanFrom = Callable[[Connection, Gazetteer, dt.date], Plan]
TRIES = 2
"""Times a plan is made beside the others; after that it is made while they wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every act needs: the store, the settings, who acts and when. `gazetteer`: read in each transaction, so
    that places brought meanwhile are never published away. `publish_later`: asks a process of its own to publish what
    an act changed; None = the act publishes before it returns. `two_people`: what needs a second person waits for
    one."""

    store: Store
    settings: Settings
    who: str
    now: dt.datetime
    gazetteer: Callable[[Connection], Gazetteer] = known
    publish_later: Callable[[], object] | None = None
    two_people: bool = False

    def import_file(self, data: bytes, name: str, wanted: Wanted, *, size: int = 0) -> Report:
        """Read a file and show what it would do; if so wanted, do it and publish. `size`: bytes of the whole file.

        Raises StoreError. Nothing is written unless the whole plan (or, if so wanted, its good rows) can go in, and
        only what was planned with the directory as it still is.
        """
        report = self._file_applied(data, name, size, wanted)
        return self._published(report) if report.applied else report

    def _file_applied(self, data: bytes, name: str, size: int, wanted: Wanted) -> Report:
        """The plan, and where so wanted the act, before it is published: what planning needs in memory is gone then."""
        for attempt in range(TRIES + 1):
            with self.store.reading() as connection:
                basis = self._basis(connection)
            report = self._planned(data, name, size, wanted, basis)
            if not (wanted.apply and self._can_go_in(report, wanted)):
                return report
            with self.store.writing() as connection:
                if counters.value(connection, "edition") != basis.last_edition:
                    if attempt < TRIES:
                        continue
                    # others' acts came between again and again: this one is planned while they wait
                    report = self._planned(data, name, size, wanted, self._basis(connection))
                    if not self._can_go_in(report, wanted):
                        return report
                report = self._applied(connection, report)
            break
        return report

    def _basis(self, connection: Connection) -> Basis:
        return Basis(
            records=centers.records(connection),
            gazetteer=self.gazetteer(connection),
            last_number=counters.value(connection, "number"),
            last_edition=counters.value(connection, "edition"),
        )

    def _planned(self, data: bytes, name: str, size: int, wanted: Wanted, basis: Basis) -> Report:
        try:
            today = self.now.date()
            info, unusable, plan = confined(lambda _: plan_file(data, name, size, wanted, basis, self.settings, today))
        except TooHeavy:
            return Report(plan=Plan(problems=(Problem(code="file_too_heavy", level="error"),)), unusable=True)
        return Report(plan=plan, file=info, unusable=unusable)

    @staticmethod
    def _can_go_in(report: Report, wanted: Wanted) -> bool:
        return not report.unusable and plans.can_apply(report.plan, good_rows=wanted.good_rows)

    def _applied(self, connection: Connection, report: Report) -> Report:
        subject = report.file.sha256 if report.file else ""
        return self._write(connection, report, "import", subject)

    def _write(self, connection: Connection, report: Report, kind: str, subject: str, *, undo: bool = False) -> Report:
        """The report's plan written in the open transaction, or proposed where a second person is asked for."""
        told = {"kind": kind, "who": self.who, "subject": subject}
        if not self.two_people:
            return replace(report, applied=True, act=plans.apply(connection, report.plan, **told, now=self.now))
        written = proposing.write(connection, report.plan, self.gazetteer(connection), **told, now=self.now, undo=undo)
        return replace(report, applied=True, act=written.act, proposal=written.proposal)

    def roll_back(self, edition: int, *, apply: bool, accept: frozenset[str], seen: str = "") -> Report:
        """Show what bringing back `edition` would change; with `apply`, do it and publish. `seen`: the mark of what a
        person agreed to, see `Proposal`.

        Raises StoreError, LookupError when there was no such edition.
        """

        def plan(connection: Connection) -> PlanWith:
            if not 0 < edition <= counters.value(connection, "edition"):
                raise LookupError(edition)
            known, later = centers.records(connection), history.changes_after(connection, edition)
            gazetteer = self.gazetteer(connection)
            return lambda accepted: plan_rollback(known, later, gazetteer, accept=accepted)

        return self._carry_out(plan, "rollback", str(edition), apply=apply, accept=accept, seen=seen)

    def undo(self, act_id: str, *, apply: bool, accept: frozenset[str], seen: str = "") -> Report:
        """Show what taking back an act would change; with `apply`, do it and publish. `act_id`: the act's id or its
        beginning; `seen` as in `roll_back`. Raises StoreError; LookupError when no act, or more than one, is meant, or
        it changed no center."""

        def plan(connection: Connection) -> PlanWith:
            meant = [act for act in history.all_acts(connection) if act_id and act.id.startswith(act_id)]
            made = history.changes_of_act(connection, meant[0].id) if len(meant) == 1 else ()
            if not made:
                raise LookupError(act_id)
            known, since = centers.records(connection), history.changes_after(connection, meant[0].edition)
            gazetteer = self.gazetteer(connection)
            return lambda accepted: plan_undo(known, made, since, gazetteer, accept=accepted)

        return self._carry_out(plan, "undo", act_id, apply=apply, accept=accept, seen=seen)

    def restore(self, center_id: str, seq: int, *, apply: bool, accept: frozenset[str], seen: str = "") -> Report:
        """Show what bringing back the value that change `seq` of a center replaced would change; with `apply`, do it
        and publish. `seen` as in `roll_back`. Raises StoreError; LookupError when there is no such change, or its field
        cannot be brought back."""

        def plan(connection: Connection) -> PlanWith:
            made = history.changes_of_center(connection, center_id)
            meant = next((change for change in made if change.seq == seq and restorable(change.field)), None)
            if meant is None:
                raise LookupError(seq)
            record = centers.records(connection, {center_id})[center_id]
            then, gazetteer = before(made, record, meant), self.gazetteer(connection)
            today = self.now.astimezone(BISHKEK).date()
            return lambda accepted: plan_restore(record, then, gazetteer, today, made=made, accept=accepted)

        subject = f"{center_id} {seq}"
        return self._carry_out(plan, "restore", subject, apply=apply, accept=accept, seen=seen, good_rows=False)

    def publish(self, before: Callable[[], object] = lambda: None) -> publishing.Published:
        """Make the store's centers the current edition; `before` as in publish.publish. Raises PublishRefused,
        StoreError, OSError, and what `before` raises."""
        return publishing.publish(self.store, self.settings, self.gazetteer, self.now, before)

    def edit(self, edit: Edit, *, apply: bool) -> Report:
        """Show what a form would do to one center; with `apply`, do it and publish. Raises StoreError, Stale,
        LookupError."""
        return self._planned_once(lambda *given: plan_edit(given[0], edit, *given[1:]), edit.id, apply=apply)

    def together(self, what: str, ids: Collection[str], *, apply: bool) -> Report:
        """Show what doing `what` (see `DEEDS`) to these centers would change; with `apply`, do it as one act and
        publish. Raises StoreError, LookupError."""
        return self._planned_once(lambda *given: plan_together(given[0], what, ids, *given[1:]), what, apply=apply)

    def _planned_once(self, plan_from: PlanFrom, subject: str, *, apply: bool) -> Report:
        def plan(connection: Connection) -> PlanWith:
            made = plan_from(connection, self.gazetteer(connection), self.now.astimezone(BISHKEK).date())
            return lambda accepted: made

        return self._carry_out(plan, "edit", subject, apply=apply, accept=frozenset(), seen="", good_rows=False)

    def _carry_out(
        self,
        plan_with: Callable[[Connection], PlanWith],
        kind: str,
        subject: str,
        *,
        apply: bool,
        accept: frozenset[str],
        seen: str,
        good_rows: bool = True,
    ) -> Report:
        if not apply:
            with self.store.reading() as connection:
                shown = propose(plan_with(connection), accept)
            return Report(plan=shown.plan, held=shown.held, seen=shown.seen)
        with self.store.writing() as connection:
            plan = agreed(plan_with(connection), accept, seen)
            if not plans.can_apply(plan, good_rows=good_rows):
                return Report(plan=plan)
            report = self._write(
                connection, Report(plan=plan), kind, subject, undo=self._undone_lately(connection, kind, subject)
            )
        return self._published(report)

    def _undone_lately(self, connection: Connection, kind: str, subject: str) -> bool:
        """Whether the act that is taken back is one of the last 24 hours."""
        meant = (act for act in history.all_acts(connection) if act.id.startswith(subject))
        return kind == "undo" and any(self.now - act.at <= UNDO_WITHIN for act in meant)

    def _published(self, report: Report) -> Report:
        """The act stands even when publishing fails; the next publish or import finishes it."""
        if self.publish_later:
            if report.act:
                self.publish_later()
            return report
        try:
            published = self.publish()
        except publishing.PublishRefused as refusal:
            return replace(report, plan=replace(report.plan, problems=(*report.plan.problems, *refusal.problems)))
        except (OSError, StoreError) as fault:
            problem = Problem(code="publish_failed", level="error", params={"detail": str(fault)})
            return replace(report, plan=replace(report.plan, problems=(*report.plan.problems, problem)))
        return replace(report, edition=published.number if report.act or published.fresh else None)
