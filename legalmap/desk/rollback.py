"""Back to an earlier edition: a plan computed from history, applied as an ordinary act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.privacy import leak_of_either
from legalmap.model import Change, Plan, Problem, Record
from legalmap.store.history import FieldChange
from legalmap.visibility import shows_more, wider


def plan_rollback(
    known: Mapping[str, Record],
    later: Iterable[FieldChange],
    gazetteer: Gazetteer,
    *,
    accept: frozenset[str] = frozenset(),
) -> Plan:
    """What brings the centers in `known` back to where they stood before the `later` changes.

    Centers born since are closed, never deleted. What would show more than is shown now (a wider
    show_location, an opened status, a text that was emptied) is held back and named; `accept` lets it in: with
    `rollback_widens` of all, with `rollback_widens:ID` of one center, with `rollback_widens_facts` of every center
    whose address does not come back. `later`: newest first.
    """
    before: dict[str, dict[str, str]] = {}
    born: set[str] = set()
    for change in later:
        if change.field == "id":
            born.add(change.center_id)
        else:
            before.setdefault(change.center_id, {})[change.field] = change.old
    changes: list[Change] = []
    problems: list[Problem] = []
    for center_id, record in known.items():
        if center_id in born:
            if record.cells["status"] != "closed":
                closed = {"status": (record.cells["status"], "closed")}
                changes.append(Change(id=center_id, change="removed", fields=closed))
            continue
        then = before.get(center_id, {})
        fields, told = _back(record, then, widen=_may_widen(record, then, accept))
        problems.extend(told)
        cells = {**record.cells, **{column: pair[1] for column, pair in fields.items()}}
        if leak_of_either(cells, then, gazetteer):
            # to leave one field out could drop the very tightening that hid the rest: the center stays whole
            problems.append(_word("rollback_center_held_back", record, None))
        elif fields:
            changes.append(Change(id=center_id, change="changed", fields=fields))
    return Plan(changes=tuple(changes), problems=tuple(problems))


def _may_widen(record: Record, before: Mapping[str, str], accept: frozenset[str]) -> bool:
    now = record.cells["show_location"]
    if accept & {"rollback_widens", "all", f"rollback_widens:{record.id}"}:
        return True
    return "rollback_widens_facts" in accept and not wider(now, before.get("show_location", now))


def _back(
    record: Record, before: Mapping[str, str], *, widen: bool
) -> tuple[dict[str, tuple[str, str]], list[Problem]]:
    """The fields that go back, and word of those that would show more than is shown now."""
    fields: dict[str, tuple[str, str]] = {}
    told: list[Problem] = []
    for column, then in before.items():
        now = record.text(column)
        if then == now:
            continue
        if shows_more(column, then=then, now=now):
            told.append(_word("rollback_widened" if widen else "rollback_held_back", record, column))
            if not widen:
                continue
        fields[column] = (now, then)
    return fields, told


def _word(code: str, record: Record, column: str | None) -> Problem:
    return Problem(code=code, level="notice", column=column, value=record.id, params={"id": record.id})
