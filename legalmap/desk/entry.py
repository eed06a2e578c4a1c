"""One row of a file on its way to becoming a change of a center."""

from __future__ import annotations

from dataclasses import dataclass, field

from legalmap.model import Level, Localized, Problem, Record


@dataclass(slots=True, kw_only=True)
class Entry:
    """One row on its way: `given` cells (canonical, only those that say something), the center it
    changes (None: a new one), the `cells` that center would have, and its problems.
    `nameless`: its id could not be read, so it may be any center's row. `prose`: words where hours were expected,
    or beside them, kept as a note. `no_center`: the row was never meant as one; `skipped`: a person left it out."""

    line: int
    given: dict[str, str] = field(default_factory=dict)
    known: Record | None = None
    id: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    prose: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nameless: bool = False
    no_center: bool = False
    skipped: bool = False

    @property
    def refused(self) -> bool:
        """The row cannot go in, or is not to."""
        return self.skipped or any(problem.level == "error" for problem in self.problems)

    @property
    def fields(self) -> dict[str, tuple[str, str]]:
        """Column -> (old, new) of what would change."""
        old = self.known.cells if self.known else {}
        return {
            column: (old.get(column, ""), text)
            for column, text in self.cells.items()
            if column != "id" and text != old.get(column, "")
        }

    def say(
        self, code: str, level: Level, column: str | None = None, value: str | None = None, **params: object
    ) -> None:
        """Note a problem of this row."""
        worded = {key: one if isinstance(one, int | float | Localized) else str(one) for key, one in params.items()}
        self.problems.append(Problem(code=code, level=level, line=self.line, column=column, value=value, params=worded))
