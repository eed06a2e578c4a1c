"""An Excel workbook -> the lines of its first visible sheet, as a person sees them there (read by openpyxl)."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, get_column_letter, range_boundaries

from legalmap.desk.problems import FileRefused
from legalmap.desk.spreadsheet import unescaped

MOST_CELLS = 1_000_000
"""Of one sheet; 5,000 rows of 60 columns have 300,000."""
_LOOK_AT, _LOOK_AT_CELLS = 5, 200
"""Lines and cells of a sheet that is not read, to tell whether it is a table of centers."""
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_FAULTS = (
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, zipfile.BadZipFile, zlib.error,
    NotImplementedError, SyntaxError, DefusedXmlException, OverflowError, AssertionError,
)  # fmt: skip
"""What a workbook that is not whole makes of its reader; SyntaxError is also that of broken XML."""


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A visible sheet. `lines`: number of the row in Excel and its cells as text. `dates`: cells (row, column
    from 0) that Excel keeps as dates; `empty_formulas`: cells whose formula was never calculated; `others`: further
    visible sheets, each with its title and the cells of its first lines; `all`: the titles of all visible ones."""

    name: str
    lines: list[tuple[int, list[str]]] = field(default_factory=list)
    dates: set[tuple[int, int]] = field(default_factory=set)
    empty_formulas: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: int = 0
    others: tuple[tuple[str, list[str]], ...] = ()
    all: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Layout:
    """What openpyxl's read-only mode does not tell of a sheet; rows from 1, columns from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    empty_formulas: set[tuple[int, int]] = field(default_factory=set)


def read_sheet(data: bytes, chosen: str = "") -> Sheet:
    """The `chosen` visible sheet of the workbook `data`, else the first: hidden rows and columns left out, merged cells
    filled, formulas by the value that Excel kept. Raises FileRefused for a workbook that is damaged, encrypted or has
    no sheet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that nobody reads here
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            seen = [one for one in book.worksheets if one.sheet_state == "visible"]
            if not seen:
                raise FileRefused("file_damaged", value="XLSX")
            meant = next((one for one in seen if one.title == chosen), seen[0])
            layout = _layout(data, meant._worksheet_path)  # the one thing openpyxl has no public name for
            found = _read(meant, layout)
            found.others = tuple((one.title, _begins(one)) for one in seen if one is not meant)
            found.all = tuple(one.title for one in seen)
            return found
    except _FAULTS as fault:
        raise FileRefused("file_damaged", value="XLSX") from fault


def _layout(data: bytes, path: str) -> _Layout:
    found = _Layout()
    with zipfile.ZipFile(io.BytesIO(data)) as package, package.open(path) as sheet:
        for _, element in iterparse(sheet, events=("end",), forbid_dtd=True):
            if element.tag == f"{_NS}col" and _yes(element.get("hidden")):
                last = min(int(element.get("max", "0")), 16_384)
                found.hidden_columns.update(range(int(element.get("min", "1")) - 1, last))
            elif element.tag == f"{_NS}c":
                _note_formula(element, found)
                element.clear()
            elif element.tag == f"{_NS}row":
                if _yes(element.get("hidden")):
                    found.hidden_rows.add(int(element.get("r", "0")))
                element.clear()
            elif element.tag == f"{_NS}mergeCell":
                west, north, east, south = range_boundaries(element.get("ref", ""))
                found.merged.append((north, south, west - 1, east - 1))
    return found


def _yes(value: str | None) -> bool:
    return value in {"1", "true"}


def _note_formula(cell: Element, layout: _Layout) -> None:
    formula, value = cell.find(f"{_NS}f"), cell.find(f"{_NS}v")
    if formula is not None and (value is None or value.text is None):
        column, row = coordinate_from_string(cell.get("r", "A1"))
        layout.empty_formulas.add((row, column_index_from_string(column) - 1))


def _read(sheet: Any, layout: _Layout) -> Sheet:
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    kept: dict[int, dict[int, object]] = {}
    cells = 0
    for row in sheet.iter_rows():
        values = {cell.column - 1: cell.value for cell in row if cell.value is not None}
        if values:
            kept[row[next(iter(values))].row] = values
            cells += len(values)
            if cells > MOST_CELLS:
                raise FileRefused("file_too_many_cells", limit=MOST_CELLS, actual=cells)
    _fill(kept, layout)
    seen = [line for line in sorted(kept) if line not in layout.hidden_rows]
    columns = sorted({column for values in kept.values() for column in values} - layout.hidden_columns)
    place = {column: position for position, column in enumerate(columns)}
    found = Sheet(
        name=sheet.title,
        lines=[(line, [_text(kept[line].get(column)) for column in columns]) for line in seen],
        hidden_rows=tuple(line for line in sorted(kept) if line in layout.hidden_rows),
        hidden_columns=len({column for values in kept.values() for column in values} & layout.hidden_columns),
    )
    for line in seen:
        found.dates |= {
            (line, place[c]) for c, value in kept[line].items() if c in place and isinstance(value, dt.date)
        }
    found.empty_formulas = {(line, place[c]) for line, c in layout.empty_formulas if c in place}
    return found


def _begins(sheet: Any) -> list[str]:
    rows = sheet.iter_rows(max_row=_LOOK_AT, values_only=True)
    return [_text(value) for row in rows for value in row[:_LOOK_AT_CELLS] if value is not None]


def letter(column: int) -> str:
    """What a spreadsheet calls a column, counted from 0."""
    return str(get_column_letter(column + 1))


def _fill(kept: dict[int, dict[int, object]], layout: _Layout) -> None:
    """Merged cells have one value that is meant for each of them."""
    room = MOST_CELLS
    for north, south, west, east in layout.merged:
        value = kept.get(north, {}).get(west)
        room -= (min(south, max(kept, default=0)) - north + 1) * (east - west + 1)
        if value is None or room < 0:
            continue
        for line in range(north, south + 1):
            if line in kept:
                kept[line].update(dict.fromkeys(range(west, east + 1), value))


def _text(value: object) -> str:
    """A cell as it would be typed: whole numbers without a point, dates as YYYY-MM-DD, times as HH:MM."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if isinstance(value, dt.time):
        return value.isoformat("minutes")
    return unescaped(str(value))
