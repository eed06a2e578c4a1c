"""What the long run finds is written down: .bench/faults.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.conftest import ROOT

TABLE = ROOT / ".bench" / "faults.md"


@dataclass
class Results:
    """Rows of the table: a fault, how often it was tried, what came of it."""

    rows: list[tuple[str, int, str]] = field(default_factory=list)

    def tell(self, fault: str, times: int, outcome: str) -> None:
        """One more row."""
        self.rows.append((fault, times, outcome))


@pytest.fixture(scope="session")
def results() -> Iterator[Results]:
    """Of this run."""
    made = Results()
    yield made
    TABLE.parent.mkdir(exist_ok=True)
    lines = [f"| {fault} | {times:,} | {outcome} |\n" for fault, times, outcome in made.rows]
    TABLE.write_text("| fault | times | outcome |\n|---|---|---|\n" + "".join(lines), encoding="utf-8")
