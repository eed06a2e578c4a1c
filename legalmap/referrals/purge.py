"""What has expired goes: the rows, their bytes in the file, and nothing but counts stays."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from legalmap.hours import BISHKEK
from legalmap.referrals import counted
from legalmap.referrals.clock import DAY
from legalmap.store import StoreError
from legalmap.store import referrals_gone as gone
from legalmap.store.referrals import ReferralStore

EVERY = 3600
"""Seconds between two purges."""
LATE = 2 * EVERY
"""Seconds after which a purge is overdue."""
TRUSTED_DAYS = 45
"""How far the clock may be from the last purge and still be believed."""
_LATEST_DAYS = 90
"""Nothing of ours expires later than this, also not after a clock that went back by what is believed."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did: rows that went, seconds that writing the file anew took (0.0: there was no need)."""

    rows: int
    vacuum: float


def run(store: ReferralStore, now: dt.datetime, *, by_hand: bool = False) -> Purged:
    """Drops what has expired, counts it, and writes the file anew. Raises StoreError; `referrals_clock` when the clock
    is more than 45 days away from the last purge, unless somebody vouches for it (`by_hand`)."""
    return _run(store, now, 0, by_hand=by_hand) or Purged(0, 0.0)


def run_if_due(store: ReferralStore, now: dt.datetime, every: int = EVERY) -> Purged | None:
    """As `run`, unless there was one in the last `every` seconds, whichever process did it: then None."""
    with store.reading() as connection:
        if not _due(gone.purged_at(connection), now, every):
            return None
    return _run(store, now, every, by_hand=False)


def last(store: ReferralStore) -> dt.datetime | None:
    """When the last purge was; None before the first. Raises StoreError."""
    with store.reading() as connection:
        at = gone.purged_at(connection)
    return None if at is None else dt.datetime.fromtimestamp(at, BISHKEK)


def _run(store: ReferralStore, now: dt.datetime, every: int, *, by_hand: bool) -> Purged | None:
    at, latest = int(now.timestamp()), int(now.timestamp()) + _LATEST_DAYS * DAY
    with store.writing() as connection:
        before = gone.purged_at(connection)
        if not _due(before, now, every):
            return None  # another process was first
        if not by_hand and before is not None and abs(at - before) > TRUSTED_DAYS * DAY:
            raise StoreError("referrals_clock", f"{dt.datetime.fromtimestamp(before, BISHKEK):%Y-%m-%d}")
        ended = gone.ended(connection, at, latest)
        counted.went(connection, [row for row in ended if row.expires <= at])
        gone.drop_ended(connection, at, latest)
        tries = gone.drop_tries(connection, at)
        gone.set_purged(connection, at)
    took = 0.0
    if ended or tries:
        began = time.perf_counter()
        store.vacuum()
        took = time.perf_counter() - began
    return Purged(len(ended), took)


def _due(before: int | None, now: dt.datetime, every: int) -> bool:
    """A clock that went back makes it due: what it says now is written down."""
    return before is None or not 0 <= now.timestamp() - before < every
