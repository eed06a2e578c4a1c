"""What a password must not be: short, or among the first that anybody would try."""

from __future__ import annotations

import unicodedata

from legalmap.people import passwords

SHORTEST = 15
"""Characters (NIST 800-63B-4 for a password that is the only proof)."""


def weakness(password: str, name: str) -> str:
    """The code of what is wrong with a new password of the user `name`; "" when nothing is."""
    text = unicodedata.normalize("NFKC", password)
    if len(text) < SHORTEST:
        return "password_short"
    if len(password) > passwords.LONGEST:
        return "password_long"
    return ""
