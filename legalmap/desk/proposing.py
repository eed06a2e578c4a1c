"""Two people for what one person's mistake or stolen password could do to many: what loosens, removes, or changes a
great part of the phones or points waits for a second one. What tightens never waits."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from legalmap.desk import parting, plan_text
from legalmap.desk import plan as plans
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.outcome import Report
from legalmap.desk.privacy import leak
from legalmap.model import Act, Change, Plan, Record
from legalmap.people import audit
from legalmap.store import Connection, centers, proposals, users
from legalmap.store import audit as lines
from legalmap.store.proposals import Proposal

DELAY = dt.timedelta(hours=24)
"""What loosens waits so long where there is nobody to be the second person."""
_MADE = ("user_added", "user_reset", "user_role", "user_enabled")
"""What one admin can do on the web to come in as another."""


class NotYours(Exception):
    """Nobody approves what they asked for themselves, while there is a second admin or before the delay is over."""


class TooNew(Exception):
    """Who was added, reset or made an admin on the web in the last day is nobody's second person yet."""


class Decided(Exception):
    """The proposal was decided already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a plan: the act of what could go in at once, and the id of the proposal of what waits."""

    act: Act | None = None
    proposal: str = ""


def write(
    connection: Connection,
    plan: Plan,
    gazetteer: Gazetteer,
    *,
    kind: str,
    who: str,
    subject: str,
    now: dt.datetime,
    undo: bool = False,
) -> Written:
    """Apply what needs no second person, in the store's open transaction; propose the rest. `undo`: the plan takes back
    what was done lately, which waits only where it loosens."""
    records = centers.records(connection)
    admins = _admins(connection)
    telling = parting.telling(connection, plan, records, gazetteer)
    at_once, waits, reasons = parting.split(plan, records, undo=undo, admins=admins, tells=telling)
    act = plans.apply(connection, at_once, kind=kind, who=who, subject=subject, now=now)
    if not reasons:
        return Written(act=act)
    content = plan_text.written(Report(plan=waits))
    new = Proposal(
        id=uuid.uuid4().hex, kind=kind, subject=subject, who=who, at=now, reasons=tuple(sorted(reasons)),
        content=content, sha256=hashlib.sha256(content.encode()).hexdigest(),
        ready_at=now + DELAY if admins < 2 else dt.datetime.max.replace(tzinfo=dt.UTC),
    )  # fmt: skip
    proposals.add(connection, new)
    audit.add(connection, who=who, what="proposed", subject=new.id, now=now)
    return Written(act=act, proposal=new.id)


def approve(
    connection: Connection, proposal_id: str, *, who: str, now: dt.datetime, gazetteer: Gazetteer
) -> Act | None:
    """Carry out a proposal just as it was made, in the open transaction. None when a center was changed after it was
    asked for: then it is void. Raises LookupError, NotYours, TooNew, Decided."""
    known = proposals.find(connection, proposal_id)
    if known is None:
        raise LookupError(proposal_id)
    if known.state != "waiting":
        raise Decided(known.state)
    if known.who == who and now < alone_from(connection, known):
        raise NotYours(who)
    if known.who != who and now < trusted_from(connection, who):
        raise TooNew(who)
    plan = plan_text.read(known.content).plan
    if not _still_so(plan.changes, centers.records(connection), gazetteer):
        proposals.decide(connection, known.id, "void", who, now)
        return None
    plan = replace(plan, changes=tuple(map(_what_changes, plan.changes)))
    act = plans.apply(connection, plan, kind=known.kind, who=known.who, subject=known.subject, now=now)
    if not proposals.decide(connection, known.id, "approved", who, now, act.id if act else ""):
        raise Decided(known.id)
    audit.add(connection, who=who, what="approved", subject=known.id, now=now)
    return act


def size(connection: Connection, proposal_id: str) -> int:
    """How many centers a proposal is about; 0 for none."""
    known = proposals.find(connection, proposal_id) if proposal_id else None
    return len(plan_text.read(known.content).plan.changes) if known else 0


def alone_from(connection: Connection, proposal: Proposal) -> dt.datetime:
    """From when its own author may carry it out: never while there is a second admin, who may come or go meanwhile."""
    return proposal.at + DELAY if _admins(connection) < 2 else dt.datetime.max.replace(tzinfo=dt.UTC)


def trusted_from(connection: Connection, who: str) -> dt.datetime:
    """From when somebody may be the second person: else one admin could make another, or reset one, and be both."""
    made = lines.last_by_web(connection, _MADE, who.removeprefix("web:"))
    return dt.datetime.fromisoformat(made) + DELAY if made else dt.datetime.min.replace(tzinfo=dt.UTC)


def _admins(connection: Connection) -> int:
    return sum(user.role == "admin" and not user.disabled for user in users.everybody(connection))


def refuse(connection: Connection, proposal_id: str, *, who: str, now: dt.datetime) -> None:
    """Say no to a proposal, or take back one's own. Raises Decided."""
    if not proposals.decide(connection, proposal_id, "refused", who, now):
        raise Decided(proposal_id)
    audit.add(connection, who=who, what="refused", subject=proposal_id, now=now)


def _what_changes(change: Change) -> Change:
    return replace(change, fields={column: pair for column, pair in change.fields.items() if pair[0] != pair[1]})


def _still_so(changes: Sequence[Change], records: Mapping[str, Record], gazetteer: Gazetteer) -> bool:
    """Whether every center still is as the proposal found it, and would still give no hidden address away."""
    for change in changes:
        record = records.get(change.id)
        if (record is None) != (change.change == "new"):
            return False
        if record is None:
            continue
        if any(record.cells.get(column, "") != old for column, (old, _new) in change.fields.items()):
            return False
        if leak({**record.cells, **{column: new for column, (_old, new) in change.fields.items()}}, gazetteer):
            return False
    return True
