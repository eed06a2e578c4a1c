"""A file of any kind that admins send -> a table with our column names, or the reason why it cannot be used."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from legalmap.config import Settings
from legalmap.desk.problems import FileRefused
from legalmap.desk.reading import broken_letters, delimited, filekinds, headers
from legalmap.desk.reading.encodings import decode
from legalmap.desk.reading.table import Choice, FileInfo, Row, Table
from legalmap.model import Problem

MAX_COLUMNS = 200
AS_FOUND = Choice()
_HEADER_WITHIN = 10
"""Non-blank lines in which the header is looked for: some tables begin with a title."""
_SHOWN = 80
_UNSEEN = re.compile("[\\s\u00a0\u00ad\u200b-\u200f\u2060\ufeff]+")
_WORDS = ("name", "address", "directions", "services", "bring", "note", "settlement", "rayon", "internal")
"""Columns of free text: elsewhere what makes no sense is told by the column's own rule."""
_TOTAL = re.compile(r"(?:итого|всего|жалпы|бардыгы|жыйынтык|total)\b", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class _Lines:
    """Lines of cells from either kind of file, and what is known of single cells by (line, column from 0)."""

    lines: Iterable[tuple[int, list[str]]]
    problems: list[Problem] = field(default_factory=list)
    dates: set[tuple[int, int]] = field(default_factory=set)
    empty_formulas: set[tuple[int, int]] = field(default_factory=set)
    header: tuple[tuple[str, str], ...] = ()


def read(data: bytes, name: str, settings: Settings, choice: Choice = AS_FOUND, *, size: int = 0) -> Table:
    """The table in `data`: CSV, TSV or an Excel workbook, by content and not by name. Never raises on odd bytes.

    `size`: bytes of the file where `data` is only its beginning.
    """
    size = size or len(data)
    found: _Lines | None = None
    info = FileInfo(name=name, sha256=hashlib.sha256(data).hexdigest(), bytes=size)
    try:
        if size > settings.import_max_bytes:
            raise FileRefused("file_too_large", limit=settings.import_max_bytes, actual=size)
        if not data.strip(b"\0 \t\r\n"):
            raise FileRefused("file_empty")
        info, found = _lines(data, info, choice)
        rows, problems = _table(found, settings, choice.columns)
    except FileRefused as stop:
        return Table(info=replace(info, header=found.header if found else ()), problems=(stop.problem,))
    except MemoryError:
        return Table(info=info, problems=(Problem(code="file_too_heavy", level="error"),))
    return Table(info=replace(info, rows=len(rows), header=found.header), rows=rows, problems=tuple(problems))


def lines_of(data: bytes, name: str, choice: Choice) -> list[tuple[int, list[str]]]:
    """Each non-blank line as written, its number in the file first: what a person is given back. Raises FileRefused."""
    _, found = _lines(data, FileInfo(name=name, sha256="", bytes=len(data)), choice)
    return list(_filled(found.lines))


def _lines(data: bytes, info: FileInfo, choice: Choice) -> tuple[FileInfo, _Lines]:
    if filekinds.is_workbook(data):
        return _workbook(data, info, choice.sheet)
    return _text(data, info, choice.encoding, choice.delimiter)


def _workbook(data: bytes, info: FileInfo, chosen: str) -> tuple[FileInfo, _Lines]:
    from legalmap.desk.reading import workbook  # its library takes a tenth of a second to load, and few files need it

    sheet = workbook.read_sheet(data, chosen)
    found = _Lines(lines=sheet.lines, dates=sheet.dates, empty_formulas=sheet.empty_formulas)
    if not info.name.casefold().endswith((".xlsx", ".xlsm")):
        found.problems.append(Problem(code="file_is_a_workbook", level="notice"))
    if sheet.hidden_rows or sheet.hidden_columns:
        hidden = {"rows": len(sheet.hidden_rows), "columns": sheet.hidden_columns}
        found.problems.append(Problem(code="hidden_skipped", level="notice", params=hidden))
    skipped = [title for title, cells in sheet.others if len({headers.column(cell) for cell in cells} - {None}) > 2]
    if skipped:
        names = ", ".join(skipped)[:_SHOWN]
        found.problems.append(
            Problem(code="sheets_skipped", level="notice", value=sheet.name, params={"others": names})
        )
    return replace(info, sheet=sheet.name, sheets=sheet.all), found


def _letters(columns: Iterable[int]) -> Iterator[str]:
    for column in sorted(columns):
        from legalmap.desk.reading import workbook

        yield workbook.letter(column)


def _text(data: bytes, info: FileInfo, encoding: str, delimiter: str) -> tuple[FileInfo, _Lines]:
    decoded = decode(data, encoding)
    if not _UNSEEN.sub("", decoded.text):
        raise FileRefused("file_empty")
    if "\0" in decoded.text:
        raise FileRefused("file_not_a_table", value="NUL")
    filekinds.refuse_markup(decoded.text)
    mark, lines = delimited.split(decoded.text, delimiter)
    return replace(info, encoding=decoded.encoding, delimiter=mark), _Lines(
        lines=lines, problems=list(decoded.problems)
    )


def _table(found: _Lines, settings: Settings, chosen: Mapping[int, str]) -> tuple[tuple[Row, ...], list[Problem]]:
    """The rows below the header. Of each line only what is asked for is kept: a line may have 200 cells."""
    lines = _filled(found.lines)
    first = list(islice(lines, _HEADER_WITHIN))
    if not first:
        raise FileRefused("file_empty")
    at = _header_at(first) if not chosen else _named_at(first)
    header = first[at][1]
    columns = [chosen.get(place, headers.column(cell)) or None for place, cell in enumerate(header)]
    found.header = tuple((cell.strip(), column or "") for cell, column in zip(header, columns, strict=True))
    ignored = _ignored(header, columns, chosen)
    nameless = {position for position, cell in enumerate(header) if _blank(cell)}
    used: set[int] = set()
    rows: list[Row] = []
    given = 0
    for line, cells in chain(first[at + 1 :], lines):
        given += 1
        if given <= settings.import_max_rows:
            rows.append(_row(line, cells, columns, found))
            used |= {position for position in nameless - used if not _blank("".join(cells[position : position + 1]))}
    if given > settings.import_max_rows:
        raise FileRefused("file_too_many_rows", limit=settings.import_max_rows, actual=given)
    ignored.extend(_letters(used))
    problems = [*found.problems, *(Problem(code="column_ignored", level="notice", value=text) for text in ignored)]
    if at:
        problems.append(Problem(code="lines_above_header", level="notice", params={"at": first[at][0]}))
    if not rows:
        raise FileRefused("file_without_rows")
    return tuple(rows), problems


def _filled(lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something. Raises FileRefused for one that is too wide."""
    for line, cells in lines:
        if len(cells) > MAX_COLUMNS and any(not _blank(cell) for cell in cells[MAX_COLUMNS:]):
            raise FileRefused("file_too_many_columns", limit=MAX_COLUMNS, actual=len(cells))
        if not all(map(_blank, cells)):
            yield line, cells


def _blank(cell: str) -> bool:
    return not _UNSEEN.sub("", cell)


def _header_at(lines: Sequence[tuple[int, list[str]]]) -> int:
    """The line that names most of our columns, the first of equals."""
    known = [len({headers.column(cell) for cell in cells} - {None}) for _, cells in lines]
    if not any(known):
        shown = ", ".join(cell.strip() for cell in lines[0][1] if cell.strip())
        if broken_letters.mojibake(shown):
            raise FileRefused("file_letters_garbled", value=shown[:_SHOWN])
        code = "file_letters_lost" if broken_letters.lost(shown) else "file_without_header"
        raise FileRefused(code, value=shown[:_SHOWN])
    # a title above the header names a column by chance; a row of data below it hardly names two
    return known.index(max(known)) if known[0] < 2 else 0


def _named_at(lines: Sequence[tuple[int, list[str]]]) -> int:
    """The header's line when a person said what its cells mean: as found, else the first."""
    try:
        return _header_at(lines)
    except FileRefused:
        return 0


def _ignored(header: Sequence[str], columns: Sequence[str | None], chosen: Mapping[int, str]) -> list[str]:
    """The header's texts that are not known; one that a person chose to leave unread is known."""
    known = [column for column in columns if column]
    doubled = [column for column, count in Counter(known).items() if count > 1]
    if doubled:
        raise FileRefused("column_doubled", value=", ".join(doubled))
    return [
        cell.strip()
        for place, cell in enumerate(header)
        if columns[place] is None and place not in chosen and not _blank(cell)
    ]


def _row(line: int, cells: Sequence[str], columns: Sequence[str | None], found: _Lines) -> Row:
    named = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    surplus = tuple(cell for cell in cells[len(columns) :] if not _blank(cell))
    flaws = dict(_flaws(line, cells, columns, found))
    written = [cell.strip() for cell in cells if not _blank(cell)]
    no_center = "total_line" if len(written) <= 4 and _TOTAL.match(written[0]) else ""
    if len(written) > 1 and all(headers.column(cell) == column for column, cell in named.items() if not _blank(cell)):
        no_center = "header_repeated"
    return Row(line=line, cells=named, surplus=surplus, flaws=flaws, no_center=no_center)


def _flaws(line: int, cells: Sequence[str], columns: Sequence[str | None], found: _Lines) -> Iterator[tuple[str, str]]:
    for position, (column, cell) in enumerate(zip(columns, cells, strict=False)):
        if column is None:
            continue
        if (line, position) in found.empty_formulas:
            yield column, "formula_without_value"
        elif (line, position) in found.dates:
            yield column, "date_cell"
        elif not column.startswith(_WORDS) or (cell.isascii() and "?" not in cell):
            continue
        elif broken_letters.lost(cell):
            yield column, "letters_lost"
        elif broken_letters.mojibake(cell):
            yield column, "letters_garbled"
