"""Codes that people say and type: eleven random digits and one that finds a slip of the tongue."""

from __future__ import annotations

from legalmap.model import Problem
from legalmap.people.keys import Keys

LENGTH = 12
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134", "8945362017",
    "9438617205", "2581436790",
)  # fmt: skip
"""Damm's quasigroup of order 10: finds each wrong digit and each two neighbors that changed places (Damm 2004)."""
_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212\u00ad")


def from_token(keys: Keys, member_id: str, token: str, place: int = 0) -> str:
    """The code that a form's token stands for: 12 digits. Who sends the same form again gets the same code, and nobody
    can choose one. `place`: the next one where another's referral has it already."""
    number = int(keys.mac("code of a form", member_id, token, str(place)), 16) % 10 ** (LENGTH - 1)
    return with_check(f"{number:0{LENGTH - 1}}")


def with_check(digits: str) -> str:
    """The digits and their check digit."""
    return digits + str(_checksum(digits))


def handle_of(keys: Keys, code: str) -> str:
    """What a code (12 digits) stands for, in the database and in addresses, 64 hex digits: the code is in neither."""
    return keys.mac("referral", code)


def shown(code: str) -> str:
    """A code as people read it: 3-3-3-3."""
    return "-".join(code[start : start + 3] for start in range(0, LENGTH, 3))


def read(typed: str) -> str | Problem:
    """The code that somebody typed, 12 digits, or what is wrong with it. Spaces and hyphens do not count."""
    marks = [letter for letter in typed[:200] if not letter.isspace() and letter not in _HYPHENS]
    if any(letter.isdigit() and not letter.isascii() for letter in marks):
        return Problem(code="code_other_digits", level="error")
    if not all(letter in "0123456789" for letter in marks):
        return Problem(code="code_letters", level="error")
    if len(marks) != LENGTH:
        return Problem(code="code_length", level="error", params={"count": len(marks)})
    code = "".join(marks)
    # a wrong digit is the typist's: nobody is told that such a code is unknown
    return Problem(code="code_mistyped", level="error") if _checksum(code) else code


def _checksum(digits: str) -> int:
    """Damm's: 0 for digits whose last one is their check digit."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim
