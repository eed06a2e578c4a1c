"""The process that keeps a machine's editions as all machines have them; one for each machine."""

from __future__ import annotations

import logging
import signal
import sys
from types import FrameType

import click

from legalmap.cli.options import in_words, language, stop
from legalmap.config import Settings
from legalmap.desk.node import Node
from legalmap.model import Lang
from legalmap.store import Store


@click.command()
@click.option("--once", is_flag=True, help="Copy what there is and end: before a worker starts, or for a timer.")
@language
@click.pass_obj
@in_words
def node(settings: Settings, once: bool, lang: Lang) -> None:
    """Copy what other machines publish to this one, as it comes. Needs PostgreSQL (LEGALMAP_DATABASE), no key."""
    store = Store(settings.database_url)
    if store.is_sqlite:
        stop("node_needs_postgresql", lang)
    settings.editions.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = Node(store, settings.editions)
    if once:
        number = work.once()
        click.echo(f"edition {number}" if number else "no edition yet")
        return
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    signal.signal(signal.SIGTERM, _end)
    work.run()


def _end(_signal: int, _frame: FrameType | None) -> None:
    """Wherever it is: what is half there is gone on with by the next start."""
    raise SystemExit(0)


COMMANDS = (node,)
