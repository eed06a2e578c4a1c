"""What the public saw change between two editions, and never anything that one of them, or today, hides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.privacy import PLACE
from legalmap.desk.public_view import public_center
from legalmap.desk.screen import Screen
from legalmap.directory.edition import EditionError, open_edition
from legalmap.model import LANGS, Center, Localized, Phone, Point, Record, Timetable
from legalmap.store import Connection, centers, history, past
from legalmap.store.history import FieldChange
from legalmap.visibility import COLUMNS, wider

Group = Literal["new", "gone", "hidden", "changed"]
GROUPS: tuple[Group, ...] = ("new", "gone", "hidden", "changed")
_SHOWN = tuple(
    field.name
    for field in fields(Center)
    if field.name not in {"id", "number", "place_id", "approximate", "hours_verified_on"}
)
"""Fields of a public center that people see as such; the others follow from them."""
Shown = Mapping[str, Center]
"""The centers of one edition as the public saw them, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """One public field in two editions, as canonical text; `hidden`: it was or is hidden, so neither is told."""

    field: str
    old: str = ""
    new: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CenterDifference:
    """What became of one center; `names` is empty where a name would give away what is hidden today."""

    id: str
    number: int
    names: Localized
    group: Group
    fields: tuple[FieldDifference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that differs, group by group, then by number. `kept`: read from the editions' own folders, else worked out
    from history with the places as they are known today."""

    centers: tuple[CenterDifference, ...]
    kept: bool

    @property
    def counts(self) -> Mapping[Group, int]:
        """How many centers each group has."""
        return Counter(center.group for center in self.centers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is needed to look back: the centers as they are now, every change since the older edition (newest first) and
    the places. `addresses`: of each center that hides its own, every text of its address and way there ever was."""

    now: Mapping[str, Record]
    later: Sequence[FieldChange]
    gazetteer: Gazetteer
    addresses: Mapping[str, Sequence[tuple[str, str]]]

    @classmethod
    def since(cls, connection: Connection, edition: int, gazetteer: Gazetteer) -> Past:
        """All that happened after `edition`, as the store has it."""
        now, later = centers.records(connection), history.changes_after(connection, edition)
        hiding = {name for name, record in now.items() if record.cells["show_location"] != "yes"}
        hiding |= {change.center_id for change in later if change.field == "show_location"}
        places = past.texts_ever(connection, PLACE, hiding)
        return cls(now=now, later=later, gazetteer=gazetteer, addresses=places)

    def at(self, edition: int) -> dict[str, Record]:
        """The centers that changed since, as they stood in `edition`; those that came later are left out."""
        cells: dict[str, dict[str, str]] = {}
        born: set[str] = set()
        for change in self.later:
            if change.edition <= edition:
                break
            cells.setdefault(change.center_id, {})[change.field] = change.old
            if change.field == "id":
                born.add(change.center_id)
        touched = {change.center_id for change in self.later} - born
        return {
            center_id: replace(self.now[center_id], cells={**self.now[center_id].cells, **cells.get(center_id, {})})
            for center_id in touched
        }


def difference(looked: Past, old: int, new: int, folders: tuple[Shown, Shown] | None = None) -> Difference:
    """What differs between edition `old` and edition `new`; `folders`: what their own folders hold, where both are
    kept."""
    then, since = looked.at(old), looked.at(new)
    sides = folders or (_public(then, looked.gazetteer), _public(since, looked.gazetteer))
    found = []
    for center_id in sides[0].keys() | sides[1].keys():
        before, after = (side.get(center_id) for side in sides)
        now = looked.now.get(center_id)
        if before == after or now is None:
            continue
        known = [now, *(records[center_id] for records in (then, since) if center_id in records)]
        screen = Screen.of([one.cells for one in known], looked.gazetteer, looked.addresses.get(center_id, ()))
        if told_of := _of_center(before, after, screen, now):
            found.append(told_of)
    found.sort(key=lambda one: (GROUPS.index(one.group), one.number))
    return Difference(centers=tuple(found), kept=folders is not None)


def _public(records: Mapping[str, Record], gazetteer: Gazetteer) -> Shown:
    return {center_id: public_center(record, gazetteer, ()) for center_id, record in records.items()}


def _of_center(before: Center | None, after: Center | None, screen: Screen, now: Record) -> CenterDifference | None:
    told = []
    for column, old, new in _pairs(before, after):
        hidden = screen.hides(column, old, new)
        told.append(
            FieldDifference(field=column, hidden=True) if hidden else FieldDifference(field=column, old=old, new=new)
        )
    if not told:
        return None
    names = {lang: now.cells[f"name_{lang}"] for lang in LANGS}
    safe = {lang: "" if screen.hides(f"name_{lang}", name) else name for lang, name in names.items()}
    return CenterDifference(
        id=now.id, number=now.number, names=Localized(**safe), group=_group(before, after), fields=tuple(told)
    )


def _pairs(before: Center | None, after: Center | None) -> list[tuple[str, str, str]]:
    """(column, old, new) of what the public sees differ, as the desk writes it, in the order of the columns."""
    found = []
    for name in _SHOWN:
        then, now = getattr(before, name, None), getattr(after, name, None)
        if then != now:
            old, new = _texts(name, then), _texts(name, now)
            columns = old.keys() | new.keys()
            found += [(column, old.get(column, ""), new.get(column, "")) for column in columns]
    return sorted((one for one in found if one[1] != one[2]), key=lambda one: COLUMNS.index(one[0]))


def _texts(name: str, value: object) -> dict[str, str]:
    """One field of a public center as canonical text by column."""
    if value is None:
        return {}
    if isinstance(value, Localized):
        stem = "name" if name == "names" else name
        bare = {} if name == "names" else {stem: value.bare}
        return bare | {f"{stem}_{lang}": getattr(value, lang) for lang in LANGS}
    if isinstance(value, Point):
        return {"lat": str(value.lat), "lon": str(value.lon)}
    if isinstance(value, Timetable):
        return {name: value.text}
    if isinstance(value, tuple):
        return {name: "; ".join(map(_phone if name == "phones" else str, value))}
    return {name: str(value)}


def _group(before: Center | None, after: Center | None) -> Group:
    was, is_ = (center is not None and center.status != "closed" for center in (before, after))
    if was != is_:
        return "new" if is_ else "gone"
    return "hidden" if before and after and wider(after.show_location, before.show_location) else "changed"


def _phone(phone: Phone) -> str:
    return f"{phone.number} ({phone.label})" if phone.label else phone.number


def kept(folder: Path, old: int, new: int) -> tuple[Shown, Shown] | None:
    """What the folders of two editions hold; None unless both are kept and whole."""
    try:
        return open_edition(folder / str(old)).by_id, open_edition(folder / str(new)).by_id
    except EditionError:
        return None
