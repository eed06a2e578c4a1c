"""docs/security.md names tests that exist, and requirements that could."""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import pairwise

from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
CHAPTERS = 17
"""Of ASVS 5.0."""


@cache
def collected(path: str) -> frozenset[str]:
    """Names of the tests that pytest finds in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"))


def named(line: str) -> list[tuple[str, str]]:
    """File and name of every test that a line of a table names: `::name` alone is in the file before it."""
    file, found = "", []
    for path, name in re.findall(r"(tests/[\w/]+\.py)?::(\w+)", line):
        file = path or file
        found.append((file, name))
    return found


def rows(heading: str) -> list[list[str]]:
    """The cells of every row of the table under a heading."""
    part = TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]


def missing(line: str) -> list[str]:
    return [f"{file}::{name}" for file, name in named(line) if not file or name not in collected(file)]


def test_every_named_test_exists() -> None:
    assert missing(TEXT) == []
    assert missing("tests/test_docs.py::test_that_is_not_there") != []
    assert missing("tests/test_docs.py::text") != [], "a function that is no test"


def test_every_row_says_what_is_shown_and_by_which_test() -> None:
    for heading in ("Who could do it", "OWASP ASVS 5.0, what a test shows"):
        found = rows(heading)
        assert len(found) > 10
        for who, what, tests in found:
            assert who
            assert what
            # nothing but names of tests stands in the last cell
            assert re.sub(r"(tests/[\w/]+\.py)?::\w+,? ?", "", tests + " ") == "", who
            assert named(tests), who


def test_requirements_are_well_formed_in_order_and_named_once() -> None:
    found = [row[0] for row in rows("OWASP ASVS 5.0, what a test shows")]
    assert [one for one in found if not re.fullmatch(r"[1-9]\d?\.[1-9]\d?\.[1-9]\d?", one)] == []
    numbers = [tuple(map(int, one.split("."))) for one in found]
    assert all(before < after for before, after in pairwise(numbers))
    assert numbers[-1][0] <= CHAPTERS
