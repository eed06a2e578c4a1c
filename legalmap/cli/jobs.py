"""The command that the process of a job runs: the web starts it, an operator may."""

from __future__ import annotations

import sys

import click

from legalmap.cli.options import in_words, language, stop
from legalmap.config import Settings
from legalmap.desk import jobs
from legalmap.desk.confined import Tell, limit
from legalmap.model import Lang
from legalmap.store import Store
from legalmap.store.jobs import Job
from legalmap.wording import word


def _check(store: Store, settings: Settings, job: Job, tell: Tell) -> str:
    from legalmap.desk import imports  # a publish, which hides an address, does not wait for all that reads tables

    return imports.check(store, settings, job, tell)


def _apply(store: Store, settings: Settings, job: Job, tell: Tell) -> str:
    from legalmap.desk import imports

    return imports.apply(store, settings, job, tell)


def _forget(store: Store, settings: Settings) -> None:
    from legalmap.desk import imports

    imports.forget(store, settings)


@click.command()
@click.argument("job_id", metavar="ID")
@language
@click.pass_obj
@in_words
def job(settings: Settings, job_id: str, lang: Lang) -> None:
    """Do a job that the web asked for and that nobody works on yet."""
    store = Store.of(settings)
    limit(jobs.CPU_SECONDS, jobs.MORE_MEMORY)
    try:
        result = jobs.do(job_id, store, settings, {"check": _check, "apply": _apply})
    except jobs.NoJob:
        stop("job_unknown", lang, id=job_id)
    except jobs.JobFailed as fault:
        click.echo(word(fault.problem, lang), err=True)
        sys.exit(1)
    finally:
        _forget(store, settings)
    click.echo(result)


COMMANDS = (job,)
