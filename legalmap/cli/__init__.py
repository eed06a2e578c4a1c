"""The desk by command line: `legalmap --help`. Help is in English, problems are in ky, ru or en."""

from __future__ import annotations

import click

from legalmap.cli import asking, gazetteer, importing, jobs, keeping, looking_back, people, sheets, tables, texts
from legalmap.config import SettingsError, read_settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Keep and ask the directory of free legal aid. The instance is LEGALMAP_INSTANCE (default instance/)."""
    try:
        context.obj = read_settings()
    except SettingsError as fault:
        raise click.UsageError(str(fault)) from fault


for command in (
    *importing.COMMANDS,
    *looking_back.COMMANDS,
    *keeping.COMMANDS,
    *tables.COMMANDS,
    *asking.COMMANDS,
    *gazetteer.COMMANDS,
    *sheets.COMMANDS,
    *texts.COMMANDS,
    *people.COMMANDS,
    *jobs.COMMANDS,
):
    main.add_command(command)
