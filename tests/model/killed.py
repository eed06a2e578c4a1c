"""An act in a process of its own, which is killed at the n-th moment where what is kept on disk may change."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, event

from tests.desk.conftest import TestDesk

_TOUCHING = {"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.chmod", "shutil.rmtree"}
"""Events of Python itself, told before the thing is done; a file opened to be written, and a commit, count too."""


def killed_at(moment: int, folder: Path, act: Callable[[TestDesk], object], *, reading: bool = False) -> bool:
    """Do `act` at the desk of `folder`; whether it was killed (kill -9) before its end. What it raises ends it.
    `reading`: each file that is only read, and each statement, is a moment too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads that Python warns of rest
        child = os.fork()
    if child == 0:
        try:
            _die_at(moment, reading=reading)
            act(TestDesk(folder))
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _die_at(moment: int, *, reading: bool) -> None:
    own, seen = os.getpid(), 0

    def tick(*_: object) -> None:
        nonlocal seen
        if os.getpid() == own:  # not in a child that reads a table
            seen += 1
            if seen == moment:
                os.kill(own, signal.SIGKILL)

    def heard(name: str, given: tuple[object, ...]) -> None:
        writes = name == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)
        if name in _TOUCHING or writes or (reading and name in {"open", "os.scandir"}):
            tick()

    sys.addaudithook(heard)
    event.listen(Engine, "commit", tick)
    if reading:
        event.listen(Engine, "before_cursor_execute", tick)
