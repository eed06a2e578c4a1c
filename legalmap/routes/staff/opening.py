"""Keeps in the audit who opened what a center hides."""

from __future__ import annotations

import datetime as dt

from legalmap.model import Record
from legalmap.people import audit
from legalmap.routes.staff import door, frame
from legalmap.store import audit as lines
from legalmap.visibility import COLUMNS, INTERNAL_COLUMNS, PUBLIC_COLUMNS

ONE_SITTING = dt.timedelta(minutes=30)
"""So long a form is filled in without being opened anew for the audit."""
_SEEN, _LOOKED_THROUGH = "hidden_viewed", 200


def note(record: Record, *, again: bool = False) -> None:
    """Only where something is hidden: what everybody sees needs no record of who saw it. `again`: on the way through a
    form that was opened a while ago at most, one line is enough. Raises StoreError."""
    show = record.cells["show_location"]
    secret = frozenset(COLUMNS) - PUBLIC_COLUMNS.get(show, PUBLIC_COLUMNS["no"]) - INTERNAL_COLUMNS
    if show == "yes" or not any(record.cells[column] for column in secret):
        return
    who, since = frame.desk().who, (door.now() - ONE_SITTING).isoformat()
    with frame.store().reading() as connection:
        said = lines.newest(connection, _LOOKED_THROUGH) if again else ()
    if any((one.who, one.what, one.subject) == (who, _SEEN, record.id) and one.at > since for one in said):
        return
    with frame.store().writing() as connection:
        audit.add(connection, who=who, what=_SEEN, subject=record.id, now=door.now())
