"""Texts whose letters were lost or spoilt on the way: told from real ones, never guessed back."""

from __future__ import annotations

import re

_LOST = re.compile(r"[а-яёөүң]\?+[а-яёөүң]|(?<![\w?!.)])\?[а-яёөүң]{2,}|\ufffd", re.IGNORECASE)
"""A question mark where a letter should be: what cp1251 makes of ө ү ң."""
_LOST_WORD = re.compile(r"\?{3,}(?:\s+\?{2,})*")
_TWICE = re.compile(
    r"(?:[РС][\u0080-\u00bf\u0400-\u040f\u0450-\u045f‚„…†‡€‰‹‘’“”•–—™›№Ђ-џ°-»]){2}|(?:[ÐÑ][\u0080-\u00bf‚-•ŠŒŽšœžŸ€™›]?){3}"
)
_WESTERN = re.compile(r"[À-ÿ]{4,}")
"""Cyrillic read as Western European: "Íàðûí"."""


def lost(text: str) -> bool:
    """Whether letters of `text` became question marks."""
    return bool(_LOST.search(text) or _LOST_WORD.search(text))


def mojibake(text: str) -> bool:
    """Whether `text` was read in the wrong encoding once: it turns into real letters when that is undone."""
    if text.isascii():
        return False
    if _WESTERN.search(text) and not re.search("[а-яё]", text, re.IGNORECASE):
        return True
    if not _TWICE.search(text):
        return False
    return any(_undone(text, encoding) for encoding in ("cp1251", "cp1252", "latin-1"))


def _undone(text: str, encoding: str) -> bool:
    try:
        whole = text.encode(encoding).decode("utf-8")
    except UnicodeError:
        # one letter that has no place in the code page spoils the whole: most of it is enough
        whole = text.encode(encoding, "ignore").decode("utf-8", "ignore")
    letters = [letter for letter in whole if letter.isalpha()]
    return len(letters) > 2 and sum("а" <= letter.lower() <= "ӿ" for letter in letters) > len(letters) / 3
