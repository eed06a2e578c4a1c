"""The command that moves a database: SQLite to PostgreSQL and back, whole, compared, going on where it was."""

from __future__ import annotations

import sys

import click

from legalmap.cli.options import in_words, language
from legalmap.model import Lang
from legalmap.store import Store, copying
from legalmap.store.referrals import ReferralStore


@click.command()
@click.argument("origin", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--referrals", is_flag=True, help="Copy the referrals' database instead of the desk's.")
@language
@in_words
def copy(origin: str, target: str, referrals: bool, lang: Lang) -> None:
    """Copy a whole database: FROM and TO are SQLite files or postgresql:// URLs. Nobody writes to FROM meanwhile. Every
    row is counted and compared; killed, the same command goes on where it was. Keys are files: copy them yourself."""
    kind = ReferralStore if referrals else Store
    source, into = (kind(url if "://" in url else f"sqlite:///{url}") for url in (origin, target))
    rows = copying.total(source)
    with click.progressbar(length=rows, label="rows", file=sys.stderr, show_pos=True) as bar:
        found = copying.copy(source, into, lambda _table, more: bar.update(more))
    for name, copied in found.items():
        click.echo(f"{copied.rows:>9}  {copied.sha256[:16]}  {name}")
    click.echo(f"{sum(copied.rows for copied in found.values())} rows, the same in both")


COMMANDS = (copy,)
