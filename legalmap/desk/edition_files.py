"""Writes the files of one edition so that a kill or a full disk leaves the old one whole."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import brotli

from legalmap.desk import shells
from legalmap.desk.edition_folder import take_in
from legalmap.directory import edition as editions
from legalmap.directory import exports, layers, near, rows, suggestions
from legalmap.directory.content import tables_of
from legalmap.directory.rows import Text
from legalmap.model import LANGS, Center, Lang, Place, Rayon

_BROTLI_BEST_BELOW = 300_000
"""Bytes; brotli 11 of 2.3 MB takes 4.3 s, brotli 9 a tenth of that."""
_BROTLI_BEST_EACH = 150_000
"""The same for files that there are one of for each language: near.json of 500 centers has 105,000."""


_BROTLI_WINDOW = 19
"""Of 2**19 bytes: packs as well as the largest one, with a third of its memory."""

_OF_PHONES: Mapping[str, Callable[[editions.Directory, Lang], dict[str, Any]]] = {
    "names": layers.names, "centers": layers.centers, "near": near.near_json, "places": suggestions.places_json,
}  # fmt: skip
"""What maps and phones load, one file for each language."""


@dataclass(frozen=True, kw_only=True)
class EditionContent:
    """What an edition holds."""

    centers: tuple[Center, ...]
    places: tuple[Place, ...]
    texts: tuple[Text, ...]
    rayons: tuple[Rayon, ...] = ()

    @cached_property
    def tables(self) -> dict[str, list[rows.Row]]:
        """Its rows: hashed, compared with those shown, and written."""
        return tables_of(self.centers, self.places, self.texts, self.rayons)


def write_edition(folder: Path, number: int, content: EditionContent, digest: str, now: dt.datetime) -> None:
    """Build `folder/number` beside, rename it into place, then move the pointer to it.

    A folder of that number left by a killed publisher is replaced. Raises OSError.
    """
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
    building.chmod(0o755)
    try:
        # one file is made while another is packed, which leaves Python to others; two at once take 20 MB more
        with ThreadPoolExecutor(max_workers=1) as packing:
            packed = [packing.submit(_pack, *one) for one in _write_json(building, number, content, digest, now)]
            _write_database(building / editions.DATABASE, content)
            shells.put(folder, building)
        for done in packed:
            done.result()
        manifest = _manifest(building, number, content, digest, now)
        (building / editions.MANIFEST).write_text(manifest, encoding="utf-8")
        take_in(folder, building, number, hashlib.sha256(manifest.encode()).hexdigest())
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _write_database(path: Path, content: EditionContent) -> None:
    try:
        with closing(_sqlite_utils().Database(path)) as database, database.atomic():
            for name, found in content.tables.items():
                table = database.table(name)
                table.create(dict(rows.TABLES[name]), pk=rows.PRIMARY_KEYS[name])
                table.insert_all(found)
    except sqlite3.Error as fault:  # a full disk, told by SQLite
        raise OSError(str(fault)) from fault


def _sqlite_utils() -> Any:
    """The library, without pandas: it would load that where it is installed, a seventh of a second and 33 MB
    of each publish for nothing."""
    loaded = sys.modules.get("pandas")
    sys.modules["pandas"] = loaded  # type: ignore[assignment]  # None: nobody can import it
    try:
        import sqlite_utils
    finally:
        if loaded is None:
            del sys.modules["pandas"]
    return sqlite_utils


def _write_json(
    folder: Path, number: int, content: EditionContent, digest: str, now: dt.datetime
) -> Iterator[tuple[Path, int]]:
    """Each file as it is written, with how many bytes are packed at best."""
    directory = editions.build(
        number, digest, now, content.centers, content.places, content.texts, rayons=content.rayons
    )
    with (folder / "directory.json").open("w", encoding="utf-8") as file:
        file.writelines(exports.directory_json(directory))
    yield folder / "directory.json", _BROTLI_BEST_BELOW
    for lang in LANGS:
        for name, make in _OF_PHONES.items():
            path = folder / layers.file_name(name, lang)
            path.write_text(exports.as_json(make(directory, lang)), encoding="utf-8")
            yield path, _BROTLI_BEST_EACH


def _pack(path: Path, best_below: int) -> None:
    """The file packed twice, so that no worker ever packs it; at best when under so many bytes."""
    data = path.read_bytes()
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    quality = 11 if len(data) < best_below else 9
    path.with_name(f"{path.name}.br").write_bytes(brotli.compress(data, quality=quality, lgwin=_BROTLI_WINDOW))


def _manifest(folder: Path, number: int, content: EditionContent, digest: str, now: dt.datetime) -> str:
    files = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
    }
    return json.dumps(
        {
            "schema": editions.SCHEMA,
            "edition": number,
            "published_at": now.isoformat(),
            "content_sha256": digest,
            "centers": len(content.centers),
            "files": files,
        },
        indent=1,
    )
