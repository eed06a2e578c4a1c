"""The center's side of a referral: who has its number may see what is needed, and say what becomes of it."""

from __future__ import annotations

import datetime as dt
import re

from legalmap.referrals import clock, kept, moves
from legalmap.referrals.sights import Received
from legalmap.store import Connection
from legalmap.store import referrals as rows
from legalmap.store.referrals import Row


def one(connection: Connection, center: int, handle: str, now: dt.datetime) -> Received | None:
    """What the center of that number received; None for another's, an unknown, withdrawn or expired one alike."""
    row = _row(connection, center, handle, now)
    return kept.received(row) if row else None


def answer(
    connection: Connection, center: int, handle: str, act: str, reason: str, now: dt.datetime
) -> Received | None:
    """What the center says, one of moves.ACTS; `reason`: one of moves.REASONS when it declines, else "". What cannot be
    said now, or was said before, changes nothing. None as in `one`. In a writing transaction."""
    row = _row(connection, center, handle, now)
    if row is None or act not in moves.ACTS or (act == "decline") != (reason in moves.REASONS):
        return kept.received(row) if row else None
    state = moves.after(row.state, act)
    if state != row.state:
        took = row.answer or clock.bucket(row.urgency, row.due, now)
        # an end never gives a row more time than it had
        expires = min(row.expires, clock.expires(state, now))
        rows.change(connection, row.code, state=state, reason=reason, answer=took, expires=expires)
    return one(connection, center, handle, now)


def withdraw(connection: Connection, center: int, handle: str, now: dt.datetime) -> bool:
    """The person takes the consent back where they are: the row is gone at once; whether there was one, as in `one`.
    In a writing transaction."""
    row = _row(connection, center, handle, now)
    if row is not None:
        rows.drop(connection, row.code)
    return row is not None


def _row(connection: Connection, center: int, handle: str, now: dt.datetime) -> Row | None:
    row = rows.by_code(connection, handle) if re.fullmatch("[0-9a-f]{64}", handle) else None
    return row if row and row.first == center and row.expires > now.timestamp() else None
