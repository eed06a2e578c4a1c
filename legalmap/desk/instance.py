"""Makes an instance: the folder, its keys and the tables; safe to run again."""

from __future__ import annotations

import base64
import datetime as dt
import os
from pathlib import Path

from legalmap.config import Settings
from legalmap.desk import need_rules
from legalmap.people import audit
from legalmap.people.keys import KeyFault
from legalmap.referrals import Referrals, mark_of, purge
from legalmap.store import Store, StoreError, users
from legalmap.store import audit as lines
from legalmap.store import referrals as rows


def make_instance(settings: Settings, *, new_keys: bool = False) -> Store:
    """The store of `settings`, with everything that was missing made. Raises StoreError, OSError.

    The folder is the owner's only: the desk's database holds addresses that must stay hidden. `new_keys`: keys of staff
    that are gone while what they sealed is there are made anew; else that is StoreError `key_lost`.
    """
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.instance.stat().st_mode & 0o077:
        settings.instance.chmod(0o700)  # it was there before, open to others
    settings.editions.mkdir(exist_ok=True)
    _make_key(settings.sealing_key)
    store = Store.of(settings)
    _refuse_to_start_over(settings, store)
    _migrate(store)
    _make_keys_of_staff(settings, store, new_keys=new_keys)
    _make_referrals(settings, new_keys=new_keys)
    need_rules.fill(store)
    return store


def _migrate(store: Store) -> None:
    if store.is_sqlite and store.engine.url.database:
        Path(store.engine.url.database).touch(mode=0o600)
    store.migrate()


def _make_keys_of_staff(settings: Settings, store: Store, *, new_keys: bool) -> None:
    gone = [path for path in (settings.people_key, settings.audit_key) if not path.exists()]
    with store.reading() as connection:
        used = bool(users.everybody(connection)) or lines.last(connection) is not None
    if gone and used and not new_keys:
        raise StoreError("key_lost", str(gone[0]))
    for path in gone:
        _make_key(path)
    audit.begin(store, new_key=used and settings.audit_key in gone)


def _make_referrals(settings: Settings, *, new_keys: bool) -> None:
    """The referrals' database and its key; an instance of an older program has neither. Rows whose key is lost for good
    can be found by nobody and taken back by nobody: with `new_keys` they are gone."""
    referrals, path = Referrals.of(settings), settings.referrals_key
    store = referrals.store
    if path.exists():
        _refuse_empty(store, path)
    _migrate(store)
    with store.writing() as connection:
        known = rows.mark(connection)
        if known and not path.exists():
            if not new_keys:
                raise StoreError("referrals_key_lost", str(path))
            rows.empty(connection)
    _make_key(path)
    if purge.last(store) is None:
        purge.run(store, dt.datetime.now(dt.UTC))
    with store.writing() as connection:
        known, own = rows.mark(connection), mark_of(referrals.keys)
        if known and known != own:
            raise KeyFault("referrals_key_other", str(path))
        if not known:
            rows.set_mark(connection, own)


def _refuse_empty(store: Store, key: Path) -> None:
    """A database that is gone while its key is there was lost, and slips lead there."""
    try:
        with store.reading():
            return
    except StoreError as fault:
        if fault.code in {"referrals_missing", "referrals_empty"}:
            raise StoreError("referrals_lost", str(key)) from fault
        if fault.code != "referrals_older":
            raise


def _refuse_to_start_over(settings: Settings, store: Store) -> None:
    """A database that is gone while its editions are there was lost: an empty one must not replace what they show."""
    if not any(path.name.isdigit() for path in settings.editions.iterdir()):
        return
    try:
        with store.reading():
            return
    except StoreError as fault:
        if fault.code in {"database_missing", "database_empty"}:
            raise StoreError("database_lost", str(settings.editions)) from fault
        if fault.code != "database_older":
            raise


def _make_key(path: Path) -> None:
    """A Fernet key: 32 random bytes, url-safe base64. An existing one is never replaced."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.urlsafe_b64encode(os.urandom(32)))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails when another process was first: then its key stays
    except FileExistsError:
        pass
    finally:
        draft.unlink()
