"""The style sheets of public pages hold no rule for what is on no page."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT


def named(style: str) -> set[str]:
    """Classes and ids that the rules of a style sheet name."""
    rules = re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))
    return {name for rule in rules if "@" not in rule for name in re.findall(r"[.#]([a-zA-Z][\w-]*)", rule)}


def drawn() -> set[str]:
    """All words of what draws pages."""
    sources = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/*.js"), *ROOT.glob("legalmap/**/*.py")]
    return set(re.findall(r"[\w-]+", " ".join(path.read_text(encoding="utf-8") for path in sources)))


@pytest.mark.parametrize("name", ["start.css", "site.css", "near.css", "typing.css", "sheet.css"])
def test_every_rule_is_for_something_on_a_page(name: str) -> None:
    style = (ROOT / "static" / name).read_text(encoding="utf-8")
    assert named(style) - drawn() == set()
    assert named(style + "@media print{a.on-no-page>b{color:red}}") - drawn() == {"on-no-page"}
