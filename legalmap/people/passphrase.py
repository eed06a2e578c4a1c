"""Passphrases of words: easy to read out, to type and to remember, and too many to guess."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).resolve().parent / "words"
COUNT = {"ky": 6, "ru": 5, "en": 6}
"""Words of a passphrase: at least 50 bits by the size of each list (ky 6 of 372, ru 5 of 1,088, en 6 of 545)."""


@cache
def words(lang: str) -> tuple[str, ...]:
    """The list of a language: plain nouns, gathered by hand; Kyrgyz ones without ө ү ң, which many keyboards lack."""
    return tuple((_WORDS / f"{lang}.txt").read_text(encoding="utf-8").split())


def make(lang: str) -> str:
    """A new passphrase: words of a language with spaces between."""
    return " ".join(secrets.choice(words(lang)) for _ in range(COUNT[lang]))
