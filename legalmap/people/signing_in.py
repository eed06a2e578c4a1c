"""Signing in, step by step: a name and a password, then the second factor; each try is counted before it is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from legalmap.people import accounts, audit, delays, passwords, second_factor, sessions
from legalmap.people.accounts import By
from legalmap.people.delays import Comer
from legalmap.people.keys import Keys
from legalmap.people.rights import NEEDS_FACTOR
from legalmap.store import Connection, Store, committees, users
from legalmap.store import sessions as kept
from legalmap.store.sessions import Session
from legalmap.store.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """Somebody came in: their browser's new token, its session, and who it is."""

    token: str
    session: Session
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nobody came in. `why`: "wrong" (of a PIN: so many tries are `left`), "wait" (so many `seconds`), "used" (the code
    was taken already), "clock" (while setting up: the code is right at another time), "closed" (the member's committee
    is), "void" (an invitation), "forgotten" (a phone)."""

    why: str
    seconds: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a try needs: where all is kept, who is said to act and when, and the network they come from."""

    store: Store
    keys: Keys
    by: By
    network: str

    @property
    def moment(self) -> int:
        """Unix seconds."""
        return int(self.by.now.timestamp())

    def comer(self, name: str) -> Comer:
        """Whose tries are counted."""
        return Comer(keys=self.keys, name=name, network=self.network, now=self.moment)


def with_password(door: Door, name: str, password: str, before: Session | None = None) -> Came | Refused:
    """Somebody with the right name and password comes in, as far as the second factor; the browser's session from
    `before` ends. An unknown or disabled name is refused like a wrong password, as late and in the same words.

    Raises StoreError, passwords.Busy.
    """
    folded = accounts.folded(name[: 2 * accounts.LONGEST_NAME])
    comer = door.comer(folded)
    with passwords.inside():
        with door.store.writing() as connection:
            if wait := delays.admit(connection, comer):
                return Refused(why="wait", seconds=wait)
            user = users.by_name(connection, folded)
            proofs = users.proofs(connection, user.id) if user and not user.disabled else None
        right = passwords.is_right(proofs.password if proofs else None, password)
        renewed = passwords.hashed(password) if right and proofs and passwords.is_old(proofs.password) else ""
        with door.store.writing() as connection:
            # a password that was taken away while it was being proved is wrong too
            if not right or user is None or proofs is None or _now(connection, user) != proofs.password:
                known = user.name if user else ""
                audit.add(connection, who="", what="signin_failed", subject=known, now=door.by.now)
                return Refused(why="wrong")
            delays.came_in(connection, comer)
            if renewed:
                users.change(connection, user.id, password=renewed)
            if is_closed(connection, user):
                return Refused(why="closed")
            return come_in(connection, door, user, before)


def is_closed(connection: Connection, user: User) -> bool:
    """Whether the user belongs to a committee that is closed: to be told only to whom proved to be they."""
    found = committees.by_id(connection, user.committee) if user.committee else None
    return found is not None and found.closed


def _now(connection: Connection, user: User) -> str:
    found = users.by_id(connection, user.id)
    return users.proofs(connection, user.id).password if found and not found.disabled else ""


def come_in(connection: Connection, door: Door, user: User, before: Session | None) -> Came:
    """Who proved to be `user` is in as far as the second factor, where there is one; the session from `before` ends."""
    stage = "factor" if user.has_factor else "setup" if user.role in NEEDS_FACTOR else "whole"
    if before:
        kept.end(connection, before.hash)
    if stage == "whole":
        _signed_in(connection, door, user)
    token, session = sessions.begin(connection, user, stage, door.moment)
    return Came(token=token, session=session, user=user)


def _signed_in(connection: Connection, door: Door, user: User) -> None:
    users.change(connection, user.id, signed_in=door.moment)
    audit.add(connection, who=f"web:{user.name}", what="signed_in", now=door.by.now)


def with_code(door: Door, user: User, before: Session, typed: str) -> Came | Refused:
    """The rest of the way in: a code of the app or a recovery code. The session from `before` ends, a new one begins.

    Raises StoreError.
    """
    with door.store.writing() as connection:
        if not kept.by_hash(connection, before.hash):  # ended while the person typed
            return Refused(why="wrong")
        refused = check_code(connection, door, user, typed)
        if refused:
            return refused
        kept.end(connection, before.hash)
        _signed_in(connection, door, user)
        token, session = sessions.begin(connection, user, "whole", door.moment)
    return Came(token=token, session=session, user=user)


def check_code(connection: Connection, door: Door, user: User, typed: str) -> Refused | None:
    """What is wrong with a code of the app or a recovery code; None when it is right: then it is used up.

    In a writing transaction: of two that bring the same code at once, the second finds it used.
    """
    if second_factor.is_recovery_code(typed):  # too many to guess: needs no delay, and so is a way past one
        if users.take_recovery_code(connection, user.id, second_factor.hash_of(door.keys, user.id, typed)):
            audit.add(connection, who=f"web:{user.name}", what="recovery_code_used", now=door.by.now)
            return None
        return _wrong_code(connection, door, user)
    comer = door.comer(user.id)
    if wait := delays.admit_code(connection, comer):
        return Refused(why="wait", seconds=wait)
    proofs, code = users.proofs(connection, user.id), second_factor.digits(typed)
    secret = door.keys.open(proofs.factor)
    step = second_factor.step_of(secret, code, proofs.step, door.moment)
    if step is None:
        refused = _wrong_code(connection, door, user)
        used = second_factor.step_of(secret, code, 0, door.moment) is not None
        return Refused(why="used") if used else refused
    delays.code_was_right(connection, comer)
    users.change(connection, user.id, factor_step=step)
    return None


def _wrong_code(connection: Connection, door: Door, user: User) -> Refused:
    audit.add(connection, who="", what="code_failed", subject=user.name, now=door.by.now)
    return Refused(why="wrong")


def prove(door: Door, user: User, session: Session, typed: str) -> Refused | None:
    """The signed-in person proves themselves again: by a code where they have a second factor, else by password.

    Raises StoreError, passwords.Busy.
    """
    if user.has_factor:
        with door.store.writing() as connection:
            refused = check_code(connection, door, user, typed)
            if not refused:
                kept.change(connection, session.hash, fresh=door.moment)
            return refused
    if refused := check_password(door, user, typed):
        return refused
    with door.store.writing() as connection:
        kept.change(connection, session.hash, fresh=door.moment)
    return None


def check_password(door: Door, user: User, password: str) -> Refused | None:
    """What is wrong with the password of somebody signed in; None when it is right. Raises StoreError, Busy."""
    comer = door.comer(accounts.folded(user.name))
    with passwords.inside():
        with door.store.writing() as connection:
            if wait := delays.admit(connection, comer):
                return Refused(why="wait", seconds=wait)
            proofs = users.proofs(connection, user.id)
        if not passwords.is_right(proofs.password, password):
            return Refused(why="wrong")
        with door.store.writing() as connection:
            delays.came_in(connection, comer)
    return None


def set_up(door: Door, user: User, before: Session, secret: str, typed: str) -> tuple[Came, Sequence[str]] | Refused:
    """The second factor is set up when its first code is right: every session ends but the new one; with it come the
    recovery codes, to be shown once. Raises StoreError."""
    step = second_factor.step_of(secret, second_factor.digits(typed), 0, door.moment)
    if step is None:
        off = second_factor.is_off(secret, second_factor.digits(typed), door.moment)
        return Refused(why="clock" if off else "wrong")
    codes = second_factor.new_recovery_codes()
    with door.store.writing() as connection:
        if not kept.by_hash(connection, before.hash):
            return Refused(why="wrong")
        users.change(connection, user.id, factor=door.keys.seal(secret), factor_step=step)
        users.set_recovery_codes(connection, user.id, [second_factor.hash_of(door.keys, user.id, one) for one in codes])
        kept.end_all(connection, user.id)
        audit.add(connection, who=f"web:{user.name}", what="factor_set", now=door.by.now)
        if before.stage != "whole":
            _signed_in(connection, door, user)
        token, session = sessions.begin(connection, user, "whole", door.moment)
        user = users.by_id(connection, user.id) or user
    return Came(token=token, session=session, user=user), codes
