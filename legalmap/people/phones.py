"""A member's own phone may be known again by a PIN: what it takes, what it is worth, and how it is forgotten."""

from __future__ import annotations

import datetime as dt
import hmac
import re
from dataclasses import replace

from legalmap.people import audit, sessions, signing_in
from legalmap.people.accounts import By
from legalmap.people.keys import Keys
from legalmap.people.signing_in import Came, Door, Refused
from legalmap.store import Connection, phones, users
from legalmap.store import sessions as kept
from legalmap.store.phones import Phone
from legalmap.store.sessions import Session
from legalmap.store.users import User

LASTS = dt.timedelta(days=90)
TRIES = 5
_SKEW = 300
"""Seconds a clock may go back."""
MOST = 3
"""Phones of one member; with another the oldest is forgotten."""
_RUNS = "01234567890 09876543210 147258369 963852741 789456123 321654987"
"""Keys in a row, on a row or a column of a phone's keypad."""


def weakness(pin: str) -> str:
    """The code of what is wrong with a new PIN, "" when nothing is: six digits, not what anybody would try first."""
    if not re.fullmatch(r"[0-9]{6}", pin):
        return "pin_digits"
    repeated = pin == pin[:1] * 6 or pin == pin[:2] * 3 or pin == pin[:3] * 2 or pin == pin[:3] + pin[2::-1]
    few = len(set(pin)) < 3
    return "pin_common" if repeated or few or pin in _RUNS or _is_date(pin) else ""


def _is_date(pin: str) -> bool:
    """A day as people write it, 150890 and 900815 too; or two years, 19851990."""
    for order in ("%d%m%y", "%y%m%d", "%m%d%y"):
        try:
            dt.datetime.strptime(f"{pin} +0000", f"{order} %z")
        except ValueError:
            continue
        return True
    return pin[:4].startswith(("19", "20")) or pin[2:].startswith(("19", "20"))


def _mark(keys: Keys, token: str, pin: str) -> str:
    """What is kept of a PIN. The phone's own 256 bits are in it, which lie on the phone alone: so neither a copy of the
    database nor that and the key let anybody try the million PINs, and no slow hash is needed."""
    return keys.mac("pin of a phone", token, pin)


def remember(connection: Connection, by: By, keys: Keys, user: User, pin: str) -> str:
    """The phone's new token, to be kept by its browser. `pin` has no `weakness`."""
    now, token = int(by.now.timestamp()), sessions.new_token()
    phones.forget_old(connection, now - int(LASTS.total_seconds()))
    for old in phones.of_user(connection, user.id)[MOST - 1 :]:
        phones.forget(connection, old.hash)
    new = Phone(hash=sessions.hash_of(token), user_id=user.id, pin=_mark(keys, token, pin), made=now, seen=now)
    phones.add(connection, new)
    audit.add(connection, who=by.who, what="phone_remembered", subject=user.name, now=by.now)
    return token


def known(connection: Connection, token: str, now: int) -> Phone | None:
    """The phone of that token, while it may be used; None else."""
    phone = phones.by_hash(connection, sessions.hash_of(token)) if sessions.is_token(token) else None
    if phone is None or phone.failed >= TRIES or not -_SKEW <= now - phone.made < LASTS.total_seconds():
        return None
    user = users.by_id(connection, phone.user_id)
    return phone if user and not user.disabled and user.role == "committee" else None


def enter(door: Door, token: str, pin: str, before: Session | None) -> Came | Refused:
    """Somebody with the phone and its PIN comes in, as far as the second factor. A try is counted, and the count kept,
    before it is judged: of many at once no more than five are. Raises StoreError."""
    with door.store.writing() as connection:
        phone = known(connection, token, door.moment)
        if phone is None:
            return Refused(why="forgotten")
        phones.change(connection, phone.hash, failed=phone.failed + 1)
    right = hmac.compare_digest(_mark(door.keys, token, pin).encode(), phone.pin.encode())
    with door.store.writing() as connection:
        user = users.by_id(connection, phone.user_id)
        now = phones.by_hash(connection, phone.hash)
        if user is None or user.disabled:
            return Refused(why="forgotten")
        if not right:
            return _wrong(connection, door, user, phone)
        if now is None:  # forgotten while it was judged
            return Refused(why="forgotten")
        if signing_in.is_closed(connection, user):
            return Refused(why="closed")
        phones.change(connection, phone.hash, failed=0, seen=door.moment)
        came = signing_in.come_in(connection, door, user, before)
        # six digits are no proof for what matters most: that asks for the passphrase again
        kept.change(connection, came.session.hash, fresh=0)
    return replace(came, session=replace(came.session, fresh=0))


def _wrong(connection: Connection, door: Door, user: User, phone: Phone) -> Refused:
    """`phone`: as it was before this try was counted."""
    audit.add(connection, who="", what="pin_failed", subject=user.name, now=door.by.now)
    left = TRIES - phone.failed - 1
    if left > 0 and phones.by_hash(connection, phone.hash):
        return Refused(why="wrong", left=left)
    if phones.forget(connection, phone.hash):
        audit.add(connection, who="", what="phone_forgotten", subject=user.name, now=door.by.now)
    return Refused(why="forgotten")


def forget(connection: Connection, by: By, user: User, *, token: str = "", others: bool = False) -> int:
    """Forget the phone of that token, or with `others` every other one; how many there were. Only the user's own."""
    own = sessions.hash_of(token)
    if others:
        count = phones.forget_all(connection, user.id, but=own)
    else:
        mine = any(phone.hash == own for phone in phones.of_user(connection, user.id))
        count = int(mine and phones.forget(connection, own))
    if count:
        audit.add(connection, who=by.who, what="phone_forgotten", subject=user.name, now=by.now)
    return count
