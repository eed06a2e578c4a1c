"""What a file says, before anybody asks what it means: the file, its header, its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from legalmap.model import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """What the file is; `rows` counts the non-blank ones below the header, `sheet` names that of a workbook and
    `sheets` all visible ones. `header`: each of its cells as written, with our column ("" = not read); `names`: what
    rows call their centers, by line; `wrong`: by line, whole cells as written that errors and questions are about."""

    name: str
    sha256: str
    bytes: int
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    rows: int = 0
    sheets: tuple[str, ...] = ()
    header: tuple[tuple[str, str], ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    wrong: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person chose instead of what would be found; "" and absent = find it. `columns`: position in the header
    from 0 -> our column, "" = leave it unread."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    columns: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One non-blank row: `line` is its first line in the file; cells as written. `flaws`: codes of what is wrong with a
    cell before anybody reads what it says; `no_center`: the code of why the whole row is none; `skipped`:
    a person chose to leave the row out."""

    line: int
    cells: Mapping[str, str]
    surplus: tuple[str, ...] = ()
    flaws: Mapping[str, str] = field(default_factory=dict)
    no_center: str = ""
    skipped: bool = False


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


def corrected(table: Table, cells: Mapping[tuple[int, str], str], skip: frozenset[int]) -> Table:
    """The table with what a person put right: `cells` by line and column, rows to `skip` by line."""
    if not cells and not skip:
        return table
    by_line: dict[int, dict[str, str]] = {}
    for (line, column), text in cells.items():
        by_line.setdefault(line, {})[column] = text
    return replace(
        table,
        rows=tuple(
            replace(
                row,
                cells={**row.cells, **by_line.get(row.line, {})},
                flaws={column: flaw for column, flaw in row.flaws.items() if column not in by_line.get(row.line, {})},
                skipped=row.line in skip,
            )
            for row in table.rows
        ),
    )
