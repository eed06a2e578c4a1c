"""Parts a plan: what goes in at once, and what waits for a second person as it loosens, removes or changes many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.screen import screens
from legalmap.model import Change, Plan, Record
from legalmap.store import Connection
from legalmap.visibility import PUBLIC_COLUMNS, shows_more, wider

MANY, SHARE = 20, 0.2
"""More centers than this, and more than this share of all, are a great part of the directory."""
_MASS = {"phones": ("phones", "whatsapp"), "points": ("lat", "lon")}


def split(
    plan: Plan,
    records: Mapping[str, Record],
    *,
    undo: bool,
    admins: int,
    tells: frozenset[str] = frozenset(),
) -> tuple[Plan, Plan, frozenset[str]]:
    """What of a plan goes in at once, what waits, and the reasons of that: widens, removals, phones, points.

    Where there are no two admins, and when something is undone, only what loosens waits. `tells`: centers whose new
    texts say a word of an address that they hid at any time.
    """
    changed = [change for change in plan.changes if change.change == "changed"]
    mass = {
        reason: {change.id for change in changed if {*columns} & set(change.fields)}
        for reason, columns in _MASS.items()
    }
    loosening = {change.id for change in plan.changes if _loosens(change, records)}
    found: dict[str, set[str]] = {"widens": loosening | tells}
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


def telling(connection: Connection, plan: Plan, records: Mapping[str, Record], gazetteer: Gazetteer) -> frozenset[str]:
    """Centers that hide their address and would say a word of it, also of one that was emptied by an earlier act."""
    new = {
        change.id: {column: text for column, (_old, text) in change.fields.items() if text}
        for change in plan.changes
        if change.id in records and _shows(change, records) != "yes"
    }
    found = screens(connection, gazetteer, new.keys(), dict.fromkeys(new, ("no",)))
    return frozenset(
        center_id
        for center_id, texts in new.items()
        if any(found[center_id].tells(column, text) for column, text in texts.items())
    )


def _shows(change: Change, records: Mapping[str, Record]) -> str:
    return change.fields.get("show_location", ("", records[change.id].cells["show_location"]))[1]


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


def _tightens(column: str, old: str, new: str) -> bool:
    if column == "show_location":
        return wider(new, old)
    return column == "status" and shows_more("status", then=old, now=new)
