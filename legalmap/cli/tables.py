"""Commands that hand out tables: export, template."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from legalmap.cli.options import desk_of, in_words, own_language
from legalmap.config import Settings
from legalmap.desk import export as exporting
from legalmap.desk import template as templates
from legalmap.desk.reading.delimited import DELIMITERS
from legalmap.directory import exports
from legalmap.directory.editions import Editions
from legalmap.model import LANGS, Lang, Problem
from legalmap.people import audit
from legalmap.store import centers
from legalmap.wording import word

output = click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="File; default: stdout.")


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "xlsx", "geojson"]),
    help="Default: by the end of FILE's name, else csv.",
)
@click.option("--lang", type=click.Choice(LANGS), help="Language of the headers; default: our own column names.")
@click.option(
    "--delimiter",
    type=click.Choice([*DELIMITERS[:2], "tab", DELIMITERS[3]]),
    default=",",
    show_default=True,
    help="Of a CSV; Excel with Russian settings wants `;`.",
)
@output
@click.pass_obj
@in_words
def export(settings: Settings, form: str | None, lang: Lang | None, delimiter: str, output: Path | None) -> None:
    """csv, xlsx: every column of the desk, hidden ones too, for re-import. geojson: what the public may see."""
    form = form or ({".xlsx": "xlsx", ".geojson": "geojson"}.get(output.suffix.casefold(), "csv") if output else "csv")
    if form == "geojson":
        public = exports.geojson(Editions(settings.editions).current())
        write(json.dumps(public, ensure_ascii=False).encode(), output)
        return
    desk = desk_of(settings)
    with desk.store.writing() as connection:  # hidden addresses leave the house: no line in the audit, no table
        known = centers.records(connection).values()
        audit.add(connection, who=desk.who, what="exported", subject=form, now=desk.now)
    if form == "xlsx":
        write(exporting.as_xlsx(known, lang or ""), output)
    else:
        text = exporting.as_csv(known, lang or "", "\t" if delimiter == "tab" else delimiter)
        write(text.encode(), output)
    for center, column in exporting.left_out(known):
        problem = Problem(code="export_left_out", level="notice", column=column, params={"id": center})
        click.echo(word(problem, lang or own_language()), err=True)


@click.command()
@click.option("--lang", type=click.Choice(LANGS), default=own_language, help="Default: the terminal's.")
@click.option(
    "--format", "form", type=click.Choice(["xlsx", "csv"]), help="Default: by the end of FILE's name, else xlsx."
)
@output
@in_words
def template(lang: Lang, form: str | None, output: Path | None) -> None:
    """An empty table of centers to be filled in and imported, with drop-downs and a sheet that says how (xlsx)."""
    form = form or ("csv" if output and output.suffix.casefold() == ".csv" else "xlsx")
    write(templates.as_csv(lang).encode() if form == "csv" else templates.as_xlsx(lang), output)


def write(data: bytes, path: Path | None) -> None:
    """To `path`, whole or not at all and readable for its owner only: hidden addresses may be in it. Else to stdout."""
    if path is None:
        sys.stdout.buffer.write(data)
        return
    draft = path.with_name(f".{path.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.replace(draft, path)


COMMANDS = (export, template)
