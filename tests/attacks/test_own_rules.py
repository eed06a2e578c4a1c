"""Data must never become code: what would make it so does not stand in the sources."""

import ast
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).parents[2] / "legalmap").rglob("*.py"))
FORBIDDEN = {"Markup", "render_template_string", "from_string", "executescript", "eval", "exec"}
# what a request brings as texts, before a parser has looked at it
BROUGHT = {"form", "args", "values", "headers", "cookies", "environ"}


def used(text: str) -> set[str]:
    """The last names of everything that `text` (Python) imports, calls or names: an alias hides nothing."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute | ast.Name):
            names.add(node.attr if isinstance(node, ast.Attribute) else node.id)
    return names


def raw_numbers(text: str) -> list[int]:
    """Lines of `text` (Python) that make a number straight of what a request brought."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and node.args]
    numbers = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in {"int", "float"}]
    return [
        call.lineno
        for call in numbers
        if any(
            isinstance(node, ast.Attribute) and node.attr in BROUGHT and getattr(node.value, "id", "") == "request"
            for node in ast.walk(call.args[0])
        )
    ]


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_nothing_calls_what_makes_code_of_data(name: str) -> None:
    for text in (f"x.{name}(1)", f"from x import {name} as y", f"y = x.{name}", f"y = {name}"):
        assert name in used(text), text
    assert SOURCES
    assert [str(path) for path in SOURCES if name in used(path.read_text("utf-8"))] == []


def test_no_number_is_made_straight_of_what_a_request_brought() -> None:
    for text in ("int(request.form['a'])", "float(request.args.get('a', '').strip())", "int(x or request.values['a'])"):
        assert raw_numbers(text), text
    assert {
        str(path): raw_numbers(path.read_text("utf-8")) for path in SOURCES if raw_numbers(path.read_text("utf-8"))
    } == {}
