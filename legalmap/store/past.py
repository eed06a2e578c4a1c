"""The past page by page: acts, changes and the audit as people look through them, however many there are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Select, case, distinct, func, select

from legalmap.model import Act
from legalmap.store.audit import Entry
from legalmap.store.centers import MANY
from legalmap.store.history import FieldChange, changes_in
from legalmap.store.schema import acts, audit, centers, changes
from legalmap.visibility import COLUMNS

NAMED = 3
"""Centers that an act is told by; the act's own page has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What an act did, in numbers: centers, fields, centers it brought; and the ids of the first few."""

    centers: int = 0
    fields: int = 0
    born: int = 0
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What a center is called now, and what its show_location and status say."""

    number: int
    name_ky: str
    name_ru: str
    name_en: str
    show_location: str
    status: str


@dataclass(frozen=True, slots=True)
class Step:
    """That a field of a center changed in an edition; `old` is told only of what shows or hides a center."""

    edition: int
    center_id: str
    field: str
    old: str


def steps(connection: Connection, first: int, last: int) -> list[Step]:
    """What changed in the editions from `first` to `last`, newest first; and of all later ones what shows or hides."""
    states = changes.c.field.in_(("show_location", "status"))
    wanted = (changes.c.edition >= first) & ((changes.c.edition <= last) | states)
    told = case((states, changes.c.old), else_="")
    rows = select(changes.c.edition, changes.c.center_id, changes.c.field, told)
    return [Step(*row) for row in connection.execute(rows.where(wanted).order_by(changes.c.seq.desc()))]


def changes_of(
    connection: Connection, center_id: str, *, field: str = "", who: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[FieldChange], int]:
    """One page of a center's changes, newest first, and how many there are in all. `field`, `who`: only those."""
    wanted = changes.c.center_id == center_id
    wanted = wanted & (changes.c.field == field) if field else wanted
    wanted = wanted & (changes.c.who == who) if who else wanted
    count = connection.execute(select(func.count()).select_from(changes).where(wanted)).scalar_one()
    return changes_in(connection, wanted, changes.c.seq.desc(), offset=offset, limit=limit), count


def fields_and_people(connection: Connection, center_id: str) -> tuple[Sequence[str], Sequence[str]]:
    """The fields of a center that ever changed, and who changed any."""
    own = changes.c.center_id == center_id
    return _values(connection, changes.c.field, where=own), _values(connection, changes.c.who, where=own)


def changes_by(connection: Connection, act_id: str, *, offset: int, limit: int) -> tuple[Sequence[FieldChange], int]:
    """One page of what an act changed, center by center, and how many changes there are in all."""
    wanted = changes.c.act_id == act_id
    count = connection.execute(select(func.count()).select_from(changes).where(wanted)).scalar_one()
    return changes_in(connection, wanted, changes.c.center_id, changes.c.seq, offset=offset, limit=limit), count


def page_of_acts(
    connection: Connection, *, kind: str = "", who: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[Act], int]:
    """One page of the acts, newest first, and how many there are in all. `kind`, `who`: only those."""
    found = select(acts)
    found = found.where(acts.c.kind == kind) if kind else found
    found = found.where(acts.c.who == who) if who else found
    count = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    page = found.order_by(acts.c.edition.desc(), acts.c.at.desc()).offset(offset).limit(limit)
    return _acts(connection, page), count


def kinds_and_people(connection: Connection) -> tuple[Sequence[str], Sequence[str]]:
    """The kinds of acts that there were, and who did any."""
    return _values(connection, acts.c.kind), _values(connection, acts.c.who)


def act(connection: Connection, act_id: str) -> Act | None:
    """The act of that id, None when there is none."""
    return next(iter(_acts(connection, select(acts).where(acts.c.id == act_id))), None)


def acts_of_editions(connection: Connection, first: int, last: int) -> Mapping[int, Sequence[Act]]:
    """The acts that took the numbers from `first` to `last`, by number."""
    found: dict[int, list[Act]] = defaultdict(list)
    for one in _acts(connection, select(acts).where(acts.c.edition.between(first, last)).order_by(acts.c.at)):
        found[one.edition].append(one)
    return found


def undone(connection: Connection, act_ids: Collection[str]) -> Collection[str]:
    """Those of these acts that another took back, or began to."""
    found = select(acts.c.subject).where(acts.c.kind == "undo", acts.c.subject.in_(act_ids))
    return set(connection.execute(found).scalars())


def touched_by(connection: Connection, act_ids: Collection[str]) -> Mapping[str, Touched]:
    """What each of a page of acts did, in numbers; acts that changed no center are left out."""
    mine = changes.c.act_id.in_(act_ids)
    born = func.sum(func.coalesce(changes.c.field == "id", False).cast(acts.c.edition.type))
    counted = connection.execute(
        select(
            changes.c.act_id, func.count(distinct(changes.c.center_id)).label("centers"),
            func.count().label("fields"), born.label("born"),
        ).where(mine).group_by(changes.c.act_id)
    ).mappings()  # fmt: skip
    return {row["act_id"]: _touched(connection, row) for row in counted}


def _touched(connection: Connection, row: RowMapping) -> Touched:
    # in the order they were written, which the index has already: an import may have changed thousands
    own = select(changes.c.center_id).where(changes.c.act_id == row["act_id"]).order_by(changes.c.seq)
    first = dict.fromkeys(connection.execute(own.limit(NAMED * len(COLUMNS))).scalars())
    born = int(row["born"] or 0)
    return Touched(centers=row["centers"], fields=row["fields"] - born, born=born, first=tuple(first)[:NAMED])


def audit_lines(
    connection: Connection, *, what: str = "", who: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[Entry], int]:
    """One page of the audit, newest first, and how many lines there are in all. `what`, `who`: only those."""
    found = select(audit)
    found = found.where(audit.c.what == what) if what else found
    found = found.where(audit.c.who == who) if who else found
    count = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    page = found.order_by(audit.c.seq.desc()).offset(offset).limit(limit)
    return [Entry(**row) for row in connection.execute(page).mappings()], count


def whats_and_people(connection: Connection) -> tuple[Sequence[str], Sequence[str]]:
    """What the audit has lines of, and of whom."""
    return _values(connection, audit.c.what), _values(connection, audit.c.who)


def _values(connection: Connection, column: Column[str], *, where: ColumnElement[bool] | None = None) -> Sequence[str]:
    found = select(column).distinct().order_by(column)
    return connection.execute(found if where is None else found.where(where)).scalars().all()


def texts_ever(
    connection: Connection, fields: Collection[str], center_ids: Collection[str]
) -> dict[str, list[tuple[str, str]]]:
    """Center -> (field, text) of all that these fields ever said of these centers."""
    columns = (changes.c.center_id, changes.c.field)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for said in (changes.c.old, changes.c.new):
        rows = select(*columns, said).distinct().where(changes.c.field.in_(fields), said != "")
        if len(center_ids) <= MANY:
            rows = rows.where(changes.c.center_id.in_(center_ids))
        for center_id, field, text in connection.execute(rows):
            if center_id in center_ids:
                found[center_id].append((field, text))
    return found


def titles(connection: Connection, center_ids: Collection[str] | None = None) -> dict[str, Title]:
    """What centers are called now, by id; None: all of them."""
    fields = tuple(Title.__dataclass_fields__)
    wanted = select(centers.c.id, *(centers.c[name] for name in fields))
    if center_ids is not None:
        wanted = wanted.where(centers.c.id.in_(center_ids))
    rows = connection.execute(wanted).mappings()
    return {row["id"]: Title(**{name: row[name] for name in fields}) for row in rows}


def _acts(connection: Connection, wanted: Select[Any]) -> list[Act]:
    return [Act(**{**row, "at": dt.datetime.fromisoformat(row["at"])}) for row in connection.execute(wanted).mappings()]
