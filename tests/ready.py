"""What takes long to make is made once for all tests of a process: an empty instance, the map's shells, the code that
Jinja makes of a template, what the reading of a table needs."""

from __future__ import annotations

import atexit
import datetime as dt
import shutil
import tempfile
from functools import cache
from pathlib import Path
from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache

from legalmap.config import Settings
from legalmap.desk import shells
from legalmap.desk.gazetteer import shipped
from legalmap.desk.instance import make_instance
from legalmap.desk.plan import plan_import
from legalmap.desk.reading.reader import read

A_TABLE = (
    "id,kind,name_ru,oblast,settlement,phones,show_location,lat,lon,address,hours\n"
    "a,flac,Центр,KG-T,Талас,0555778899,yes,41.4,75.9,Ленина 5,Пн-Пт 9-18\n"
)


class Compiled(BytecodeCache):
    """Templates as one application compiled them, for all that come after it in this process."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.made.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.made[bucket.key, bucket.checksum] = bucket.code


@cache
def read_once() -> None:
    """What each child that reads a table would read anew: borders, lakes, the gazetteer's names. It takes a child four
    times as long as the table."""
    table = read(A_TABLE.encode(), "ready.csv", Settings())
    plan_import(table, {}, shipped(), today=dt.date(2026, 11, 22), last_number=0)


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
