"""Seals what was asked into the address of its results page, so that Back works and nothing can be read there."""

from __future__ import annotations

import time
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

LIFETIME = 15 * 60
"""Seconds a results page can be opened again."""
ROOM = 304
"""Bytes of every sealed text: all are padded to this, so that the length of an address tells nothing."""


class NoKey(Exception):
    """The instance has no usable sealing key yet."""


class Expired(Exception):
    """Sealed by us, but longer ago than LIFETIME."""


class Broken(Exception):
    """Not sealed by this instance, or changed on the way."""


class Sealer:
    """Seals and opens with the key in `keyfile` (Fernet, 44 bytes of url-safe base64)."""

    def __init__(self, keyfile: Path) -> None:
        self._keyfile = keyfile
        self._fernet: Fernet | None = None

    def _box(self) -> Fernet:
        if self._fernet is None:
            try:
                self._fernet = Fernet(self._keyfile.read_bytes().strip())
            except (OSError, ValueError) as error:
                raise NoKey from error
        return self._fernet

    def has_key(self) -> bool:
        """Whether anything can be sealed: without a key every search is refused."""
        try:
            self._box()
        except NoKey:
            return False
        return True

    def seal(self, content: bytes, now: float | None = None) -> str:
        """`content` (at most ROOM bytes) as a token that fits in a path. Raises NoKey, ValueError when too long."""
        if len(content) > ROOM:
            raise ValueError(f"{len(content)} bytes do not fit into {ROOM}")
        moment = int(time.time() if now is None else now)
        return self._box().encrypt_at_time(content.ljust(ROOM), moment).decode("ascii")

    def open(self, token: str, now: float | None = None) -> bytes:
        """What was sealed, padding included. Raises Broken, Expired, NoKey."""
        box, moment = self._box(), int(time.time() if now is None else now)
        try:
            sealed_at = box.extract_timestamp(token.encode("utf-8"))
        except (InvalidToken, ValueError) as error:
            raise Broken from error
        if not 0 <= moment - sealed_at + 60 <= LIFETIME + 60:
            raise Expired
        try:
            return box.decrypt(token.encode("utf-8"))
        except InvalidToken as error:
            raise Broken from error
