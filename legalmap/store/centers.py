"""Centers as the desk keeps them: read all, add one, write the cells that changed."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, insert, select, update

from legalmap.model import Record
from legalmap.store import verifications
from legalmap.store.schema import CENTER_COLUMNS, centers


def records(connection: Connection) -> dict[str, Record]:
    """Every center by id, in order of id."""
    verified = verifications.latest(connection)
    found = {}
    for row in connection.execute(select(centers).order_by(centers.c.id)).mappings():
        known = verified.get(row["id"], verifications.NONE)
        cells = {name: row[name] for name in CENTER_COLUMNS}
        cells |= {"id": row["id"], "verified_on": known.on, "verified_by": known.way}
        found[row["id"]] = Record(id=row["id"], number=row["number"], cells=cells, hours_verified_on=known.hours_on)
    return found


def add(connection: Connection, center_id: str, number: int, cells: Mapping[str, str]) -> None:
    """A new center; `cells` may leave columns out (they are empty)."""
    values = {name: cells.get(name, "") for name in CENTER_COLUMNS}
    connection.execute(insert(centers).values(id=center_id, number=number, **values))


def change(connection: Connection, center_id: str, cells: Mapping[str, str]) -> None:
    """Write `cells` of one center; columns that are not its own table's are left alone."""
    values = {name: text for name, text in cells.items() if name in CENTER_COLUMNS}
    if values:
        connection.execute(update(centers).where(centers.c.id == center_id).values(**values))
