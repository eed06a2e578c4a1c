"""The command that brings tables of centers: import."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from legalmap.cli.options import as_json_option, desk_of, in_words, language
from legalmap.config import Settings
from legalmap.desk import report as reports
from legalmap.desk.outcome import EXIT_CODES, Report
from legalmap.desk.plan_file import Wanted
from legalmap.desk.problems import QUESTIONS
from legalmap.desk.reading.delimited import DELIMITERS
from legalmap.desk.reading.encodings import CODE_PAGES, UNICODE
from legalmap.desk.reading.table import Choice
from legalmap.model import Lang
from legalmap.store import StoreError


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
        apply=apply, good_rows=good_rows, replace_all=replace_all, accept=accept,
        choice=Choice(encoding=encoding or "", delimiter="\t" if delimiter == "tab" else delimiter or ""),
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


COMMANDS = (import_,)
