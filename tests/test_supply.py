"""What is installed is what was looked at: the lock, the list of parts, and the look for known holes."""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, free_port

sys.path.insert(0, str(ROOT / "deploy"))
from supply import folded, pinned  # noqa: E402

LOCK = ROOT / "requirements.lock"
LICENCES = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "LGPL-3.0-only", "MIT", "MIT-0", "MPL-2.0",
    "PSF-2.0", "Python-2.0", "Zlib",
    "License :: OSI Approved :: Apache Software License", "License :: OSI Approved :: BSD License",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", "License :: Public Domain",
}  # fmt: skip
"""Who runs or passes on the program may do so under these. LGPL and MPL: used as they come, never changed."""
TOOLS = ROOT / ".bench" / "supply" / "bin" / "python"


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parts() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text("docs/sbom.cdx.json"))["components"]
    return found


def licences(part: Mapping[str, Any]) -> set[str]:
    """Every licence that a part names, those of an expression one by one."""
    told = (one.get("expression") or one["license"].get("id") or one["license"]["name"] for one in part["licenses"])
    return {name for one in told for name in re.split(r" (?:AND|OR) ", one)}


def test_lock_and_constraints_agree_and_all_that_serves_is_locked() -> None:
    locked, constraints = pinned(LOCK.read_text(encoding="utf-8")), pinned(text("constraints.txt"))
    assert {name: version for name, version in locked.items() if constraints.get(name) != version} == {}
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    extras = (setup["options.extras_require"][name] for name in ("backup", "metrics", "postgres"))
    wanted = "\n".join((setup["options"]["install_requires"], *extras))
    named = {folded(name): version for name, version in re.findall(r"^([\w-]+)(?:\[\w+\])?==(\S+)$", wanted, re.M)}
    assert len(named) == len(wanted.split())
    assert named.items() <= locked.items()


def test_every_line_of_the_lock_has_hashes_and_no_address() -> None:
    lines = LOCK.read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", lines, flags=re.M)[1:]
    assert len(blocks) == len(pinned(lines)) > 40
    assert [block for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)] == []
    assert not re.search(r"^-|://|find-links|index-url", lines, re.M)


def test_the_list_of_parts_is_the_lock_and_our_vendored_files(parts: list[dict[str, Any]]) -> None:
    packages = {folded(one["name"]): one["version"] for one in parts if one["purl"].startswith("pkg:pypi/")}
    assert packages == pinned(LOCK.read_text(encoding="utf-8"))
    files = {file["name"]: file["hashes"][0]["content"] for one in parts for file in one.get("components", ())}
    folder = ROOT / "static" / "vendor"
    there = {path.relative_to(ROOT).as_posix(): path for path in folder.glob("*/*")}
    assert files == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}
    assert {one["name"] for one in parts if one["purl"].startswith("pkg:npm/")} == {
        "leaflet", "leaflet.markercluster", "protomaps-leaflet",
    }  # fmt: skip


def test_every_part_has_a_licence_that_we_may_use(parts: list[dict[str, Any]]) -> None:
    assert {one["name"]: licences(one) - LICENCES for one in parts if not set() < licences(one) <= LICENCES} == {}


def audit(python: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(python), "deploy/supply.py", "audit", *options], cwd=ROOT, env={**os.environ, **environment},
        capture_output=True, text=True, timeout=500,
    )  # fmt: skip


def test_without_its_tool_nothing_counts_as_audited() -> None:
    done = audit(Path(sys.executable))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"NOT AUDITED: 0 of {len(pinned(text('requirements.lock')))} were looked up. ")


@pytest.fixture(scope="module")
def tools() -> Path:
    """The Python that has pip-audit and its fellows, as the make targets set it up."""
    made = subprocess.run(["make", ".bench/supply/.ready"], cwd=ROOT, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"the tools cannot be installed here: {made.stderr.strip().splitlines()[-1]}")
    return TOOLS


@contextmanager
def holes(known: Mapping[str, str], silent_about: str = "") -> Iterator[str]:
    """The address of a list of known holes that speaks OSV's protocol: name -> hole."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]["name"]
            hole = {"id": known.get(asked), "summary": "a hole", "affected": [], "aliases": []}
            body = json.dumps({"vulns": [hole]} if asked in known else {}).encode()
            self.send_response(503 if asked == silent_about else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.long
def test_the_audit_fails_where_not_all_could_be_asked_for(tools: Path) -> None:
    count, nowhere = len(pinned(text("requirements.lock"))), f"http://127.0.0.1:{free_port()}"
    done = audit(tools, HTTPS_PROXY=nowhere, https_proxy=nowhere)
    assert done.returncode == 2
    assert done.stderr.startswith(f"NOT AUDITED: 0 of {count} were looked up.")
    with holes({}, silent_about="werkzeug") as address:
        done = audit(tools, "-s", "osv", "--osv-url", address)
    assert (done.returncode, done.stdout) == (2, "")
    assert "NOT AUDITED" in done.stderr


@pytest.mark.long
def test_the_audit_names_known_holes_and_says_when_there_is_none(tools: Path) -> None:
    with holes({}) as address:
        done = audit(tools, "-s", "osv", "--osv-url", address)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(pinned(text('requirements.lock')))} were looked up" in done.stdout
    version = pinned(text("requirements.lock"))["pip"]
    with holes({"pip": "PYSEC-2026-1"}) as address:
        done = audit(tools, "-s", "osv", "--osv-url", address)
    assert (done.returncode, done.stderr.strip()) == (1, f"pip {version}: PYSEC-2026-1")


@pytest.mark.long
def test_the_lock_installs_and_the_list_of_parts_is_what_it_brings(tools: Path, tmp_path: Path) -> None:
    made = subprocess.run(
        ["make", "sbom", f"SBOM={tmp_path / 'parts.json'}"], cwd=ROOT, capture_output=True, text=True, timeout=900
    )
    assert made.returncode == 0, made.stderr
    assert json.loads((tmp_path / "parts.json").read_text(encoding="utf-8")) == json.loads(text("docs/sbom.cdx.json"))
