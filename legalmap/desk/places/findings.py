"""What is noticed while a large file is read: all of it counted, and enough of each kind kept to be looked at."""

from __future__ import annotations

from collections import Counter

from legalmap.model import Localized, Problem

KEPT = 1_000
"""Findings of one code that are kept whole: a file of the wrong kind has one in each of its millions of lines."""


class Findings:
    """Notices in the order they were found, at most KEPT of a code; `counts` knows of all."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.counts: Counter[str] = Counter()

    def say(
        self,
        code: str,
        *,
        line: int | None = None,
        value: str | None = None,
        **params: str | int | float | Localized,
    ) -> None:
        """Something was noticed, in `line` of the file or of the whole."""
        self.counts[code] += 1
        if self.counts[code] <= KEPT:
            self.problems.append(Problem(code=code, level="notice", line=line, value=value, params=params))
