"""Files that staff sent: each is kept while somebody looks at what it would do, and is gone soon after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, RowMapping, insert, select, update

from legalmap.store.schema import imports

State = Literal["checking", "checked", "applying", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One file on its way. `version` counts what was chosen about it; `wanted` and `plan` are texts of the desk's own;
    `base`: the edition that the plan was made with; `job_id`: who works on it now or did last; `data`: None once
    forgotten; `size` in bytes; `act_id`, `proposal_id`: what it became."""

    id: str
    who: str
    sent: dt.datetime
    name: str
    sha256: str
    size: int
    data: bytes | None
    state: State
    version: int
    wanted: str
    job_id: str
    base: int = 0
    plan: str = ""
    act_id: str = ""
    proposal_id: str = ""


_LIGHT = tuple(column for column in imports.c if column.name not in {"data", "plan"})


def add(connection: Connection, new: Import) -> None:
    """A file that was just sent."""
    values = {column.name: getattr(new, column.name) for column in imports.c}
    connection.execute(insert(imports).values(**values | {"sent": new.sent.isoformat()}))


def find(connection: Connection, import_id: str) -> Import | None:
    """The import of this id, whole."""
    row = connection.execute(select(imports).where(imports.c.id == import_id)).mappings().one_or_none()
    return _import(row) if row else None


def of_job(connection: Connection, job_id: str) -> Import | None:
    """The import that this job works on, whole."""
    row = connection.execute(select(imports).where(imports.c.job_id == job_id)).mappings().one_or_none()
    return _import(row) if row else None


def latest(connection: Connection, most: int = 50) -> Sequence[Import]:
    """The last ones, the newest first, without their files and plans."""
    rows = connection.execute(select(*_LIGHT).order_by(imports.c.sent.desc(), imports.c.id).limit(most)).mappings()
    return [_import(row) for row in rows]


def change(connection: Connection, known: Import, **values: object) -> bool:
    """Write `values` where nobody has chosen anything else about it since `known` was read; whether that was so."""
    done = connection.execute(
        update(imports)
        .where(imports.c.id == known.id, imports.c.version == known.version, imports.c.state == known.state)
        .values(**values)
    )
    return done.rowcount == 1


def old(connection: Connection, before: dt.datetime) -> bool:
    """Whether anything is kept that was sent earlier."""
    asked = select(imports.c.id).where(imports.c.sent < before.isoformat(), imports.c.data.is_not(None)).limit(1)
    return connection.execute(asked).first() is not None


def forget(connection: Connection, before: dt.datetime) -> None:
    """Empty what was sent earlier: the file, the plan and what was chosen. That it was there stays."""
    old = imports.c.sent < before.isoformat()
    connection.execute(update(imports).where(old, imports.c.data.is_not(None)).values(data=None, plan="", wanted=""))


def _import(row: RowMapping) -> Import:
    values = {"data": None, "plan": "", **row}
    return Import(**values | {"sent": dt.datetime.fromisoformat(row["sent"])})
