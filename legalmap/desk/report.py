"""What an act did or would do, as one object for programs and as text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from legalmap.desk.outcome import Report
from legalmap.model import Act, Change, Problem
from legalmap.store.history import FieldChange
from legalmap.wording import label, phrase, word

SHOWN_PROBLEMS = 50
SHOWN_CHANGES = 20


def as_json(report: Report, lang: str) -> dict[str, Any]:
    """The object that other programs rely on (README, "import --json")."""
    info = report.file
    return {
        "outcome": report.outcome,
        "applied": report.applied,
        "act": report.act.id if report.act else None,
        "edition": report.edition,
        "file": None
        if info is None
        else {
            "name": info.name, "sha256": info.sha256, "bytes": info.bytes, "encoding": info.encoding,
            "delimiter": info.delimiter, "sheet": info.sheet, "rows": info.rows,
        },
        "counts": counts(report),
        "problems": [
            {
                "line": problem.line, "column": problem.column, "value": problem.value, "code": problem.code,
                "level": problem.level, "message": word(problem, lang),
            }
            for problem in report.plan.problems
        ],
        "changes": [
            {
                "id": change.id, "line": change.line, "change": change.change,
                "fields": {name: list(pair) for name, pair in change.fields.items()},
            }
            for change in report.plan.changes
        ],
        "summary": [
            {"column": column or None, "level": level, "count": count} for column, level, count in summary(report)
        ],
    }  # fmt: skip


def act_row(act: Act) -> dict[str, str | int]:
    """One act as a flat row."""
    return {
        "at": act.at.isoformat(" ", "minutes"), "act": act.id, "kind": act.kind, "who": act.who, "edition": act.edition,
    }  # fmt: skip


def change_row(change: FieldChange) -> dict[str, str | int]:
    """One change of one field as a flat row."""
    return {
        "at": change.at.isoformat(" ", "minutes"), "act": change.act_id, "who": change.who, "edition": change.edition,
        "field": change.field, "old": change.old, "new": change.new,
    }  # fmt: skip


def counts(report: Report) -> dict[str, int]:
    """new + changed + unchanged + refused = non-blank rows; removed stands beside."""
    plan = report.plan
    return {
        "new": plan.count("new"),
        "changed": plan.count("changed"),
        "unchanged": plan.count("unchanged"),
        "refused": plan.refused,
        "removed": plan.count("removed"),
    }


def as_text(report: Report, lang: str) -> str:
    """The report for a terminal, in `lang`: counts, what stops it, notices by kind, changes, what next."""
    numbers = counts(report)
    told = [name for name in numbers if numbers[name] or name != "removed"]
    lines = ["  ".join(f"{phrase(name, lang)}: {numbers[name]}" for name in told)]
    lines.extend(_summary(report, lang))
    stopping = [problem for problem in report.plan.problems if problem.level != "notice"]
    lines.extend(_problem(problem, lang) for problem in stopping[:SHOWN_PROBLEMS])
    if len(stopping) > SHOWN_PROBLEMS:
        lines.append(phrase("more_problems", lang, count=len(stopping) - SHOWN_PROBLEMS))
    lines.extend(_notices(report.plan.at("notice"), lang))
    touched = [change for change in report.plan.changes if change.change in {"changed", "removed"}]
    lines.extend(line for change in touched[:SHOWN_CHANGES] for line in _change(change))
    if len(touched) > SHOWN_CHANGES:
        lines.append(phrase("more_changes", lang, count=len(touched) - SHOWN_CHANGES))
    lines.append(_ending(report, lang))
    return "\n".join(lines)


def summary(report: Report) -> list[tuple[str, str, int]]:
    """(column, level, how many cells) of what has to be corrected or answered, the most first; column "" = rows."""
    found = Counter(
        (problem.column or "", problem.level)
        for problem in report.plan.problems
        if problem.level != "notice" and problem.line is not None
    )
    return [(column, level, count) for (column, level), count in found.most_common()]


def _summary(report: Report, lang: str) -> list[str]:
    """ "To correct: phones 3, hours 2." before the problems one by one."""
    lines = []
    for level, key in (("error", "to_correct"), ("question", "to_answer")):
        parts = [
            f"{label('column', column, lang) if column else phrase('rows', lang)}: {count}"
            for column, of, count in summary(report)
            if of == level
        ]
        if parts:
            lines.append(phrase(key, lang, what="; ".join(parts)))
    return lines


def _notices(notices: Sequence[Problem], lang: str) -> list[str]:
    """The first notice of each code whole; the others of that code only by their lines."""
    by_code: dict[str, list[Problem]] = {}
    for notice in notices:
        by_code.setdefault(notice.code, []).append(notice)
    lines = []
    for first, *others in by_code.values():
        lines.append(_problem(first, lang))
        if others:
            where = ", ".join(dict.fromkeys(str(other.line or other.value or "") for other in others))
            lines.append("  " + phrase("same_at", lang, count=len(others), where=where))
    return lines


def _problem(problem: Problem, lang: str) -> str:
    where = ""
    if problem.line is not None:
        where = phrase("at_line", lang, line=problem.line)
        if problem.column:
            where += f", {label('column', problem.column, lang)}"
        where += ": "
    return f"{phrase(problem.level, lang)}. {where}{word(problem, lang)} [{problem.code}]"


def _change(change: Change) -> list[str]:
    return [f"  {change.id} {name}: {old or '∅'} -> {new or '∅'}" for name, (old, new) in change.fields.items()]


def _ending(report: Report, lang: str) -> str:
    if report.outcome == "ask":
        return phrase("nothing_written", lang) + " " + phrase("accept_hint", lang)
    return done(report.act, report.edition, lang) if report.applied else phrase("nothing_written", lang)


def done(act: Act | None, edition: int | None, lang: str) -> str:
    """What was written: the act and the edition that shows it, or that nothing had to be."""
    if act and edition:
        return phrase("applied", lang, edition=edition, act=act.id)
    return phrase("applied_unpublished", lang, act=act.id) if act else phrase("nothing_to_do", lang)
