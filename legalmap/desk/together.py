"""What is done to one center, or to many, by one press: hide, suspend, say that it was verified by phone today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.privacy import leak
from legalmap.desk.reading import phones
from legalmap.model import LANGS, Change, Plan, Problem, Record
from legalmap.store import Connection, centers
from legalmap.store.verifications import FIELD_GROUPS, told
from legalmap.visibility import LOCATION_COLUMNS
from legalmap.wording import label

MOST = 5_000
"""Centers of one act."""
_PLACE = ("settlement", *sorted(LOCATION_COLUMNS))
Fields = dict[str, tuple[str, str]]


def plan_together(
    connection: Connection, what: str, ids: Collection[str], gazetteer: Gazetteer, today: dt.date
) -> Plan:
    """What doing `what` ("hide", "suspend", "verify") to these centers would change; what was so already stays
    unchanged. Raises LookupError when one of them is not there."""
    known = centers.records(connection, set(ids))
    if missing := set(ids) - known.keys():
        raise LookupError(min(missing))
    changes: list[Change] = []
    problems: list[Problem] = []
    for record in known.values():
        fields, said = DEEDS[what](record, gazetteer, today)
        problems.extend(said)
        changes.append(Change(id=record.id, change="changed" if fields else "unchanged", fields=fields))
    return Plan(changes=tuple(changes), problems=tuple(problems))


def _hide(record: Record, gazetteer: Gazetteer, today: dt.date) -> tuple[Fields, list[Problem]]:
    """Nothing may stop it: what would still tell the place is taken out in the same act, and each such field is named.
    The rest of the center is not judged."""
    cells = dict(record.cells) | {"show_location": "no"}
    said: list[Problem] = []
    # the id last: once its place stands in the note alone, nothing tells what the other texts must not say
    while found := leak({**cells, "id": ""}, gazetteer) or leak(cells, gazetteer):
        column, piece = found
        if column == "id":
            # an id cannot be taken back; what it tells is then no longer kept as a place that publishing must guard
            code, again = "hide_place_to_note", _with_place_in_note(cells)
        else:
            code, again = "hide_takes_out", {**cells, column: _untold(column, cells)}
        if again == cells:
            again = {**cells, column: ""}
        said.append(Problem(code=code, level="notice", column=column, value=piece, params={"id": record.id}))
        cells = again
    for phone in phones.read(cells["phones"]):
        if phones.is_landline(phone):
            said.append(
                Problem(
                    code="hide_landline", level="notice", column="phones", value=phone.number, params={"id": record.id}
                )
            )
    return _fields(record, cells), said


def _untold(column: str, cells: Mapping[str, str]) -> str:
    """What a field says without the place: a name becomes that of the kind, numbers lose the words beside them."""
    stem, _, lang = column.rpartition("_")
    if stem == "name" and lang in LANGS:
        return label("kind", cells["kind"], lang)
    if column == "phones":
        return "; ".join(phone.number for phone in phones.read(cells["phones"]))
    return ""


def _with_place_in_note(cells: Mapping[str, str]) -> dict[str, str]:
    place = ", ".join(dict.fromkeys(cells[column] for column in _PLACE if cells[column]))
    note = "\n".join(filter(None, (cells["internal_note"], place)))
    return {**cells, **dict.fromkeys(_PLACE, ""), "internal_note": note}


def _suspend(record: Record, gazetteer: Gazetteer, today: dt.date) -> tuple[Fields, list[Problem]]:
    """A closed center shows less already."""
    status = record.cells["status"]
    return ({"status": (status, "suspended")} if status == "active" else {}), []


def _verify(record: Record, gazetteer: Gazetteer, today: dt.date) -> tuple[Fields, list[Problem]]:
    """All groups of fields, by phone, today; a closed center is left alone."""
    if record.cells["status"] == "closed":
        return {}, [Problem(code="verify_closed", level="notice", value=record.id)]
    on, way = today.isoformat(), "phone"
    fields = _fields(record, {**record.cells, "verified_on": on, "verified_by": way})
    if fields:
        return fields, []
    word = told(on, way)
    pairs = {f"verified.{group}": (record.verified.get(group, ""), word) for group in FIELD_GROUPS}
    return {name: pair for name, pair in pairs.items() if pair[0] != word}, []


def _fields(record: Record, cells: Mapping[str, str]) -> Fields:
    return {column: (record.cells[column], text) for column, text in cells.items() if text != record.cells[column]}


DEEDS: Mapping[str, Callable[[Record, Gazetteer, dt.date], tuple[Fields, list[Problem]]]] = {
    "hide": _hide,
    "suspend": _suspend,
    "verify": _verify,
}


def hiding(record: Record, gazetteer: Gazetteer) -> list[Problem]:
    """What hiding the center would take out of its public fields, each named."""
    return _hide(record, gazetteer, dt.date.min)[1]
