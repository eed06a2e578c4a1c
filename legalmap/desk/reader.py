"""Bytes of a CSV -> a table with our column names, or the reason why the file cannot be used."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from legalmap.config import Settings
from legalmap.desk import headers
from legalmap.model import Problem

DELIMITERS = (",", ";", "\t", "|")
MAX_COLUMNS = 200
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """What the file is; `rows` counts the non-blank ones below the header."""

    name: str
    sha256: str
    bytes: int
    encoding: str | None = None
    delimiter: str | None = None
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One non-blank row: `line` is its first line in the file (header = 1); cells as written."""

    line: int
    cells: Mapping[str, str]
    surplus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What was read. A problem of level error (always without a line) means: not usable."""

    info: FileInfo
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = field(default=())

    @property
    def unusable(self) -> bool:
        """The file cannot be used at all."""
        return any(problem.level == "error" for problem in self.problems)


class _FileProblem(Exception):
    def __init__(self, code: str, value: str | None = None, **params: str | int) -> None:
        super().__init__(code)
        self.problem = Problem(code=code, level="error", value=value, params=params)


def read(data: bytes, name: str, settings: Settings) -> Table:
    """The table in `data`, a UTF-8 CSV whose first row is the header. Never raises on odd bytes."""
    info = FileInfo(name=name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
    try:
        text = _decode(data, settings)
        info = _with(info, encoding="utf-8-sig" if data.startswith(_BOM) else "utf-8")
        delimiter = _delimiter(text)
        info = _with(info, delimiter=delimiter)
        lines = list(_split(text, delimiter))
        columns, ignored = _header(lines)
        rows = tuple(_rows(lines[1:], columns))
        info = _with(info, rows=len(rows))
        if not rows:
            raise _FileProblem("file_without_rows")
        if len(rows) > settings.import_max_rows:
            raise _FileProblem("file_too_many_rows", limit=settings.import_max_rows, actual=len(rows))
    except _FileProblem as stop:
        return Table(info=info, problems=(stop.problem,))
    notices = (Problem(code="column_ignored", level="notice", value=text) for text in ignored)
    return Table(info=info, rows=rows, problems=tuple(notices))


def _with(info: FileInfo, *, encoding: str | None = None, delimiter: str | None = None, rows: int = 0) -> FileInfo:
    return FileInfo(
        name=info.name, sha256=info.sha256, bytes=info.bytes, encoding=encoding or info.encoding,
        delimiter=delimiter or info.delimiter, rows=rows or info.rows,
    )  # fmt: skip


def _decode(data: bytes, settings: Settings) -> str:
    if len(data) > settings.import_max_bytes:
        raise _FileProblem("file_too_large", limit=settings.import_max_bytes, actual=len(data))
    if not data.strip():
        raise _FileProblem("file_empty")
    for mark, kind in (
        (b"PK\x03\x04", "ZIP/XLSX"),
        (b"\xd0\xcf\x11\xe0", "XLS"),
        (b"\x1f\x8b", "GZIP"),
        (b"%PDF", "PDF"),
    ):
        if data.startswith(mark):
            raise _FileProblem("file_not_csv", value=kind)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise _FileProblem("file_not_utf8", byte=fault.start) from fault
    if not text.strip():
        raise _FileProblem("file_empty")
    if "\0" in text:
        raise _FileProblem("file_not_csv", value="NUL")
    if text.lstrip()[:1] in {"<", "{", "["}:
        raise _FileProblem("file_not_csv", value=text.lstrip()[:20])
    return text


def _delimiter(text: str) -> str:
    first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").splitlines()[0])
    counts = Counter({mark: first.count(mark) for mark in DELIMITERS})
    mark, count = counts.most_common(1)[0]
    return mark if count else ","


def _split(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of their first line; a quoted line break makes a row longer."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise _FileProblem("file_broken_quotes", at=line) from fault
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _header(lines: Sequence[tuple[int, list[str]]]) -> tuple[list[str | None], list[str]]:
    """Our column for each cell of the header (None: not one of ours), and the texts not known."""
    cells = lines[0][1] if lines else []
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        raise _FileProblem("file_too_many_columns", limit=MAX_COLUMNS, actual=len(cells))
    columns = [headers.column(cell) for cell in cells]
    known = [column for column in columns if column]
    if not known:
        raise _FileProblem("file_without_header", value=", ".join(cells)[:80])
    doubled = [column for column, count in Counter(known).items() if count > 1]
    if doubled:
        raise _FileProblem("column_doubled", value=", ".join(doubled))
    ignored = [cell.strip() for cell, column in zip(cells, columns, strict=True) if column is None and cell.strip()]
    return columns, ignored


def _rows(lines: Sequence[tuple[int, list[str]]], columns: Sequence[str | None]) -> Iterator[Row]:
    for line, cells in lines:
        named = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
        surplus = tuple(cell for cell in cells[len(columns) :] if cell.strip())
        yield Row(line=line, cells=named, surplus=surplus)
