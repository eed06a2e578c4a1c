"""Referrals: a code on a slip sends somebody to the right place, and nothing here says who it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from legalmap.config import Settings
from legalmap.people.keys import KeyFault, Keys
from legalmap.store import Connection
from legalmap.store import referrals as rows
from legalmap.store.referrals import ReferralStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrals:
    """The referrals of an instance: their database, and the key that lies outside of it. What is done with them is in
    `kept`, on a connection opened here."""

    store: ReferralStore
    keys: Keys
    path: str
    """Where the key is, for words about it."""

    @classmethod
    def of(cls, settings: Settings) -> Referrals:
        """The referrals of `settings`; nothing is opened yet. Raises StoreError for a URL that nothing can open."""
        path = settings.referrals_key
        return cls(store=ReferralStore.of(settings), keys=Keys(path), path=str(path))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A look at them. Raises StoreError, KeyFault when the key is missing, open to others or another one."""
        with self.store.reading() as connection:
            self._make_sure(connection)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One change, whole or not at all; only one at a time. Raises as `reading`."""
        with self.store.writing() as connection:
            self._make_sure(connection)
            yield connection

    def _make_sure(self, connection: Connection) -> None:
        """With another key every code would be unknown, and nobody would see why."""
        if rows.mark(connection) != mark_of(self.keys):
            raise KeyFault("referrals_key_other", self.path)


def mark_of(keys: Keys) -> str:
    """What the database knows its key by. Raises KeyFault."""
    return keys.mac("referrals", "mark")
