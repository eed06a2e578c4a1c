"""The house keeps its shape: who may import whom, one home for each library, no SQL and no request elsewhere.

Each rule is a function over sources, so that the tests also prove that a violation would be noticed.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT, Server

Sources = Mapping[str, str]

MAY_NOT_IMPORT = {
    "legalmap.model": ("legalmap",),
    "legalmap.config": ("legalmap",),
    "legalmap.resources": ("legalmap",),
    "legalmap.letters": ("legalmap.directory", "legalmap.desk", "legalmap.store", "legalmap.routes", "legalmap.cli"),
    "legalmap.hours": ("legalmap.directory", "legalmap.desk", "legalmap.store", "legalmap.routes", "legalmap.cli"),
    "legalmap.directory": (
        "legalmap.store", "legalmap.desk", "legalmap.routes", "legalmap.cli",
        "flask", "pandas", "geopandas", "folium", "sqlite_utils", "sqlalchemy",
    ),
    "legalmap.desk": ("flask", "legalmap.routes", "legalmap.cli"),
    "legalmap.store": ("legalmap.desk", "legalmap.directory", "legalmap.routes", "legalmap.cli", "flask"),
    "legalmap.routes": (
        "legalmap.desk", "legalmap.store", "legalmap.people", "legalmap.referrals", "legalmap.cli",
        "legalmap.routes.staff", "pandas",
        "sqlite_utils",
    ),
    "legalmap.routes.staff": ("legalmap.cli", "pandas", "geopandas", "sqlite_utils"),
    "legalmap.referrals": ("legalmap.desk", "legalmap.directory", "legalmap.routes", "legalmap.cli", "flask"),
    "legalmap.people": ("legalmap.desk", "legalmap.directory", "legalmap.routes", "legalmap.cli", "flask"),
    "legalmap": ("legalmap.desk", "legalmap.store", "legalmap.cli"),
}  # fmt: skip
"""Part -> what it never imports. The part "legalmap" is the wiring in legalmap/__init__.py alone."""

HOMES = {
    "shapely": ("legalmap.directory.leaves", "legalmap.desk"),
    "pyproj": ("legalmap.directory.geodesic",),
    "geopandas": ("legalmap.desk",),
    "folium": ("legalmap.desk",),
    "sqlite_utils": ("legalmap.desk",),
    "sqlalchemy": ("legalmap.store",),
    "alembic": ("legalmap.store",),
    "sqlite3": ("legalmap.directory.edition", "legalmap.store", "legalmap.desk.edition_files"),
    "flask": ("legalmap.routes", "legalmap"),
    "cryptography": ("legalmap.routes.sealing", "legalmap.people.keys"),
    "argon2": ("legalmap.people",),
    "pyotp": ("legalmap.people",),
    "flask_wtf": ("legalmap.routes.staff",),
    "phonenumbers": ("legalmap.desk.reading.phones",),
    "segno": ("legalmap.routes.codes",),
    "rjsmin": ("legalmap.routes.static",),
    "click": ("legalmap.cli",),
    "pandas": (),
}
"""Library -> the parts that may import it."""

SQL_HOMES = ("legalmap.store", "legalmap.directory.edition")
_SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT INTO|UPDATE\s\w+\sSET|DELETE FROM|CREATE TABLE|PRAGMA)\b", re.DOTALL)


OWN_RULES = ("legalmap.routes.staff",)
"""Parts of another part that keep rules of their own instead of its."""


@cache
def _nodes(source: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(source)))


def _in(module: str, part: str) -> bool:
    return module == part or (part != "legalmap" and module.startswith(part + "."))


def _imports(source: str) -> Iterator[str]:
    for node in _nodes(source):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def forbidden_imports(sources: Sources) -> list[str]:
    return sorted({
        f"{module} imports {banned}"
        for module, source in sources.items()
        for part, bans in MAY_NOT_IMPORT.items()
        if _in(module, part) and not any(_in(module, own) and part != own for own in OWN_RULES)
        for name in _imports(source)
        for banned in bans
        if name == banned or name.startswith(banned + ".")
    })  # fmt: skip


def strayed_libraries(sources: Sources) -> list[str]:
    return sorted({
        f"{module} imports {library}"
        for module, source in sources.items()
        for name in _imports(source)
        for library, homes in HOMES.items()
        if name.split(".")[0] == library and not any(_in(module, home) for home in homes)
    })  # fmt: skip


def strayed_sql(sources: Sources) -> list[str]:
    return sorted(
        module
        for module, source in sources.items()
        if not any(_in(module, home) for home in SQL_HOMES)
        for node in _nodes(source)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.search(node.value)
    )


def strayed_requests(sources: Sources) -> list[str]:
    return sorted(
        module
        for module, source in sources.items()
        if not _in(module, "legalmap.routes")
        and any(name in {"flask.request", "flask.g", "flask.session"} for name in _imports(source))
    )


def _reached(source: str, sources: Sources) -> Iterator[str]:
    """Our modules that a source imports: of `from legalmap import letters`, letters and not the package."""
    for node in _nodes(source):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in sources)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in sources else node.module


def circles(sources: Sources) -> list[str]:
    """Modules from which a chain of imports leads back to themselves."""
    after = {
        module: {name for name in _reached(source, sources) if name in sources and name != module}
        for module, source in sources.items()
    }
    found = []
    for start in after:
        seen: set[str] = set()
        front = set(after[start])
        while front:
            seen |= front
            front = {later for module in front for later in after[module]} - seen
        if start in seen:
            found.append(start)
    return sorted(found)


@pytest.fixture(scope="module")
def sources() -> Sources:
    found = {}
    for path in sorted((ROOT / "legalmap").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


RULES = {
    "imports": forbidden_imports,
    "libraries": strayed_libraries,
    "sql": strayed_sql,
    "requests": strayed_requests,
    "circles": circles,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_its_shape(rule: str, sources: Sources) -> None:
    assert RULES[rule](sources) == []


@pytest.mark.parametrize(
    ("rule", "module", "line"),
    [
        ("imports", "legalmap.model", "from legalmap.config import Settings"),
        ("imports", "legalmap.directory.search", "import legalmap.store"),
        ("imports", "legalmap.directory.places", "def f():\n    from legalmap.desk import cells"),
        ("imports", "legalmap.desk.plan", "import flask"),
        ("imports", "legalmap.routes.public", "from legalmap.desk.acts import Desk"),
        ("imports", "legalmap", "from legalmap import store"),
        ("imports", "legalmap.routes.public", "from legalmap.routes.staff import door"),
        ("imports", "legalmap.routes.staff.frame", "import pandas"),
        ("imports", "legalmap.people.rights", "from legalmap.desk.acts import Desk"),
        ("libraries", "legalmap.directory.search", "from shapely import STRtree"),
        ("libraries", "legalmap.routes.public", "import sqlalchemy"),
        ("libraries", "legalmap.desk.plan", "import pandas"),
        ("libraries", "legalmap.model", "import click"),
        ("sql", "legalmap.desk.plan", "x = 'SELECT a FROM b'"),
        ("sql", "legalmap.routes.public", "x = f'DELETE FROM {x}'"),
        ("requests", "legalmap.directory.search", "from flask import request"),
        ("circles", "legalmap.model", "import legalmap.desk.plan"),
    ],
)
def test_a_violation_is_noticed(rule: str, module: str, line: str, sources: Sources) -> None:
    assert RULES[rule]({**sources, module: f"{sources[module]}\n{line}\n"}) != []


def test_modules_stay_small_enough_to_read(sources: Sources) -> None:
    long = {module: source.count("\n") for module, source in sources.items() if source.count("\n") > 250}
    # model.py is the dictionary of the house: long because it has many words, each short
    assert set(long) <= {"legalmap.model"}, long


def test_templates_never_mark_data_as_safe_and_scripts_never_set_html() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"\|\s*safe\b|autoescape", path.read_text(encoding="utf-8")), path
    for path in (ROOT / "legalmap").rglob("*.py"):
        assert not re.search(r"\bMarkup\(|render_template_string", path.read_text(encoding="utf-8")), path
        # our own style sheet, which no data reaches
        assert path.name == "within.py" or "__html__" not in path.read_text(encoding="utf-8"), path
    # Leaflet sets HTML inside itself; our scripts only ever give it elements
    for path in (ROOT / "static").glob("*.js"):
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("roles", ["public", "public,staff"])
def test_a_serving_process_never_loads_pandas(instance: Path, roles: str) -> None:
    """Not at import, and not while it answers (the desk's libraries weigh as much as a worker); one that serves the
    public alone knows no database either."""
    program = (
        "import sys, json, pathlib\n"
        "from legalmap import create_app\n"
        "from legalmap.config import Settings\n"
        "roles = frozenset(sys.argv[2].split(','))\n"
        "client = create_app(Settings(instance=pathlib.Path(sys.argv[1]), roles=roles)).test_client()\n"
        "paths = ('/', '/ky/', '/readyz', '/directory.json', '/en/centers/1001', '/ky/places/1527592', '/ru/map')\n"
        "told = [client.get(path).status_code for path in paths]\n"
        "told.append(client.post('/ky/search', data={'place': 'Нарын'}, follow_redirects=True).status_code)\n"
        "told.append(client.post('/api/v1/nearest', json={'lat': -10, 'lon': 10}).status_code)\n"
        "desk = ('pandas', 'geopandas', 'folium', 'sqlite_utils')\n"
        "desk += () if 'staff' in roles else ('sqlalchemy', 'argon2')\n"
        "heavy = [name for name in desk if name in sys.modules]\n"
        "print(json.dumps([sorted(set(told)), heavy]))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(instance), roles],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert told.stdout.strip() == "[[200, 302], []]"


def test_no_worker_of_a_live_server_has_the_desks_libraries_in_memory(server: Server) -> None:
    processes: list[Path] = []
    for _ in range(50):  # the second worker starts a moment after the first
        processes = [path for path in Path("/proc").glob("[0-9]*") if _is_gunicorn(path, server.port)]
        if len(processes) == 3:
            break
        time.sleep(0.1)
    assert len(processes) == 3, "the arbiter and two workers"
    for _ in range(20):  # both have answered from the edition
        urllib.request.urlopen(f"{server.url}/ky/places/1527592", timeout=10).close()
    for process in processes:
        loaded = (process / "maps").read_text(encoding="utf-8", errors="replace")
        assert "/pandas/" not in loaded
        assert "/pyogrio" not in loaded


def _is_gunicorn(process: Path, port: int) -> bool:
    try:
        return f"127.0.0.1:{port}" in (process / "cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def test_every_route_speaks_one_of_three_languages_or_is_for_programs(server: Server) -> None:
    from legalmap import create_app
    from legalmap.config import Settings

    rules = {rule.rule for rule in create_app(Settings(instance=server.instance)).url_map.iter_rules()}
    others = {
        rule for rule in rules if not rule.startswith("/<lang>") and not rule.startswith("/<any(ky, ru, en):lang>")
    }
    known = {
        "/", "/api/v1/nearest", "/api/v1/openapi.json", "/directory.json", "/livez", "/readyz", "/worker.js",
        "/streets", "/streets/<name>.pmtiles",
    }  # fmt: skip
    assert {rule for rule in others if not rule.startswith(("/static/", "/favicon"))} <= known, others
