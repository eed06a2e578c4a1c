"""Whoever kills an import leaves no child behind: neither one that waits nor one that works on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from legalmap.desk.confined import Tell, confined
from tests.conftest import ROOT

PARENT = """
import os, sys, time
from legalmap.desk.confined import confined
def work(tell):
    print(os.getpid(), flush=True)
    time.sleep(0.5)
    return "x" * 10_000_000  # more than a pipe holds
confined(work)
"""


def test_a_child_ends_when_its_parent_was_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = Path("/proc") / parent.stdout.readline().strip()
    assert child.exists()
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(80):
        if not child.exists() or "Z" in (child / "stat").read_text().rpartition(")")[2].split()[0]:
            return
        time.sleep(0.1)
    os.kill(int(child.name), signal.SIGKILL)
    raise AssertionError("the child waits for nobody")


def test_what_a_child_tells_on_its_way_is_heard_in_order() -> None:
    heard: list[str] = []

    def work(tell: Tell) -> int:
        for step in ("one", "two"):
            tell(step)
        return 3

    assert confined(work, heard.append) == 3
    assert heard == ["one", "two"]
