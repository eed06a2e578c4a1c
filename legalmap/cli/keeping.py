"""Commands that keep the directory: init, publish, editions, rollback, doctor."""

from __future__ import annotations

import datetime as dt
import json
import sys

import click

from legalmap import resources
from legalmap.cli.importing import show
from legalmap.cli.options import as_json_option, desk_of, in_words, language
from legalmap.config import Settings
from legalmap.desk import chronicle, notices
from legalmap.desk.doctor import examine
from legalmap.desk.instance import make_instance
from legalmap.desk.plan_file import Wanted
from legalmap.model import Lang
from legalmap.store import Store, centers


@click.command()
@click.option("--sample", is_flag=True, help="Load the sample directory when there are no centers yet.")
@click.option("--new-keys", is_flag=True, help="Make keys of staff that are lost for good anew.")
@language
@click.pass_obj
@in_words
def init(settings: Settings, sample: bool, new_keys: bool, lang: Lang) -> None:
    """Make the instance: folder, keys, tables, first edition. Safe to run again."""
    store = make_instance(settings, new_keys=new_keys)
    desk = desk_of(settings)
    with store.reading() as connection:
        empty = not centers.records(connection)
    if sample and empty:
        path = resources.folder("geodata") / "centers.csv"
        report = desk.import_file(path.read_bytes(), path.name, Wanted(apply=True, accept=frozenset({"all"})))
        show(report, lang, as_json=False)
        if not report.applied:
            sys.exit(1)
    published = desk.publish()
    click.echo(f"{settings.instance}: edition {published.number}")


@click.command()
@language
@click.pass_obj
@in_words
def publish(settings: Settings, lang: Lang) -> None:
    """Make the desk's centers the current edition, if anything differs."""
    published = desk_of(settings).publish()
    notices.show(Store.of(settings), settings.editions, dt.datetime.now(dt.UTC))
    click.echo(f"edition {published.number}: {'published' if published.fresh else 'current already'}")


@click.command()
@as_json_option
@click.pass_obj
@in_words
def editions(settings: Settings, as_json: bool) -> None:
    """List the editions: number, time, whose act, and which folders are still there."""
    with desk_of(settings).store.reading() as connection:
        numbers = chronicle.numbers(connection, settings.editions)[::-1]
        told = chronicle.editions(connection, settings.editions, numbers)
    rows = []
    for one in told:
        act = one.acts[-1] if one.acts else None
        if act is None and not one.kept:
            continue
        rows.append({
            "edition": one.number,
            "current": one.current,
            "published_at": one.published_at,
            "centers": one.centers,
            "act": act.id if act else None,
            "kind": act.kind if act else None,
            "who": act.who if act else None,
        })  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        mark = "*" if row["current"] else " "
        click.echo(
            f"{mark} {row['edition']:>5}  {row['published_at'] or '-':32}  "
            f"{row['kind'] or 'publish':9}  {row['who'] or ''}"
        )


@click.command()
@as_json_option
@click.pass_obj
def doctor(settings: Settings, as_json: bool) -> None:
    """Look at everything an operator would look at. Exit 1 when something needs a person."""
    checks = list(examine(settings))
    if as_json:
        click.echo(json.dumps([{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks], ensure_ascii=False))
    else:
        for check in checks:
            click.echo(f"{'ok  ' if check.ok else 'BAD '} {check.name}: {check.detail}")
    sys.exit(0 if all(check.ok for check in checks) else 1)


COMMANDS = (init, publish, editions, doctor)
