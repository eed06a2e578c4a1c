"""The public page of a center as an unsaved form would make it, and what of the form stays hidden and why."""

from __future__ import annotations

import datetime as dt

from flask import render_template

from legalmap.desk.edit import Edit, read_form
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.public_view import public_center
from legalmap.directory.search import match
from legalmap.model import Center, Record
from legalmap.routes import page, week
from legalmap.routes.phrases import _
from legalmap.routes.places import facts_of
from legalmap.routes.staff import saying
from legalmap.routes.staff.reading import worded
from legalmap.visibility import COLUMNS, INTERNAL_COLUMNS, PUBLIC_COLUMNS


def shown(record: Record | None, edit: Edit, gazetteer: Gazetteer, today: dt.date) -> str:
    """The page that people would see."""
    entry = read_form(edit, record, {record.id: record} if record else {}, gazetteer, today)
    hours_on = edit.on if "hours" in edit.groups else record.hours_verified_on if record else ""
    unsaved = Record(id=entry.id, number=record.number if record else 0, cells=entry.cells, hours_verified_on=hours_on)
    center = public_center(unsaved, gazetteer, ())
    now = page.now()
    return render_template(
        "admin/preview.html", match=match(center, now), now=now, week=week, facts=facts_of(center),
        kept_back=kept_back(unsaved, center), field=saying.field, told=saying.value,
        faults=[worded(problem) for problem in entry.problems if problem.level == "error"],
    )  # fmt: skip


def kept_back(record: Record, center: Center) -> list[tuple[str, str, str]]:
    """(column, text, why) of all that the public does not see."""
    show, cells = record.cells["show_location"], record.cells
    allowed = PUBLIC_COLUMNS.get(show, PUBLIC_COLUMNS["no"])
    why = _("Only the town or village is shown.") if show == "settlement" else _("Hidden together with the address.")
    found = []
    for column in COLUMNS:
        if not cells[column]:
            continue
        if column in INTERNAL_COLUMNS:
            found.append((column, cells[column], _("For the desk alone.")))
        elif column not in allowed:
            found.append((column, cells[column], why))
        elif column == "area" and show == "no":
            found.append((column, cells[column], _("Shown as oblasts.")))
        elif _dropped(column, center):
            found.append((column, cells[column], _("It tells the hidden address.")))
    return found


def _dropped(column: str, center: Center) -> bool:
    if column == "website":
        return not center.website
    stem, _bar, lang = column.partition("_")
    return stem == "note" and not getattr(center.note, lang or "bare")
