"""One field of one center back to an earlier value: read and judged by today's rules, like a row of a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.plan import plan_import
from legalmap.desk.privacy import PLACE
from legalmap.desk.reading.formulas import guarded
from legalmap.desk.reading.table import FileInfo, Row, Table
from legalmap.desk.screen import Screen
from legalmap.model import Plan, Problem, Record
from legalmap.store.history import FieldChange
from legalmap.visibility import COLUMNS, shows_more

_TOGETHER = {"lat": "lon", "lon": "lat", "verified_on": "verified_by", "verified_by": "verified_on"}
"""Halves of one thing: half a point or a date without its way is worse than either."""
_ITSELF_ASKS = frozenset({"show_location"})
"""A column whose widening the import asks about already."""


def restorable(field: str) -> bool:
    """Whether a field of history is one that can be brought back by itself."""
    return field in COLUMNS and field != "id"


def before(made: Sequence[FieldChange], record: Record, change: FieldChange) -> dict[str, str]:
    """What `change` replaced, with the other half of what belongs together, as it stood before that act.

    `made`: the center's changes, newest first.
    """
    found = {change.field: change.old}
    if other := _TOGETHER.get(change.field):
        since = (one for one in made if one.field == other and one.edition >= change.edition)
        found[other] = next((one.old for one in reversed(list(since))), record.cells[other])
    return found


def plan_restore(
    record: Record,
    then: dict[str, str],
    gazetteer: Gazetteer,
    today: dt.date,
    *,
    made: Sequence[FieldChange],
    accept: frozenset[str] = frozenset(),
) -> Plan:
    """What bringing the values `then` of one center back would change: whole or not at all, with the import's own
    problems and questions. What would show more than now is a question too; so is a text that tells where a hidden
    center was at any time of its history (`made`)."""
    cells = {"id": record.id} | {column: guarded(text) or "-" for column, text in then.items()}
    info = FileInfo(name="", sha256="", bytes=0, rows=1)
    table = Table(info=info, rows=(Row(line=1, cells=cells),))
    plan = plan_import(table, {record.id: record}, gazetteer, today=today, last_number=0, accept=accept)
    fields = plan.changes[0].fields if plan.changes else {}
    ever = [(one.field, text) for one in made if one.field in PLACE for text in (one.old, one.new) if text]
    screen = Screen.of([record.cells], gazetteer, ever)
    wider = [
        Problem(
            code="restore_widens", level="notice" if accept & {"restore_widens", "all"} else "question", column=column
        )
        for column, (now, text) in fields.items()
        if column not in _ITSELF_ASKS and (shows_more(column, then=text, now=now) or screen.tells(column, text))
    ]
    said = (replace(problem, line=None) if problem.level != "error" else problem for problem in plan.problems)
    return replace(plan, problems=(*said, *wider))
