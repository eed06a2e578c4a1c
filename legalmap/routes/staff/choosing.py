"""What somebody chose about a file on its page: answers, cells put right, rows left out, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from legalmap.desk.plan import answer_key
from legalmap.desk.plan_file import POINT, Wanted
from legalmap.desk.reading.cells import CLEAR
from legalmap.desk.reading.delimited import DELIMITERS
from legalmap.desk.reading.encodings import CODE_PAGES, UNICODE
from legalmap.desk.reading.table import Choice
from legalmap.model import Problem
from legalmap.visibility import COLUMNS

Form = MultiDict[str, str]


def chosen(before: Wanted, form: Form, asked: Iterable[Problem]) -> Wanted:
    """What is wanted now. `asked`: the open questions. `how=1`: the form that says how the file is read; else the one
    of rows and answers."""
    if form.get("how"):
        return _read_so(before, form)
    wanted = _answered(before, form, asked)
    skip = set(wanted.skip)
    skip |= {int(line) for line in form.getlist("skip") if _is_number(line)}
    skip -= {int(line) for line in form.getlist("take") if _is_number(line)}
    cells = dict(wanted.cells) | _typed(form)
    for named in form.getlist("as_written"):
        line, _colon, column = named.partition(":")
        if _is_number(line):
            cells.pop((int(line), column), None)
    return replace(wanted, skip=frozenset(skip), cells=cells, accept=wanted.accept - set(form.getlist("withdraw")))


def _typed(form: Form) -> dict[tuple[int, str], str]:
    """Cells that read otherwise than they did; one may stand on the page twice."""
    cells = {}
    for name, texts in form.lists():
        kind, _colon, rest = name.partition(":")
        line, _colon, column = rest.partition(":")
        if kind != "cell" or not _is_number(line) or column not in COLUMNS:
            continue
        was = form.get(f"was:{rest}", "").replace("\r\n", "\n")
        if told := [text for text in (one.replace("\r\n", "\n") for one in texts) if text != was]:
            cells[int(line), column] = told[0]
    return cells


def _answered(before: Wanted, form: Form, asked: Iterable[Problem]) -> Wanted:
    """Each question's answer; one that a whole kind was given stands for those without their own."""
    accept, skip, cells = set(before.accept), set(before.skip), dict(before.cells)
    for problem in asked:
        key = answer_key(problem)
        answer = form.get(f"answer:{key}", "") or form.get(f"all:{problem.code}", "")
        if answer == "yes":
            accept.add(key)
        elif answer == "skip" and problem.line is not None:
            skip.add(problem.line)
        elif answer.startswith("cell:") and problem.line is not None:
            column, _colon, text = answer.removeprefix("cell:").partition(":")
            if column in COLUMNS:
                cells[problem.line, column] = text
        elif answer == "point:" and problem.line is not None:
            cells |= dict.fromkeys(((problem.line, column) for column in POINT), CLEAR)
        elif answer == "whole:":
            before = replace(before, replace_all=False)
        elif answer.removeprefix("encoding:") in CODE_PAGES:
            choice = replace(before.choice, encoding=answer.removeprefix("encoding:"), columns={})
            return replace(before, choice=choice, accept=frozenset(), cells={}, skip=frozenset())
    return replace(before, accept=frozenset(accept), skip=frozenset(skip), cells=cells)


def _read_so(before: Wanted, form: Form) -> Wanted:
    """How the file is read; where that makes other rows of it, what was put right in the old ones is gone."""
    columns = {}
    for name, column in form.items():
        place = name.removeprefix("column:")
        if name.startswith("column:") and _is_number(place) and (column in COLUMNS or column == "-"):
            columns[int(place)] = "" if column == "-" else column
    encoding, delimiter = form.get("encoding", ""), form.get("delimiter", "")
    choice = Choice(
        encoding=encoding if encoding in {*UNICODE, *CODE_PAGES} else "",
        delimiter="\t" if delimiter == "tab" else delimiter if delimiter in DELIMITERS else "",
        sheet=form.get("sheet", "")[:100],
        columns=columns,
    )
    old = before.choice
    wanted = replace(before, choice=choice, replace_all=bool(form.get("replace_all")))
    if (old.encoding, old.delimiter, old.sheet) == (choice.encoding, choice.delimiter, choice.sheet):
        return wanted
    return replace(wanted, choice=replace(choice, columns={}), accept=frozenset(), cells={}, skip=frozenset())


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8
