"""Acts and the changes they made, field by field: added to, never rewritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select

from legalmap.model import Act
from legalmap.store.batches import insert_many
from legalmap.store.schema import acts, changes


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of one center went from `old` to `new` in `edition`; field "id" marks its birth. `seq`: its place among
    all changes; `kind`: the act's."""

    center_id: str
    field: str
    old: str
    new: str
    edition: int
    at: dt.datetime
    who: str
    act_id: str
    seq: int = 0
    kind: str = ""


def add_act(connection: Connection, act: Act) -> None:
    """Somebody changed the directory."""
    connection.execute(
        insert(acts).values(
            id=act.id,
            kind=act.kind,
            who=act.who,
            at=act.at.isoformat(),
            edition=act.edition,
            subject=act.subject,
        )
    )


def add_changes(connection: Connection, act: Act, fields_of: Mapping[str, Mapping[str, tuple[str, str]]]) -> None:
    """What the act changed: center id -> field -> (old, new)."""
    rows = (
        {
            "at": act.at.isoformat(), "who": act.who, "act_id": act.id, "center_id": center_id,
            "field": field, "old": old, "new": new, "edition": act.edition,
        }
        for center_id, fields in fields_of.items()
        for field, (old, new) in fields.items()
    )  # fmt: skip
    insert_many(connection, changes, rows)


def changes_after(connection: Connection, edition: int) -> Sequence[FieldChange]:
    """Every change of a later edition than `edition`, newest first."""
    return changes_in(connection, changes.c.edition > edition, changes.c.seq.desc())


def changes_of_act(connection: Connection, act_id: str) -> Sequence[FieldChange]:
    """Every change that the act made, newest first."""
    return changes_in(connection, changes.c.act_id == act_id, changes.c.seq.desc())


def changes_of_center(connection: Connection, center_id: str) -> Sequence[FieldChange]:
    """Every change of one center, newest first."""
    return changes_in(connection, changes.c.center_id == center_id, changes.c.seq.desc())


def changes_in(
    connection: Connection,
    which: ColumnElement[bool],
    *order: ColumnElement[Any],
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[FieldChange]:
    """The changes that `which` takes, in that order, each with the kind of its act."""
    wanted = select(changes, acts.c.kind).join(acts, acts.c.id == changes.c.act_id)
    rows = connection.execute(wanted.where(which).order_by(*order).offset(offset).limit(limit)).mappings()
    return [FieldChange(**{**row, "at": dt.datetime.fromisoformat(row["at"])}) for row in rows]


def last_values(connection: Connection) -> Mapping[str, Mapping[str, str]]:
    """What changes add up to: center id -> field -> its last value."""
    newest = select(func.max(changes.c.seq)).group_by(changes.c.center_id, changes.c.field)
    wanted = select(changes.c.center_id, changes.c.field, changes.c.new).where(changes.c.seq.in_(newest))
    told: dict[str, dict[str, str]] = {}
    for center_id, field, new in connection.execute(wanted):
        told.setdefault(center_id, {})[field] = new
    return told


def all_acts(connection: Connection) -> Sequence[Act]:
    """Every act, oldest first."""
    return [
        Act(
            id=row["id"], kind=row["kind"], who=row["who"], at=dt.datetime.fromisoformat(row["at"]),
            edition=row["edition"], subject=row["subject"],
        )
        for row in connection.execute(select(acts).order_by(acts.c.edition, acts.c.at)).mappings()
    ]  # fmt: skip
