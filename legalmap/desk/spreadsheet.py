"""Writes Excel workbooks in which every cell is a text: no formula runs, no phone or date becomes a number.

openpyxl is loaded when one is written: it weighs 7 MB in each worker, and few of them ever write one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet
    from openpyxl.worksheet.worksheet import Worksheet

LONGEST_CELL = 32_767
"""Letters that Excel keeps in a cell."""
TEXT = "@"
"""Excel's format of a cell that is a text whatever it looks like."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""Letters that XML cannot hold or would change (a carriage return), and what looks like the escape of one."""
_ESCAPED = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")
_WIDTHS = (
    (("name", "address", "directions", "services", "bring", "note", "internal", "source", "area"), 34),
    (("phones", "hours", "phone_hours", "topics", "needs", "groups", "admission", "website", "email", "kind"), 28),
    (("id", "rank", "lat", "lon", "status"), 15),
)
_WIDTH = 18
"""Letters, of a column that _WIDTHS does not name by the beginning of its name."""


def escaped(text: str) -> str:
    """`text` as the file keeps it (ECMA-376, 22.9.2.19: `_x000D_`). `unescaped(escaped(x)) == x` for every x."""
    return _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped(text: str) -> str:
    """What a person sees in a cell that a file keeps as `text`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def fits(text: str) -> bool:
    """Whether a cell can hold the whole text."""
    return len(escaped(text)) <= LONGEST_CELL


def write(cell: Cell, text: str) -> Cell:
    """Put a text into a cell so that it stays one, `=1+1` and `#N/A` too."""
    cell.value = escaped(text) or None
    if text:
        cell.data_type = "s"
    return cell


def table(title: str, columns: Sequence[str], headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one sheet: the header frozen and filterable, then the rows. `columns`: our names, for the widths.
    Texts must fit."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = workbook()
    sheet: WriteOnlyWorksheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}1"
    shape(sheet, columns)
    head, plain = WriteOnlyCell(sheet), WriteOnlyCell(sheet)
    for cell in (head, plain):
        cell.number_format = TEXT
        cell.alignment = Alignment(vertical="top", wrap_text=cell is head)
    head.font = Font(name="Calibri", bold=True, color="FFFFFF")
    head.fill = PatternFill("solid", fgColor="1F4E79")
    sheet.append(write(head, text) for text in headings)
    for row in rows:  # each cell is written before the next takes its place; an empty one would only cost time
        sheet.append(write(plain, text) if text else None for text in row)
    return saved(book)


def workbook(*, write_only: bool = True) -> Workbook:
    """An empty workbook that does not name the library that wrote it."""
    from openpyxl import Workbook

    book = Workbook(write_only=write_only)
    book.properties.creator = "Legalmap"
    return book


def shape(sheet: Worksheet | WriteOnlyWorksheet, columns: Sequence[str]) -> None:
    """Columns wide enough for what stands in them, and of text also where no cell is yet."""
    from openpyxl.utils import get_column_letter

    for position, column in enumerate(columns, 1):
        shown = sheet.column_dimensions[get_column_letter(position)]
        shown.width = next((width for stems, width in _WIDTHS if column.startswith(stems)), _WIDTH)
        shown.number_format = TEXT


def saved(book: Workbook) -> bytes:
    """The workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
