"""The purge comes by itself: when a process begins to serve, and every hour in one of all its workers."""

from __future__ import annotations

import datetime as dt
import logging
import threading

from legalmap.referrals import purge
from legalmap.store import StoreError
from legalmap.store.referrals import ReferralStore

_LOG = logging.getLogger("legalmap.faults")


class Hourly:
    """The purge of one process. Which process does it is settled in the database, by when the last one was."""

    def __init__(self, store: ReferralStore, every: int = purge.EVERY) -> None:
        self._store, self._every, self._told = store, every, ""

    def look(self, *, at_start: bool = False) -> None:
        """Purges if it is time, and at the start always. A fault is logged once, until it is another one, and ends
        nothing: what has expired is shown to nobody anyway."""
        try:
            done = purge.run_if_due(self._store, dt.datetime.now(dt.UTC), 0 if at_start else self._every)
        except StoreError as fault:
            self._tell(fault.code)
        except Exception as fault:
            self._tell(type(fault).__name__)
        else:
            self._told = ""
            if done:
                _LOG.info("purge of referrals done")  # how many is nobody's concern here

    def begin(self) -> threading.Thread:
        """Goes on looking in a thread of this process. Not before a fork: threads stay behind there."""
        thread = threading.Thread(target=self._go_on, name="purge", daemon=True)
        thread.start()
        return thread

    def _go_on(self) -> None:
        wait = threading.Event()
        while not wait.wait(self._every / 4):
            self.look()

    def _tell(self, code: str) -> None:
        if code != self._told:
            _LOG.error("purge of referrals: %s", code)
        self._told = code
