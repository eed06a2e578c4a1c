"""Both engines for the store's tests: a SQLite file, and a private PostgreSQL cluster where Debian's binaries are."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from legalmap.people.accounts import By
from legalmap.people.keys import Keys
from legalmap.people.signing_in import Door
from legalmap.store import AuditFiles, Store
from tests import databases

NewUrl = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> NewUrl:
    """Gives the URL of an empty database of each engine in turn."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / uuid.uuid4().hex}.db"
    return databases.empty


@pytest.fixture
def made_url(request: pytest.FixtureRequest, new_url: NewUrl) -> NewUrl:
    """The same with tables, where making them takes long."""
    return databases.migrated if new_url is databases.empty else new_url


@pytest.fixture
def store(made_url: NewUrl) -> Store:
    made = Store(made_url())
    made.migrate()
    return made


def a_door(url: str, folder: Path, who: str, now: float) -> Door:
    """The door of a new store whose keys lie in `folder`, for who acts at that moment."""
    for name in ("audit.key", "people.key"):
        (folder / name).write_bytes(Fernet.generate_key())
        (folder / name).chmod(0o600)
    store = Store(url, AuditFiles(key=folder / "audit.key", head=folder / "audit.head"))
    store.migrate()
    by = By(who=who, now=dt.datetime.fromtimestamp(now, dt.UTC))
    return Door(store=store, keys=Keys(folder / "people.key"), by=by, network="192.0.2.0/24")
