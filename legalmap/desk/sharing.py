"""An edition that was published on one machine is put into the database, and copied from there to every other one."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from legalmap.desk.edition_folder import prune, take_in, write_whole
from legalmap.directory import edition as editions
from legalmap.store import Store, StoreError, counters, shared_editions
from legalmap.store.shared_editions import PART, Shared

_BATCH = 8
"""Parts put into the database at once: between two batches others may write."""
_INCOMING = ".incoming-"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class _Gone(Exception):
    """The edition made way for later ones while it was copied."""


def share(store: Store, folder: Path) -> bool:
    """Put the current edition of `folder` where every machine finds it; whether it was not there yet. With SQLite there
    is no other machine. Nobody else publishes meanwhile. Raises StoreError, OSError."""
    return not store.is_sqlite and _put(store, folder)


def _put(store: Store, folder: Path) -> bool:
    number, manifest_sha256 = _pointer(folder)
    with store.reading() as connection:
        latest = shared_editions.newest(connection)
    if not number or (latest and latest.number >= number):
        return False
    try:
        files = editions.verified_manifest(folder / str(number), manifest_sha256)["files"]
    except (editions.EditionError, ValueError, KeyError) as fault:
        raise StoreError("edition_broken", f"{number}: {fault}") from fault
    for name in (editions.MANIFEST, *files):
        _put_file(store, manifest_sha256, folder / str(number) / name)
    at, oldest = dt.datetime.now(dt.UTC).isoformat(), min(editions.read_oldest(folder), number)
    with store.writing() as connection:
        return shared_editions.show(
            connection, Shared(number=number, manifest_sha256=manifest_sha256, oldest=oldest, at=at)
        )


def _put_file(store: Store, manifest_sha256: str, path: Path) -> None:
    """What is not there yet of a file."""
    with store.reading() as connection:
        done = shared_editions.parts(connection, manifest_sha256, path.name)
    with path.open("rb") as file:
        file.seek(done * PART)
        while batch := [data for _ in range(_BATCH) if (data := file.read(PART))]:
            with store.writing() as connection:
                for data in batch:
                    shared_editions.add_part(connection, manifest_sha256, path.name, done, data)
                    done += 1


def unfinished(store: Store, folder: Path) -> bool:
    """Whether the current edition of `folder` is that of the last act and no machine can copy it: its publisher was
    killed. Raises StoreError."""
    number, _sha256 = _pointer(folder)
    with store.reading() as connection:
        latest, last = shared_editions.newest(connection), counters.value(connection, "edition")
    return not store.is_sqlite and 0 < number == last and (latest is None or latest.number < number)


def bring(store: Store, folder: Path, *, thorough: bool = False) -> int:
    """Make the newest edition of all machines the current one of `folder`, unless it is; its number, 0 for none.

    Nobody else changes the folder meanwhile. `thorough`: bytes of the current edition that a disk has spoilt are
    noticed. Raises StoreError (`edition_broken`: not what was published), OSError; then the current edition stays as it
    was, and the next call goes on behind the last whole part.
    """
    while True:
        with store.reading() as connection:
            latest = shared_editions.newest(connection)
        if latest is None or _stands(folder, latest, thorough=thorough):
            return latest.number if latest else 0
        with suppress(_Gone):
            _copy(store, folder, latest)
            return latest.number


def _copy(store: Store, folder: Path, latest: Shared) -> None:
    beside = folder / f"{_INCOMING}{latest.manifest_sha256[:16]}"
    for left in folder.glob(f"{_INCOMING}*"):
        if left != beside:
            shutil.rmtree(left, ignore_errors=True)
    incoming = beside / str(latest.number)
    try:
        incoming.mkdir(parents=True, exist_ok=True)
        _fetch(store, latest, incoming)
        if latest.oldest > editions.read_oldest(folder):
            # before the pointer moves: a worker that starts cold never falls back to an edition that shows more
            write_whole(folder / editions.OLDEST, f"{latest.oldest}\n")
        take_in(folder, incoming, latest.number, latest.manifest_sha256)
    except OSError as fault:
        if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
            shutil.rmtree(beside, ignore_errors=True)  # what else is written here needs the room
        raise
    shutil.rmtree(beside, ignore_errors=True)
    prune(folder, latest.number)


def _pointer(folder: Path) -> tuple[int, str]:
    try:
        return editions.read_pointer(folder)
    except editions.EditionError:
        return 0, ""


def _stands(folder: Path, latest: Shared, *, thorough: bool) -> bool:
    """Whether the folder has that edition, or a later one, which its own publisher has still to share."""
    number, manifest_sha256 = _pointer(folder)
    if number > latest.number:
        return True
    if (number, manifest_sha256) != (latest.number, latest.manifest_sha256):
        return False
    path = folder / str(number)
    if not thorough:
        return (path / editions.MANIFEST).is_file()
    try:
        editions.verified_manifest(path, manifest_sha256)
    except (editions.EditionError, OSError, ValueError, KeyError):
        return False
    return True


def _fetch(store: Store, latest: Shared, incoming: Path) -> None:
    """Every file of the edition, whole and proven, in `incoming`."""
    files = _manifest(store, latest, incoming)
    for name, promised in files.items():
        path, size = incoming / name, int(promised["bytes"])
        have = path.stat().st_size if path.exists() else 0
        if have == size > 0:
            continue
        done = have // PART
        with path.open("ab", buffering=0) as file:
            file.truncate(done * PART)
            for data in _parts(store, latest, name, range(done, -(-size // PART))):
                file.write(data)
    try:
        editions.verified_manifest(incoming, latest.manifest_sha256)
    except (editions.EditionError, ValueError, KeyError) as fault:
        shutil.rmtree(incoming)  # a kill with the plug pulled may have left anything: all of it once more
        raise StoreError("edition_broken", f"{latest.number}: {fault}") from fault


def _manifest(store: Store, latest: Shared, incoming: Path) -> Mapping[str, Any]:
    raw = b"".join(_parts(store, latest, editions.MANIFEST, range(1)))
    if hashlib.sha256(raw).hexdigest() != latest.manifest_sha256:
        raise StoreError("edition_broken", f"{latest.number}: another {editions.MANIFEST} than was published")
    (incoming / editions.MANIFEST).write_bytes(raw)
    files: Mapping[str, Any] = json.loads(raw)["files"]
    if not all(map(_NAME.fullmatch, files)):
        raise StoreError("edition_broken", f"{latest.number}: a file outside its folder")
    return files


def _parts(store: Store, latest: Shared, name: str, numbers: range) -> Iterator[bytes]:
    for number in numbers:
        with store.reading() as connection:
            data = shared_editions.part(connection, latest.manifest_sha256, name, number)
        if data is None:
            raise _Gone
        yield data
