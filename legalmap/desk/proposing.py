"""Two people for what one person's mistake or stolen password could do to many: what loosens, removes, or changes a
great part of the phones or points waits for a second one. What tightens never waits."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from legalmap.desk import plan as plans
from legalmap.desk import plan_text
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.outcome import Report
from legalmap.desk.privacy import leak
from legalmap.model import Act, Change, Plan, Record
from legalmap.people import audit
from legalmap.store import Connection, centers, proposals, users
from legalmap.store import audit as lines
from legalmap.store.proposals import Proposal
from legalmap.visibility import PUBLIC_COLUMNS, shows_more, wider

MANY, SHARE = 20, 0.2
"""More centers than this, and more than this share of all, are a great part of the directory."""
DELAY = dt.timedelta(hours=24)
"""What loosens waits so long where there is nobody to be the second person."""
_MADE = ("user_added", "user_reset", "user_role", "user_enabled")
"""What one admin can do on the web to come in as another."""
_MASS = {"phones": ("phones", "whatsapp"), "points": ("lat", "lon")}


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
    connection: Connection, plan: Plan, *, kind: str, who: str, subject: str, now: dt.datetime, undo: bool = False
) -> Written:
    """Apply what needs no second person, in the store's open transaction; propose the rest. `undo`: the plan takes back
    what was done lately, which waits only where it loosens."""
    records = centers.records(connection)
    admins = _admins(connection)
    at_once, waits, reasons = split(plan, records, undo=undo, admins=admins)
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


def split(plan: Plan, records: Mapping[str, Record], *, undo: bool, admins: int) -> tuple[Plan, Plan, frozenset[str]]:
    """What of a plan goes in at once, what waits, and the reasons of that: widens, removals, phones, points.

    Where there are no two admins, and when something is undone, only what loosens waits.
    """
    changed = [change for change in plan.changes if change.change == "changed"]
    mass = {
        reason: {change.id for change in changed if {*columns} & set(change.fields)}
        for reason, columns in _MASS.items()
    }
    found: dict[str, set[str]] = {"widens": {change.id for change in plan.changes if _loosens(change, records)}}
    if admins > 1 and not undo:
        found["removals"] = {change.id for change in plan.changes if change.change == "removed"}
        for reason, touched in mass.items():
            found[reason] = touched if len(touched) > max(MANY, SHARE * len(records)) else set()
    held = set().union(*found.values())
    at_once = [change for change in plan.changes if change.id not in held]
    waits = []
    for change in plan.changes:
        if change.id in held:
            now, later = _parted(change)
            at_once += [now] if now.fields else []
            waits += [with_what_shows(later, records)] if later.fields else []
    reasons = frozenset(reason for reason, touched in found.items() if touched)
    return (
        replace(plan, changes=tuple(at_once)),
        Plan(changes=tuple(waits)),
        reasons if waits else frozenset(),
    )


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


def _loosens(change: Change, records: Mapping[str, Record]) -> bool:
    """Whether a center that is there already would be shown more: its address, or that it is open."""
    if change.id not in records:
        return False
    old, new = change.fields.get("show_location", ("", ""))
    then, now = change.fields.get("status", ("", ""))
    return (new != old and wider(old, new)) or (now != then and shows_more("status", then=now, now=then))


def _parted(change: Change) -> tuple[Change, Change]:
    """A held change in two: what hides or closes goes in at once, the rest waits. Whoever hides a center may take its
    place out of the texts in the same row, so that these go in too."""
    if change.change != "changed":
        return replace(change, fields={}), change
    now = {column: pair for column, pair in change.fields.items() if _tightens(column, *pair)}
    if "show_location" in now:
        waits = {"status", *(column for columns in _MASS.values() for column in columns)}
        now |= {column: pair for column, pair in change.fields.items() if column not in waits}
    later = {column: pair for column, pair in change.fields.items() if column not in now}
    return replace(change, fields=now), replace(change, fields=later)


def with_what_shows(change: Change, records: Mapping[str, Record]) -> Change:
    """The change with what it would let people see besides, as (text, the same text): who agrees to show an address
    agrees to this one and to no other."""
    old, new = change.fields.get("show_location", ("", ""))
    if new == old or change.id not in records:
        return change
    cells = records[change.id].cells
    seen = PUBLIC_COLUMNS[new] - PUBLIC_COLUMNS.get(old, PUBLIC_COLUMNS["no"])
    shown = {column: (cells[column], cells[column]) for column in cells if column in seen}
    return replace(change, fields={**shown, **change.fields})


def _what_changes(change: Change) -> Change:
    return replace(change, fields={column: pair for column, pair in change.fields.items() if pair[0] != pair[1]})


def _tightens(column: str, old: str, new: str) -> bool:
    if column == "show_location":
        return wider(new, old)
    return column == "status" and shows_more("status", then=old, now=new)


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
