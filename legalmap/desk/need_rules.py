"""A table of what answers each need: read whole or not at all, compared with what there is, handed out again."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from legalmap import letters, resources
from legalmap.desk.confined import TooHeavy, confined
from legalmap.desk.problems import FileRefused, Refused
from legalmap.desk.reading import cells as cell_rules
from legalmap.desk.reading import flaws, reader, vocabulary
from legalmap.desk.reading.formulas import guarded, unguarded
from legalmap.desk.reading.table import Choice
from legalmap.desk.template_columns import called
from legalmap.model import KINDS, LANGS, NEEDS, TOPICS, Problem
from legalmap.people import audit
from legalmap.people.accounts import By
from legalmap.store import Connection, Store, need_rules
from legalmap.store.need_rules import Rule
from legalmap.wording import label, labels

COLUMNS = ("need", "rank", "kinds", "topics", "note_ky", "note_ru", "note_en")
NEVER = frozenset({"aksakal_court"})
"""Kinds that no need leads to, whoever asks for it: they reconcile, and so press a victim to go back."""
MOST_RULES, LONGEST_NOTE, MOST_BYTES = 100, 300, 50_000
_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a table says: rules, or every problem of it."""

    rules: Sequence[Rule] = ()
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A need whose rules would be others."""

    need: str
    before: Sequence[Rule]
    after: Sequence[Rule]


def as_csv(rules: Sequence[Rule], lang: str = "", delimiter: str = ",") -> str:
    """The rules as a table that comes back with no change; `lang`: in words, "" = in our own names. It begins with a
    BOM, so that Excel reads the letters right."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_heading(column, lang) for column in COLUMNS])
    for rule in rules:
        need = label("need", rule.need, lang) if lang else rule.need
        kinds, topics = (
            "; ".join(called(family, one, lang) if lang else one for one in values)
            for family, values in (("kind", rule.kinds), ("topic", rule.topics))
        )
        cells = (need, str(rule.rank), kinds, topics, rule.note_ky, rule.note_ru, rule.note_en)
        writer.writerow([guarded(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def _heading(column: str, lang: str) -> str:
    return label("need.column", column, lang) if lang else column


def read(data: bytes, name: str) -> Reading:
    """What the CSV or workbook says, read in a process of its own with limits. Never raises on odd bytes."""
    try:
        if len(data) > MOST_BYTES:
            raise FileRefused("file_too_large", limit=MOST_BYTES, actual=len(data))
        if not data.strip(b"\0 \t\r\n"):
            raise FileRefused("file_empty")
        lines = confined(lambda _tell: reader.lines_of(data, name, Choice()))
    except FileRefused as stop:
        return Reading(problems=(stop.problem,))
    except TooHeavy:
        return Reading(problems=(Problem(code="file_too_heavy", level="error"),))
    return _read(lines)


def _read(lines: Sequence[tuple[int, list[str]]]) -> Reading:
    if not lines:
        return Reading(problems=(Problem(code="file_empty", level="error"),))
    columns = [_column(cell) for cell in lines[0][1]]
    if missing := [column for column in COLUMNS[:4] if column not in columns]:
        told = Problem(code="needs_columns", level="error", params={"missing": ", ".join(missing)})
        return Reading(problems=(told,))
    if len(lines) - 1 > MOST_RULES:
        return Reading(problems=(Problem(code="needs_too_many", level="error", params={"limit": MOST_RULES}),))
    problems: list[Problem] = []
    rules = [_rule(line, dict(zip(columns, cells, strict=False)), problems) for line, cells in lines[1:]]
    found = [rule for rule in rules if rule]
    if not problems:
        problems.extend(_wrong_together(found, [line for line, _ in lines[1:]]))
    return Reading(problems=problems) if problems else Reading(rules=_in_order(found))


@cache
def _names() -> dict[str, str]:
    names = {column: {column, *(label("need.column", column, lang) for lang in LANGS)} for column in COLUMNS}
    return {letters.search_key(name.replace("_", " ")): column for column, known in names.items() for name in known}


def _column(header: str) -> str:
    return _names().get(letters.search_key(unguarded(header).replace("_", " ")), "")


def _rule(line: int, written: dict[str, str], problems: list[Problem]) -> Rule | None:
    texts: dict[str, str] = {}
    before = len(problems)
    for column in COLUMNS:
        cell = unguarded(written.get(column, "")).strip()
        try:
            texts[column] = _cell(column, cell)
        except Refused as stop:
            problems.append(
                Problem(
                    code=stop.code, level="error", line=line, column=column, value=cell[:_SHOWN], params=stop.params
                )
            )
    if len(problems) > before:
        return None
    kinds, topics = (tuple(cell_rules.values(texts[column])) for column in ("kinds", "topics"))
    if not kinds and not topics:
        problems.append(Problem(code="needs_nothing", level="error", line=line, column="kinds"))
    return Rule(
        need=texts["need"], rank=int(texts["rank"]), kinds=kinds, topics=topics, note_ky=texts["note_ky"],
        note_ru=texts["note_ru"], note_en=texts["note_en"],
    )  # fmt: skip


def _cell(column: str, written: str) -> str:
    """The canonical text of a cell. Raises Refused."""
    if found := flaws.flaw(column, written):
        raise Refused(found)
    if column in {"need", "rank"} and not written:
        raise Refused("needs_empty")
    if column == "need":
        return vocabulary.value("need", NEEDS, written)
    if column in {"kinds", "topics"}:
        family, values = ("kind", KINDS) if column == "kinds" else ("topic", TOPICS)
        found = vocabulary.several(family, values, written) if written.strip("-") else ""
        if NEVER & set(cell_rules.values(found)):
            raise Refused("needs_aksakal")
        return found
    text = cell_rules.parse(column, written, dt.date.min).text
    if column == "rank" and text in {"0", "00"}:
        raise Refused("rank_unreadable")
    if len(text) > LONGEST_NOTE:
        raise Refused("text_too_long", limit=LONGEST_NOTE, actual=len(text))
    return "" if text == cell_rules.CLEAR else " ".join(text.split())


def _wrong_together(rules: Sequence[Rule], lines: Sequence[int]) -> Iterator[Problem]:
    first: dict[tuple[str, int], int] = {}
    for rule, line in zip(rules, lines, strict=True):
        known = first.setdefault((rule.need, rule.rank), line)
        if known != line:
            yield Problem(
                code="needs_repeated", level="error", line=line, column="rank", value=str(rule.rank),
                params={"first": known},
            )  # fmt: skip
    for need in NEEDS:
        if not any(rule.need == need for rule in rules):
            yield Problem(
                code="needs_unanswered", level="error", column="need", params={"need": labels("need", [need])}
            )


def _in_order(rules: Sequence[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: (NEEDS.index(rule.need), rule.rank))


def delivered() -> Sequence[Rule]:
    """The rules that come with the program. Raises FileNotFoundError without geodata."""
    path = resources.folder("geodata") / "needs.csv"
    found = _read(reader.lines_of(path.read_bytes(), path.name, Choice()))
    assert not found.problems, found.problems
    return found.rules


def difference(before: Sequence[Rule], after: Sequence[Rule]) -> Sequence[Change]:
    """The needs whose rules differ."""
    pairs = [
        (need, [rule for rule in before if rule.need == need], [rule for rule in after if rule.need == need])
        for need in NEEDS
    ]
    return [Change(need=need, before=old, after=new) for need, old, new in pairs if old != new]


def replace(connection: Connection, by: By, rules: Sequence[Rule]) -> Sequence[Change]:
    """These rules from now on, with a line in the audit if anything differs; what differed."""
    changes = difference(need_rules.everything(connection), rules)
    if changes:
        need_rules.put(connection, rules)
        said = " ".join(change.need for change in changes)
        audit.add(connection, who=by.who, what="needs_changed", subject=said, now=by.now)
    return changes


def fill(store: Store) -> None:
    """The delivered rules where there are none yet, and geodata is there."""
    with store.writing() as connection:
        if not need_rules.everything(connection) and (resources.geodata_rows("needs.csv")):
            need_rules.put(connection, delivered())
