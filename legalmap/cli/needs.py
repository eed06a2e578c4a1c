"""The commands about what answers each need of somebody in danger: needs export, needs import."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from legalmap.cli.options import in_words, language, now, operator
from legalmap.cli.tables import output, write
from legalmap.config import Settings
from legalmap.desk import need_rules
from legalmap.model import Lang
from legalmap.people.accounts import By
from legalmap.store import Store
from legalmap.store import need_rules as kept
from legalmap.wording import label, phrase, word


@click.group()
def needs() -> None:
    """Which kinds and topics of centers answer a need, for members of committees."""


@needs.command("export")
@output
@click.pass_obj
@in_words
def export(settings: Settings, output: Path | None) -> None:
    """The table as CSV, for `needs import`."""
    with Store.of(settings).reading() as connection:
        rules = kept.everything(connection)
    write(need_rules.as_csv(rules).encode(), output)


@needs.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", is_flag=True, help="Only say what would change.")
@language
@click.pass_obj
@in_words
def import_(settings: Settings, file: Path, check: bool, lang: Lang) -> None:
    """Put the table in FILE (CSV or Excel) instead of the one there is: whole or not at all. Exit 1 when refused."""
    reading = need_rules.read(file.read_bytes(), file.name)
    for problem in reading.problems:
        click.echo(word(problem, lang), err=True)
    if reading.problems:
        sys.exit(1)
    store = Store.of(settings)
    if check:
        with store.reading() as connection:
            changes = need_rules.difference(kept.everything(connection), reading.rules)
    else:
        with store.writing() as connection:
            changes = need_rules.replace(connection, By(who=operator(), now=now()), reading.rules)
    for change in changes:
        click.echo(f"{label('need', change.need, lang)}: {len(change.before)} -> {len(change.after)}")
    click.echo(phrase("needs_would_change" if check else "needs_changed", lang, count=len(changes)))


COMMANDS = (needs,)
