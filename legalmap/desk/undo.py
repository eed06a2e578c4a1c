"""Takes one act back: what nobody has changed since returns to what it was before, by an ordinary act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.rollback import plan_rollback
from legalmap.model import Plan, Problem, Record
from legalmap.store.history import FieldChange


def plan_undo(
    known: Mapping[str, Record],
    made: Sequence[FieldChange],
    since: Iterable[FieldChange],
    gazetteer: Gazetteer,
    *,
    accept: frozenset[str] = frozenset(),
) -> Plan:
    """What undoes the changes `made` by one act (newest first). A field that a later act changed (`since`) stays and is
    named; a center that the act brought and somebody edited since stays open and is named. What would show more than
    is shown now is held back as in a rollback; centers the act brought are closed, never deleted."""
    edited: dict[str, set[str]] = {}
    for change in since:
        edited.setdefault(change.center_id, set()).add(change.field)
    grown = {change.center_id for change in made if change.field == "id"} & edited.keys()
    kept: list[FieldChange] = []
    left: dict[str, set[str]] = {center_id: edited[center_id] for center_id in grown}
    for change in made:
        if change.field in edited.get(change.center_id, ()):
            left.setdefault(change.center_id, set()).add(change.field)
        elif change.center_id not in grown:
            kept.append(change)
    touched = {center_id: known[center_id] for center_id in {change.center_id for change in kept} if center_id in known}
    plan = plan_rollback(touched, kept, gazetteer, accept=accept)
    told = (
        Problem(
            code="undo_edited_since", level="notice", params={"id": center_id, "columns": ", ".join(sorted(columns))}
        )
        for center_id, columns in sorted(left.items())
    )
    return replace(plan, problems=(*plan.problems, *told))
