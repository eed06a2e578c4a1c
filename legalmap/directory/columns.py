"""Columns of many values that repeat, as few letters: what near.json is made of.

A value stands once in a table `x`, and its column `x_of` is a string: the code of its i-th letter less 35 is the row of
the i-th value. So a column costs a letter for each, which brotli packs better than numbers of several digits.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

FIRST = 35
"""Code of the letter of row 0: from "#" on, JSON writes all but one letter as they are."""


MOST = 0xD800 - FIRST
"""Rows that have a letter each: what follows are halves of letters, which no file can hold."""


class TooManyValues(ValueError):
    """So many different values cannot be told by one letter each."""


class Table:
    """Values that repeat, each once, in the order they came."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, int] = {}

    def row(self, value: Hashable) -> int:
        return self._rows.setdefault(value, len(self._rows))

    def letter(self, value: Hashable) -> str:
        """The letter of its row. Raises TooManyValues."""
        if (row := self.row(value)) >= MOST:
            raise TooManyValues(str(value))
        return chr(FIRST + row)

    def values(self) -> list[Any]:
        return list(self._rows)


def tables(**columns: Iterable[Hashable]) -> dict[str, Any]:
    """A table and a column of letters for each name."""
    found: dict[str, Any] = {}
    for name, values in columns.items():
        table = Table()
        found[f"{name}_of"] = "".join(table.letter(value) for value in values)
        found[name] = table.values()
    return found
