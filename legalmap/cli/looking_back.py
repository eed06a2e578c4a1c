"""Commands that look back and go back: history, rollback, undo."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from legalmap.cli.importing import exit_code, show
from legalmap.cli.options import as_json_option, desk_of, in_words, language, stop
from legalmap.config import Settings
from legalmap.model import Lang
from legalmap.store import Connection, history

P = ParamSpec("P")
R = TypeVar("R")


def _goes_back(command: Callable[P, R]) -> Callable[P, R]:
    """The options of a command that shows a plan first and never shows more without a separate yes."""
    widens = click.option(
        "--accept",
        multiple=True,
        type=click.Choice(["rollback_widens"]),
        help="Also bring back what showed more than now.",
    )
    apply = click.option("--apply", is_flag=True, help="Write and publish; without it only the plan is shown.")
    return apply(widens(language(as_json_option(command))))


@click.command()
@click.argument("number", type=int)
@_goes_back
@click.pass_obj
@in_words
def rollback(settings: Settings, number: int, apply: bool, accept: tuple[str, ...], lang: Lang, as_json: bool) -> None:
    """Show what bringing back edition NUMBER would change; with --apply, do it as a new edition.

    Nothing that would show more than is shown now comes back without --accept rollback_widens.
    """
    try:
        report = desk_of(settings).roll_back(number, apply=apply, accept=frozenset(accept))
    except LookupError:
        stop("edition_unknown", lang, number=number)
    show(report, lang, as_json=as_json)
    sys.exit(exit_code(report))


@click.command()
@click.argument("act")
@_goes_back
@click.pass_obj
@in_words
def undo(settings: Settings, act: str, apply: bool, accept: tuple[str, ...], lang: Lang, as_json: bool) -> None:
    """Show what taking back ACT (its id or the beginning of it) would change; with --apply, do it as an act of its own.

    What somebody changed since stays and is named; nothing that would show more comes back without --accept
    rollback_widens.
    """
    try:
        report = desk_of(settings).undo(act, apply=apply, accept=frozenset(accept))
    except LookupError:
        stop("act_unknown", lang, act=act)
    show(report, lang, as_json=as_json)
    sys.exit(exit_code(report))


@click.command("history")
@click.argument("center", required=False)
@language
@as_json_option
@click.pass_obj
@in_words
def history_(settings: Settings, center: str | None, lang: Lang, as_json: bool) -> None:
    """Every change of CENTER (its id), newest first; without one, every act."""
    with desk_of(settings).store.reading() as connection:
        rows = _acts(connection) if center is None else _changes(connection, center)
    if center is not None and not rows:
        stop("center_unknown", lang, id=center)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo("  ".join(str(part) if part != "" else "∅" for part in row.values()))


def _acts(connection: Connection) -> list[dict[str, str | int]]:
    return [
        {
            "at": act.at.isoformat(" ", "minutes"), "act": act.id, "kind": act.kind, "who": act.who,
            "edition": act.edition,
        }
        for act in reversed(history.all_acts(connection))
    ]  # fmt: skip


def _changes(connection: Connection, center: str) -> list[dict[str, str | int]]:
    return [
        {
            "at": change.at.isoformat(" ", "minutes"), "act": change.act_id, "who": change.who,
            "edition": change.edition, "field": change.field, "old": change.old, "new": change.new,
        }
        for change in history.changes_of_center(connection, center)
    ]  # fmt: skip


COMMANDS = (history_, rollback, undo)
