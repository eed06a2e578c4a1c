"""A copy of all that is kept, in one file that proves itself: databases, the edition shown, how far the audit is."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from legalmap.config import Settings
from legalmap.desk.edition_folder import only_one, write_whole
from legalmap.directory import edition as editions
from legalmap.directory import notices
from legalmap.people.keys import Keys
from legalmap.store import Store, StoreError, copying
from legalmap.store.referrals import ReferralStore

FORMAT = 1
LAST = "backup.json"
"""What the instance knows of its last backup."""
MANIFEST = "manifest.json"
DESK, REFERRALS, HEAD = "desk.db", "referrals.db", "audit.head"
KEPT_DAYS = 14
"""Older ones go: what is deleted must be gone everywhere after 45 days."""
_NAME = re.compile(r"legalmap-(\d{8}T\d{6})Z\.tar(\.age)?")


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup: its file, and how many older ones went."""

    file: Path
    gone: int


def make(
    settings: Settings, folder: Path, now: dt.datetime, *, recipients: Sequence[str] = (), kept_days: int = KEPT_DAYS
) -> Made:
    """Write a backup into `folder`, for `recipients` alone (age1...) if there are any. Readers and writers go on
    meanwhile. No key is in it: each is told by a mark that shows whether it is the one. Raises StoreError, OSError."""
    encrypt = _for(recipients)
    stem = f"legalmap-{now.astimezone(dt.UTC):%Y%m%dT%H%M%S}Z.tar"
    file = folder / (f"{stem}.age" if encrypt else stem)
    folder.mkdir(parents=True, exist_ok=True)
    with _beside(settings.instance) as building:
        files = building / "files"
        files.mkdir()
        _gather(settings, files)
        manifest = _manifest(settings, files, now)
        (files / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="ascii")
        plain = building / stem
        with tarfile.open(plain, "w") as archive:
            for path in sorted(files.rglob("*")):
                archive.add(path, path.relative_to(files).as_posix(), recursive=False)
        draft = file.with_name(f".{file.name}")
        encrypt(plain, draft) if encrypt else shutil.copyfile(plain, draft)
        _finish(draft, file)
    gone = _let_go(folder, now, kept_days)
    write_whole(settings.instance / LAST, json.dumps({"at": now.astimezone(dt.UTC).isoformat()}))
    return Made(file, gone)


def last(settings: Settings) -> dt.datetime | None:
    """When the last backup of this instance was made; None when none ever was."""
    try:
        at = dt.datetime.fromisoformat(json.loads((settings.instance / LAST).read_bytes())["at"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as fault:
        raise StoreError("backup_unknown", str(settings.instance / LAST)) from fault
    return at


def mark(key: Path) -> str:
    """What tells a key from another without telling the key. Raises KeyFault."""
    return Keys(key).mac("mark of a backup")


def sums(folder: Path) -> Iterator[tuple[str, str]]:
    """Path below `folder` and SHA-256 of each file."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                yield path.relative_to(folder).as_posix(), hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _beside(instance: Path) -> Iterator[Path]:
    """A folder of the owner's alone on the instance's disk, gone afterwards; what a killed backup left goes first, and
    a second backup waits for the one that is being made."""
    with (instance / ".backing-up").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in instance.glob(".backup-*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=instance) as name:
            yield Path(name)


def _gather(settings: Settings, files: Path) -> None:
    """In the order in which nothing can point to what is not there: the edition, how far the audit is, referrals, and
    then the desk, which all three speak of."""
    shown = settings.editions
    (files / "editions").mkdir()
    with only_one(shown):
        # without an edition, or with a spoiled one, the rest is needed all the more: a restore makes it anew
        with suppress(editions.EditionError, FileNotFoundError):
            number, _ = editions.read_pointer(shown)
            shutil.copytree(shown / str(number), files / "editions" / str(number))
        for name in (editions.POINTER, editions.OLDEST, notices.FILE):
            if (shown / name).exists():
                shutil.copyfile(shown / name, files / "editions" / name)
    if settings.audit_head_file.exists():
        shutil.copyfile(settings.audit_head_file, files / HEAD)
    _database(ReferralStore.of(settings), files / REFERRALS)
    _database(Store.of(settings), files / DESK)


def _database(store: Store, into: Path) -> None:
    if store.is_sqlite:
        store.write_into(into)
    else:
        into.touch(mode=0o600)
        copying.copy(store, type(store)(f"sqlite:///{into}"), lambda _table, _more: None, moving=False)


def _manifest(settings: Settings, files: Path, now: dt.datetime) -> dict[str, Any]:
    keys = (settings.people_key, settings.audit_key, settings.referrals_key, settings.sealing_key)
    return {
        "format": FORMAT, "at": now.astimezone(dt.UTC).isoformat(), "keys": {path.name: mark(path) for path in keys},
        "files": dict(sums(files)),
    }  # fmt: skip


def _for(recipients: Sequence[str]) -> Callable[[Path, Path], None] | None:
    """Encrypts a file into another one. Raises StoreError `backup_recipient`, `backup_no_age`."""
    if not recipients:
        return None
    try:
        import pyrage  # an extra of its own: who keeps backups in a safe place needs none
    except ImportError as fault:
        raise StoreError("backup_no_age") from fault
    try:
        known = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    except pyrage.RecipientError as fault:
        raise StoreError("backup_recipient", str(fault)) from fault
    return lambda plain, into: pyrage.encrypt_file(str(plain), str(into), known)


def _finish(draft: Path, file: Path) -> None:
    with draft.open("rb") as written:
        draft.chmod(0o600)
        os.fsync(written.fileno())
    os.replace(draft, file)


def _let_go(folder: Path, now: dt.datetime, kept_days: int) -> int:
    gone = 0
    for draft in folder.glob(".legalmap-*.tar*"):  # of one that was killed
        draft.unlink()
    for path in folder.iterdir():
        made = _NAME.fullmatch(path.name)
        if made and dt.datetime.strptime(f"{made[1]}+0000", "%Y%m%dT%H%M%S%z") < now - dt.timedelta(days=kept_days):
            path.unlink()
            gone += 1
    return gone
