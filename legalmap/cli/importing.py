"""Commands that bring tables of centers and take them back: import, undo, history."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from legalmap.cli.options import as_json_option, desk_of, in_words, language, stop
from legalmap.config import Settings
from legalmap.desk import report as reports
from legalmap.desk.acts import EXIT_CODES, Report, Wanted
from legalmap.desk.delimited import DELIMITERS
from legalmap.desk.encodings import CODE_PAGES, UNICODE
from legalmap.desk.problems import QUESTIONS
from legalmap.model import Lang
from legalmap.store import Connection, StoreError, history


def _check_codes(_context: click.Context, _option: click.Parameter, codes: tuple[str, ...]) -> frozenset[str]:
    for code in codes:
        if code not in QUESTIONS | {"all"}:
            raise click.BadParameter(f"{code} is not a question; questions are {', '.join(sorted(QUESTIONS))}, all")
    return frozenset(codes)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--apply", is_flag=True, help="Write and publish; without it only the plan is shown.")
@click.option("--good-rows", is_flag=True, help="With --apply: leave the refused rows out and take the others.")
@click.option(
    "--accept",
    multiple=True,
    callback=_check_codes,
    metavar="CODE|all",
    help="Answer a question with yes; repeatable.",
)
@click.option("--replace-all", is_flag=True, help="Close every center that is not in the file.")
@click.option(
    "--encoding", type=click.Choice([*UNICODE, *CODE_PAGES]), help="Read the text so, instead of finding out."
)
@click.option(
    "--delimiter",
    type=click.Choice([*DELIMITERS[:2], "tab", DELIMITERS[3]]),
    help="Instead of finding out.",
)
@language
@as_json_option
@click.pass_obj
@in_words
def import_(
    settings: Settings,
    file: Path,
    apply: bool,
    good_rows: bool,
    accept: frozenset[str],
    replace_all: bool,
    encoding: str | None,
    delimiter: str | None,
    lang: Lang,
    as_json: bool,
) -> None:
    """Check a table of centers (CSV, TSV, XLSX) and show what it would do; with --apply, do it and publish.

    Exit 0: all rows go in; 1: rows are refused or a question is open; 2: the file cannot be used.
    """
    wanted = Wanted(
        apply=apply, good_rows=good_rows, replace_all=replace_all, accept=accept, encoding=encoding or "",
        delimiter="\t" if delimiter == "tab" else delimiter or "",
    )  # fmt: skip
    try:
        with file.open("rb") as opened:
            data = opened.read(settings.import_max_bytes + 1)
            size = max(os.fstat(opened.fileno()).st_size, len(data))
        report = desk_of(settings).import_file(data, file.name, wanted, size=size)
    except (OSError, StoreError) as fault:
        if not as_json:
            raise
        report = Report.of_fault(fault)
    show(report, lang, as_json=as_json)
    sys.exit(exit_code(report))


def show(report: Report, lang: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(reports.as_json(report, lang), ensure_ascii=False, indent=1))
    else:
        click.echo(reports.as_text(report, lang))


def exit_code(report: Report) -> int:
    unpublished = any(problem.code == "publish_failed" for problem in report.plan.problems)
    return 2 if unpublished else EXIT_CODES[report.outcome]


@click.command()
@click.argument("act")
@click.option("--apply", is_flag=True, help="Write and publish; without it only the plan is shown.")
@click.option(
    "--accept",
    multiple=True,
    type=click.Choice(["rollback_widens"]),
    help="Also bring back what showed more than now.",
)
@language
@as_json_option
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


COMMANDS = (import_, undo, history_)
