"""Text of a CSV or TSV -> its lines of cells; the separator is the one that makes the most of the header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress

from legalmap.desk.problems import FileRefused
from legalmap.desk.reading import headers

DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 32_767
"""Letters, as in Excel; no field of a center is a tenth of that."""
_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)
_HEADER_WITHIN = 10
"""Lines in which a header is looked for: some tables begin with a title."""


def split(text: str, chosen: str = "") -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """The separator (`chosen`, else found) and the lines: number in the file from 1, cells as written; a quoted line
    break makes a line longer. Raises FileRefused, also while the lines are read."""
    told = _SEPARATOR_LINE.match(text)
    delimiter = chosen or (told[1] if told else "")
    if not delimiter:
        delimiter = max(DELIMITERS, key=lambda mark: _worth(text, mark))
    body = text[told.end() :] if told else text
    return delimiter, _lines(body, delimiter, first=2 if told else 1)


def _worth(text: str, delimiter: str) -> tuple[int, int]:
    """How many of our columns the first lines name when cut by `delimiter`, then how many cells they have."""
    start = io.StringIO(text, newline="")
    lines = [start.readline(10 * LONGEST_CELL) for _ in range(_HEADER_WITHIN)]
    known, cells = 0, 0
    with suppress(csv.Error):  # it is told when the lines are read
        for cut in csv.reader(lines, delimiter=delimiter):
            known = max(known, sum(headers.column(cell) is not None for cell in cut))
            cells = max(cells, len(cut))
    return known, cells


def _lines(text: str, delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = first
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            if "field limit" in str(fault):
                raise FileRefused("file_cell_too_long", at=line, limit=LONGEST_CELL) from fault
            raise FileRefused("file_broken_quotes", at=line) from fault
        yield line, cells
        line = reader.line_num + first
