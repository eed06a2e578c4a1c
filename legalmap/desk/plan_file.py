"""A file and what a person wants of it -> the plan of its import."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from legalmap.config import Settings
from legalmap.desk.confined import Tell
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.plan import plan_import
from legalmap.desk.reading.reader import AS_FOUND, read
from legalmap.desk.reading.table import Choice, FileInfo, Table, corrected
from legalmap.model import Plan, Record

POINT = ("lat", "lon")
_NAME_SHOWN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asks of an import. `good_rows`: leave refused rows out; `accept`: questions answered yes, each by
    its code or by `answer_key`, or "all"; `choice`: how the file is read; `cells`: what was put right, by line and
    column; `skip`: lines of rows to leave out."""

    apply: bool = False
    good_rows: bool = False
    replace_all: bool = False
    accept: frozenset[str] = frozenset()
    choice: Choice = AS_FOUND
    cells: Mapping[tuple[int, str], str] = field(default_factory=dict)
    skip: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The directory that a plan was made with; every act takes an edition number, so that tells whether it changed."""

    records: Mapping[str, Record]
    gazetteer: Gazetteer
    last_number: int
    last_edition: int


def plan_file(
    data: bytes,
    name: str,
    size: int,
    wanted: Wanted,
    basis: Basis,
    settings: Settings,
    today: dt.date,
    tell: Tell = lambda _: None,
) -> tuple[FileInfo, bool, Plan]:
    """What the file is, whether it cannot be used at all, and what it would do. `size`: bytes of the whole file, 0 =
    those of `data`; `tell` hears "reading", then "checking 500/5000". Raises nothing on odd bytes."""
    tell("reading")
    table = corrected(read(data, name, settings, wanted.choice, size=size), wanted.cells, wanted.skip)
    plan = plan_import(
        table, basis.records, basis.gazetteer, today=today, last_number=basis.last_number,
        replace_all=wanted.replace_all, accept=wanted.accept, tell=tell,
    )  # fmt: skip
    whole = any(problem.line is None and problem.code.startswith("file_") for problem in plan.at("error"))
    # a path is nobody's business in a report
    names = {row.line: name for row in table.rows if (name := _name(row.cells))}
    info = replace(
        table.info, name=table.info.name.replace("\\", "/").rsplit("/", 1)[-1], names=names, wrong=_wrong(table, plan)
    )
    return info, table.unusable or whole, plan


def _wrong(table: Table, plan: Plan) -> dict[int, dict[str, str]]:
    """Cells to be put right, whole: a problem repeats only their beginning. A point is put right as a whole."""
    columns: dict[int, set[str]] = defaultdict(set)
    for problem in plan.problems:
        if problem.level != "notice" and problem.line is not None and problem.column:
            columns[problem.line] |= {*POINT} if problem.column in POINT else {problem.column}
    return {
        row.line: {column: row.cells[column] for column in sorted(columns[row.line]) if column in row.cells}
        for row in table.rows
        if row.line in columns
    }


def _name(cells: Mapping[str, str]) -> str:
    written = (" ".join(cells.get(column, "").split()) for column in ("name_ky", "name_ru", "name_en"))
    return next((name[:_NAME_SHOWN] for name in written if name), "")
