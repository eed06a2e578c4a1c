"""What a checked file would do, made ready for the page: what to correct, what to answer, what changes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from legalmap.desk import refused
from legalmap.desk.outcome import Report
from legalmap.desk.plan import answer_key
from legalmap.desk.plan_file import POINT
from legalmap.desk.reading.table import Choice
from legalmap.model import FEES, KINDS, OBLASTS, SHOW_LOCATION, STATUSES, Change, Problem, Record
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import saying
from legalmap.visibility import COLUMNS, wider
from legalmap.wording import label, word

MOST = 100
"""Problems of one kind, and moved points, that a page lists; more are counted."""
PER_PAGE = 50
"""Centers that one page lists."""
_OF_SHOWING = frozenset({"show_wider", "sensitive_shown"})
_SEVERAL = {"place_missing": ("settlement", "oblast"), "name_missing": ("name_ky", "name_ru")}
"""Problems that any of some cells mends."""
_CODE = re.compile(rf"\b(?:{'|'.join(column for column in COLUMNS if '_' in column)}|lat|lon)\b")
"""Columns as the command line calls them."""
Field = tuple[str, str, str]
"""A cell that may be put right: its column, the column's name, the whole cell as written."""
Fault = tuple[tuple[str, ...], tuple[Field, ...], str]
"""What is wrong with a cell: why, the cells that mend it, its value where none can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row with what is wrong in it, cell by cell."""

    line: int
    title: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One center of the plan. `fields`: (column, old, new, whether the public will not see it); old and new are the
    same where only more people will see it."""

    id: str
    number: int
    title: str
    line: int | None
    change: str
    show: str
    fields: tuple[tuple[str, str, str, bool], ...]


def to_correct(report: Report, titles: Mapping[int, str]) -> tuple[list[Row], int]:
    """The refused rows, the first ones, and how many there are. `titles`: names of rows by line."""
    by_line: dict[int, list[Problem]] = defaultdict(list)
    for problem in report.plan.at("error"):
        if problem.line is not None:
            by_line[problem.line].append(problem)
    written = report.file.wrong if report.file else {}
    rows = [
        Row(line=line, title=titles.get(line, ""), faults=tuple(_faults(problems, written.get(line, {}))))
        for line, problems in sorted(by_line.items())[:MOST]
    ]
    return rows, len(by_line)


def _faults(problems: Sequence[Problem], cells: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong in a row, cell by cell: each can be put right once."""
    about: dict[tuple[str, ...], list[Problem]] = defaultdict(list)
    for problem in problems:
        about[columns_of(problem)].append(problem)
    for columns, found in about.items():
        fields = tuple((column, field(column), cells.get(column, "")) for column in columns)
        yield tuple(map(said, found)), fields, "" if fields else found[0].value or ""


def columns_of(problem: Problem) -> tuple[str, ...]:
    """The cells that mend a problem: a point is one thing."""
    if problem.code in _SEVERAL:
        return _SEVERAL[problem.code]
    return POINT if problem.column in POINT else (problem.column,) if problem.column else ()


def of_file(report: Report) -> list[str]:
    """What is wrong with the file as a whole."""
    return [said(problem) for problem in report.plan.at("error") if problem.line is None]


def notices(report: Report) -> list[tuple[str, list[int], int]]:
    """What was put right or is worth knowing: the first of each kind in words, the lines of the others, their count."""
    kinds: dict[str, list[Problem]] = defaultdict(list)
    for problem in report.plan.at("notice"):
        kinds[problem.code].append(problem)
    return [
        (said(found[0]), [one.line for one in found if one.line is not None][:MOST], len(found))
        for found in kinds.values()
    ]


def unread(report: Report, choice: Choice) -> list[str]:
    """Columns of the file that are not known and of which nobody has said anything."""
    header = report.file.header if report.file else ()
    return [
        written for place, (written, column) in enumerate(header)
        if written and not column and place not in choice.columns and written != refused.HEADING
    ]  # fmt: skip


def answered(report: Report, accept: frozenset[str], titles: Mapping[int, str]) -> list[tuple[str, str, str]]:
    """Questions that were answered yes: key, whose, words. A yes to all of a kind stands once."""
    found: dict[str, tuple[str, str, str]] = {}
    for problem in report.plan.at("notice"):
        for key in {problem.code, answer_key(problem)} & accept:
            found.setdefault(key, (key, titles.get(problem.line or 0, ""), said(problem)))
    return list(found.values())


def tells_hidden(report: Report, records: Mapping[str, Record]) -> bool:
    """Whether the page shows what the public does not see, of centers that are there or of new ones."""
    new = [change.fields for change in report.plan.changes if change.change == "new"]
    codes = [fields.get("show_location", ("", "yes"))[1] for fields in new]
    return any(code != "yes" for code in (*codes, *(record.cells["show_location"] for record in records.values())))


def told(change: Change, record: Record | None) -> Told:
    """One center of the plan as the page shows it."""
    old = record.cells if record else {}
    now = {**old, **{column: new for column, (_old, new) in change.fields.items()}}
    show = now.get("show_location", "")
    return Told(
        id=change.id, number=record.number if record else 0, title=saying.called(names(now)) or change.id,
        line=change.line, change=change.change, show=show,
        fields=tuple(
            (column, before, after, saying.hidden(column, show)) for column, (before, after) in change.fields.items()
            if column != "id" and (before or after)
        ),
    )  # fmt: skip


def titles_of(report: Report, records: Mapping[str, Record]) -> dict[int, str]:
    """What each row's center is called, by line: as the desk knows it, else as the row says."""
    found = dict(report.file.names) if report.file else {}
    for change in report.plan.changes:
        if change.line is not None and change.id in records:
            found[change.line] = saying.called(names(records[change.id].cells)) or change.id
    return found


def shown_how(changes: Sequence[Change], records: Mapping[str, Record]) -> tuple[Counter[str], list[tuple[str, str]]]:
    """How new and changed centers will be shown: how many of each; and those that become hidden or wider: (code,
    name)."""
    counts: Counter[str] = Counter()
    turns = []
    for change in changes:
        if change.change not in {"new", "changed"}:
            continue
        record = records.get(change.id)
        cells = {**(record.cells if record else {}), **{column: new for column, (_o, new) in change.fields.items()}}
        counts[cells.get("show_location", "")] += 1
        if record and "show_location" in change.fields:
            old, new = change.fields["show_location"]
            title = saying.called(names(cells)) or change.id
            turns.append(("wider" if wider(old, new) else "hidden", title))
    return counts, turns


def said(problem: Problem) -> str:
    """The problem in the reader's words, columns as the page calls them."""
    params, value = dict(problem.params), problem.value
    other = str(params.get("other", ""))
    if other.startswith("line "):
        params["other"] = _("Row %(n)s", n=other.removeprefix("line "))
    if problem.code in _OF_SHOWING:
        value = saying.value("show_location", value or "")
        params |= {"old": saying.value("show_location", str(params.get("old", "")))}
    words = word(replace(problem, params=params, value=value), page.language())
    return words if problem.line is None else _CODE.sub(lambda found: _("“%(name)s”", name=field(found[0])), words)


def field(column: str) -> str:
    """What a column is called in short; of a file, the id is a code and not the birth of an entry."""
    return label("column.short", column, page.language()) if column == "id" else saying.field(column)


def choices() -> dict[str, list[str]]:
    """What can stand in a cell of a column that takes one of few values."""
    lang = page.language()
    codes = {"kind": KINDS, "status": STATUSES, "show_location": SHOW_LOCATION, "fee": FEES, "oblast": OBLASTS}
    return {column: [label(column, code, lang) for code in values] for column, values in codes.items()}


def column_name(column: str) -> str:
    """What the template's header calls a column."""
    return label("column", column, page.language())


def names(cells: Mapping[str, str]) -> dict[str, str]:
    """The names among the cells of a plan, which need not be whole."""
    return {name: cells.get(name, "") for name in ("name_ky", "name_ru", "name_en")}
