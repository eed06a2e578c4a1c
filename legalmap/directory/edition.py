"""Opens and verifies one published edition and keeps it in memory."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from legalmap.directory import rows
from legalmap.directory.choices import Choose, choices
from legalmap.directory.filters import Filters
from legalmap.directory.nearest import Nearest
from legalmap.directory.places import Places
from legalmap.directory.rows import Text as Text
from legalmap.model import PHONE_KINDS, Center, Place, Rayon
from legalmap.rayons import Rayons

SCHEMA = 1
"""Version of the edition's layout; a worker refuses any other."""
DATABASE = "edition.db"
MANIFEST = "manifest.json"
POINTER = "current"
OLDEST = "oldest"


class EditionError(Exception):
    """An edition cannot be used; the text says which file and why."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Directory:
    """One edition in memory, never changed after it is built.

    `centers`: all, by id. `ranked`: those with a point that distance may rank; `unplaced`: listed ones
    without. Closed centers and numbers to call (helpline, emergency) are in neither. `nearest` indexes
    `ranked`; what `choose` allows masks `listed` = ranked + unplaced.
    """

    number: int
    content_sha256: str
    published_at: dt.datetime
    centers: tuple[Center, ...]
    by_number: Mapping[int, Center]
    by_id: Mapping[str, Center]
    places: Places
    rayons: Rayons
    texts: Mapping[str, Text]
    ranked: tuple[Center, ...]
    unplaced: tuple[Center, ...]
    nearest: Nearest
    choose: Choose
    nearest_place: Nearest
    folder: Path | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each file in `folder`, by name."""


def build(
    number: int,
    content_sha256: str,
    published_at: dt.datetime,
    centers: Iterable[Center],
    places: Iterable[Place],
    texts: Iterable[Text],
    folder: Path | None = None,
    *,
    rayons: Iterable[Rayon] = (),
    files: Mapping[str, str] | None = None,
) -> Directory:
    """A directory from values in memory. Raises EditionError when a number or an id stands twice."""
    everyone = tuple(sorted(centers, key=lambda center: center.id))
    listed = [center for center in everyone if center.status != "closed" and center.kind not in PHONE_KINDS]
    ranked = tuple(center for center in listed if center.point)
    unplaced = tuple(center for center in listed if not center.point)
    gazetteer, nearest_place, known_rayons = _land(tuple(places), tuple(rayons))
    nearest = Nearest([center.point for center in ranked if center.point], [center.id for center in ranked])
    directory = Directory(
        number=number,
        content_sha256=content_sha256,
        published_at=published_at,
        centers=everyone,
        by_number={center.number: center for center in everyone},
        by_id={center.id: center for center in everyone},
        places=gazetteer,
        rayons=known_rayons,
        texts={text.key: text for text in texts},
        ranked=ranked,
        unplaced=unplaced,
        nearest=nearest,
        choose=choices(Filters((*ranked, *unplaced)), nearest, len(ranked)),
        nearest_place=nearest_place,
        folder=folder,
        files=files or {},
    )
    if not len(directory.by_number) == len(directory.by_id) == len(everyone):
        raise EditionError(f"edition {number}: two centers share a number or an id")
    return directory


# most editions name the places of the one before: what finds them is made again for others alone
@lru_cache(maxsize=1)
def _land(places: tuple[Place, ...], rayons: tuple[Rayon, ...]) -> tuple[Places, Nearest, Rayons]:
    gazetteer = Places(places)
    nearest = Nearest([place.point for place in gazetteer.known], [place.id for place in gazetteer.known])
    return gazetteer, nearest, Rayons(rayons)


def read_pointer(folder: Path) -> tuple[int, str]:
    """Number and manifest SHA-256 of the edition that `folder`/current names. Raises EditionError."""
    try:
        raw = (folder / POINTER).read_bytes()[:200]
    except OSError as error:
        raise EditionError(f"{POINTER} cannot be read: {type(error).__name__}") from error
    parts = re.fullmatch(rb"([1-9][0-9]{0,8}) ([0-9a-f]{64})\n?", raw)
    if parts is None:
        raise EditionError(f"{POINTER} does not hold a number and a SHA-256")
    return int(parts[1]), parts[2].decode()


def read_oldest(folder: Path) -> int:
    """The oldest edition that may still be served: the publisher raises it when something was hidden. A file that
    cannot be read lets none be served in place of the current one."""
    try:
        return int((folder / OLDEST).read_text(encoding="ascii"))
    except FileNotFoundError:
        return 0
    except (OSError, ValueError):
        return sys.maxsize


def verified_manifest(folder: Path, sha256: str | None) -> dict[str, Any]:
    """The manifest of edition `folder`, its own hash (when the pointer gave one) and every file's hash verified.

    Raises EditionError, OSError, ValueError, KeyError: whatever a broken file makes of it.
    """
    raw = (folder / MANIFEST).read_bytes()
    if sha256 is not None and hashlib.sha256(raw).hexdigest() != sha256:
        raise EditionError(f"{MANIFEST} is not the one that {POINTER} names")
    manifest: dict[str, Any] = json.loads(raw)
    if manifest["schema"] != SCHEMA:
        raise EditionError(f"schema {manifest['schema']!r} is not {SCHEMA}")
    if str(manifest["edition"]) != folder.name:
        raise EditionError(f"{MANIFEST} is of edition {manifest['edition']!r}")
    if DATABASE not in manifest["files"]:
        raise EditionError(f"{MANIFEST} does not name {DATABASE}")
    for name, promised in manifest["files"].items():
        if Path(name).name != name:
            raise EditionError(f"{MANIFEST} names a file outside its folder")
        with (folder / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != promised["sha256"] or (folder / name).stat().st_size != promised["bytes"]:
            raise EditionError(f"{name} is not the one that {MANIFEST} names")
    return manifest


@contextmanager
def _database(folder: Path) -> Iterator[sqlite3.Connection]:
    uri = f"{(folder / DATABASE).resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        database.row_factory = sqlite3.Row
        yield database


def _read(folder: Path, sha256: str | None) -> Directory:
    manifest = verified_manifest(folder, sha256)
    published_at = dt.datetime.fromisoformat(manifest["published_at"])
    if published_at.tzinfo is None:
        raise EditionError("published_at has no time zone")
    with _database(folder) as database:
        centers = [rows.center(row) for row in database.execute("SELECT * FROM centers")]
        places = [rows.place(row) for row in database.execute("SELECT * FROM places")]
        rayons = [rows.rayon(row) for row in database.execute("SELECT * FROM rayons")]
        texts = [rows.text(row) for row in database.execute("SELECT * FROM texts")]
    if len(centers) != manifest["centers"]:
        raise EditionError(f"{DATABASE} holds {len(centers)} centers, not {manifest['centers']!r}")
    number, content = manifest["edition"], manifest["content_sha256"]
    files = {name: str(promised["sha256"]) for name, promised in manifest["files"].items()}
    return build(number, content, published_at, centers, places, texts, folder, rayons=rayons, files=files)


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    try:
        yield
    except EditionError as error:
        raise EditionError(f"edition {folder.name}: {error}") from error
    # A broken file can fail anywhere between json and sqlite3; whatever it is, it is one bad edition.
    except (OSError, sqlite3.Error, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise EditionError(f"edition {folder.name}: {type(error).__name__}: {error}") from error


def open_edition(folder: Path, manifest_sha256: str | None = None) -> Directory:
    """The edition in `folder`, after every file's SHA-256 was compared with its manifest.

    `manifest_sha256` (from the pointer) is compared too when given. Raises EditionError.
    """
    with _refusing(folder):
        return _read(folder, manifest_sha256)


def center_rows(folder: Path) -> list[rows.Row]:
    """The rows of the centers in the edition in `folder`, verified as by `open_edition`, which takes four times as
    long. Raises EditionError."""
    with _refusing(folder):
        verified_manifest(folder, None)
        with _database(folder) as database:
            found = [dict(row) for row in database.execute("SELECT * FROM centers")]
        if any(row.keys() != rows.TABLES["centers"].keys() for row in found[:1]):
            raise EditionError("its centers have other columns")
        return found
