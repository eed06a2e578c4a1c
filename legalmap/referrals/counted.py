"""What may be known of referrals that are gone: how many there were, counted as each one goes and tied to none."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable

from legalmap.hours import BISHKEK
from legalmap.model import NEEDS, OBLASTS
from legalmap.store import Connection
from legalmap.store import referrals_gone as gone
from legalmap.store.referrals import Row

OUTCOMES = ("expired", "declined", "accepted", "arrived", "closed")
"""How a referral can end; "expired": nobody ever answered."""
SETTLES_DAYS = 45
"""Days after a quarter within which every referral made in it is gone: 30 and 7, a week across the quarter's end and
roundings."""


def went(connection: Connection, ended: Iterable[Row]) -> None:
    """Counts rows that ended in time, in the transaction that drops them."""
    _add(connection, ended, taken_back=False)


def taken_back(connection: Connection, row: Row) -> None:
    """Counts what was needed where consent was taken back; neither where nor by which committee. In the transaction
    that drops the row."""
    _add(connection, (row,), taken_back=True)


def quarter(week: str) -> str:
    """The quarter of an ISO week (2026-W47), like 2026-Q4: that of its Thursday; "" for what is no week."""
    if not re.fullmatch(r"\d{4}-W\d\d", week):
        return ""
    try:
        thursday = dt.date.fromisocalendar(int(week[:4]), int(week[6:]), 4)
    except ValueError:
        return ""
    return f"{thursday.year}-Q{(thursday.month + 2) // 3}"


def settled(quarter_: str, purged_at: int | None) -> bool:
    """Whether the last purge (Unix seconds) found nothing of that quarter any more: its counts stay as they are."""
    year, number = int(quarter_[:4]), int(quarter_[6])
    after = dt.datetime(year + number // 4, number % 4 * 3 + 1, 1, tzinfo=BISHKEK)
    return purged_at is not None and purged_at >= (after + dt.timedelta(days=SETTLES_DAYS)).timestamp()


def _add(connection: Connection, rows: Iterable[Row], *, taken_back: bool) -> None:
    last = gone.purged_at(connection)
    cells: Counter[gone.Cell] = Counter()
    for row in rows:
        when = quarter(row.week)
        # what is shown already never changes: two looks at it would tell what came between them
        if not when or settled(when, last):
            continue
        outcome = "expired" if row.state == "open" else row.state
        cells.update((when, "need", need, outcome) for need in row.needs.split() if need in NEEDS)
        if not taken_back and row.oblast in OBLASTS:
            cells.update([(when, "oblast", row.oblast, outcome), (when, "committee", row.committee, "")])
    gone.add(connection, cells)
