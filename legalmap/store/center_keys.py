"""Keys of centers and the browsers that they opened: of their secrets only what cannot be turned back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select, update

from legalmap.store.schema import center_browsers, center_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class CenterKey:
    """A key. `center`: a number; `way`: link or pin; `scope`: what it is good for, parted by spaces; `secret`: the hash
    of a link that waits, the mark of a PIN, "" for a link that was opened; `opens_until`: the link's own end; `made`,
    `until`: Unix seconds; `used`: some browser has it."""

    id: str
    center: int
    way: str
    scope: str
    secret: str = field(repr=False)
    opens_until: int
    made: int
    until: int
    who: str
    used: bool = False


def add(connection: Connection, key: CenterKey) -> None:
    """A new key."""
    names = [column.name for column in center_keys.c]
    connection.execute(insert(center_keys).values({name: getattr(key, name) for name in names}))


def of_center(connection: Connection, center: int, now: int) -> Sequence[CenterKey]:
    """What is still good of a center's keys, the newest first."""
    return _read(connection, (center_keys.c.center == center) & (center_keys.c.until > now))


def with_pin(connection: Connection, center: int, now: int) -> CenterKey | None:
    """The center's key that a PIN opens."""
    return next((key for key in of_center(connection, center, now) if key.way == "pin"), None)


def take_link(connection: Connection, hash_: str, now: int) -> CenterKey | None:
    """The key of a link, which is used up by it: of two who bring it at once one gets the key."""
    good = (center_keys.c.way == "link") & (center_keys.c.secret == hash_)
    timely = (center_keys.c.opens_until > now) & (center_keys.c.until > now)
    taken = update(center_keys).where(good & timely).values(secret="").returning(center_keys.c.id)
    key_id = connection.execute(taken).scalar()
    return next(iter(_read(connection, center_keys.c.id == key_id)), None) if key_id else None


def let_in(connection: Connection, key_id: str, hash_: str, until: int) -> None:
    """A browser that has the key from now on."""
    connection.execute(insert(center_browsers).values(hash=hash_, key_id=key_id, until=until))


def of_browser(connection: Connection, hash_: str, now: int) -> CenterKey | None:
    """The key that a browser has."""
    mine = select(center_browsers.c.key_id).where((center_browsers.c.hash == hash_) & (center_browsers.c.until > now))
    return next(iter(_read(connection, center_keys.c.id.in_(mine) & (center_keys.c.until > now))), None)


def turn_out(connection: Connection, hash_: str) -> bool:
    """A browser has no key any more; whether it had one."""
    return connection.execute(delete(center_browsers).where(center_browsers.c.hash == hash_)).rowcount == 1


def end(connection: Connection, center: int, key_id: str) -> bool:
    """A key of that center opens nothing any more, in no browser; whether there was one."""
    which = (center_keys.c.center == center) & (center_keys.c.id == key_id)
    if connection.execute(select(center_keys.c.id).where(which)).first() is None:
        return False
    connection.execute(delete(center_browsers).where(center_browsers.c.key_id == key_id))
    connection.execute(delete(center_keys).where(which))
    return True


def forget_old(connection: Connection, now: int) -> None:
    """Drop what is past its time."""
    old = select(center_keys.c.id).where(center_keys.c.until <= now)
    gone = center_browsers.c.key_id.in_(old) | (center_browsers.c.until <= now)
    connection.execute(delete(center_browsers).where(gone))
    connection.execute(delete(center_keys).where(center_keys.c.until <= now))


def _read(connection: Connection, which: ColumnElement[bool]) -> Sequence[CenterKey]:
    used = exists().where(center_browsers.c.key_id == center_keys.c.id).label("used")
    rows = connection.execute(
        select(center_keys, used).where(which).order_by(center_keys.c.made.desc(), center_keys.c.id)
    )
    return [CenterKey(**row) for row in rows.mappings()]
