"""Writes the sheets of all rayons as files, and as PDFs where a Chromium is there to draw them."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from legalmap.cli.options import in_words, stop
from legalmap.config import Settings
from legalmap.model import LANGS, OBLASTS, Lang

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-pdf-header-footer",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
"""No sandbox: the pages are our own files, and a server's operator is often root, with whom Chromium refuses one."""
_SECONDS = 60


@click.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--oblast", type=click.Choice(OBLASTS), help="Only the sheets of this oblast.")
@click.option("--lang", "langs", multiple=True, type=click.Choice(LANGS), help="Only this language; repeatable.")
@click.option("--no-pdf", is_flag=True, help="Write the pages alone.")
@click.pass_obj
@in_words
def sheets(settings: Settings, out: Path, oblast: str | None, langs: tuple[Lang, ...], no_pdf: bool) -> None:
    """Write one A4 sheet for each rayon into OUT: a page that needs nothing beside it, and a PDF where Chromium is.

    The code on a sheet leads to LEGALMAP_SITE; without that setting sheets carry none.
    """
    from legalmap import create_app  # Flask: the desk's other commands do without it
    from legalmap.directory.editions import Editions, NoEdition
    from legalmap.routes.sheet import ids, oblast_of, standing_alone

    logging.getLogger("legalmap.access").disabled = True  # nobody visits
    app = create_app(settings)
    try:
        directory = Editions(settings.editions).current()
    except NoEdition:
        stop("edition_missing", "en")
    wanted = [sheet for sheet in ids(directory) if not oblast or oblast_of(directory, sheet) == oblast]
    out.mkdir(parents=True, exist_ok=True)
    pages = []
    for lang in langs or LANGS:
        for sheet in wanted:
            pages.append(out / f"{sheet}-{lang}.html")
            pages[-1].write_text(standing_alone(app, lang, sheet), encoding="utf-8")
    click.echo(f"{out}: {len(pages)} pages")
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if no_pdf or not pages:
        return
    if browser is None:
        click.echo(f"no PDFs: none of {', '.join(BROWSERS)} is installed; the pages print from any browser")
        return
    _print(browser, pages)


def _print(browser: str, pages: Sequence[Path]) -> None:
    failed = 0
    with click.progressbar(pages, label="PDF", file=sys.stderr) as bar, tempfile.TemporaryDirectory() as profile:
        for page in bar:
            pdf = page.with_suffix(".pdf")
            command = [browser, *_FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}", page.resolve().as_uri()]
            try:
                done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
            except subprocess.TimeoutExpired:
                failed += 1
                continue
            failed += bool(done.returncode) or not pdf.exists()
    click.echo(f"{len(pages) - failed} PDFs" + (f"; {failed} could not be drawn" if failed else ""))
    if failed:
        sys.exit(1)


COMMANDS = (sheets,)
