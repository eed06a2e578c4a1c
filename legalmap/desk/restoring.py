"""The way back from a backup: into an empty instance, proven byte by byte, referrals whose time is over gone first."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from legalmap.config import Settings
from legalmap.desk import backup
from legalmap.desk.acts import Desk
from legalmap.desk.instance import make_instance
from legalmap.people import audit, head
from legalmap.people.keys import KeyFault
from legalmap.referrals import purge
from legalmap.store import Store, StoreError, copying, counters
from legalmap.store.referrals import ReferralStore

UNFINISHED = "restoring"
"""The file that says that what is in an instance came from a restore that has not ended."""
AHEAD = 1_000
"""So many numbers are left out behind the restored edition: those published since the backup may be on phones."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`edition`: what is shown now; `purged`: referrals whose time was over; `lost`: lines of the audit that were
    written since, as far as its head outside told."""

    edition: int
    purged: int
    lost: int


def restore(desk: Desk, file: Path, keys: Path, agree: Callable[[dt.datetime], object], identity: str = "") -> Restored:
    """Put the backup `file` and the keys in the folder `keys` into the instance of `desk`, which has nothing yet, and
    publish. `agree` is told when it was made, and raises where that is not meant; `identity`: the secret
    (AGE-SECRET-KEY-1...) of an encrypted one. What is over by the clock of `desk` goes before anything is shown.
    Killed, the same once more does it. Raises StoreError, OSError; then nothing is there."""
    settings, now = desk.settings, desk.now
    _begin(settings)
    try:
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.instance) as name:
            files = Path(name)
            manifest = _unpack(file, files, identity)
            agree(dt.datetime.fromisoformat(manifest["at"]))
            _put_keys(settings, keys, manifest["keys"])
            lost = _put_head(settings, files / backup.HEAD, now)
            _put_database(ReferralStore(f"sqlite:///{files / backup.REFERRALS}"), ReferralStore.of(settings))
            _put_database(Store(f"sqlite:///{files / backup.DESK}"), desk.store)
            os.replace(files / "editions", settings.editions)
            make_instance(settings)
            purged = purge.run(ReferralStore.of(settings), now, by_hand=True)
    except BaseException:
        _clear(settings)
        raise
    with desk.store.writing() as connection:
        counters.take(connection, "edition", AHEAD)
        audit.add(connection, who=desk.who, what="restored", subject=manifest["at"], now=now)
    (settings.instance / UNFINISHED).unlink()
    return Restored(desk.publish().number, purged.rows, lost)


def _begin(settings: Settings) -> None:
    """An empty instance that says what is under way in it. Raises StoreError `restore_not_empty`."""
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.instance.chmod(0o700)
    unfinished = settings.instance / UNFINISHED
    if unfinished.exists():
        _clear(settings)
    if any(path.exists() for path in _places(settings)):
        raise StoreError("restore_not_empty", str(settings.instance))
    unfinished.touch()


def _places(settings: Settings) -> list[Path]:
    """Where an instance keeps what is its own."""
    files = [settings.instance / name for name in (backup.DESK, backup.REFERRALS)]
    return [settings.instance / "keys", settings.editions, *files]


def _clear(settings: Settings) -> None:
    """What a restore put there goes: it is no instance."""
    for path in (*_places(settings), *settings.instance.glob(".restoring-*")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    (settings.instance / UNFINISHED).unlink(missing_ok=True)


def _unpack(file: Path, into: Path, identity: str) -> dict[str, Any]:
    """The manifest of a backup whose files are in `into`, each as it was."""
    plain = file
    if file.suffix == ".age":
        plain = into.with_name(f"{into.name}.tar")
        _decrypt(file, plain, identity)
    try:
        with tarfile.open(plain) as archive:
            archive.extractall(into, filter="data")
        manifest: dict[str, Any] = json.loads((into / backup.MANIFEST).read_bytes())
        found = {name: sha256 for name, sha256 in backup.sums(into) if name != backup.MANIFEST}
        if manifest["format"] != backup.FORMAT or found != manifest["files"]:
            raise ValueError("a file in it is not what was written")
        dt.datetime.fromisoformat(manifest["at"])
    except (tarfile.TarError, ValueError, KeyError, TypeError, EOFError) as fault:
        raise StoreError("backup_broken", f"{file}: {fault}") from fault
    finally:
        if plain != file:
            plain.unlink(missing_ok=True)
    return manifest


def _decrypt(file: Path, into: Path, identity: str) -> None:
    try:
        import pyrage
    except ImportError as fault:
        raise StoreError("backup_no_age") from fault
    try:
        known = pyrage.x25519.Identity.from_str(identity)
        pyrage.decrypt_file(str(file), str(into), [known])
    except (pyrage.IdentityError, pyrage.DecryptError) as fault:
        into.unlink(missing_ok=True)
        raise StoreError("backup_identity", str(fault)) from fault


def _put_keys(settings: Settings, keys: Path, marks: Mapping[str, str]) -> None:
    """The keys that belong to the backup. Raises KeyFault."""
    own = settings.sealing_key.parent
    own.mkdir(mode=0o700)
    for name, mark in marks.items():
        if not (keys / name).is_file():
            raise KeyFault("key_missing", str(keys / name))
        (own / name).touch(mode=0o600)
        (own / name).write_bytes((keys / name).read_bytes())
        if backup.mark(own / name) != mark:
            raise KeyFault("restore_key_other", str(keys / name))


def _put_head(settings: Settings, said: Path, now: dt.datetime) -> int:
    """How far the audit is by the backup; a head outside that says more is moved aside. The number of lines lost."""
    file, lost = settings.audit_head_file, 0
    before = head.read(file)
    if before:
        known = head.read(said)
        lost = max(0, before.count - (known.count if known else 0))
        os.replace(file, file.with_name(f"{file.name}.before-{now:%Y%m%dT%H%M%S}"))
    if said.exists():
        shutil.copyfile(said, file)
    return lost


def _put_database(source: Store, target: Store) -> None:
    source.migrate()  # that of an older program
    if not target.is_sqlite:
        copying.copy(source, target, lambda _table, _more: None)
        return
    path = Path(target.engine.url.database or "")
    Path(source.engine.url.database or "").replace(path)
    path.chmod(0o600)
