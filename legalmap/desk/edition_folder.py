"""The folder of editions: one process at work in it, whole editions come in before the pointer moves, old ones go."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from legalmap.directory import edition as editions

KEPT = 20
"""Editions kept for the cold start of a worker; history can bring back any, however old."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Nobody else on this machine changes the editions of `folder` meanwhile. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".publishing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(".building-*"):  # of a publisher that was killed
            shutil.rmtree(left, ignore_errors=True)
        yield


def take_in(folder: Path, building: Path, number: int, manifest_sha256: str) -> None:
    """`building`, a whole edition on the same disk, becomes `folder/number`, then the pointer moves to it. A folder of
    that number, left by a killed process, is replaced. Raises OSError."""
    for path in sorted(building.iterdir()):
        _sync(path)
    _sync(building)
    target = folder / str(number)
    if target.exists():
        shutil.rmtree(target)
    os.replace(building, target)
    _sync(folder)
    write_whole(folder / editions.POINTER, f"{number} {manifest_sha256}\n")


def write_whole(path: Path, text: str) -> None:
    """A small file, old or new after any kill: written beside, fsynced, renamed. Raises OSError."""
    draft = path.with_name(f".building-{path.name}")
    draft.write_text(text, encoding="ascii")
    _sync(draft)
    os.replace(draft, path)
    _sync(path.parent)


def prune(folder: Path, current: int) -> None:
    """Editions that are too old to be kept, or that may not be served any more, go. Raises OSError."""
    numbers = sorted((int(path.name) for path in folder.iterdir() if path.name.isdigit()), reverse=True)
    oldest = editions.read_oldest(folder)
    older = [number for number in numbers if number < current]
    for number in {*older[KEPT:], *(number for number in older if number < oldest)}:
        # renamed first, so that a worker never opens half an edition
        doomed = folder / f".building-old-{number}"
        os.replace(folder / str(number), doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
