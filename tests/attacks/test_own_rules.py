"""Data must never become code: what would make it so does not stand in the sources."""

import ast
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).parents[2] / "legalmap").rglob("*.py"))
FORBIDDEN = {"Markup", "render_template_string", "executescript", "eval", "exec"}


def called(text: str) -> set[str]:
    """The last names of everything that `text` (Python) calls."""
    calls = [node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return {getattr(call, "attr", getattr(call, "id", "")) for call in calls}


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_nothing_calls_what_makes_code_of_data(name: str) -> None:
    assert name in called(f"x.{name}(1)")
    assert SOURCES
    assert [str(path) for path in SOURCES if name in called(path.read_text("utf-8"))] == []
