"""Back to an earlier edition: a plan computed from history, applied as an ordinary act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from legalmap.model import Change, Plan, Problem, Record
from legalmap.store.history import FieldChange
from legalmap.visibility import shows_more


def plan_rollback(
    known: Mapping[str, Record], later: Iterable[FieldChange], *, accept: frozenset[str] = frozenset()
) -> Plan:
    """What brings the centers in `known` back to where they stood before the `later` changes.

    Centers born since are closed, never deleted. What would show more than is shown now (a wider
    show_location, an opened status, a text that was emptied) is held back and named; `accept` with
    `rollback_widens` lets it in. `later`: newest first.
    """
    target: dict[str, dict[str, str]] = {}
    born: set[str] = set()
    for change in later:
        if change.field == "id":
            born.add(change.center_id)
        else:
            target.setdefault(change.center_id, {})[change.field] = change.old
    widen = bool(accept & {"rollback_widens", "all"})
    changes: list[Change] = []
    problems: list[Problem] = []
    for center_id, record in known.items():
        if center_id in born:
            if record.cells["status"] != "closed":
                fields = {"status": (record.cells["status"], "closed")}
                changes.append(Change(id=center_id, change="removed", fields=fields))
            continue
        fields = {}
        for column, old in target.get(center_id, {}).items():
            now = record.cells[column]
            if old == now:
                continue
            if shows_more(column, then=old, now=now):
                params = {"id": center_id, "now": now, "then": old if widen else ""}
                code = "rollback_widened" if widen else "rollback_held_back"
                problems.append(Problem(code=code, level="notice", column=column, params=params))
                if not widen:
                    continue
            fields[column] = (now, old)
        if fields:
            changes.append(Change(id=center_id, change="changed", fields=fields))
    return Plan(changes=tuple(changes), problems=tuple(problems))
