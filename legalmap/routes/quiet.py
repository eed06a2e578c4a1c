"""What is written down about requests: endpoint, status, milliseconds; never a path, a word or an address."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from flask import Flask, g

_ACCESS = logging.getLogger("legalmap.access")
_FAULTS = logging.getLogger("legalmap.faults")


class Site(Flask):
    """Flask, but a fault is logged by its type and place in the code, without the values that caused it."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """One line: the exception's type, the deepest line of ours and the deepest line of all."""
        kind, _, trace = exc_info
        frames = traceback.extract_tb(trace)
        ours = [frame for frame in frames if "legalmap" in Path(frame.filename).parts]
        told = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in (*ours[-1:], *frames[-1:])]
        _FAULTS.error("%s at %s", kind.__name__ if kind else "fault", " > ".join(dict.fromkeys(told)))


def prepare_logs() -> None:
    """Faults are plain lines on stderr, once, however many applications a process makes."""
    if not _FAULTS.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
        _FAULTS.addHandler(handler)
        _FAULTS.setLevel(logging.INFO)
        _FAULTS.propagate = False


def start() -> None:
    """Remembers when this request began."""
    g.started = time.perf_counter()


listeners: list[Callable[[str, int, float], None]] = []
"""Are told of every answer: endpoint, status, seconds."""


def write_access(endpoint: str | None, status: int, began: float) -> None:
    """The access line of one answer; `began`: its first moment by the clock of `start`."""
    took = time.perf_counter() - began
    # a logger only says whether: it takes longer for its line than a kept page does for its answer
    if not _ACCESS.disabled:
        sys.stderr.write(f"legalmap.access {endpoint or '-'} {status} {took * 1000:.1f} ms\n")
    for listener in listeners:
        listener(endpoint or "-", status, took)
