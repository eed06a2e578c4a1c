"""Runs every bench that has goals, each in its short form, and prints its last line.

    python bench/all.py            or `make bench`; about five minutes

What a script needs and has not, it says itself. Leaves with 1 where a goal is missed or a script ends in a fault. The
full runs, and what stays out of here (Lighthouse, a slow line, a million centers), are in bench/README.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHORT = (
    ("nearest.py", "--n", "500", "--points", "200"),
    ("nearest.py", "--n", "10000", "--points", "100"),
    ("batch.py",),
    ("serve.py", "--seconds", "1", "--rounds", "3"),
    ("load.py", "--seconds", "30"),
    ("worker.py", "--rounds", "2"),
    ("near.py",),
    ("places.py",),
    ("suggestions.py",),
    ("committee.py",),
    ("sizes.py",),
    ("map.py", "--n", "500"),
    ("desk.py",),
)
"""Script and options."""


def main() -> int:
    missed = []
    began = time.monotonic()
    print(f"{os.getloadavg()[0]:.1f} processes wanted the {os.cpu_count()} processors before")
    for script, *options in SHORT:
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, str(HERE / script), *options, "--check"], cwd=HERE.parent, capture_output=True, text=True
        )
        broken = "Traceback" in done.stderr
        lines = ((done.stderr if broken else done.stdout).strip() or "it said nothing").splitlines()
        name = " ".join((script, *options[:2] * script.startswith("nearest")))
        print(f"{name:24} {time.monotonic() - start:4.0f} s  {lines[-1]}", flush=True)
        if done.returncode:
            missed.append(name)
    took = f"{(time.monotonic() - began) / 60:.1f} minutes"
    print(f"MISSED in {took}: {', '.join(missed)}" if missed else f"met in {took}: all goals of {len(SHORT)} runs")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
