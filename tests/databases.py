"""PostgreSQL for a test process: one private cluster, and in it databases, empty or with their tables already."""

from __future__ import annotations

import atexit
import os
import uuid
from functools import cache

from legalmap.store import Store
from legalmap.store.referrals import ReferralStore
from tests.machines.cluster import Cluster

EVERYWHERE = os.environ.get("LEGALMAP_TEST_ENGINE") == "postgresql"
"""Whether desks that do not say where they keep their data keep it in PostgreSQL (`make test-long`)."""


@cache
def _cluster() -> Cluster:
    made = Cluster()
    atexit.register(made.remove)
    made.start()
    return made


def empty(template: str = "template1") -> str:
    """The URL of a new database. Skips where no PostgreSQL is installed."""
    name = f"t{uuid.uuid4().hex}"
    _cluster().tell(f"CREATE DATABASE {name} TEMPLATE {template}")
    return _cluster().url(database=name)


def migrated() -> str:
    """The URL of a new database with the tables of the desk and of referrals, made once for a process and copied."""
    return empty(_template())


@cache
def _template() -> str:
    url = empty()
    for kind in (Store, ReferralStore):
        made = kind(url)
        made.migrate()
        made.engine.dispose()
    return Store(url).engine.url.database or ""
