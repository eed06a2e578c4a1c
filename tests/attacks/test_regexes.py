"""No regular expression of ours takes longer than its text is long: none repeats what repeats without end."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Iterator
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType

import pytest

from tests.conftest import ROOT

ENDLESS = parser.MAXREPEAT
REPEATS = (parser.MAX_REPEAT, parser.MIN_REPEAT, parser.POSSESSIVE_REPEAT)


USES = {"compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer", "subn"}
SOURCES = sorted(path for path in (ROOT / "legalmap").rglob("*.py") if "migrations" not in path.parts[-2])


def modules() -> Iterator[ModuleType]:
    for path in SOURCES:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if "migrations" not in name and not name.endswith(("__main__", "__init__")):
            yield importlib.import_module(name)


def patterns() -> dict[str, re.Pattern[str]]:
    """Those that modules keep, also in tables, and those that stand in a call."""
    found = {}
    for module in modules():
        for name, value in vars(module).items():
            found |= {f"{module.__name__}.{name}.{at}": one for at, one in enumerate(_within(value))}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in USES
            if not called or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            if ast.unparse(node.func.value) == "re" and isinstance(node.args[0].value, str):
                found[f"{path.name}:{node.lineno}"] = re.compile(node.args[0].value)
    return found


def _within(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _within(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _within(one)


def nested(parsed: object, *, inside: bool = False) -> bool:
    """Whether something endless stands within something endless."""
    for operation, argument in parsed:  # type: ignore[attr-defined]
        endless = operation in REPEATS and argument[1] is ENDLESS
        if endless and inside and operation is not parser.POSSESSIVE_REPEAT:
            return True
        if any(nested(part, inside=inside or endless) for part in _parts(argument)):
            return True
    return False


def _parts(argument: object) -> Iterator[object]:
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, (list, tuple)):
        for one in argument:
            yield from _parts(one)


def test_the_rule_notices_what_it_is_for() -> None:
    assert nested(parser.parse(r"(a+)+$"))
    assert nested(parser.parse(r"(?:\s*x\s*)*y"))
    assert not nested(parser.parse(r"\s*(\d+)\s*"))
    assert len(patterns()) > 30


SEEDS = (
    *(
        "a",
        " ",
        "1",
        ".",
        "-",
        "+",
        ",",
        "\t",
        "a ",
        "1-",
        "1 ",
        "1,",
        "08:00",
        "Mo ",
        "а",
        "а-",
        "x@",
        "://",
        "(",
        "{{",
    ),
    *("=", "\n", "?", "? ", "a.", "; 1", '"', "\\"),
)


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.long)])
def test_no_expression_takes_much_longer_for_a_longer_text(*, every: bool) -> None:
    """A text four times as long may take 16 times as long (a search begins anew at each letter), but not 64. In the
    quick run only expressions that repeat what repeats."""
    known = patterns()
    suspected = {
        name for name, one in known.items() if isinstance(one.pattern, str) and nested(parser.parse(one.pattern))
    }
    assert 0 < len(suspected) < 10, "each a reason to look twice"
    for name in known if every else suspected:
        for seed in SEEDS:
            assert any(_grows_as_a_square(known[name], seed) for _ in range(3)), (name, known[name].pattern, seed)


def _grows_as_a_square(pattern: re.Pattern[str], seed: str) -> bool:
    """Or less. What is busy beside us can make a measure too long, not too short: one good one is enough."""
    short, long_ = (seed * (length // len(seed)) + "!" for length in (500, 2000))
    took = seconds(pattern, long_)
    return took < 0.02 or took < 32 * seconds(pattern, short)


def seconds(pattern: re.Pattern[str], said: str) -> float:
    """The quickest of three."""
    given = said if isinstance(pattern.pattern, str) else said.encode()
    took = []
    for _ in range(3):
        began = time.process_time()
        pattern.fullmatch(given)  # type: ignore[arg-type]
        pattern.search(given)  # type: ignore[arg-type]
        took.append(time.process_time() - began)
    return min(took)
