"""The desk's centers as a CSV or a workbook that comes back through import with no change. Never served."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence

from legalmap.desk import spreadsheet
from legalmap.desk.reading.formulas import guarded
from legalmap.model import Record
from legalmap.visibility import COLUMNS
from legalmap.wording import label


def headings(columns: Sequence[str], lang: str) -> list[str]:
    """What stands above the columns: their names in `lang`, our own where that is ""."""
    return [label("column", column, lang) if lang else column for column in columns]


def as_csv(known: Collection[Record], lang: str = "", delimiter: str = ",") -> str:
    """Every column of every center, hidden and internal ones too; begins with a BOM so that Excel
    reads the letters right; what would run as a formula has an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(headings(COLUMNS, lang))
    writer.writerows(_rows(known))
    return "\ufeff" + out.getvalue()


def as_xlsx(known: Collection[Record], lang: str = "") -> bytes:
    """The same as a workbook for Excel, all cells texts; guarded too, since people save a workbook as CSV."""
    return spreadsheet.table("centers", COLUMNS, headings(COLUMNS, lang), _rows(known))


def left_out(known: Collection[Record]) -> Iterator[tuple[str, str]]:
    """Id and column of each text that is too long for a cell. Its cell is empty: an import leaves it as it is."""
    for record in known:
        for column, text in record.cells.items():
            if not spreadsheet.fits(guarded(text)):
                yield record.id, column


def _rows(known: Collection[Record]) -> Iterator[list[str]]:
    for record in known:
        texts = (guarded(record.cells[column]) for column in COLUMNS)
        yield [text if spreadsheet.fits(text) else "" for text in texts]
