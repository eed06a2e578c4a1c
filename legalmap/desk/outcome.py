"""What an act did or would do: its plan, the file it came from, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from legalmap.desk.reading.table import FileInfo
from legalmap.model import Act, Change, Plan, Problem
from legalmap.store import StoreError

Outcome = Literal["ok", "ok_fixed", "row_error", "ask", "file_error"]
EXIT_CODES: dict[Outcome, int] = {"ok": 0, "ok_fixed": 0, "row_error": 1, "ask": 1, "file_error": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an act did or would do. `edition`: the one that shows it, None when nothing was published;
    `held` and `seen`: of a way back that was only shown; `proposal`: the id of
    what waits for a second person; see `Proposal`."""

    plan: Plan
    file: FileInfo | None = None
    unusable: bool = False
    applied: bool = False
    act: Act | None = None
    edition: int | None = None
    held: tuple[Change, ...] = ()
    seen: str = ""
    proposal: str = ""

    @classmethod
    def of_fault(cls, fault: OSError | StoreError) -> Report:
        """The report of an act that could not begin: the file or the database cannot be opened."""
        code = fault.code if isinstance(fault, StoreError) else "file_unreadable"
        detail = fault.detail if isinstance(fault, StoreError) else fault.strerror or str(fault)
        problem = Problem(code=code, level="error", params={"detail": detail})
        return cls(plan=Plan(problems=(problem,)), unusable=True)

    @property
    def outcome(self) -> Outcome:
        """The worst thing that happened to the file, also when the good rows went in."""
        if self.unusable:
            return "file_error"
        if self.plan.at("question"):
            return "ask"
        if self.plan.at("error"):
            return "row_error"
        return "ok_fixed" if self.plan.at("notice") else "ok"
