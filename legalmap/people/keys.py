"""The keys that lie outside the database, so that a copy of it alone opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import stat
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from legalmap.store import StoreError

_LENGTH = 44
"""Characters of a Fernet key: 32 bytes in url-safe base64."""


class KeyFault(StoreError):
    """A key file cannot be used: `code` key_missing, key_open, key_broken or key_other, `detail` its path."""


def read_key(path: Path) -> bytes:
    """The key in a file that its owner alone may read. Raises KeyFault."""
    try:
        mode, key = path.stat().st_mode, path.read_bytes().strip()
    except FileNotFoundError as fault:
        raise KeyFault("key_missing", str(path)) from fault
    except OSError as fault:
        raise KeyFault("key_broken", f"{path}: {fault.strerror}") from fault
    if stat.S_IMODE(mode) & 0o077:
        raise KeyFault("key_open", str(path))
    if len(key) != _LENGTH:
        raise KeyFault("key_broken", str(path))
    return key


class Keys:
    """What is made of the instance's key of people; the file is read when first needed, and once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key = b""

    def mac(self, purpose: str, *parts: str) -> str:
        """HMAC-SHA256 of the parts under a key for this purpose alone, 64 hex digits. Raises KeyFault."""
        if not self._key:
            self._key = read_key(self._path)
        own = hmac.digest(self._key, purpose.encode(), hashlib.sha256)
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return hmac.digest(own, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()

    def seal(self, text: str, secret: str = "") -> str:
        """The text so that only this key opens it (Fernet), and only with the `secret` if there is one. Raises
        KeyFault."""
        return self._box(secret).encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str, secret: str = "") -> str:
        """What was sealed. Raises KeyFault, `key_other` when another key or secret sealed it."""
        try:
            return self._box(secret).decrypt(sealed.encode()).decode()
        except InvalidToken as fault:
            raise KeyFault("key_other", str(self._path)) from fault

    def _box(self, secret: str) -> Fernet:
        if secret:
            return Fernet(urlsafe_b64encode(bytes.fromhex(self.mac("box of a secret", secret))))
        try:
            return Fernet(read_key(self._path))
        except ValueError as fault:
            raise KeyFault("key_broken", str(self._path)) from fault
