"""Tells what a machine that serves is made of, and whether a hole is known in a part of it: `make sbom`, `make audit`.

supply.py sbom FOUND OUT      FOUND (CycloneDX, of an environment that the lock made) with our vendored files
supply.py audit [OPTION...]   asks for every line of the lock; options are pip-audit's
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK, VENDOR = ROOT / "requirements.lock", ROOT / "static" / "vendor"
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)
_VENDORED = re.compile(r"^\| `([\w.-]+)/` \| npm, ([\w.-]+) ([\d.]+),.*\| ([\w.-]+) \|$", re.MULTILINE)

IN_THEIR_FILES = {"pyrage": "MIT", "sqlite-fts4": "Apache-2.0"}
"""Licences that stand in a distribution's LICENSE alone, where nothing but a person reads them."""


def folded(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text: str) -> Mapping[str, str]:
    """Every distribution that a lock or a list of constraints pins, with its version."""
    return {folded(name): version for name, version in _LOCKED.findall(text)}


def vendored() -> list[dict[str, Any]]:
    """The front-end libraries of static/vendor as CycloneDX components, each with its files."""
    return [
        {
            "type": "library", "bom-ref": f"pkg:npm/{name}@{version}", "purl": f"pkg:npm/{name}@{version}",
            "name": name, "version": version, "licenses": [{"license": {"id": licence}}],
            "components": [
                {
                    "type": "file", "name": f"static/vendor/{folder}/{path.name}",
                    "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
                }
                for path in sorted((VENDOR / folder).iterdir())
            ],
        }
        for folder, name, version, licence in _VENDORED.findall((VENDOR / "README.md").read_text(encoding="utf-8"))
    ]  # fmt: skip


def sbom(found: Path, out: Path) -> None:
    """Write the list. Leaves in words when the environment is not just what the lock says."""
    bom = json.loads(found.read_text(encoding="utf-8"))
    there = {folded(one["name"]): one["version"] for one in bom["components"]}
    wanted = pinned(LOCK.read_text(encoding="utf-8"))
    if there != wanted:
        sys.exit(f"not what the lock says: {sorted(there.items() ^ wanted.items())}")
    for one in bom["components"]:
        one.pop("externalReferences", None)  # addresses of others' sites: of no use to who looks for a part
        if one["name"] in IN_THEIR_FILES:
            one["licenses"] = [{"license": {"id": IN_THEIR_FILES[one["name"]]}}]
    bom["components"] += vendored()
    out.write_text(json.dumps(bom, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def audit(options: Sequence[str]) -> None:
    """Leaves with 0 only when every line of the lock was looked up and none has a known hole; with 1 when one has;
    with 2, in words, when not all could be looked up: silence is no answer."""
    wanted = pinned(LOCK.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        command = [sys.executable, "-m", "pip_audit", "--strict", "--require-hashes", "--disable-pip", "-r", str(LOCK)]
        command += ["--cache-dir", f"{folder}/cache", "--progress-spinner", "off", "-f", "json", "-o", str(out)]
        done = subprocess.run([*command, *options], capture_output=True, text=True)
        answers = json.loads(out.read_text(encoding="utf-8"))["dependencies"] if out.exists() else []
    asked = {folded(one["name"]): one["version"] for one in answers if "vulns" in one}
    if asked != wanted:
        last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        print(f"NOT AUDITED: {len(asked)} of {len(wanted)} were looked up. {last}", file=sys.stderr)
        sys.exit(2)
    holes = [f"{one['name']} {one['version']}: {hole['id']}" for one in answers for hole in one["vulns"]]
    if holes:
        sys.exit("\n".join(holes))
    print(f"{len(asked)} were looked up, no hole is known in any of them")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["sbom", found, out]:
            sbom(Path(found), Path(out))
        case ["audit", *options]:
            audit(options)
        case _:
            sys.exit(__doc__)
