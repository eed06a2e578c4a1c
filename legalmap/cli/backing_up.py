"""Commands for the worst day: backup, restore."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from legalmap.cli.options import desk_of, in_words, language, now
from legalmap.config import Settings
from legalmap.desk import backup as backups
from legalmap.desk import restoring
from legalmap.model import Lang

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("folder", metavar="DEST", type=FOLDER)
@click.option("--recipient", "recipients", multiple=True, help="Encrypt for this key (age1...); repeatable.")
@click.option("--keep-days", default=backups.KEPT_DAYS, show_default=True, help="Older backups in DEST go.")
@language
@click.pass_obj
@in_words
def backup(settings: Settings, folder: Path, recipients: tuple[str, ...], keep_days: int, lang: Lang) -> None:
    """Write a copy of all that is kept into the folder DEST, one file; the desk goes on meanwhile. The keys are not in
    it: keep a copy of keys/ apart, on another medium."""
    made = backups.make(settings, folder, now(), recipients=recipients, kept_days=keep_days)
    click.echo(f"{made.file}: {made.file.stat().st_size / 1e6:.1f} MB; {made.gone} older ones are gone")


@click.command()
@click.argument("file", metavar="SRC", type=FILE)
@click.option("--keys", required=True, type=FOLDER, help="Folder with the copy of keys/.")
@click.option("--identity", type=FILE, help="File with the secret key of an encrypted backup (AGE-SECRET-KEY-1...).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@language
@click.pass_obj
@in_words
def restore(settings: Settings, file: Path, keys: Path, identity: Path | None, yes: bool, lang: Lang) -> None:
    """Put a backup back into an instance that has nothing yet. Referrals whose time is over by this machine's clock go
    before anything is shown."""

    def agree(made: dt.datetime) -> None:
        click.echo(f"Made on {made:%Y-%m-%d %H:%M} UTC; the clock here says {now().astimezone(dt.UTC):%Y-%m-%d %H:%M}.")
        click.echo("All that was done since is lost, and what was hidden since is shown again: see to that at once.")
        if not yes:
            click.confirm("Restore it?", abort=True)

    done = restoring.restore(desk_of(settings), file, keys, agree, _secret(identity))
    click.echo(f"{settings.instance}: edition {done.edition}; {done.purged} referrals whose time is over are gone")
    if done.lost:
        click.echo(f"{done.lost} lines of the audit were written since that backup and are lost; the old head is kept")


def _secret(identity: Path | None) -> str:
    lines = identity.read_text(encoding="utf-8").split() if identity else []
    return next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "")


COMMANDS = (backup, restore)
