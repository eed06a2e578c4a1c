"""The rows that could not go in, as a file like the one that was sent, each with why: to be put right and sent on."""

from __future__ import annotations

import csv
import io
from collections import defaultdict

from legalmap.desk import spreadsheet
from legalmap.desk.plan_file import Wanted
from legalmap.desk.reading import filekinds
from legalmap.desk.reading.formulas import guarded
from legalmap.desk.reading.reader import lines_of
from legalmap.desk.reading.table import FileInfo
from legalmap.model import Plan
from legalmap.wording import word

HEADING = "error"
"""Above the column of reasons: no column of ours, so that the file can be sent again as it is."""


def refused_rows(data: bytes, info: FileInfo, wanted: Wanted, plan: Plan, lang: str) -> tuple[bytes, str]:
    """The file and the ending of its name: a workbook for a workbook, else CSV with the same separator, UTF-8 with a
    BOM. Cells are as they were written, but no spreadsheet takes one for a formula; reasons in `lang`. Raises
    FileRefused when `data` cannot be read so."""
    reasons: dict[int, list[str]] = defaultdict(list)
    for problem in plan.problems:
        if problem.line is not None and (problem.level == "error" or problem.code == "row_skipped"):
            reasons[problem.line].append(word(problem, lang))
    header = [cell for cell, _ in info.header]
    rows = [[*header, HEADING]]
    for line, cells in lines_of(data, info.name, wanted.choice):
        if line in reasons:
            whole = [*cells, *[""] * (len(header) - len(cells))]
            rows.append([*whole, " ".join(reasons[line])])
    if filekinds.is_workbook(data):
        columns = [column for _, column in info.header]
        return spreadsheet.table(HEADING, [*columns, "note"], rows[0], rows[1:]), "xlsx"
    out = io.StringIO()
    csv.writer(out, delimiter=info.delimiter or ",", lineterminator="\r\n").writerows(map(guarded, row) for row in rows)
    return ("\ufeff" + out.getvalue()).encode(), "csv"
