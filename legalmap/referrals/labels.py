"""Two words that name a referral in talk, chosen by the system so that nobody writes a name there."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).resolve().parent / "words"


@cache
def words(lang: str) -> tuple[str, ...]:
    """The list of a language: short nouns of nature, food and household, gathered by hand, no two that sound alike."""
    return tuple((_WORDS / f"{lang}.txt").read_text(encoding="utf-8").split())


def choose(lang: str, taken: Collection[str]) -> str:
    """Two words of a language that name none of what is `taken`, in whichever order. Raises LookupError when every
    pair is."""
    known = {frozenset(label.split()) for label in taken}
    for _ in range(100):
        first, second = secrets.choice(words(lang)), secrets.choice(words(lang))
        if first != second and frozenset((first, second)) not in known:
            return f"{first} {second}"
    for first in words(lang):
        for second in words(lang):
            if first != second and frozenset((first, second)) not in known:
                return f"{first} {second}"
    raise LookupError(f"all {len(known)} labels are taken")
