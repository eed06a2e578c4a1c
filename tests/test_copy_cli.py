"""`legalmap copy`: what it says, and that the copy is the same instance."""

from __future__ import annotations

from pathlib import Path

from tests import databases
from tests.conftest import clean_environment
from tests.test_cli import Terminal


def test_a_directory_moves_to_postgresql_and_is_the_same(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.run("init", "--sample")
    before = terminal.run("export")
    url = databases.empty()
    said = terminal.run("copy", str(terminal.instance / "desk.db"), url)
    assert "rows, the same in both" in said
    assert "the same in both" in terminal.run("copy", "--referrals", str(terminal.instance / "referrals.db"), url)
    terminal.environment = clean_environment(terminal.instance, database=url) | {"LC_ALL": "C.UTF-8"}
    assert terminal.run("export") == before
    assert "current already" in terminal.run("publish")
    terminal.run("audit", "verify")
    assert "Name an empty one" in terminal.run("copy", str(terminal.instance / "desk.db"), url, code=2)
    assert "Name another one" in terminal.run("copy", url, url, code=2)
    assert "Traceback" not in terminal.run("copy", str(tmp_path / "none.db"), url, code=2)
