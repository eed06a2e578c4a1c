"""The published editions of one instance: notices when `current` points elsewhere, and keeps the last good one."""

from __future__ import annotations

import logging
import re
import threading
import time
from pathlib import Path

from legalmap.directory.edition import POINTER, Directory, EditionError, open_edition, read_oldest, read_pointer
from legalmap.stamps import Stamp, stamp

RETRY_S = 5.0
"""How long a refused edition is left alone before it is read again: a full disk or a slow copy may heal."""

_log = logging.getLogger("legalmap.edition")


class NoEdition(Exception):
    """There is no good edition at all, so nothing can be answered."""


class Editions:
    """The published editions of one instance: `current()` is the directory to answer from."""

    def __init__(self, folder: Path, retry_s: float = RETRY_S) -> None:
        """`folder` is <instance>/editions; `retry_s` seconds until a refused one is tried again. Reads nothing yet."""
        self._retry_s = retry_s
        self._folder, self._pointer = folder, str(folder / POINTER)
        self._lock = threading.Lock()
        self._directory: Directory | None = None
        self._seen: Stamp | None = None
        self._retry_at = 0.0
        self.alarm: str | None = None
        self.patience_s: float | None = None
        """How long a call waits for the next edition while there is one to answer from; None: until it is read."""

    def current(self) -> Directory:
        """The edition the pointer names, read again only when the pointer changed (one stat a call); the one before
        where that takes longer than `patience_s`.

        A bad one is refused and the last good one serves; `alarm` says why. Raises NoEdition when there
        is none at all.
        """
        directory = self._directory
        if self._unchanged():
            if directory is not None:
                return directory
            if self.alarm:  # none to serve, and nothing has changed since it was looked for
                raise NoEdition(self.alarm)
        if directory is None or self.patience_s is None:
            self._renew_alone(wait=directory is None)
        else:
            reader = threading.Thread(target=self._renew_alone, name="edition", daemon=True)
            reader.start()
            reader.join(self.patience_s)
        if self._directory is None:
            raise NoEdition(self.alarm)
        return self._directory

    def _renew_alone(self, *, wait: bool = False) -> None:
        # Whoever has an edition need not wait for the thread that reads the next one.
        if self._lock.acquire(blocking=wait):
            try:
                if self._directory is None or not self._unchanged():
                    self._renew()
            finally:
                self._lock.release()

    def _unchanged(self) -> bool:
        return stamp(self._pointer) == self._seen and (self.alarm is None or time.monotonic() < self._retry_at)

    def _renew(self) -> None:
        # The stamp is taken before the reading: a pointer replaced meanwhile is noticed at the next call.
        self._seen = stamp(self._pointer)
        number: int | None = None
        try:
            number, manifest_sha256 = read_pointer(self._folder)
            self._directory = open_edition(self._folder / str(number), manifest_sha256)
            self.alarm = None
        except EditionError as error:
            self._sound(str(error))
            if self._directory is None:
                self._directory = self._newest_good(refused=number)
        self._retry_at = time.monotonic() + self._retry_s

    def _newest_good(self, refused: int | None) -> Directory | None:
        """At a cold start: the newest edition that can be used, none that shows more than was decided since."""
        oldest = read_oldest(self._folder)
        names = [path.name for path in self._folder.glob("[1-9]*") if re.fullmatch("[1-9][0-9]{0,8}", path.name)]
        for number in sorted(map(int, names), reverse=True):
            if number == refused or number < oldest:
                continue
            try:
                return open_edition(self._folder / str(number))
            except EditionError as error:
                _log.error("also refused: %s", error)
        return None

    def _sound(self, fault: str) -> None:
        if fault != self.alarm:
            _log.error("%s; the last good edition serves", fault)
        self.alarm = fault
