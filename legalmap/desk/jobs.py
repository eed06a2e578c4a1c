"""Does what the web asked for in a process of its own, with limits, that outlives the worker and is found when dead."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from legalmap.config import Settings, environment_of
from legalmap.desk import publish as publishing
from legalmap.desk.confined import Tell
from legalmap.desk.known import known
from legalmap.model import Problem
from legalmap.store import Connection, Store, StoreError, jobs
from legalmap.store.jobs import Job

BEAT_SECONDS = 3.0
DEAD_AFTER = dt.timedelta(seconds=20)
"""Without a beat a job's process is gone."""
CPU_SECONDS, MORE_MEMORY = 300, 2 * 2**30
"""What a job may use of the machine, of memory beyond what it starts with."""
_DEATHS = 3
"""Processes of one job that may die before it is no longer begun again by itself."""


Work = Callable[[Store, Settings, Job, Tell], str]
"""Does one job and gives its result; it tells how far it is. Raises JobFailed."""


class NoJob(LookupError):
    """There is no job of that id that waits to be done."""


class JobFailed(Exception):
    """The work could not be done; `problem` says why."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.problem = Problem(code=code, level="error", params=params)


def publish_later(store: Store, settings: Settings, who: str) -> str:
    """The id of the job that makes the store's centers the current edition; one that waits already serves for all acts
    before it starts. Raises StoreError."""
    with store.writing() as connection:
        waiting = [job for job in jobs.live(connection, "publish") if job.state == "waiting"]
        if waiting and _lives(waiting[0]):
            return waiting[0].id
        job_id = waiting[0].id if waiting else ask(connection, "publish", who)
    start(job_id, settings)
    return job_id


def start(job_id: str, settings: Settings) -> None:
    """Let a process of its own do the job. It goes on when this one ends."""
    process = subprocess.Popen(  # noqa: S603 (our own program, an id of our own)
        [sys.executable, "-m", "legalmap.cli", "job", job_id],
        env={**os.environ, **environment_of(settings)}, start_new_session=True, close_fds=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    threading.Thread(target=process.wait, daemon=True).start()  # or it stays a zombie as long as we live


def mend(store: Store, settings: Settings) -> None:
    """Start again what nobody works on any more; what died three times fails. Raises StoreError."""
    with store.reading() as connection:
        if all(_lives(job) for job in jobs.live(connection)):
            return
    begun = []
    with store.writing() as connection:
        for job in jobs.live(connection):
            if _lives(job):
                continue
            if job.deaths + 1 >= _DEATHS:
                jobs.end(connection, job.id, "failed", _written(JobFailed("job_died").problem), _now())
            else:
                jobs.again(connection, job, _now())
                begun.append(job.id)
    for job_id in begun:
        start(job_id, settings)


def do(job_id: str, store: Store, settings: Settings, work_of: Mapping[str, Work]) -> str:
    """Do the job in this process; the result. `work_of`: the work of each kind but a publish.
    Raises NoJob, JobFailed, StoreError."""
    with store.reading() as connection:
        job = jobs.find(connection, job_id)
    if job is None or job.state != "waiting":
        raise NoJob(job_id)
    with _beating(store, job_id):
        try:
            if job.kind == "publish":
                result = _publish(store, settings, job)
            else:
                _claim(store, job)
                result = work_of[job.kind](store, settings, job, lambda word: _tell(store, job, word))
        except NoJob:
            raise
        except JobFailed as fault:
            _end(store, job_id, "failed", _written(fault.problem))
            raise
        except BaseException:
            _end(store, job_id, "failed", _written(JobFailed("job_failed").problem))
            raise
        _end(store, job_id, "done", result)
    return result


def refused(refusal: publishing.PublishRefused) -> JobFailed:
    """Why a publish was refused, as the end of a job."""
    first = refusal.problems[0]
    return JobFailed(first.code, value=first.value or "", column=first.column or "")


def problem_of(job: Job) -> Problem | None:
    """Why the job failed; None for one that did not."""
    if job.state != "failed":
        return None
    told = json.loads(job.result)
    return Problem(code=told.pop("code"), level="error", params=told)


def _written(problem: Problem) -> str:
    return json.dumps({"code": problem.code, **problem.params}, ensure_ascii=False)


def ask(connection: Connection, kind: str, who: str) -> str:
    """The id of a new job, which begins when `start` is called after the transaction."""
    moment = _now()
    job = Job(id=uuid.uuid4().hex, kind=kind, who=who, state="waiting", asked=moment, heartbeat=moment)
    jobs.add(connection, job)
    return job.id


def _claim(store: Store, job: Job) -> None:
    with store.writing() as connection:
        if not jobs.claim(connection, job.id, _now()):
            raise NoJob(job.id)


def _tell(store: Store, job: Job, progress: str) -> None:
    with suppress(StoreError), store.writing() as connection:
        jobs.beat(connection, job.id, _now(), progress)


def _publish(store: Store, settings: Settings, job: Job) -> str:
    try:
        # claimed only when no other publisher is at work: until then it still gathers the acts of others
        return str(publishing.publish(store, settings, known, _now(), before=lambda: _claim(store, job)).number)
    except publishing.PublishRefused as refusal:
        raise refused(refusal) from refusal
    except OSError as fault:
        raise JobFailed("publish_failed", detail=fault.strerror or str(fault)) from fault


def _lives(job: Job) -> bool:
    return _now() - job.heartbeat < DEAD_AFTER


@contextmanager
def _beating(store: Store, job_id: str) -> Iterator[None]:
    """Says every few seconds that this process lives."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            with suppress(StoreError), store.writing() as connection:
                jobs.beat(connection, job_id, _now())

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _end(store: Store, job_id: str, state: jobs.State, result: str) -> None:
    with store.writing() as connection:
        jobs.end(connection, job_id, state, result, _now())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
