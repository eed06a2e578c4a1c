"""How far the audit has come, written outside the database: whoever cuts its end there cannot cut it here."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_LOG = logging.getLogger("legalmap.faults")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The number of lines and the mark of the last one."""

    count: int
    mac: str


def write(path: Path, count: int, mac: str) -> None:
    """Say that the audit has `count` lines, unless it is said already that there are more.

    What cannot be written is logged and not raised: the line itself is kept already, and being behind accuses nobody.
    """
    try:
        with _alone(path.parent):
            known = read(path)
            if known and known.count >= count:
                return
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            with draft.open("w", encoding="ascii") as file:
                json.dump({"count": count, "mac": mac}, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
    except (OSError, ValueError, KeyError) as fault:
        _LOG.error("the audit's head cannot be written: %s", type(fault).__name__)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    # the folder itself is locked: a lock file made by root could not be opened by the web's user
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def read(path: Path) -> Head | None:
    """What the file says; None when there is none. Raises OSError, ValueError for a file that says nothing."""
    try:
        said = json.loads(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("count"), int) or not isinstance(said.get("mac"), str):
        raise ValueError(f"{path} does not say how far the audit has come")
    return Head(count=said["count"], mac=said["mac"])
