"""What users can type is documented: commands, settings, columns, routes, make targets, the tree."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import click
import pytest

from legalmap import create_app
from legalmap.cli import main
from legalmap.config import Settings
from legalmap.desk.problems import QUESTIONS
from legalmap.visibility import COLUMNS
from tests.conftest import ROOT


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _commands(group: click.Group, prefix: str = "legalmap") -> list[str]:
    found = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            found.extend(_commands(command, f"{prefix} {name}"))
        else:
            found.append(f"{prefix} {name}")
    return found


@pytest.mark.parametrize("command", _commands(main))
def test_every_command_stands_in_the_readme(command: str) -> None:
    assert f"`{command}" in text("README.md")


@pytest.mark.parametrize("setting", [setting.name for setting in fields(Settings)])
def test_every_setting_stands_in_the_readme(setting: str) -> None:
    assert f"`LEGALMAP_{setting.upper()}`" in text("README.md")


def test_every_column_stands_in_the_guide_to_the_csv() -> None:
    guide = text("docs/csv.md")
    plain = {column for column in COLUMNS if not column.endswith(("_ky", "_ru", "_en"))}
    assert {column for column in plain if f"`{column}`" not in guide} == set()
    assert {code for code in QUESTIONS if f"`{code}`" not in guide} == set()


def test_every_route_stands_in_the_readme(tmp_path: Path) -> None:
    rules = create_app(Settings(instance=tmp_path)).url_map.iter_rules()
    paths = {re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"<\1>", rule.rule) for rule in rules}
    paths = {path for path in paths if not path.startswith(("/static", "/favicon"))}
    readme = text("README.md")
    assert {path for path in paths if f"`{path}`" not in readme} == set()


def test_make_lists_its_commands_and_the_readme_names_the_two() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", text("Makefile"), re.MULTILINE)
    assert {"run", "test", "test-long", "check", "geodata"} <= set(targets)
    assert "make run" in text("README.md")
    assert "make test" in text("README.md")


def test_every_path_the_readme_draws_is_there() -> None:
    tree = text("README.md").split("```")[1::2]
    drawn = next(block for block in tree if "wsgi.py" in block)
    names = re.findall(r"^( *)([\w./]+?/?)(?:  |$)", drawn, re.MULTILINE)
    folder = ""
    for indent, name in names:
        path = name if not indent else folder + name
        folder = folder if indent else (name if name.endswith("/") else "")
        assert (ROOT / path).exists(), path


def test_the_project_stands_alone() -> None:
    """No file that git knows names what lies outside the project."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    tracked = [ROOT / name for name in names.split("\0") if name] or [*ROOT.glob("*.md")]
    outside = re.compile(r"\.\./shared" + r"|/work/" + r"(?:main|shared)")
    for path in tracked:
        if path.is_file() and path.name != "test_docs.py":
            assert not outside.search(path.read_text(encoding="utf-8", errors="replace")), path


def test_local_links_of_the_documents_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "geodata" / "README.md"]:
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_every_test_that_stands_behind_a_promise_exists() -> None:
    file, named = "", 0
    for path, name in re.findall(r"(tests/[\w/]+\.py)?::(\w+)", text("docs/privacy.md")):
        file = path or file
        assert f"def {name}(" in text(file), f"{file}::{name}"
        named += 1
    assert named > 30
