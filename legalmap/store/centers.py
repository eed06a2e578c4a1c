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


def add(connection: Connection, new: Mapping[str, Mapping[str, str]], first_number: int) -> None:
    """New centers, id -> cells (columns left out are empty), numbered from `first_number` in that order."""
    rows = [
        {"id": center_id, "number": number, **{name: cells.get(name, "") for name in CENTER_COLUMNS}}
        for number, (center_id, cells) in enumerate(new.items(), start=first_number)
    ]
    if rows:
        connection.execute(insert(centers), rows)


def change(connection: Connection, center_id: str, cells: Mapping[str, str]) -> None:
    """Write `cells` of one center; columns that are not its own table's are left alone."""
    values = {name: text for name, text in cells.items() if name in CENTER_COLUMNS}
    if values:
        connection.execute(update(centers).where(centers.c.id == center_id).values(**values))
