"""Referrals are kept apart from everything else: a database of their own, that can be emptied and given to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, update

from legalmap.config import Settings
from legalmap.store import Store
from legalmap.store.referrals_schema import key_mark, metadata, referrals, tries

IN_A_MINUTE = 5
"""Tries of one center, or one member, in any 60 seconds."""


class ReferralStore(Store):
    """The referrals' database. It has no audit: who made which slip when is what must not be kept."""

    word = "referrals"
    own_schema = "referrals"
    migrations = Path(__file__).parent / "referrals_migrations"
    migration_lock = 7_316_002
    tables = metadata
    turn = key_mark.c.mark
    keeps_log = False

    @classmethod
    def of(cls, settings: Settings) -> ReferralStore:
        """The referrals of an instance."""
        return cls(settings.referrals_url)

    def vacuum(self) -> None:
        """Write file, or tables and their indexes, anew without the bytes of rows that went. Raises StoreError,
        `referrals_locked` when others do not let go of them for 5 seconds."""
        self._check_there()
        with self._in_words(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("COMMIT")  # one began by itself, and within one nothing is written anew
                connection.exec_driver_sql("VACUUM")
            else:
                alone = connection.execution_options(isolation_level="AUTOCOMMIT")
                # a plain one leaves the bytes in the indexes
                alone.exec_driver_sql("VACUUM FULL referrals, tries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One referral as it is kept. `code`, `member`: HMACs, 64 hex digits; `first`, `second`: numbers of centers, 0 for
    none; `needs`: parted by spaces, sorted; `due`, `expires`: Unix seconds; `week`: like 2026-W47."""

    code: str
    label: str
    member: str
    committee: str
    first: int
    second: int
    needs: str
    urgency: str
    due: int
    week: str
    oblast: str
    state: str
    answer: str
    expires: int
    reason: str = ""


def add(connection: Connection, row: Row) -> None:
    """A new referral."""
    connection.execute(insert(referrals).values({column.name: getattr(row, column.name) for column in referrals.c}))


def by_code(connection: Connection, code: str) -> Row | None:
    """The referral of this HMAC, expired or not."""
    found = connection.execute(select(referrals).where(referrals.c.code == code)).first()
    return Row(**found._mapping) if found else None


def members(connection: Connection, committee: str, after: int) -> Sequence[tuple[str, str]]:
    """(code, member), both HMACs, of what the committee has that expires after a moment."""
    which = (referrals.c.committee == committee) & (referrals.c.expires > after)
    found = connection.execute(select(referrals.c.code, referrals.c.member).where(which))
    return [(code, member) for code, member in found]


def of_codes(connection: Connection, codes: Sequence[str]) -> Sequence[Row]:
    """The referrals of these HMACs, soonest due first."""
    which = select(referrals).where(referrals.c.code.in_(codes)).order_by(referrals.c.due, referrals.c.label)
    return [Row(**found._mapping) for found in connection.execute(which)]


def clocks(connection: Connection, committee: str, after: int) -> Sequence[tuple[str, str, int]]:
    """(label, state, due) of what the committee has that expires after a moment, soonest due first."""
    asked = select(referrals.c.label, referrals.c.state, referrals.c.due)
    which = (referrals.c.committee == committee) & (referrals.c.expires > after)
    found = connection.execute(asked.where(which).order_by(referrals.c.due, referrals.c.label))
    return [(label, state, due) for label, state, due in found]


def change(connection: Connection, code: str, **values: str | int) -> None:
    """Set columns of a referral: first, second, state, reason, answer, due, expires."""
    connection.execute(update(referrals).where(referrals.c.code == code).values(**values))


def drop(connection: Connection, code: str) -> None:
    """The referral is gone, and its bytes with it."""
    connection.execute(delete(referrals).where(referrals.c.code == code))


def take_try(connection: Connection, whose: int, now: int) -> int:
    """Seconds until they may try again; 0: this try is counted and may be judged. `whose`: the number of a center, or
    one below 0 that stands for a member. In a writing transaction."""
    # a clock that went back must not hold anybody longer than the minute itself
    gone = (tries.c.at <= now - 60) | (tries.c.at > now + 60)
    connection.execute(delete(tries).where(gone))
    found = connection.execute(select(tries.c.place, tries.c.at).where(tries.c.center == whose)).all()
    if len(found) >= IN_A_MINUTE:
        oldest: int = min(at for _place, at in found)
        return min(60, max(1, oldest + 60 - now))
    place = next(place for place in range(IN_A_MINUTE) if place not in {taken for taken, _at in found})
    connection.execute(insert(tries).values(center=whose, place=place, at=now))
    return 0


def mark(connection: Connection) -> str:
    """The mark of the key that made the rows; "" before there was one."""
    return connection.execute(select(key_mark.c.mark)).scalar() or ""


def set_mark(connection: Connection, mark: str) -> None:
    """From here on the key of this mark makes the rows; there is none yet."""
    connection.execute(insert(key_mark).values(mark=mark))


def empty(connection: Connection) -> None:
    """Rows whose key is lost, which nobody can find any more, are gone, and so is the mark of that key."""
    for table in (referrals, tries, key_mark):
        connection.execute(delete(table))
