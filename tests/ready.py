"""What takes long to make is made once for all tests of a process, and copied: an empty instance, the map's shells."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from legalmap.config import Settings
from legalmap.desk import shells
from legalmap.desk.instance import make_instance


@cache
def _folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="legalmap-ready-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def _shells() -> Path:
    """The folder that publishing keeps them in."""
    building = _folder() / "building"
    building.mkdir()
    shells.put(_folder(), building)
    shutil.rmtree(building)
    return next(_folder().glob(".shells-*"))


@cache
def _instance() -> Path:
    folder = _folder() / "instance"
    make_instance(Settings(instance=folder))
    bring_shells(folder / "editions")
    return folder


def bring_shells(editions: Path) -> None:
    """The shells that this program draws into an instance's folder of editions, as its first publish leaves them:
    drawing them takes a process and half a second."""
    shutil.copytree(_shells(), editions / _shells().name)


def bring_instance(folder: Path) -> None:
    """An empty instance in the new `folder`, as `make_instance` makes it. Two of one process have the same keys."""
    shutil.copytree(_instance(), folder)
