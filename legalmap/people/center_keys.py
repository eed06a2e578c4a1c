"""A key lets one center answer for itself without an account: by a link that opens once, or by a PIN on paper."""

from __future__ import annotations

import datetime as dt
import hmac
import re
import secrets

from legalmap.people import audit, phones, sessions
from legalmap.people.accounts import By
from legalmap.people.delays import DAY, OF_NETWORK
from legalmap.people.keys import Keys
from legalmap.people.signing_in import Door, Refused
from legalmap.store import Connection, attempts, center_keys
from legalmap.store.attempts import Tries
from legalmap.store.center_keys import CenterKey

SCOPES = ("answer", "notice")
"""What a key can be good for: answering referrals, saying "not today"."""
WAYS = ("link", "pin")
DAYS = (30, 90, 365)
"""How long a key is good."""
LINK_LASTS = dt.timedelta(hours=72)
KEPT, SITTING = dt.timedelta(days=30), dt.timedelta(hours=8)
"""How long a browser has the key: by choice, and else at most, as its own session ends before."""
MOST = 10
"""Keys of one center; with another the oldest ends."""
_FREE, _MINUTE, _LONGEST = 5, 60, 3600


def make(connection: Connection, by: By, keys: Keys, center: int, *, way: str, scope: str, days: int) -> str:
    """A new key for the center of that number; the link's token or the PIN, told this once. A new PIN ends the one
    before: two would halve what a guess costs."""
    now = int(by.now.timestamp())
    center_keys.forget_old(connection, now)
    known = center_keys.of_center(connection, center, now)
    for place, old in enumerate(known):
        if place >= MOST - 1 or way == old.way == "pin":
            center_keys.end(connection, center, old.id)
    key_id, secret = secrets.token_hex(16), sessions.new_token() if way == "link" else _new_pin()
    key = CenterKey(
        id=key_id, center=center, way=way, scope=scope, made=now, until=now + days * DAY, who=by.who,
        secret=sessions.hash_of(secret) if way == "link" else _mark(keys, key_id, secret),
        opens_until=now + int(LINK_LASTS.total_seconds()) if way == "link" else 0,
    )  # fmt: skip
    center_keys.add(connection, key)
    audit.add(connection, who=by.who, what="center_key_made", subject=f"{center} {way}", now=by.now)
    return secret


def end(connection: Connection, by: By, center: int, key_id: str) -> bool:
    """The key opens nothing any more, from this moment; whether there was one."""
    gone = center_keys.end(connection, center, key_id)
    if gone:
        audit.add(connection, who=by.who, what="center_key_ended", subject=str(center), now=by.now)
    return gone


def open_link(connection: Connection, by: By, token: str, *, stay: bool) -> tuple[str, CenterKey] | Refused:
    """A browser's new token for whoever brings the link, and the key. In a writing transaction."""
    key = center_keys.take_link(connection, sessions.hash_of(token), int(by.now.timestamp()))
    return (_let_in(connection, by, key, stay=stay), key) if key else Refused(why="void")


def open_pin(door: Door, center: str, pin: str, *, stay: bool) -> tuple[str, CenterKey] | Refused:
    """The same for the number of a center and its PIN. A try is counted, for all workers, before it is judged; a center
    that has no PIN is answered like a wrong PIN. Raises StoreError."""
    number = int(center) if re.fullmatch("[0-9]{1,7}", center) else 0
    with door.store.writing() as connection:
        if wait := _admit(connection, door, number):
            return Refused(why="wait", seconds=wait)
    with door.store.writing() as connection:
        key = center_keys.with_pin(connection, number, door.moment)
        told = _mark(door.keys, key.id if key else "", pin)
        if key is None or not hmac.compare_digest(told, key.secret):
            # what was typed may be anything: a center's number is named only where there is one to watch
            audit.add(
                connection, who="", what="center_pin_failed", subject=str(key.center) if key else "", now=door.by.now
            )
            return Refused(why="wrong")
        _came_in(connection, door, number)
        return _let_in(connection, door.by, key, stay=stay), key


def bearer(connection: Connection, token: str, now: int) -> CenterKey | None:
    """The key that a browser with this token has."""
    return center_keys.of_browser(connection, sessions.hash_of(token), now) if sessions.is_token(token) else None


def leave(connection: Connection, by: By, token: str) -> None:
    """The browser has no key any more."""
    if center_keys.turn_out(connection, sessions.hash_of(token)):
        audit.add(connection, who=by.who, what="center_key_left", now=by.now)


def lasts(key: CenterKey, now: int, *, stay: bool) -> int:
    """Seconds for which a browser has the key from now on."""
    return min(int((KEPT if stay else SITTING).total_seconds()), key.until - now)


def _let_in(connection: Connection, by: By, key: CenterKey, *, stay: bool) -> str:
    now, token = int(by.now.timestamp()), sessions.new_token()
    center_keys.let_in(connection, key.id, sessions.hash_of(token), now + lasts(key, now, stay=stay))
    audit.add(connection, who=f"key:{key.center}", what="center_key_opened", subject=key.way, now=by.now)
    return token


def _new_pin() -> str:
    while phones.weakness(pin := f"{secrets.randbelow(10**6):06}"):
        pass
    return pin


def _mark(keys: Keys, key_id: str, pin: str) -> str:
    """What is kept of a PIN: of no use without the instance's key."""
    return keys.mac("pin of a center", key_id, pin)


def _counted(door: Door, kind: str, of: str) -> str:
    return door.keys.mac("tries", kind, of)


def _admit(connection: Connection, door: Door, number: int) -> int:
    """Seconds to wait; 0: the try is counted as failed and may be judged."""
    now, waits = door.moment, []
    attempts.forget(connection, now - 2 * DAY)
    mine, network = _counted(door, "center pin", str(number)), _counted(door, "network of pins", door.network)
    for key, growth in ((mine, None), (network, OF_NETWORK)):
        tries = attempts.of(connection, key)
        waits.append(_left(growth.seconds(tries.failed) if growth else wait_after(tries.failed), tries, now))
    if wait := max(waits):
        return wait
    for key in (mine, network):
        attempts.put(connection, key, Tries(failed=attempts.of(connection, key).failed + 1, last=now))
    return 0


def _came_in(connection: Connection, door: Door, number: int) -> None:
    """The try that `_admit` let through was right: it does not count against the others of its network."""
    attempts.drop(connection, _counted(door, "center pin", str(number)))
    network = _counted(door, "network of pins", door.network)
    tries = attempts.of(connection, network)
    attempts.put(connection, network, Tries(failed=max(0, tries.failed - 1), last=tries.last))


def wait_after(failed: int) -> int:
    """Seconds that a center's PIN is closed after so many wrong ones: five in a minute, then ever longer."""
    return 0 if failed < _FREE else int(min(_LONGEST, _MINUTE * 2 ** min(failed - _FREE, 10)))


def _left(wait: int, tries: Tries, now: int) -> int:
    # a clock that went back must not hold anybody longer than the wait itself
    return max(0, min(wait, tries.last + wait - now)) if wait and tries.last else 0
