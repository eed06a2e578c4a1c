"""Brings files that staff send on the web: kept, checked by a job, shown, applied just as shown, and forgotten."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import replace

from legalmap.config import Settings
from legalmap.desk import jobs, plan_text, proposing, publish
from legalmap.desk import plan as plans
from legalmap.desk.acts import Desk
from legalmap.desk.confined import Tell, TooHeavy, confined
from legalmap.desk.known import known
from legalmap.desk.outcome import Report
from legalmap.desk.plan_file import Basis, Wanted, plan_file
from legalmap.desk.reading.table import Choice
from legalmap.hours import BISHKEK
from legalmap.model import Plan, Problem
from legalmap.store import Connection, Store, centers, counters, imports
from legalmap.store import jobs as store_jobs
from legalmap.store.imports import Import
from legalmap.store.jobs import Job

_TWICE, _LOOKED_AT = dt.timedelta(seconds=20), 5


class Moved(Exception):
    """Somebody chose something else about the import meanwhile, or it is over: look again."""


def forget(store: Store, settings: Settings) -> None:
    """Delete what was sent longer ago than settings.uploads_days. Raises StoreError."""
    before = _now() - dt.timedelta(days=settings.uploads_days)
    with store.reading() as connection:
        if not imports.old(connection, before):
            return
    with store.writing() as connection:
        imports.forget(connection, before)


def begin(store: Store, who: str, data: bytes, name: str) -> tuple[str, str]:
    """Keep a file to be checked; the import's id and that of the job to start, "" when it was started already: who
    presses twice sends once. Raises StoreError."""
    moment, sha256 = _now(), hashlib.sha256(data).hexdigest()
    with store.writing() as connection:
        for one in imports.latest(connection, _LOOKED_AT):
            twice = (one.who, one.sha256, one.name) == (who, sha256, _base_name(name)) and moment - one.sent < _TWICE
            if twice and one.version == 1 and one.state in {"checking", "checked"}:
                return one.id, ""
        new = Import(
            id=uuid.uuid4().hex, who=who, sent=moment, name=_base_name(name), data=data, size=len(data),
            sha256=sha256, state="checking", version=1, wanted=written(Wanted()),
            job_id=jobs.ask(connection, "check", who),
        )  # fmt: skip
        imports.add(connection, new)
    return new.id, new.job_id


def choose(store: Store, known: Import, wanted: Wanted, who: str) -> str:
    """Let the file be checked again as `wanted`; the id of the job to start. An apply whose job failed wrote nothing
    and may be checked again too. Raises Moved, StoreError."""
    wanted = replace(wanted, apply=False, good_rows=False)
    with store.writing() as connection:
        job_id = jobs.ask(connection, "check", who)
        values = {"state": "checking", "version": known.version + 1, "wanted": written(wanted), "job_id": job_id}
        if (
            not known.data
            or not (
                known.state in {"checking", "checked"} or (known.state == "applying" and _failed(connection, known))
            )
            or not imports.change(connection, known, **values)
        ):
            raise Moved(known.id)
    return job_id


def confirm(store: Store, known: Import, who: str, *, good_rows: bool) -> str:
    """Let what was shown be applied; the id of the job to start. Raises Moved, StoreError; ValueError when the plan may
    not be applied so."""
    if (
        known.state != "checked"
        or not known.data
        or not plans.can_apply(plan_text.read(known.plan).plan, good_rows=good_rows)
    ):
        raise ValueError(known.id)
    wanted = replace(read(known.wanted), apply=True, good_rows=good_rows)
    with store.writing() as connection:
        job_id = jobs.ask(connection, "apply", who)
        if not imports.change(connection, known, state="applying", wanted=written(wanted), job_id=job_id):
            raise Moved(known.id)
    return job_id


def check(store: Store, settings: Settings, job: Job, tell: Tell) -> str:
    """The work of a job: plan what the import's file would do. The import's id."""
    with store.reading() as connection:
        found = imports.of_job(connection, job.id)
        if found is None:
            return ""  # something else was chosen meanwhile: another job checks that
        if found.data is None:
            raise jobs.JobFailed("import_gone")
        basis = Basis(
            records=centers.records(connection), gazetteer=known(connection),
            last_number=counters.value(connection, "number"), last_edition=counters.value(connection, "edition"),
        )  # fmt: skip
    data, today = found.data, _now().astimezone(BISHKEK).date()
    wanted = read(found.wanted)
    try:
        info, unusable, plan = confined(
            lambda told: plan_file(data, found.name, 0, wanted, basis, settings, today, told), tell
        )
        report = Report(plan=plan, file=info, unusable=unusable)
    except TooHeavy:
        report = Report(plan=Plan(problems=(Problem(code="file_too_heavy", level="error"),)), unusable=True)
    with store.writing() as connection:
        values = {"state": "checked", "plan": plan_text.written(report), "base": basis.last_edition}
        imports.change(connection, found, **values)
    return found.id


def apply(store: Store, settings: Settings, job: Job, tell: Tell) -> str:
    """The work of a job: apply the plan that was shown, while the directory is still as it was then; else check again,
    so that it is shown anew. The import's id."""
    tell("writing")
    with store.writing() as connection:
        found = imports.of_job(connection, job.id)
        if found is None:
            return ""
        same = counters.value(connection, "edition") == found.base
        if found.state == "applying" and same:
            plan = plan_text.read(found.plan).plan
            made = proposing.write(
                connection, plan, known(connection), kind="import", who=job.who, subject=found.sha256, now=_now()
            )
            values = {"state": "done", "act_id": made.act.id if made.act else "", "proposal_id": made.proposal}
            imports.change(connection, found, **values)
        elif found.state == "applying":
            imports.change(connection, found, state="checking", version=found.version + 1)
    if found.state == "applying" and not same:
        return check(store, settings, job, tell)
    # also when a process of this job that died had applied it: then it may not be public yet
    tell("publishing")
    try:
        Desk(store=store, settings=settings, who=job.who, now=_now()).publish()
    except publish.PublishRefused as refusal:
        raise jobs.refused(refusal) from refusal
    except OSError as fault:
        raise jobs.JobFailed("publish_failed", detail=fault.strerror or str(fault)) from fault
    return found.id


def written(wanted: Wanted) -> str:
    """What a person chose, as text. `read(written(wanted)) == wanted`."""
    choice = wanted.choice
    return json.dumps({
        "apply": wanted.apply, "good_rows": wanted.good_rows, "replace_all": wanted.replace_all,
        "accept": sorted(wanted.accept), "skip": sorted(wanted.skip),
        "cells": [[line, column, text] for (line, column), text in sorted(wanted.cells.items())],
        "encoding": choice.encoding, "delimiter": choice.delimiter, "sheet": choice.sheet,
        "columns": sorted(choice.columns.items()),
    }, ensure_ascii=False)  # fmt: skip


def read(text: str) -> Wanted:
    """What was chosen, from its text."""
    told = json.loads(text)
    return Wanted(
        apply=told["apply"], good_rows=told["good_rows"], replace_all=told["replace_all"],
        accept=frozenset(told["accept"]), skip=frozenset(told["skip"]),
        cells={(line, column): cell for line, column, cell in told["cells"]},
        choice=Choice(
            encoding=told["encoding"], delimiter=told["delimiter"], sheet=told["sheet"],
            columns=dict(told["columns"]),
        ),
    )  # fmt: skip


def _failed(connection: Connection, known: Import) -> bool:
    job = store_jobs.find(connection, known.job_id)
    return job is not None and job.state == "failed"


def _base_name(name: str) -> str:
    """A name to show, never a path."""
    return name.replace("\\", "/").rsplit("/", 1)[-1][:200] or "table"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
