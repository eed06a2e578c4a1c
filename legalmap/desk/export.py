"""The desk's centers as a CSV that comes back through import with no change. Never served."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from legalmap.desk.formulas import guarded
from legalmap.model import Record
from legalmap.visibility import COLUMNS


def as_csv(known: Iterable[Record]) -> str:
    """Every column of every center, hidden and internal ones too; begins with a BOM so that Excel
    reads the letters right; what would run as a formula has an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for record in known:
        writer.writerow(guarded(record.cells[column]) for column in COLUMNS)
    return "\ufeff" + out.getvalue()
