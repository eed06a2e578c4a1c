"""Word of other machines: calls them once something is kept, and waits for such a call on a connection of its own."""

from __future__ import annotations

import time
from contextlib import suppress

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from legalmap.store import Store

CHANNEL = "legalmap"
_AGAIN_S = 30.0
"""Until listening is tried again where it was refused, as on a standby."""


def call(connection: Connection) -> None:
    """Wake every node once this transaction is kept."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(CHANNEL, "")))


class Listener:
    """Hears the calls; where no connection can be had, it just waits."""

    def __init__(self, store: Store) -> None:
        """Opens nothing yet."""
        self._store = store
        self._connection: Connection | None = None
        self._try_at = 0.0

    @property
    def listens(self) -> bool:
        """Whether calls are heard."""
        return self._connection is not None

    def listen(self) -> None:
        """From now on no call is missed, if the database lets anybody listen."""
        if self.listens or self._store.is_sqlite or time.monotonic() < self._try_at:
            return
        with suppress(SQLAlchemyError):
            connection = self._store.engine.connect()
            try:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(text(f"LISTEN {CHANNEL}"))
            except SQLAlchemyError:
                self._try_at = time.monotonic() + _AGAIN_S
                connection.close()
                raise
            self._connection = connection

    def wait(self, seconds: float) -> bool:
        """Whether somebody called; returns at once when they do, and after so many seconds at the latest."""
        if self._connection is None:
            time.sleep(seconds)
            return False
        raw = self._connection.connection.driver_connection
        assert raw is not None
        try:
            return any(True for _call in raw.notifies(timeout=seconds, stop_after=1))
        except self._store.engine.dialect.loaded_dbapi.Error:
            self.close()
            time.sleep(min(seconds, 1.0))
            return False

    def close(self) -> None:
        """Hears nothing any more, until it listens again."""
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.invalidate()
                self._connection.close()
        self._connection, self._try_at = None, 0.0
