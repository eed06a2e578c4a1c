"""Keeps one machine's folder as all machines have it: copies editions and notices, and says how that goes."""

from __future__ import annotations

import datetime as dt
import errno
import logging
from contextlib import suppress
from pathlib import Path

from legalmap.desk import notices, sharing
from legalmap.desk.edition_folder import only_one, write_whole
from legalmap.directory import edition as editions
from legalmap.directory import node_status
from legalmap.directory.node_status import NodeStatus
from legalmap.store import Store, StoreError, shared_editions
from legalmap.store.listening import Listener

POLL_S = 3.0
"""Seconds until the database is asked although nobody called: a call may be lost."""
_LONGEST_S = 10.0
"""Seconds between two tries while something is wrong; the first come sooner."""
_FRESH_S = 15
"""Seconds that a status without news stands."""

_log = logging.getLogger("legalmap.node")


class Node:
    """The machine whose editions are in `folder`."""

    def __init__(self, store: Store, folder: Path) -> None:
        """Opens nothing yet."""
        self._store, self._folder = store, folder
        self._status = node_status.read(folder) or NodeStatus()
        self._failures, self._looked = 0, False

    def run(self) -> None:
        """Goes on until a signal ends the process; what is wrong is logged once and told in the status."""
        listener = Listener(self._store)
        try:
            while True:
                listener.listen()
                self._try()
                listener.wait(min(0.5 * 2**self._failures, _LONGEST_S) if self._failures else POLL_S)
        finally:
            listener.close()

    def once(self) -> int:
        """Copies what there is; the number of the edition that is current then, 0 for none. Raises StoreError,
        OSError."""
        try:
            with only_one(self._folder):
                number = self._copy()
        except (StoreError, OSError) as fault:
            self._say(trouble=_code(fault))
            raise
        self._say(trouble="", edition=number)
        return _current(self._folder)

    def _try(self) -> None:
        try:
            self.once()
            if self._failures:
                _log.info("all is well again")
            self._failures = 0
        except (StoreError, OSError) as fault:
            if not self._failures:
                _log.error("%s; the last good edition serves", fault)
            self._failures = min(self._failures + 1, 10)

    def _copy(self) -> int:
        number = sharing.bring(self._store, self._folder, thorough=not self._looked)
        self._looked = True
        if sharing.unfinished(self._store, self._folder):
            with shared_editions.only_publisher(self._store):
                number = sharing.bring(self._store, self._folder)
                if sharing.share(self._store, self._folder):
                    number = _current(self._folder)
                    _log.info("edition %s is shared, whose publisher was ended before", number)
        if notices.renew(self._store, self._folder, dt.datetime.now(dt.UTC)):
            _log.info("notices of centers are new")
        return number

    def _say(self, *, trouble: str, edition: int | None = None) -> None:
        """Tells the workers; `edition`: what the database has, None when it did not answer."""
        before, now = self._status, dt.datetime.now(dt.UTC)
        if (trouble, edition) == (before.trouble, before.edition) and (before.age(now) in range(_FRESH_S)):
            return  # or the disk is written to every few seconds for nothing
        if edition is None:
            self._status = NodeStatus(reached=before.reached, edition=before.edition, trouble=trouble)
        else:
            self._status = NodeStatus(reached=now, edition=edition, trouble=trouble)
        if edition is not None and edition != before.edition:
            _log.info("edition %s is the newest", edition)
        with suppress(OSError):  # of a full disk: the age of what stands there tells it
            write_whole(self._folder / node_status.FILE, node_status.written(self._status))


def apart(store: Store, folder: Path) -> str:
    """How this machine's edition is another one than that of all machines, "" when it is not. Raises StoreError."""
    with store.reading() as connection:
        newest = shared_editions.newest(connection)
    number, current = newest.number if newest else 0, _current(folder)
    if number > current:
        return f"edition {number} of another machine waits: run legalmap node"
    if number < current:
        return f"edition {current} is here alone, the database has {number}: run legalmap publish until it is past that"
    return ""


def _current(folder: Path) -> int:
    try:
        return editions.read_pointer(folder)[0]
    except editions.EditionError:
        return 0


def _code(fault: StoreError | OSError) -> str:
    if isinstance(fault, StoreError):
        return fault.code
    return "disk_full" if fault.errno in {errno.ENOSPC, errno.EDQUOT} else "file_unreadable"
