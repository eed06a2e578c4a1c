"""What tests of referrals share: an empty database of each engine with its key."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from legalmap.people.keys import Keys
from legalmap.referrals import Referrals, mark_of
from legalmap.store import referrals as rows
from legalmap.store.referrals import ReferralStore
from tests.store.conftest import NewUrl, made_url, new_url

__all__ = ["made_url", "new_url"]


def make_referrals(url: str, folder: Path) -> Referrals:
    """Referrals in an empty database, as `legalmap init` makes them."""
    path = folder / "referrals.key"
    path.write_bytes(Fernet.generate_key())
    path.chmod(0o600)
    made = Referrals(store=ReferralStore(url), keys=Keys(path), path=str(path))
    made.store.migrate()
    with made.store.writing() as connection:
        rows.set_mark(connection, mark_of(made.keys))
    return made


@pytest.fixture
def referrals(made_url: NewUrl, tmp_path: Path) -> Referrals:
    return make_referrals(made_url(), tmp_path)
