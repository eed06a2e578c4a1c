"""What a checked file would do, made ready for the page: what to correct, what to answer, what changes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legalmap.desk.outcome import Report
from legalmap.desk.plan import answer_key
from legalmap.model import Change, Localized, Problem, Record
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import saying
from legalmap.visibility import wider
from legalmap.wording import label, word

MOST = 100
"""Problems of one kind, and moved points, that a page lists; more are counted."""
PER_PAGE = 50
"""Centers that one page lists."""
_HIDE = frozenset({"small_settlement", "sensitive_shown"})
"""Questions whose other answer is to hide the address."""
_NEVER_TYPED = frozenset({"row_too_long", "total_line", "header_repeated", "likely_duplicate"})
_CANDIDATE = re.compile(r"(?P<words>[^;]+?\b(?P<id>\d{5,9})\))(?:; |$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row with what is wrong in it: (column or "", its name, the value as written, why) each."""

    line: int
    title: str
    faults: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something only a person knows. `options`: (what the form sends, words)."""

    key: str
    line: int | None
    title: str
    said: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Questions of one kind."""

    code: str
    questions: tuple[Question, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One center of the plan. `fields`: (column, old, new, whether the public will not see it)."""

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
    rows = [
        Row(
            line=line, title=titles.get(line, ""),
            faults=tuple(
                (
                    "" if problem.code in _NEVER_TYPED else problem.column or "",
                    field(problem.column) if problem.column else "", problem.value or "", said(problem),
                )
                for problem in problems
            ),
        )
        for line, problems in sorted(by_line.items())[:MOST]
    ]  # fmt: skip
    return rows, len(by_line)


def of_file(report: Report) -> list[str]:
    """What is wrong with the file as a whole."""
    return [said(problem) for problem in report.plan.at("error") if problem.line is None]


def to_answer(report: Report, titles: Mapping[int, str]) -> list[Kind]:
    """The open questions, kind by kind."""
    kinds: dict[str, list[Problem]] = defaultdict(list)
    for problem in report.plan.at("question"):
        kinds[problem.code].append(problem)
    return [
        Kind(code=code, count=len(found), questions=tuple(_question(one, titles) for one in found[:MOST]))
        for code, found in kinds.items()
    ]


def _question(problem: Problem, titles: Mapping[int, str]) -> Question:
    options = [("yes", _("Yes"))]
    if problem.line is not None:
        options = [*_others(problem), ("skip", _("Leave the row out"))]
    return Question(
        key=answer_key(problem), line=problem.line, title=titles.get(problem.line or 0, ""), said=said(problem),
        options=tuple(options),
    )  # fmt: skip


def _others(problem: Problem) -> list[tuple[str, str]]:
    """The ways to answer one question of one row; "cell:COLUMN:TEXT" puts a text into a cell."""
    code, other = problem.code, str(problem.params.get("other", ""))
    if code in {"likely_duplicate", "id_similar"}:
        same = [] if other.startswith("line ") else [(f"cell:id:{other}", _("It is the same: change %(id)s", id=other))]
        return [*same, ("yes", _("It is another one: a new center"))]
    if code == "show_location_unclear":
        return [("yes", _("Hide the address")), ("cell:show_location:yes", _("Show the address"))]
    if code in _HIDE:
        return [("yes", _("Yes")), ("cell:show_location:no", _("Hide the address"))]
    if code == "landline_shows_town":
        return [("yes", _("Publish the number"))]
    if code == "settlement_ambiguous":
        choices = problem.params.get("choices", "")
        told = choices.in_lang(page.language())[0] if isinstance(choices, Localized) else str(choices)
        found = [(f"cell:settlement:{problem.value} ({one['id']})", one["words"]) for one in _CANDIDATE.finditer(told)]
        return [*found, ("yes", _("None of these: no point"))]
    return [("yes", _("Yes"))]


def notices(report: Report) -> list[tuple[str, list[int], int]]:
    """What was put right or is worth knowing: the first of each kind in words, the lines of the others, their count."""
    kinds: dict[str, list[Problem]] = defaultdict(list)
    for problem in report.plan.at("notice"):
        kinds[problem.code].append(problem)
    return [
        (said(found[0]), [one.line for one in found if one.line is not None][:MOST], len(found))
        for found in kinds.values()
    ]


def answered(report: Report, accept: frozenset[str], titles: Mapping[int, str]) -> list[tuple[str, str, str]]:
    """Questions that were answered yes: key, whose, words. A yes to all of a kind stands once."""
    found: dict[str, tuple[str, str, str]] = {}
    for problem in report.plan.at("notice"):
        for key in {problem.code, answer_key(problem)} & accept:
            found.setdefault(key, (key, titles.get(problem.line or 0, ""), said(problem)))
    return list(found.values())


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
            if column != "id"
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
    """The problem in the reader's words."""
    return word(problem, page.language())


def field(column: str) -> str:
    """What a column is called in short; of a file, the id is a code and not the birth of an entry."""
    return label("column.short", column, page.language()) if column == "id" else saying.field(column)


def column_name(column: str) -> str:
    """What the template's header calls a column."""
    return label("column", column, page.language())


def names(cells: Mapping[str, str]) -> dict[str, str]:
    """The names among the cells of a plan, which need not be whole."""
    return {name: cells.get(name, "") for name in ("name_ky", "name_ru", "name_en")}
