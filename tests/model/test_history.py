"""Whatever is done at the desk in whatever order, and wherever it is killed: history is complete, the edition is what
history says, nothing hidden is in it, the audit is whole."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import AtTheDesk


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        AtTheDesk,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, derandomize=True, database=None, deadline=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_any_sequence_of_acts_and_crashes_keeps_history_and_edition_true() -> None:
    run(examples=3, steps=15)


@pytest.mark.long
def test_any_long_sequence_of_acts_and_crashes_keeps_history_and_edition_true() -> None:
    run(examples=120, steps=40)
