"""Entries -> a plan of what an act would do -> the act itself, whole or not at all."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from legalmap.desk.confined import Tell
from legalmap.desk.entry import Entry
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.reading.table import Table
from legalmap.desk.validate import refuse_spoilt, validate
from legalmap.model import Act, Change, Plan, Problem, Record
from legalmap.people import audit
from legalmap.store import Connection, centers, counters, history, verifications

REMOVED_SHARE = 0.2
"""Closing more than this share of the directory by one file is asked about."""


def plan_import(
    table: Table,
    known: Mapping[str, Record],
    gazetteer: Gazetteer,
    *,
    today: dt.date,
    last_number: int,
    replace_all: bool = False,
    accept: frozenset[str] = frozenset(),
    tell: Tell = lambda _: None,
) -> Plan:
    """What applying the table to the centers in `known` would do. Nothing is written.

    `last_number`: the last neutral number given. `accept`: codes of questions answered yes ("all").
    """
    if table.unusable:
        return Plan(problems=table.problems)
    entries = validate(table, known, gazetteer, today, tell)
    if spoilt := refuse_spoilt(entries):
        return Plan(problems=(spoilt,))
    changes, found = plan_entries(entries, known, gazetteer, last_number)
    problems = [*table.problems, *found]
    if replace_all and any(entry.nameless for entry in entries):
        problems.append(Problem(code="replace_all_skipped", level="notice"))
    elif replace_all:
        removed = _removed(entries, known)
        open_centers = sum(record.cells["status"] != "closed" for record in known.values())
        if open_centers and len(removed) > REMOVED_SHARE * open_centers:
            params = {"removed": len(removed), "all": open_centers}
            problems.append(Problem(code="replace_all_many", level="question", params=params))
        changes.extend(removed)
    return Plan(
        changes=tuple(changes),
        problems=tuple(_answered(problem, accept) for problem in problems),
        refused=sum(entry.refused for entry in entries),
    )


def plan_entries(
    entries: Sequence[Entry], known: Mapping[str, Record], gazetteer: Gazetteer, last_number: int
) -> tuple[list[Change], list[Problem]]:
    """What validated entries would change, and every problem of theirs; new ones get an id."""
    # Imported for the first plan: Shapely costs a worker 5 MB, and most of them never make one.
    from legalmap.desk import points

    _name_new(entries, known, last_number)
    of_points = points.check(entries, gazetteer)
    changes = [_change(entry) for entry in entries if not entry.refused]
    return changes, [*of_points, *(problem for entry in entries for problem in entry.problems)]


def _name_new(entries: Iterable[Entry], known: Mapping[str, Record], last_number: int) -> None:
    """Rows without an id get a neutral one, after the number they will have."""
    used = {entry.id for entry in entries} | set(known)
    number = last_number
    for entry in entries:
        if entry.known or entry.refused:
            continue
        number += 1
        if not entry.id:
            candidate = f"lm-{number}"
            while candidate in used:
                candidate += "-2"
            entry.id = candidate
            used.add(candidate)


def _change(entry: Entry) -> Change:
    fields = entry.fields
    word = "new" if entry.known is None else "changed" if fields else "unchanged"
    return Change(id=entry.id, line=entry.line, change=word, fields=fields)  # type: ignore[arg-type]


def _removed(entries: Iterable[Entry], known: Mapping[str, Record]) -> list[Change]:
    present = {entry.id for entry in entries}
    return [
        Change(id=center_id, change="removed", fields={"status": (record.cells["status"], "closed")})
        for center_id, record in known.items()
        if center_id not in present and record.cells["status"] != "closed"
    ]


def answer_key(problem: Problem) -> str:
    """What a yes to one question of one row is called; a yes to its code is one to all such."""
    return f"{problem.code}|{problem.line or ''}|{problem.column or ''}"


def _answered(problem: Problem, accept: frozenset[str]) -> Problem:
    if problem.level == "question" and accept & {problem.code, answer_key(problem), "all"}:
        return replace(problem, level="notice")
    return problem


def can_apply(plan: Plan, *, good_rows: bool = False) -> bool:
    """Whether the plan may be applied: no open question, and no error unless only good rows go in."""
    errors = plan.at("error")
    whole_file = any(problem.line is None for problem in errors)
    return not plan.at("question") and not whole_file and (good_rows or not errors)


def apply(connection: Connection, plan: Plan, *, kind: str, who: str, subject: str, now: dt.datetime) -> Act | None:
    """Write the plan in the store's open transaction; None when it changes nothing.

    Takes the edition's number, gives numbers to new centers, writes history and verifications.
    """
    touched = [change for change in plan.changes if change.fields or change.change == "new"]
    if not touched:
        return None
    edition = counters.take(connection, "edition")
    act = Act(id=uuid.uuid4().hex, kind=kind, who=who, at=now, edition=edition, subject=subject)
    history.add_act(connection, act)
    written = {change.id: {column: pair[1] for column, pair in change.fields.items()} for change in touched}
    born = [change.id for change in touched if change.change == "new"]
    first = counters.take(connection, "number", len(born)) if born else 0
    centers.add(connection, {center_id: written.pop(center_id) for center_id in born}, first)
    for center_id, cells in written.items():
        centers.change(connection, center_id, cells)
    told = {change.id: _told(change) for change in touched}
    history.add_changes(connection, act, told)
    _verify(connection, act, touched)
    audit.add_act(connection, act, told)
    return act


def _told(change: Change) -> Mapping[str, tuple[str, str]]:
    return {"id": ("", change.id), **change.fields} if change.change == "new" else change.fields


_GROUP_OF = {"hours": "hours", "phone_hours": "hours", "phones": "phones", "whatsapp": "phones"}


def _verify(connection: Connection, act: Act, touched: Sequence[Change]) -> None:
    """Keep what was verified; hours and phones that changed without a new word are verified no more."""
    for change in touched:
        groups = {_GROUP_OF[column] for column in change.fields if column in _GROUP_OF}
        if change.change == "changed" and groups and "verified_on" not in change.fields:
            verifications.add(connection, change.id, on="", way="", by=act.who, act_id=act.id, groups=sorted(groups))
    changed = [change for change in touched if {"verified_on", "verified_by"} & set(change.fields)]
    known = centers.records(connection, {change.id for change in changed}) if changed else {}
    for change in changed:
        cells = {**known[change.id].cells, **{column: pair[1] for column, pair in change.fields.items()}}
        verifications.add(
            connection, change.id, on=cells["verified_on"], way=cells["verified_by"], by=act.who, act_id=act.id
        )
    for change in touched:  # last: what was said of one group goes before what was said of all
        for group in verifications.FIELD_GROUPS:
            if said := change.fields.get(f"verified.{group}"):
                on, _, way = said[1].partition(" ")
                verifications.add(connection, change.id, on=on, way=way, by=act.who, act_id=act.id, groups=[group])
