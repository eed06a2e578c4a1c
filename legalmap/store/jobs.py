"""Work that the web asked for and a process of its own does: who asked, how far it is, how it ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, RowMapping, insert, select, update

from legalmap.store.schema import jobs

State = Literal["waiting", "running", "done", "failed"]
_KEPT = 200
"""Ended jobs that are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work. `input_sha`: SHA-256 of what it works on, "" for none; `progress`: a code with numbers, like
    `checking 500/5000`; `result`: an edition's number when a publish is done, a problem as JSON when failed, until then
    how many processes of it died. `heartbeat`: when its process last said that it lives; `started`, `ended`: None until
    then."""

    id: str
    kind: str
    who: str
    state: State
    asked: dt.datetime
    heartbeat: dt.datetime
    input_sha: str = ""
    progress: str = ""
    started: dt.datetime | None = None
    ended: dt.datetime | None = None
    result: str = ""

    @property
    def deaths(self) -> int:
        """Processes of it that died."""
        return int(self.result or 0) if not self.over else 0

    @property
    def over(self) -> bool:
        """It is done or has failed."""
        return self.state in {"done", "failed"}


def add(connection: Connection, job: Job) -> None:
    """A job that nobody works on yet."""
    moment = job.asked.isoformat()
    connection.execute(
        insert(jobs).values(
            id=job.id, kind=job.kind, input_sha=job.input_sha, who=job.who, state=job.state, asked=moment,
            heartbeat=moment,
        )
    )  # fmt: skip


def find(connection: Connection, job_id: str) -> Job | None:
    """The job of this id."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one_or_none()
    return _job(row) if row else None


def live(connection: Connection, kind: str = "") -> Sequence[Job]:
    """Jobs that are not over, the oldest first; of one kind or, "", of all."""
    asked = select(jobs).where(jobs.c.state.in_(["waiting", "running"])).order_by(jobs.c.asked, jobs.c.id)
    if kind:
        asked = asked.where(jobs.c.kind == kind)
    return [_job(row) for row in connection.execute(asked).mappings()]


def latest(connection: Connection) -> Sequence[Job]:
    """The last jobs, the newest first."""
    rows = connection.execute(select(jobs).order_by(jobs.c.asked.desc(), jobs.c.id).limit(_KEPT)).mappings()
    return [_job(row) for row in rows]


def claim(connection: Connection, job_id: str, now: dt.datetime) -> bool:
    """Whether this process may do the job: only the first that asks may."""
    moment = now.isoformat()
    claimed = connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == "waiting")
        .values(state="running", started=moment, heartbeat=moment)
    )
    return claimed.rowcount == 1


def beat(connection: Connection, job_id: str, now: dt.datetime, progress: str | None = None) -> None:
    """Its process lives, and is so far."""
    values = {"heartbeat": now.isoformat()} | ({} if progress is None else {"progress": progress})
    connection.execute(
        update(jobs).where(jobs.c.id == job_id, jobs.c.state.in_(["waiting", "running"])).values(**values)
    )


def again(connection: Connection, job: Job, now: dt.datetime) -> None:
    """Let a job whose process died wait for another one."""
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job.id, jobs.c.state == job.state)
        .values(state="waiting", heartbeat=now.isoformat(), progress="", result=str(job.deaths + 1))
    )


def end(connection: Connection, job_id: str, state: State, result: str, now: dt.datetime) -> None:
    """It is over; one that is over stays as it ended. Jobs beyond the last 200 are forgotten."""
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state.in_(["waiting", "running"]))
        .values(state=state, result=result, ended=now.isoformat())
    )
    over = select(jobs.c.id).where(jobs.c.state.in_(["done", "failed"])).order_by(jobs.c.asked.desc())
    old = [row.id for row in connection.execute(over.offset(_KEPT))]
    if old:
        connection.execute(jobs.delete().where(jobs.c.id.in_(old)))


def _job(row: RowMapping) -> Job:
    return Job(
        id=row["id"], kind=row["kind"], input_sha=row["input_sha"], who=row["who"], state=row["state"],
        asked=dt.datetime.fromisoformat(row["asked"]), heartbeat=dt.datetime.fromisoformat(row["heartbeat"]),
        started=_moment(row["started"]), ended=_moment(row["ended"]), progress=row["progress"], result=row["result"],
    )  # fmt: skip


def _moment(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
