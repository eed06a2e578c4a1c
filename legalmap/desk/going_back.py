"""What would go back, shown before it does: what goes at once, and what would show more and needs a yes of its own."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from legalmap.model import Act, Change, Plan, Problem

WIDENS = frozenset({"rollback_widens", "rollback_widens_facts"})
"""The separate yes to showing more than is shown now, see `plan_rollback`."""
UNDO_WITHIN = dt.timedelta(hours=24)
PlanWith = Callable[[frozenset[str]], Plan]
"""The plan with these questions answered yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A way back. `plan`: what it does as answered so far; `held`: what only a further yes lets in; `seen`: the mark of
    all of it, which a person who agrees sends back, so that they get what they saw or nothing."""

    plan: Plan
    held: tuple[Change, ...] = ()
    seen: str = ""


def propose(plan_with: PlanWith, accept: frozenset[str]) -> Proposal:
    """The way back as answered with `accept`."""
    nothing, everything = plan_with(frozenset()), plan_with(frozenset({"all"}))
    plan = plan_with(accept) if accept else nothing
    return Proposal(plan=plan, held=_beyond(everything, plan), seen=_mark(nothing, everything))


def agreed(plan_with: PlanWith, accept: frozenset[str], seen: str) -> Plan:
    """The plan to carry out; one that changes nothing and says why when it is not what the person saw (`seen`)."""
    if not seen:
        return plan_with(accept)
    proposal = propose(plan_with, accept)
    if proposal.seen == seen:
        return proposal.plan
    changed = Problem(code="plan_changed", level="error")
    return replace(proposal.plan, problems=(changed, *proposal.plan.problems))


def may_undo(act: Act, *, who: str, any_act: bool, now: dt.datetime) -> bool:
    """Whether this person may take the act back: one's own for 24 hours; with `any_act` every one, at any time."""
    return any_act or (act.who == who and now - act.at <= UNDO_WITHIN)


def _beyond(everything: Plan, plan: Plan) -> tuple[Change, ...]:
    """What the plan leaves out of everything, center by center."""
    going = {change.id: change.fields for change in plan.changes}
    found = []
    for change in everything.changes:
        left = {name: pair for name, pair in change.fields.items() if name not in going.get(change.id, {})}
        if left:
            found.append(replace(change, fields=left))
    return tuple(found)


def _mark(*plans: Plan) -> str:
    def told(plan: Plan) -> list[Any]:
        return [[change.id, change.change, sorted(change.fields.items())] for change in plan.changes]

    return hashlib.sha256(json.dumps([told(plan) for plan in plans]).encode()).hexdigest()
