"""The local committees that send people on: where each works, and whether it still does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from legalmap.store.schema import committees


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """One committee. `oblast`: KG-N; `rayon`: its id, "" for none; `places`: ids of the gazetteer that it covers, none
    for all of its rayon or oblast."""

    id: str
    name_ky: str = ""
    name_ru: str = ""
    name_en: str = ""
    oblast: str = ""
    rayon: str = ""
    places: tuple[str, ...] = ()
    closed: bool = False


def everyone(connection: Connection) -> Sequence[Committee]:
    """All committees by id, closed ones too."""
    return _read(connection, committees.c.id == committees.c.id)


def by_id(connection: Connection, committee_id: str) -> Committee | None:
    """The committee of that id."""
    return next(iter(_read(connection, committees.c.id == committee_id)), None)


def _read(connection: Connection, which: ColumnElement[bool]) -> Sequence[Committee]:
    rows = connection.execute(select(committees).where(which).order_by(committees.c.id)).mappings()
    return [Committee(**{**row, "places": tuple(row["places"].split())}) for row in rows]


def add(connection: Connection, committee: Committee) -> None:
    """A new committee; its id is nobody else's (IntegrityError in words)."""
    connection.execute(insert(committees).values(id=committee.id, closed=committee.closed, **_cells(committee)))


def put(connection: Connection, committee: Committee) -> None:
    """What is known of the committee of that id from now on."""
    which = committees.c.id == committee.id
    connection.execute(update(committees).where(which).values(closed=committee.closed, **_cells(committee)))


def _cells(committee: Committee) -> dict[str, Any]:
    return {
        "name_ky": committee.name_ky, "name_ru": committee.name_ru, "name_en": committee.name_en,
        "oblast": committee.oblast, "rayon": committee.rayon, "places": " ".join(committee.places),
    }  # fmt: skip
