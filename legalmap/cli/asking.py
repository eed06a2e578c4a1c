"""The command that asks the published edition: nearest."""

from __future__ import annotations

import json

import click

from legalmap.cli.options import as_json_option, in_words, language, now, stop
from legalmap.config import Settings
from legalmap.directory import exports
from legalmap.directory.edition import Directory
from legalmap.directory.editions import Editions
from legalmap.directory.search import answer
from legalmap.model import KINDS, TOPICS, Lang, Point, Query


def _directory(settings: Settings) -> Directory:
    return Editions(settings.editions).current()


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("lat", type=float)
@click.argument("lon", type=float)
@click.option("-k", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many with a point.")
@click.option("--kind", multiple=True, type=click.Choice(KINDS))
@click.option("--topic", multiple=True, type=click.Choice(TOPICS))
@click.option("--open", "open_", is_flag=True, help="Only those open now, verified or by the timetable.")
@language
@as_json_option
@click.pass_obj
@in_words
def nearest(
    settings: Settings,
    lat: float,
    lon: float,
    k: int,
    kind: tuple[str, ...],
    topic: tuple[str, ...],
    open_: bool,
    lang: Lang,
    as_json: bool,
) -> None:
    """The K nearest centers to a point; those without a public point follow, outside K."""
    try:
        point = Point(lat=lat, lon=lon)
    except ValueError:
        stop("point_impossible", lang)
    query = Query(now=now(), lang=lang, point=point, k=k, kinds=frozenset(kind), topics=frozenset(topic), open=open_)
    found = answer(_directory(settings), query)
    rows = [exports.center_json(match, lang) for match in (*found.nearest, *found.unplaced)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        distance = "-" if row["meters"] is None else f"{row['meters'] / 1000:.1f} km"
        click.echo(f"{distance:>10}{'~' if row['approximate'] else ' '} {row['number']}  {row['name']}")


COMMANDS = (nearest,)
