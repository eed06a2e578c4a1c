"""Notices of centers and their history: one at a time for a center, and none is ever overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from legalmap.store.listening import call
from legalmap.store.schema import notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A notice. `center`: a number; `until`: the last day, YYYY-MM-DD; `made`, `ended`: Unix seconds, 0 for not ended
    by anybody; `who`, `ended_by`: as in the audit."""

    id: str
    center: int
    what: str
    until: str
    made: int
    who: str
    ended: int = 0
    ended_by: str = ""


def add(connection: Connection, notice: Kept) -> None:
    """A new notice."""
    connection.execute(insert(notices).values({column.name: getattr(notice, column.name) for column in notices.c}))
    call(connection)


def live(connection: Connection, today: str) -> Sequence[Kept]:
    """What nobody ended and whose last day has not passed, by center."""
    return _read(connection, (notices.c.ended == 0) & (notices.c.until >= today))


def of_center(connection: Connection, center: int, today: str) -> Kept | None:
    """What a center says now."""
    return next((one for one in live(connection, today) if one.center == center), None)


def past(connection: Connection, today: str, most: int) -> Sequence[Kept]:
    """What somebody ended or whose last day has passed, the latest made first."""
    which = (notices.c.ended > 0) | (notices.c.until < today)
    order = select(notices).where(which).order_by(notices.c.made.desc(), notices.c.id).limit(most)
    return [Kept(**row) for row in connection.execute(order).mappings()]


def by_id(connection: Connection, notice_id: str) -> Kept | None:
    """The notice of that id."""
    row = connection.execute(select(notices).where(notices.c.id == notice_id)).mappings().first()
    return Kept(**row) if row else None


def made_since(connection: Connection, center: int, moment: int) -> int:
    """How many a center made since a moment."""
    which = (notices.c.center == center) & (notices.c.made > moment)
    return int(connection.execute(select(func.count()).select_from(notices).where(which)).scalar_one())


def end(connection: Connection, center: int, who: str, now: int) -> bool:
    """A center says nothing any more; whether it did."""
    which = (notices.c.center == center) & (notices.c.ended == 0)
    call(connection)
    return connection.execute(update(notices).where(which).values(ended=now, ended_by=who)).rowcount > 0


def _read(connection: Connection, which: ColumnElement[bool]) -> Sequence[Kept]:
    rows = connection.execute(select(notices).where(which).order_by(notices.c.center, notices.c.made)).mappings()
    return [Kept(**row) for row in rows]
