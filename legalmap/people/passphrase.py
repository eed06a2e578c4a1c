"""Passphrases of words: easy to read out, to type and to remember, and too many to guess."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).resolve().parent / "words"
COUNT = {"ky": 6, "ru": 5, "en": 6}
"""Words of a passphrase: at least 50 bits by the size of each list (ky 6 of 372, ru 5 of 1,088, en 6 of 545)."""
OF_MEMBERS = 4
"""Words for a member of a committee, who reads no more than four off a sheet: 34 bits in ky, 40 in ru, 36 in en. One
network has 110 tries a day at the door (delays.py): 10,000 of them need 20 years, on average."""


@cache
def words(lang: str) -> tuple[str, ...]:
    """The list of a language: plain nouns, gathered by hand; Kyrgyz ones without ө ү ң, which many keyboards lack."""
    return tuple((_WORDS / f"{lang}.txt").read_text(encoding="utf-8").split())


def make(lang: str, role: str = "") -> str:
    """A new passphrase for somebody of that role: words of a language with spaces between."""
    count = OF_MEMBERS if role == "committee" else COUNT[lang]
    return " ".join(secrets.choice(words(lang)) for _ in range(count))
