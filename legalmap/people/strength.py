"""What a password must not be: short, or made of what anybody would try first."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from legalmap.people import passwords

SHORTEST = 15
"""Characters (NIST 800-63B-4 for a password that may be the only proof)."""
_REST = 8
"""Characters that must be left when everything common is taken out."""
_DISTINCT = 6
_ROWS = (
    "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn", "abcdefghijklmnopqrstuvwxyz",
    "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
)  # fmt: skip
_FEW = 4
"""Neighbors on a keyboard or in an alphabet that count as one thought."""
_LOOKS = str.maketrans("013457@$!", "oieastasi")
"""Digits and signs that stand for letters: p4ssw0rd."""


def weakness(password: str, name: str) -> str:
    """The code of what is wrong with a new password of the user `name`; "" when nothing is.

    Common are the words of common.txt in Kyrgyz, Russian and English (gathered by hand from what published lists begin
    with, and the words of this site), rows of keyboards, alphabets, years, the user's own name; also with digits for
    letters. A long password may hold some of them, if enough is left besides.
    """
    text = unicodedata.normalize("NFKC", password).casefold()
    if len(text) < SHORTEST:
        return "password_short"
    if len(password) > passwords.LONGEST:
        return "password_long"
    if len(set(text)) < _DISTINCT or _is_periodic(re.sub(r"[\W_]+", "", text)):
        return "password_repeated"
    if not re.search(r"[^\W\d_]", text) or any(len(_left(view, ())) < _REST for view in (text, text.translate(_LOOKS))):
        return "password_common"
    own = tuple(part for part in re.split(r"\W+|_", unicodedata.normalize("NFKC", name).casefold()) if len(part) > 2)
    if any(len(_left(view, own)) < _REST for view in (text, text.translate(_LOOKS))):
        return "password_name"
    return ""


def _is_periodic(text: str) -> bool:
    return any((text[:size] * len(text))[: len(text)] == text for size in range(1, len(text) // 2 + 1))


def _left(text: str, own: tuple[str, ...]) -> str:
    """What is left of the text without what is common."""
    left = re.sub(r"[\W_]+", "", text)
    left = _common(own).sub("", left)
    left = re.sub(r"(?:19|20)\d\d", "", left)
    return re.sub(r"(.)\1{2,}", r"\1", left)


@cache
def _common(own: tuple[str, ...]) -> re.Pattern[str]:
    words = (Path(__file__).resolve().parent / "words" / "common.txt").read_text(encoding="utf-8").split()
    rows = [row for line in _ROWS for row in (line, line[::-1])]
    runs = {row[start:end] for row in rows for start in range(len(row)) for end in range(start + _FEW, len(row) + 1)}
    every = sorted({*words, *runs, *own}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, every)))
