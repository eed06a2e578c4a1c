"""Whatever is done at the desk in whatever order, and wherever it is killed: history is complete, the edition is what
history says, nothing hidden is in it, the audit is whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.desk.conftest import TestDesk
from tests.model.killed import killed_at
from tests.model.machine import AtTheDesk
from tests.model.typed import FIRST, table


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        AtTheDesk,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, derandomize=True, database=None, deadline=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_any_sequence_of_acts_and_crashes_keeps_history_and_edition_true() -> None:
    run(examples=3, steps=20)


def test_an_act_is_killed_in_its_midst_and_one_that_is_over_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    assert TestDesk(folder).bring(table(FIRST), accept=("all",)).edition == 1
    assert [killed_at(moment, folder, lambda desk: desk.back_to(1)) for moment in (1, 10_000)] == [True, False]


@pytest.mark.long
def test_any_long_sequence_of_acts_and_crashes_keeps_history_and_edition_true() -> None:
    run(examples=60, steps=40)
