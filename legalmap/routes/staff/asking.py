"""What only a person can know about a file, asked so that each answer is one button."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legalmap.desk.outcome import Report
from legalmap.desk.plan import answer_key
from legalmap.model import Localized, Problem
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff.proposed import MOST, Field, columns_of, field, said

_CANDIDATE = re.compile(r"(?P<words>[^;]+?\b(?P<id>\d{5,9})\))(?:; |$)")
_TYPED = frozenset({
    "point_in_other_oblast", "point_far_from_settlement", "point_in_exclave", "rayon_ambiguous", "landline_shows_town",
    "settlement_ambiguous",
})  # fmt: skip
"""Questions that may also be answered by writing something else into the cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something only a person knows. `options`: (what the form sends, words); `fields`: cells that may be put right
    instead."""

    key: str
    line: int | None
    title: str
    said: str
    options: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Questions of one kind. `yes`: what a yes to all of them says."""

    code: str
    yes: str
    questions: tuple[Question, ...]
    count: int


def to_answer(report: Report, titles: Mapping[int, str]) -> list[Kind]:
    """The open questions, kind by kind."""
    kinds: dict[str, dict[str, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for problem in report.plan.at("question"):
        kinds[problem.code][answer_key(problem)].append(problem)
    written = report.file.wrong if report.file else {}
    in_file = frozenset(change.id for change in report.plan.changes if change.line is not None)
    told = []
    for code, found in kinds.items():
        shown = tuple(
            _question(problems, titles, written.get(problems[0].line or 0, {}), in_file)
            for problems in list(found.values())[:MOST]
        )
        told.append(Kind(code=code, count=len(found), questions=shown, yes=dict(shown[0].options)["yes"]))
    return told


def _question(
    problems: Sequence[Problem], titles: Mapping[int, str], cells: Mapping[str, str], in_file: frozenset[str]
) -> Question:
    """One question; several about one cell have one answer. `in_file`: centers that rows of the file are about."""
    first = problems[0]
    if first.code in {"likely_duplicate", "id_similar"}:
        options = _twin(str(first.params.get("other", "")), in_file)
    else:
        options = _others(first) if first.line is None else [*_others(first), ("skip", _("Leave the row out"))]
    columns = columns_of(first) if first.code in _TYPED else ()
    return Question(
        key=answer_key(first), line=first.line, title=titles.get(first.line or 0, ""),
        said=" ".join(map(said, problems)), options=tuple(options),
        fields=tuple((column, field(column), cells.get(column, "")) for column in columns),
    )  # fmt: skip


def _twin(other: str, in_file: frozenset[str]) -> list[tuple[str, str]]:
    """A row that may be a center there is already; one that another row of the file is about has its row."""
    another = ("yes", _("It is another one: a new center"))
    if other.startswith("line ") or other in in_file:
        return [("skip", _("It is the same: leave the row out")), another]
    return [
        (f"cell:id:{other}", _("It is the same: change %(id)s", id=other)),
        another,
        ("skip", _("Leave the row out")),
    ]


def _others(problem: Problem) -> list[tuple[str, str]]:
    """The ways to answer one question; "cell:COLUMN:TEXT" puts a text into a cell, "encoding:NAME" has the file read
    so, "point:" takes the point out, "whole:" closes no center."""
    code = problem.code
    hide = ("cell:show_location:no", _("Hide the address"))
    if code == "settlement_ambiguous":
        choices = problem.params.get("choices", "")
        told = choices.in_lang(page.language())[0] if isinstance(choices, Localized) else str(choices)
        found = [(f"cell:settlement:{problem.value} ({one['id']})", one["words"]) for one in _CANDIDATE.finditer(told)]
        return [*found, ("yes", _("None of these: no point"))]
    if code == "encoding_guessed":
        others = [name.strip() for name in str(problem.params.get("others", "")).split(",")]
        return [("yes", _("Yes, it reads right")), *((f"encoding:{name}", name) for name in others if name)]
    if code == "show_wider":
        was = str(problem.params.get("old", "no"))
        return [("yes", _("Show more than before")), (f"cell:show_location:{was}", _("Leave it as it was"))]
    if code.startswith("point_"):
        return [("yes", _("The point is right")), ("point:", _("Take the point out"))]
    simple = {
        "show_location_unclear": [("yes", _("Hide the address")), ("cell:show_location:yes", _("Show the address"))],
        "small_settlement": [("yes", _("Name the village")), hide],
        "sensitive_shown": [("yes", _("Leave the address open")), hide],
        "landline_shows_town": [("yes", _("Publish the number"))],
        "rayon_ambiguous": [("yes", _("Leave the rayon as it is"))],
        "replace_all_many": [("yes", _("Close them")), ("whole:", _("Close none: only change what is in the table"))],
    }
    return simple.get(code, [("yes", _("Yes"))])
