"""Passphrases of words: easy to read out, to type and to remember, and too many to guess."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).resolve().parent / "words"
COUNT = 5
"""Words of a passphrase: 50 bits, as each list has at least 1,024."""


@cache
def words(lang: str) -> tuple[str, ...]:
    """The list of a language."""
    return tuple((_WORDS / "ru.txt").read_text(encoding="utf-8").split())


def make(lang: str) -> str:
    """A new passphrase: words of a language with spaces between."""
    return " ".join(secrets.choice(words(lang)) for _ in range(COUNT))
