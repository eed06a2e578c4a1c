"""What one person asked for and a second one has to agree to: the exact content, and how it ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from legalmap.store.schema import proposals

State = Literal["waiting", "approved", "refused", "void"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`kind` and `subject` as of the act it would be; `reasons`: codes of why it waits; `content`: the desk's own text
    of the plan, `sha256` its hash; `ready_at`: from when its own author may carry it out where there is no second
    admin; `decided_by` "" until it is decided, `act_id` of the act it became."""

    id: str
    kind: str
    subject: str
    who: str
    at: dt.datetime
    reasons: tuple[str, ...]
    content: str
    sha256: str
    ready_at: dt.datetime
    state: State = "waiting"
    decided_by: str = ""
    decided_at: str = ""
    act_id: str = ""


def add(connection: Connection, new: Proposal) -> None:
    """Somebody asks for something that waits."""
    values = {column.name: getattr(new, column.name) for column in proposals.c}
    moments = {"at": new.at.isoformat(), "ready_at": new.ready_at.isoformat(), "reasons": " ".join(new.reasons)}
    connection.execute(insert(proposals).values(**values | moments))


def find(connection: Connection, proposal_id: str) -> Proposal | None:
    """The proposal of this id."""
    row = connection.execute(select(proposals).where(proposals.c.id == proposal_id)).mappings().one_or_none()
    return _proposal(row) if row else None


def latest(connection: Connection, most: int = 50) -> Sequence[Proposal]:
    """Those that wait first, then the newest."""
    waits = proposals.c.state != "waiting"
    rows = connection.execute(select(proposals).order_by(waits, proposals.c.at.desc()).limit(most)).mappings()
    return [_proposal(row) for row in rows]


def waiting(connection: Connection) -> int:
    """How many wait for somebody."""
    asked = select(func.count()).select_from(proposals).where(proposals.c.state == "waiting")
    return int(connection.execute(asked).scalar_one())


def decide(connection: Connection, proposal_id: str, state: State, by: str, at: dt.datetime, act_id: str = "") -> bool:
    """End a proposal that waits; whether it still did."""
    done = connection.execute(
        update(proposals)
        .where(proposals.c.id == proposal_id, proposals.c.state == "waiting")
        .values(state=state, decided_by=by, decided_at=at.isoformat(), act_id=act_id)
    )
    return done.rowcount == 1


def _proposal(row: RowMapping) -> Proposal:
    moments = {name: dt.datetime.fromisoformat(row[name]) for name in ("at", "ready_at")}
    return Proposal(**{**row, **moments, "reasons": tuple(row["reasons"].split())})
