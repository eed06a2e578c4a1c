"""Passwords are kept as Argon2id alone, and proving one may not slow down those who only read (home of argon2)."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 1_000
"""Characters of a password that are looked at; a longer one is wrong."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB, 2 rounds, 1 lane."""
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$IQ4Tvq7mowObhLlFtmoa3A$BFTVwuEd85FdKOfHvoS0A6jZxj/yUrCkq/LVJmEQE9Q"
"""What an unknown name is compared with, so that it takes as long as a known one."""
_INSIDE = threading.BoundedSemaphore(2)
"""Of the four threads of a worker at most two sign somebody in; the others stay with the public."""
_ONE = threading.Lock()
"""Proving takes 19 MiB and a whole core, so one at a time."""


class Busy(Exception):
    """Too many people are signing in at this moment: try again in a second."""


@contextmanager
def inside() -> Iterator[None]:
    """While somebody signs in. Raises Busy when others do already: nobody is let to wait in a thread."""
    if not _INSIDE.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _INSIDE.release()


def hashed(password: str) -> str:
    """What is kept of a password. Raises ValueError when it is too long."""
    if len(password) > LONGEST:
        raise ValueError("too long")
    with _ONE:
        return _HASHER.hash(_bytes(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether the password is the one that `kept` was made of; None or "": of nobody, or of somebody who has
    none yet, which takes as long."""
    usable = len(password) <= LONGEST
    with _ONE:
        try:
            right = _HASHER.verify(kept or _NOBODYS, _bytes(password if usable else ""))
        except (VerificationError, InvalidHashError):
            return False
    return right and usable and bool(kept)


def is_old(kept: str) -> bool:
    """Whether it was made with other parameters than today's and should be made again."""
    return _HASHER.check_needs_rehash(kept)


def _bytes(password: str) -> bytes:
    # one letter can be written in several ways (й = и + ̆); NIST 800-63B asks for one of them
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
