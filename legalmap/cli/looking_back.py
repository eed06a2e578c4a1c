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
from legalmap.desk import report as reports
from legalmap.desk.going_back import WIDENS
from legalmap.desk.outcome import Report
from legalmap.model import Lang
from legalmap.store import history

P = ParamSpec("P")
R = TypeVar("R")


def _check_yes(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> frozenset[str]:
    for code in given:
        if code not in WIDENS and not code.startswith("rollback_widens:"):
            raise click.BadParameter(f"{code} is none of {', '.join(sorted(WIDENS))}, rollback_widens:ID")
    return frozenset(given)


def _goes_back(command: Callable[P, R]) -> Callable[P, R]:
    """The options of a command that shows a plan first and never shows more without a separate yes."""
    widens = click.option(
        "--accept",
        multiple=True,
        callback=_check_yes,
        metavar="rollback_widens[:ID]|rollback_widens_facts",
        help="Also bring back what showed more than now: of all, of center ID, of all but those whose address would "
        "be shown again; repeatable.",
    )
    apply = click.option("--apply", is_flag=True, help="Write and publish; without it only the plan is shown.")
    return apply(widens(language(as_json_option(command))))


def _told(found: Callable[[], Report], unknown: str, named: str | int, lang: Lang, as_json: bool) -> None:
    """Show the report and end with its exit code; `unknown`: the problem where what is `named` is not there."""
    try:
        report = found()
    except LookupError:
        stop(unknown, lang, **{"number" if unknown == "edition_unknown" else "act": named})
    show(report, lang, as_json=as_json)
    sys.exit(exit_code(report))


@click.command()
@click.argument("number", type=int)
@_goes_back
@click.pass_obj
@in_words
def rollback(settings: Settings, number: int, apply: bool, accept: frozenset[str], lang: Lang, as_json: bool) -> None:
    """Show what bringing back edition NUMBER would change; with --apply, do it as a new edition.

    Nothing that would show more than is shown now comes back without --accept rollback_widens.
    """
    desk = desk_of(settings)
    _told(lambda: desk.roll_back(number, apply=apply, accept=accept), "edition_unknown", number, lang, as_json)


@click.command()
@click.argument("act")
@_goes_back
@click.pass_obj
@in_words
def undo(settings: Settings, act: str, apply: bool, accept: frozenset[str], lang: Lang, as_json: bool) -> None:
    """Show what taking back ACT (its id or the beginning of it) would change; with --apply, do it as an act of its own.

    What somebody changed since stays and is named; nothing that would show more comes back without --accept
    rollback_widens.
    """
    desk = desk_of(settings)
    _told(lambda: desk.undo(act, apply=apply, accept=accept), "act_unknown", act, lang, as_json)


@click.command("history")
@click.argument("center", required=False)
@language
@as_json_option
@click.pass_obj
@in_words
def history_(settings: Settings, center: str | None, lang: Lang, as_json: bool) -> None:
    """Every change of CENTER (its id), newest first; without one, every act."""
    with desk_of(settings).store.reading() as connection:
        if center is None:
            rows = [reports.act_row(act) for act in reversed(history.all_acts(connection))]
        else:
            rows = [reports.change_row(change) for change in history.changes_of_center(connection, center)]
    if center is not None and not rows:
        stop("center_unknown", lang, id=center)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo("  ".join(str(part) if part != "" else "∅" for part in row.values()))


COMMANDS = (history_, rollback, undo)
