"""Asks Lighthouse about the pages that people see most: home, a list, a center.

    make lighthouse

Lighthouse (npm, an exact version) is installed into .lighthouse/ the first time; it needs Node and drives the Chromium
of this machine. The site is the sample, served by gunicorn. Lighthouse's own phone, a slow processor on a slow 4G line,
is computed from one visit; where that misses a goal the page is visited twice more and the median counts.
Goals, of 100: accessibility 100, best practices 95, performance 95.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from slow_network import CHROMIUM_FLAGS, Missing, our_site

ROOT = Path(__file__).resolve().parent.parent
VERSION = "13.5.0"
GOALS = {"accessibility": 100, "best-practices": 95, "performance": 95}
Scores = dict[str, int]


def installed() -> Path:
    """Lighthouse's program. Raises Missing."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Missing(
            "Node and npm are not on this machine: Lighthouse needs them (Debian: apt-get install nodejs npm)"
        )
    folder = ROOT / ".lighthouse"
    program = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    about = program.parent.parent / "package.json"
    if not about.exists() or json.loads(about.read_text(encoding="utf-8"))["version"] != VERSION:
        print(f"installing Lighthouse {VERSION} into {folder.name}/ ...", flush=True)
        folder.mkdir(exist_ok=True)
        command = [npm, "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(
            [*command, "--prefix", str(folder), f"lighthouse@{VERSION}"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Missing(f"Lighthouse could not be installed:\n{done.stderr.strip()}")
    return program


def found(home: str) -> str:
    """The address of a list that was asked for just now."""
    parts = urlsplit(home)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"{parts.path}search", urlencode({"place": "Нарын"}), form)
    location = connection.getresponse().headers["Location"]
    connection.close()
    return f"{parts.scheme}://{parts.netloc}{location}"


def scores(program: Path, chromium: str, address: str) -> tuple[Scores, list[str]]:
    """Points of one visit, and what cost any."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        flags = " ".join(flag for flag in CHROMIUM_FLAGS if flag != "--headless")
        subprocess.run(
            ["node", str(program), address, "--quiet", "--output=json", f"--output-path={report}",
             f"--only-categories={','.join(GOALS)}", f"--chrome-flags=--headless=new {flags}"],
            check=True, env={**os.environ, "CHROME_PATH": chromium}, timeout=180,
        )  # fmt: skip
        told = json.loads(report.read_text(encoding="utf-8"))
    points, lost = {}, []
    for name in GOALS:
        category = told["categories"][name]
        points[name] = round(100 * category["score"])
        for reference in category["auditRefs"]:
            audit = told["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                lost.append(f"{name}: {audit['title']} {audit.get('displayValue', '')}".rstrip())
    return points, lost


def judged(program: Path, chromium: str, address: str) -> tuple[Scores, list[str]]:
    """Points of a page: of one visit, or the median of three when that missed a goal."""
    points, lost = scores(program, chromium, address)
    if good(points):
        return points, lost
    again = [points, *(scores(program, chromium, address)[0] for _ in range(2))]
    return {name: round(statistics.median(one[name] for one in again)) for name in GOALS}, lost


def good(points: Scores) -> bool:
    return all(points[name] >= goal for name, goal in GOALS.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        if chromium is None:
            raise Missing("Chromium is not on this machine")
        program = installed()
    except Missing as fault:
        print(fault, file=sys.stderr)
        return 2
    missed = []
    with tempfile.TemporaryDirectory() as folder, our_site(0, Path(folder)) as (home, centers):
        for name, address in (("home", home), ("list", ""), ("center", f"{home}centers/{centers[0].number}")):
            points, lost = judged(program, chromium, address or found(home))
            print(f"{name:8}" + "".join(f"   {goal} {points[goal]}" for goal in GOALS), flush=True)
            for line in lost:
                print(f"         {line}")
            if not good(points):
                missed.append(name)
    print(f"MISSED: {', '.join(missed)}" if missed else "met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
