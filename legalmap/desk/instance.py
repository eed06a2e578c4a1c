"""Makes an instance: the folder, its sealing key and the tables; safe to run again."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from legalmap.config import Settings
from legalmap.store import Store


def make_instance(settings: Settings) -> Store:
    """The store of `settings`, with everything that was missing made. Raises StoreError, OSError.

    The folder is the owner's only: the desk's database holds addresses that must stay hidden.
    """
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.editions.mkdir(exist_ok=True)
    _make_key(settings.sealing_key)
    store = Store(settings.database_url)
    store.migrate()
    return store


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
