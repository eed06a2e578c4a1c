"""The command that the process of a job runs: the web starts it, an operator may."""

from __future__ import annotations

import sys

import click

from legalmap.cli.options import in_words, language, stop
from legalmap.config import Settings
from legalmap.desk import imports, jobs
from legalmap.desk.confined import limit
from legalmap.model import Lang
from legalmap.store import Store
from legalmap.wording import word


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
        result = jobs.do(job_id, store, settings, {"check": imports.check, "apply": imports.apply})
    except jobs.NoJob:
        stop("job_unknown", lang, id=job_id)
    except jobs.JobFailed as fault:
        click.echo(word(fault.problem, lang), err=True)
        sys.exit(1)
    finally:
        imports.forget(store, settings)
    click.echo(result)


COMMANDS = (job,)
