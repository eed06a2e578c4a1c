"""Editions on disk, written here as publishing writes them, so that reading is tested on real files."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import pytest

from legalmap.directory import rows
from legalmap.directory.content import content_sha256, tables_of
from legalmap.model import Center, Localized, Place, Point

PUBLISHED_AT = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=6)))

NARYN = Place(
    id="1527592", names=Localized(ky="Нарын", ru="Нарын", en="Naryn"), oblast="KG-N", rayon="naryn",
    point=Point(lat=41.42866, lon=75.99111), population=40_050, feature="PPLA", aliases=("Narin",),
)  # fmt: skip
TEXT = rows.Text(key="before_call.102", text=Localized(ky="а\nб", ru="в", en="c"), source="law", verified_on="2026")


def center(number: int, **fields: Any) -> Center:
    """A plain center in Naryn unless `fields` says otherwise."""
    given: dict[str, Any] = {
        "id": f"kg-{number}", "kind": "flac", "status": "active", "show_location": "yes", "oblast": "KG-N",
        "names": Localized(ky=f"Борбор {number}", ru=f"Центр {number}"), "point": NARYN.point,
    }  # fmt: skip
    return Center(number=number, **(given | fields))


class Publish(Protocol):
    def __call__(self, number: int, centers: Iterable[Center] = ..., *, flip: bool = ...) -> Path: ...


def write_database(path: Path, tables: Mapping[str, list[rows.Row]]) -> None:
    kinds = {int: "INTEGER", float: "REAL", str: "TEXT"}
    with closing(sqlite3.connect(path)) as database:
        for table, columns in rows.TABLES.items():
            declared = ", ".join(f"[{name}] {kinds[kind]}" for name, kind in columns.items())
            database.execute(f"CREATE TABLE {table} ({declared}, PRIMARY KEY ({rows.PRIMARY_KEYS[table]}))")
            places = ", ".join("?" for _ in columns)
            database.executemany(
                f"INSERT INTO {table} VALUES ({places})", [tuple(row.values()) for row in tables[table]]
            )
        database.commit()


def point_to(editions: Path, folder: Path) -> None:
    sha256 = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    (editions / "current.new").write_text(f"{folder.name} {sha256}\n")
    os.replace(editions / "current.new", editions / "current")


@pytest.fixture
def editions(tmp_path: Path) -> Path:
    """The empty folder of editions of one instance."""
    folder = tmp_path / "editions"
    folder.mkdir()
    return folder


@pytest.fixture
def publish(editions: Path) -> Publish:
    """Writes a whole edition folder and, unless flip is False, points `current` to it."""

    def write(number: int, centers: Iterable[Center] = (center(1001),), *, flip: bool = True) -> Path:
        folder = editions / str(number)
        folder.mkdir()
        centers = list(centers)
        write_database(
            folder / "edition.db",
            {
                "centers": [rows.center_row(one) for one in centers],
                "places": [rows.place_row(NARYN)],
                "rayons": [],
                "texts": [rows.text_row(TEXT)],
            },
        )
        (folder / "directory.json").write_text("{}")
        files = {
            path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
            for path in folder.iterdir()
        }
        manifest = {
            "schema": 1,
            "edition": number,
            "published_at": PUBLISHED_AT.isoformat(),
            "content_sha256": content_sha256(tables_of(centers, [NARYN], [TEXT])),
            "centers": len(centers),
            "files": files,
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))
        if flip:
            point_to(editions, folder)
        return folder

    return write
