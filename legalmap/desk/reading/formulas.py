"""Keeps a spreadsheet from taking a text for a formula, and takes the guard away again on import."""

from __future__ import annotations

import re

_STARTS_A_FORMULA = re.compile(r"[\s']*[=+\-@\t\r＝＋－＠]")
_PHONE = r"\+?\d+(?: \([^=+@\t\r()]*\))?"
_NUMBER_OR_PHONES = re.compile(rf"-?\d+(?:\.\d+)?|{_PHONE}(?:; {_PHONE})*")


def guarded(text: str) -> str:
    """`text` with an apostrophe before it when a spreadsheet would run it; plain numbers and phones stay.

    `unguarded(guarded(x)) == x` for every x.
    """
    if _NUMBER_OR_PHONES.fullmatch(text):
        return text
    return f"'{text}" if _STARTS_A_FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text without the apostrophe that `guarded` put before it."""
    return text[1:] if text.startswith("'") and _STARTS_A_FORMULA.match(text[1:]) else text
