"""What may be known of referrals that are gone: how many there were, counted as each one goes and tied to none."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from legalmap.hours import BISHKEK
from legalmap.store import Connection
from legalmap.store import referrals_gone as gone
from legalmap.store.referrals import Row

OUTCOMES = ("expired", "declined", "accepted", "arrived", "closed")
"""How a referral can end; "expired": nobody ever answered."""
SETTLES_DAYS = 45
"""Days after a quarter within which every referral made in it is gone: 30 and 7, a week across the quarter's end and
roundings."""


def went(connection: Connection, ended: Iterable[Row]) -> None:
    """Counts rows that ended in time, in the transaction that drops them. What was taken back is counted nowhere."""
    last = gone.purged_at(connection)
    gone.add(connection, cells(row for row in ended if (when := quarter(row.week)) and not settled(when, last)))


def cells(rows: Iterable[Row]) -> Mapping[gone.Cell, int]:
    """What each row adds: one to its oblast, one to its committee, one to each of its needs with how it ended."""
    found: Counter[gone.Cell] = Counter()
    for row in rows:
        when, outcome = quarter(row.week), "expired" if row.state == "open" else row.state
        found.update([(when, "oblast", row.oblast, ""), (when, "committee", row.committee, "")])
        found.update((when, "need", need, outcome) for need in row.needs.split())
    return found


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
    """Whether the last purge (Unix seconds) found nothing of that quarter any more. From then on its counts stay: two
    looks at a number that changes would tell what came between them."""
    year, number = int(quarter_[:4]), int(quarter_[6])
    after = dt.datetime(year + number // 4, number % 4 * 3 + 1, 1, tzinfo=BISHKEK)
    return purged_at is not None and purged_at >= (after + dt.timedelta(days=SETTLES_DAYS)).timestamp()
