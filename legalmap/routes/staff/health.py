"""What the doctor says of this machine, for `/readyz`: names alone, since anybody may ask."""

from __future__ import annotations

import time
from threading import Lock

from legalmap.config import Settings
from legalmap.desk import doctor

EVERY_S = 10.0
"""Seconds for which what was seen is told again."""


class Health:
    """Which of the doctor's brief checks need a person."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._lock = settings, Lock()
        self._seen: tuple[str, ...] = ()
        self._until = float("-inf")

    def wants(self) -> tuple[str, ...]:
        """Their names; one asker looks, others meanwhile hear what was seen before."""
        if time.monotonic() >= self._until and self._lock.acquire(blocking=False):
            try:
                self._seen = tuple(one.name for one in doctor.examine(self._settings, doctor.BRIEF) if not one.ok)
                self._until = time.monotonic() + EVERY_S
            finally:
                self._lock.release()
        return self._seen
