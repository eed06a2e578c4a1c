"""What filters leave of a directory, prepared once and kept for all who ask the same.

Filters are few and asked again and again, and preparing them costs as much as many searches: at a million centers some
milliseconds instead of microseconds. Nothing of a person is in them: no place, no position.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from legalmap.directory.filters import Asked, Filters, Mask
from legalmap.directory.nearest import Among, Nearest

KEPT = 32
"""Choices that are kept: at 5,000 centers 210 kB each at most, at a million 10 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """`allowed` masks all listed centers, `ranked` are those of them with a point, prepared for `Nearest.find`."""

    allowed: Mask
    ranked: Among


Choose = Callable[[Asked], Choice]


def choices(filters: Filters, nearest: Nearest, ranked: int) -> Choose:
    """The choice for filters asked, of centers whose first `ranked` stand in `nearest`."""

    @lru_cache(maxsize=KEPT)
    def choose(asked: Asked) -> Choice:
        allowed = filters.allowed(asked)
        allowed.flags.writeable = False
        return Choice(allowed, nearest.among(allowed[:ranked]))

    return choose
