"""What each may know of a referral: one shape for each who looks, so that nothing else can slip through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from legalmap.model import NEEDS, OBLASTS
from legalmap.referrals import clock

STATES = ("open", "accepted", "declined", "arrived", "closed", "withdrawn", "expired")
"""The last two are said and never kept: a row withdrawn is gone, one expired is not shown."""
ANSWERS: Mapping[str, str] = {"expected": "accepted", "no_places": "declined", "no_answer": "open"}
"""What a center said on the phone -> the state it makes."""
REASON_OF: Mapping[str, str] = {"no_places": "no_places"}
"""What of it says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a slip is made of. `first`, `second`: numbers of centers, 0 = no second; `urgency`: now, 3d or 2w;
    `oblast`: of the committee, like KG-N; `lang`: of the label; `answered`: what the first center said meanwhile, one
    of ANSWERS, "" when nobody called."""

    first: int
    needs: frozenset[str]
    urgency: str
    oblast: str
    lang: str
    second: int = 0
    answered: str = ""

    def __post_init__(self) -> None:
        good = (
            0 < self.first < 2**31,
            0 <= self.second < 2**31 and self.second != self.first,
            self.needs <= set(NEEDS),
            self.urgency in clock.URGENCIES,
            self.oblast in OBLASTS,
            self.answered in {"", *ANSWERS},
        )
        if not all(good):
            raise ValueError(f"no such referral: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What a coordinator may know. `due`: when there should be an answer; `rang`: it has passed without one."""

    label: str
    state: str
    due: dt.datetime
    rang: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """What the member who made it may know. `handle`: its name in addresses; `answer`: how long the center took, ""
    while there is none; `reason`: why it declined, one of moves.REASONS, "" where nobody said; `expires`: from then on
    it is shown to nobody."""

    handle: str
    label: str
    first: int
    second: int
    needs: tuple[str, ...]
    urgency: str
    due: dt.datetime
    rang: bool
    state: str
    answer: str
    reason: str
    expires: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What the center that it leads to may know: nothing of the member, the committee or the other center."""

    label: str
    needs: tuple[str, ...]
    urgency: str
    due: dt.datetime
    state: str
    reason: str
    expires: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer to a code: the referral or None, or `wait`, seconds until the center may try again."""

    referral: Received | None = None
    wait: int = 0
