"""One center from a form: the import's own rules, an emptied field empties it, and nobody's newer word is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from legalmap.desk.entry import Entry
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.plan import plan_entries
from legalmap.desk.problems import Refused
from legalmap.desk.reading import dates
from legalmap.desk.reading.cells import CLEAR
from legalmap.desk.reading.formulas import guarded
from legalmap.desk.reading.table import FileInfo, Row, Table
from legalmap.desk.validate import validate
from legalmap.model import VERIFIED_BY, Change, Plan, Problem, Record
from legalmap.store import Connection, centers, counters, history
from legalmap.store.history import FieldChange
from legalmap.store.verifications import FIELD_GROUPS, told
from legalmap.visibility import COLUMNS

FORM_COLUMNS = tuple(column for column in COLUMNS if column not in {"id", "verified_on", "verified_by"})
"""What a form may hold; a new center's also its id. What was verified is said by groups of fields."""
LINE = 2
"""The row that an edit would be in a file of its own."""
_INFO = FileInfo(name="", sha256="", bytes=0, rows=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a person sent. `id` "": a new center, whose own id may stand in `cells`. `cells`: column -> text as typed,
    columns left out stay. `base`: the edition that last changed the center when the form was opened. `groups` of
    fields were verified on `on` in the `way`. `answers`: keys of the questions answered yes."""

    id: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    base: int = 0
    groups: frozenset[str] = frozenset()
    on: str = ""
    way: str = ""
    answers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One field that two people see differently: when the form was opened, as it is now, as it was sent. `who` changed
    it meanwhile and when; None when nobody did."""

    opened: str
    now: str
    sent: str
    who: str = ""
    at: dt.datetime | None = None

    @property
    def keeps(self) -> str:
        """Whose value is meant where only one of the two changed it, "mine" or "theirs"; "" where both did."""
        if not self.who:
            return "mine"
        return "" if self.sent != self.opened else "theirs"


class Stale(Exception):
    """Somebody changed the center after the form was opened. `fields`: what differs between the center as it is now and
    what was sent; `base`: what the next save is to be based on."""

    def __init__(self, record: Record, fields: Mapping[str, Differing], base: int) -> None:
        super().__init__(record.id)
        self.record = record
        self.fields = fields
        self.base = base


def base_of(connection: Connection, center_id: str) -> int:
    """The edition that last changed the center."""
    return max((change.edition for change in history.changes_of_center(connection, center_id)), default=0)


def answer_key(problem: Problem) -> str:
    """What a yes to this one question is told apart by."""
    return "|".join((problem.code, problem.column or "", problem.value or ""))


def plan_edit(connection: Connection, edit: Edit, gazetteer: Gazetteer, today: dt.date) -> Plan:
    """What the edit would do. Raises Stale; LookupError when there is no such center."""
    if not edit.id:
        known, last_number = centers.records(connection), counters.value(connection, "number")
        return plan_one(edit, None, known, gazetteer, today, last_number)
    known = centers.records(connection, {edit.id})
    record = known[edit.id]
    made = history.changes_of_center(connection, edit.id)
    since = [change for change in made if change.edition > edit.base]
    if since:
        raise Stale(record, _differing(edit, record, since, gazetteer, today), since[0].edition)
    return plan_one(edit, record, known, gazetteer, today, 0)


def plan_one(
    edit: Edit,
    record: Record | None,
    known: Mapping[str, Record],
    gazetteer: Gazetteer,
    today: dt.date,
    last_number: int,
) -> Plan:
    """The plan of a table with this one row, and what was verified beside it."""
    entry = read_form(edit, record, known, gazetteer, today)
    changes, problems = plan_entries([entry], known, gazetteer, last_number)
    said, wrong = _verified(edit, record, today)
    problems = [_answered(problem, edit.answers) for problem in (*problems, *wrong)]
    if changes and said:
        only = changes[0]
        word = "changed" if only.change == "unchanged" else only.change
        changes = [Change(id=only.id, line=only.line, change=word, fields={**only.fields, **said})]
    return Plan(changes=tuple(changes), problems=tuple(problems), refused=int(entry.refused))


def read_form(
    edit: Edit, record: Record | None, known: Mapping[str, Record], gazetteer: Gazetteer, today: dt.date
) -> Entry:
    """What the form says, cell by cell in canonical form, with what is wrong."""
    typed = {column: text.replace("\r\n", "\n") for column, text in edit.cells.items() if column in FORM_COLUMNS}
    if record is None:
        cells = {column: guarded(text) for column, text in typed.items()} | {"id": edit.cells.get("id", "").strip()}
    else:
        # typed, not read from a file: an apostrophe in front is the person's own
        cells = {column: guarded(text) if text.strip() else _emptied(column, record) for column, text in typed.items()}
        cells["id"] = record.id
    return validate(Table(info=_INFO, rows=(Row(line=LINE, cells=cells),)), known, gazetteer, today)[0]


def _emptied(column: str, record: Record) -> str:
    """What a table says for "empty this"; nothing where nothing stands. How a place is shown is never empty: a form
    without an answer leaves it."""
    return CLEAR if record.cells[column] and column != "show_location" else ""


def _verified(edit: Edit, record: Record | None, today: dt.date) -> tuple[dict[str, tuple[str, str]], list[Problem]]:
    """What was said of groups of fields, as fields of history, and what is wrong with it."""
    groups = [group for group in FIELD_GROUPS if group in edit.groups]
    if not groups:
        return {}, []
    if edit.way not in VERIFIED_BY:
        return {}, [Problem(code="verified_way_missing", level="error", line=LINE, column="verified_by")]
    try:
        on, _ = dates.canonical(edit.on.strip() or today.isoformat(), today)
    except Refused as fault:
        wrong = Problem(
            code=fault.code, level="error", line=LINE, column="verified_on", value=edit.on[:80], params=fault.params
        )
        return {}, [wrong]
    now = record.verified if record else {}
    pairs = {f"verified.{group}": (now.get(group, ""), told(on, edit.way)) for group in groups}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}, []


def _answered(problem: Problem, answers: frozenset[str]) -> Problem:
    return (
        replace(problem, level="notice") if problem.level == "question" and answer_key(problem) in answers else problem
    )


def _differing(
    edit: Edit, record: Record, since: Sequence[FieldChange], gazetteer: Gazetteer, today: dt.date
) -> dict[str, Differing]:
    """Every column in which the center as it is now is not what was sent; `since` newest first."""
    entry = read_form(edit, record, {record.id: record}, gazetteer, today)
    unread = {problem.column for problem in entry.problems if problem.level == "error"}
    found = {}
    for column in FORM_COLUMNS:
        if column not in edit.cells:
            continue
        sent = edit.cells[column] if column in unread else entry.cells[column]
        now = record.cells[column]
        changes = [change for change in since if change.field == column]
        opened = changes[-1].old if changes else now
        if sent != now:
            who, at = (changes[0].who, changes[0].at) if changes else ("", None)
            found[column] = Differing(opened=opened, now=now, sent=sent, who=who, at=at)
    return found
