"""Jobs: done in a process of their own, once, gathered when they come in a burst, and begun anew when it died."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from legalmap.config import Settings, environment_of, read_settings
from legalmap.desk import jobs
from legalmap.desk.edition_folder import only_one
from legalmap.store import centers
from legalmap.store import jobs as kept
from legalmap.store.jobs import Job
from legalmap.wording import word
from tests.conftest import ROOT
from tests.desk.conftest import TestDesk

ROW = "id,kind,name_ru,oblast,settlement,phones,show_location\n{},flac,Центр {},KG-N,Нарын,114,yes\n"


@pytest.fixture
def desk(desk: TestDesk) -> TestDesk:
    """A desk whose acts are published by a job, as on the web."""
    desk.bring(ROW.format("a0", 0))
    ask = lambda: jobs.publish_later(desk.desk.store, desk.settings, "web:test")  # noqa: E731
    desk.desk = replace(desk.desk, publish_later=ask)
    return desk


def all_jobs(desk: TestDesk) -> list[Job]:
    with desk.desk.store.reading() as connection:
        return list(kept.latest(connection))


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def test_an_act_is_published_by_a_process_of_its_own(desk: TestDesk) -> None:
    report = desk.bring(ROW.format("a1", 1))
    assert report.applied
    assert report.edition is None, "the act does not wait"
    until(lambda: "a1" in desk.directory.by_id)
    until(lambda: all_jobs(desk)[0].over)
    job = all_jobs(desk)[0]
    assert (job.kind, job.state, job.who, job.result) == ("publish", "done", "web:test", str(desk.directory.number))


def test_a_burst_of_acts_is_gathered_in_few_jobs(desk: TestDesk) -> None:
    with only_one(desk.settings.editions):  # somebody is publishing: what is asked for now has to wait
        for n in range(1, 8):
            assert desk.bring(ROW.format(f"b{n}", n)).applied
        assert [job.state for job in all_jobs(desk)] == ["waiting"]
    until(lambda: all(job.over for job in all_jobs(desk)))
    assert {f"b{n}" for n in range(1, 8)} <= set(desk.directory.by_id)


def test_a_job_is_done_once_however_many_try(desk: TestDesk) -> None:
    with only_one(desk.settings.editions):
        desk.bring(ROW.format("c1", 1))
        job_id = all_jobs(desk)[0].id
        command = [sys.executable, "-m", "legalmap.cli", "job", job_id]
        environment = {**os.environ, **environment_of(desk.settings), "LC_ALL": "en_US.UTF-8"}
        others = [
            subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        time.sleep(1.5)
    told = [process.communicate(timeout=30)[1].decode() for process in others]
    until(lambda: all(job.over for job in all_jobs(desk)))
    assert [job.state for job in all_jobs(desk)] == ["done"]
    assert sum(process.returncode == 0 for process in others) <= 1
    assert all("no job" in words for process, words in zip(others, told, strict=True) if process.returncode)


def test_work_whose_process_died_is_found_and_begun_anew(desk: TestDesk) -> None:
    with only_one(desk.settings.editions):
        desk.bring(ROW.format("d1", 1))
        job_id = all_jobs(desk)[0].id
        until(lambda: bool(_processes(job_id)))
        for process in _processes(job_id):
            os.kill(process, signal.SIGKILL)
        until(lambda: not _processes(job_id))
        jobs.mend(desk.desk.store, desk.settings)
        assert not _processes(job_id), "it may only be slow: too early to say that it died"
    _make_old(desk, job_id)
    jobs.mend(desk.desk.store, desk.settings)
    until(lambda: "d1" in desk.directory.by_id)
    until(lambda: all_jobs(desk)[0].over)
    assert [(job.id, job.state) for job in all_jobs(desk)] == [(job_id, "done")]


def test_work_that_dies_while_it_runs_is_begun_anew_but_not_for_ever(desk: TestDesk) -> None:
    old = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    for job_id, died in (("once", ""), ("twice", "2")):
        job = Job(id=job_id, kind="publish", who="web:test", state="waiting", asked=old, heartbeat=old)
        with desk.desk.store.writing() as connection:
            kept.add(connection, job)
            assert kept.claim(connection, job.id, old)
            if died:
                for deaths in range(2):
                    kept.again(connection, replace(job, state=("running", "waiting")[deaths], result=str(deaths)), old)
    jobs.mend(desk.desk.store, desk.settings)
    until(lambda: all(job.over for job in all_jobs(desk)))
    ended = {job.id: job for job in all_jobs(desk)}
    assert ended["once"].state == "done"
    problem = jobs.problem_of(ended["twice"])
    assert problem
    assert (ended["twice"].state, problem.code) == ("failed", "job_died")


def test_why_nothing_was_published_is_kept_in_words(desk: TestDesk) -> None:
    with desk.desk.store.writing() as connection:  # past every check: a hidden word in a public field
        cells = {"address_ru": "Секретная 5", "show_location": "no", "name_ru": "Секретная"}
        centers.change(connection, "a0", cells)
    job_id = jobs.publish_later(desk.desk.store, desk.settings, "web:test")
    until(lambda: all(job.over for job in all_jobs(desk)))
    with desk.desk.store.reading() as connection:
        job = kept.find(connection, job_id)
    assert job
    problem = jobs.problem_of(job)
    assert problem
    assert (job.state, problem.code) == ("failed", "publish_hidden_word")
    assert dict(problem.params) == {"value": "a0", "column": "name_ru"}
    assert "a0" in word(problem, "ky")


def test_a_process_is_given_the_same_settings(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, name="Жакын", roles=frozenset({"public"}), https=False, tiles="")
    assert read_settings(environment_of(settings)) == replace(settings, instance=tmp_path.resolve())
    assert read_settings(environment_of(Settings())).https


def _processes(job_id: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if job_id.encode() in words:
            found.append(int(path.name))
    return found


def _make_old(desk: TestDesk, job_id: str) -> None:
    with desk.desk.store.writing() as connection:
        kept.beat(connection, job_id, dt.datetime.now(dt.UTC) - jobs.DEAD_AFTER * 2)
