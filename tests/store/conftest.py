"""Both engines for the store's tests: a SQLite file, and a private PostgreSQL cluster where Debian's binaries are."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from legalmap.store import Store
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
