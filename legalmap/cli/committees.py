"""Commands that bring local committees in a table and hand them out: committees."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from legalmap.cli.options import in_words, language, now, operator
from legalmap.cli.tables import output, write
from legalmap.config import Settings
from legalmap.desk import committees as tables
from legalmap.desk.committees import CommitteesPlan
from legalmap.desk.known import known
from legalmap.desk.reading.delimited import DELIMITERS
from legalmap.desk.reading.table import Table
from legalmap.model import LANGS, Lang
from legalmap.people import audit
from legalmap.people import committees as rules
from legalmap.people.accounts import By
from legalmap.store import Connection, Store
from legalmap.store import committees as kept
from legalmap.wording import phrase, word


@click.group()
def committees() -> None:
    """Local committees: which there are, and where they work."""


@committees.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--apply", is_flag=True, help="Write it; without it only what would change is shown.")
@language
@click.pass_obj
@in_words
def import_(settings: Settings, file: Path, apply: bool, lang: Lang) -> None:
    """Check a table of committees (CSV, TSV, XLSX) and show what it would do; with --apply, do it, whole or not at all.

    Columns: id, name_ky, name_ru, name_en, oblast, rayon, places. Exit 0: it goes in; 1: nothing of it does.
    """
    with file.open("rb") as opened:
        table = tables.read(opened.read(tables.MOST_BYTES + 1), file.name, settings)
    store = Store.of(settings)
    with store.writing() if apply else store.reading() as connection:
        plan = _plan(connection, table)
        if apply and not plan.refused:
            by = By(who=operator(), now=now())
            written = sum(rules.keep(connection, by, one) for one in plan.changes)
            audit.add(connection, who=by.who, what="committees_taken", subject=str(written), now=by.now)
    for problem in plan.problems:
        click.echo((f"{problem.line}: " if problem.line else "") + word(problem, lang), err=True)
    if plan.refused:
        sys.exit(1)
    said = {"new": len(plan.new), "changed": len(plan.changed), "unchanged": plan.unchanged}
    click.echo(phrase("committees_taken" if apply else "committees_would", lang, **said))


def _plan(connection: Connection, table: Table) -> CommitteesPlan:
    return tables.plan(table, {one.id: one for one in kept.everyone(connection)}, known(connection))


@committees.command("export")
@click.option(
    "--format", "form", type=click.Choice(["csv", "xlsx"]), help="Default: by the end of FILE's name, else csv."
)
@click.option("--lang", type=click.Choice(LANGS), help="Language of the headers; default: our own column names.")
@click.option(
    "--delimiter",
    type=click.Choice([*DELIMITERS[:2], "tab"]),
    default=",",
    show_default=True,
    help="Of a CSV; Excel with Russian settings wants `;`.",
)
@output
@click.pass_obj
@in_words
def export(settings: Settings, form: str | None, lang: Lang | None, delimiter: str, output: Path | None) -> None:
    """Every committee, closed ones too; comes back through import with no change."""
    form = form or ("xlsx" if output and output.suffix.casefold() == ".xlsx" else "csv")
    with Store.of(settings).writing() as connection:
        everyone = kept.everyone(connection)
        audit.add(connection, who=operator(), what="exported", subject="committees", now=now())
    mark = "\t" if delimiter == "tab" else delimiter
    as_text = tables.as_csv(everyone, lang or "", mark).encode() if form == "csv" else b""
    write(as_text or tables.as_xlsx(everyone, lang or ""), output)


COMMANDS = (committees,)
