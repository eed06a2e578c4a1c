"""What is written down about requests: endpoint, status, milliseconds; never a path, a word or an address."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType

from flask import Flask, Response, g, request

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
    """Both loggers write plain lines to stderr, once, however many applications a process makes."""
    for logger in (_ACCESS, _FAULTS):
        if not logger.handlers:
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
            logger.addHandler(handler)
            logger.setLevel(logging.INFO)
            logger.propagate = False


def start() -> None:
    """Remembers when this request began."""
    g.started = time.perf_counter()


def write_access(response: Response) -> None:
    """The access line of one answer."""
    began = g.get("started")
    taken = (time.perf_counter() - began) * 1000 if began is not None else 0.0
    _ACCESS.info("%s %d %.1f ms", request.endpoint or "-", response.status_code, taken)
