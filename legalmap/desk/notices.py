"""A center says "not today" and takes it back; public pages learn it from a file, without a publish."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from dataclasses import replace
from pathlib import Path

from legalmap.directory.notices import FILE, WHATS, Notice, Notices, written
from legalmap.hours import BISHKEK
from legalmap.people import audit
from legalmap.people.accounts import By
from legalmap.store import Connection, Store, StoreError, notices
from legalmap.store.notices import Kept

LONGEST_DAYS = 30
A_DAY = 5
"""Notices that a center may set in 24 hours; taking one back is always free."""


def put(connection: Connection, by: By, center: int, what: str, until: dt.date) -> bool:
    """Sets the notice of a center instead of an earlier one; False where it says the same already. Raises StoreError
    `notice_date` (today to 30 days from now), `notice_too_many`."""
    today, now = by.now.astimezone(BISHKEK).date(), int(by.now.timestamp())
    if what not in WHATS:
        raise ValueError(what)
    if not today <= until <= today + dt.timedelta(days=LONGEST_DAYS):
        raise StoreError("notice_date")
    before = notices.of_center(connection, center, today.isoformat())
    if before and (before.what, before.until) == (what, until.isoformat()):
        return False
    if notices.made_since(connection, center, now - 86_400) >= A_DAY:
        raise StoreError("notice_too_many")
    notices.end(connection, center, by.who, now)
    kept = Kept(id=secrets.token_hex(16), center=center, what=what, until=until.isoformat(), made=now, who=by.who)
    notices.add(connection, kept)
    audit.add(connection, who=by.who, what="notice_set", subject=f"{center} {what}", now=by.now)
    return True


def again(connection: Connection, by: By, notice_id: str) -> bool:
    """Sets once more what somebody ended, for the days that are left of it; False where the center says something by
    now, or no day is left. It does not count among those that a center may set."""
    today = by.now.astimezone(BISHKEK).date().isoformat()
    ended = notices.by_id(connection, notice_id)
    if ended is None or not ended.ended or ended.until < today or notices.of_center(connection, ended.center, today):
        return False
    now = int(by.now.timestamp())
    notices.add(connection, replace(ended, id=secrets.token_hex(16), made=now, who=by.who, ended=0, ended_by=""))
    audit.add(connection, who=by.who, what="notice_set", subject=f"{ended.center} {ended.what}", now=by.now)
    return True


def end(connection: Connection, by: By, center: int) -> bool:
    """The center says nothing any more; whether it did."""
    gone = notices.end(connection, center, by.who, int(by.now.timestamp()))
    if gone:
        audit.add(connection, who=by.who, what="notice_ended", subject=str(center), now=by.now)
    return gone


def show(store: Store, folder: Path, now: dt.datetime) -> None:
    """Writes the file that public pages read, whole or not at all. What stands in it was kept before, and of two who
    write the later one knows what both kept. `folder`: of the editions. Raises StoreError, OSError."""
    with store.writing() as connection:
        _write(connection, folder, now)


def renew(store: Store, folder: Path, now: dt.datetime) -> bool:
    """Writes the file where it is not what is kept, as when it was said on another machine; whether it did. Needs an
    account that reads alone: of two who write the one that knows less is corrected by its next look. Raises StoreError,
    OSError."""
    if not differs(store, folder, now):
        return False
    with store.reading() as connection:
        _write(connection, folder, now)
    return True


def _write(connection: Connection, folder: Path, now: dt.datetime) -> None:
    said = [
        Notice(center=one.center, what=one.what, until=dt.date.fromisoformat(one.until))
        for one in notices.live(connection, now.astimezone(BISHKEK).date().isoformat())
    ]
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f".{FILE}.{secrets.token_hex(4)}"
    try:
        with new.open("wb") as file:
            file.write(written(said))
            file.flush()
            os.fsync(file.fileno())
        new.replace(folder / FILE)
    finally:
        new.unlink(missing_ok=True)  # of a full disk


def differs(store: Store, folder: Path, now: dt.datetime) -> bool:
    """Whether public pages read something else than what is kept, as after a copy that was put back. Raises
    StoreError."""
    today = now.astimezone(BISHKEK).date()
    with store.reading() as connection:
        said = {one.center: (one.what, one.until) for one in notices.live(connection, today.isoformat())}
    shown = Notices(folder).current(today)
    return said != {number: (one.what, one.until.isoformat()) for number, one in shown.items()}
