"""Centers as the desk keeps them: read all, add one, write the cells that changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select, update

from legalmap.model import Record
from legalmap.store import verifications
from legalmap.store.batches import insert_many
from legalmap.store.schema import CENTER_COLUMNS, centers

MANY = 500
"""Ids that one question to the database names; for more all are read."""


def records(connection: Connection, of: Collection[str] | None = None) -> dict[str, Record]:
    """Every center by id, in order of id; with `of` only those of these ids that there are."""
    some = of if of is not None and len(of) <= MANY else None
    verified = verifications.latest(connection, some)
    rows = select(centers).order_by(centers.c.id)
    if some is not None:
        rows = rows.where(centers.c.id.in_(some))
    found = {}
    for row in connection.execute(rows).mappings():
        if of is not None and row["id"] not in of:
            continue
        known = verified.get(row["id"], verifications.NONE)
        cells = {name: row[name] for name in CENTER_COLUMNS}
        cells |= {"id": row["id"], "verified_on": known.on, "verified_by": known.way}
        found[row["id"]] = Record(
            id=row["id"], number=row["number"], cells=cells, hours_verified_on=known.hours_on, verified=known.groups
        )
    return found


def id_of(connection: Connection, number: int) -> str:
    """The id of the center with this neutral number; "" when there is none."""
    if number >= 2**31:  # more than the column can hold: the database would fail instead of finding nothing
        return ""
    return connection.execute(select(centers.c.id).where(centers.c.number == number)).scalar() or ""


def add(connection: Connection, new: Mapping[str, Mapping[str, str]], first_number: int) -> None:
    """New centers, id -> cells (columns left out are empty), numbered from `first_number` in that order."""
    rows = (
        {"id": center_id, "number": number, **{name: cells.get(name, "") for name in CENTER_COLUMNS}}
        for number, (center_id, cells) in enumerate(new.items(), start=first_number)
    )
    insert_many(connection, centers, rows)


def change(connection: Connection, center_id: str, cells: Mapping[str, str]) -> None:
    """Write `cells` of one center; columns that are not its own table's are left alone."""
    values = {name: text for name, text in cells.items() if name in CENTER_COLUMNS}
    if values:
        connection.execute(update(centers).where(centers.c.id == center_id).values(**values))
