"""The command that writes the directory as one file to be carried: pack."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import click

from legalmap.cli.options import in_words, own_language, stop
from legalmap.cli.tables import write
from legalmap.config import Settings
from legalmap.model import LANGS, OBLASTS, Lang


@click.command()
@click.option("--lang", type=click.Choice(LANGS), default=own_language, help="Default: the terminal's.")
@click.option(
    "--oblast", type=click.Choice(OBLASTS), default=None, help="Only this oblast: where all is too much for one file."
)
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
@click.pass_obj
@in_words
def pack(settings: Settings, lang: Lang, oblast: str | None, output: Path) -> None:
    """Write the published directory as one page under 1 MB that opens from a memory stick and asks nobody."""
    from legalmap import create_app  # Flask: the desk's other commands do without it
    from legalmap.routes.pack import MOST, file_name

    logging.getLogger("legalmap.access").disabled = True  # nobody visits
    answer = (
        create_app(replace(settings, roles=frozenset({"public"})))
        .test_client()
        .get(f"/{lang}/file/{file_name(lang, oblast or '')}")
    )
    if answer.status_code == 503:
        stop("edition_missing", lang)
    if answer.status_code == 404:
        stop("pack_too_large", lang, size=MOST // 1_000_000)
    write(answer.data, output)
    click.echo(f"{output}: {len(answer.data) / 1000:.0f} kB")


COMMANDS = (pack,)
