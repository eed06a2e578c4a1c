"""Which centers a query's filters let through: one array of yes and no for each value, made once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from legalmap import hours
from legalmap.model import Center, OpenState, Query, Timetable

Mask = npt.NDArray[np.bool_]

FREE = frozenset({"free", "mixed"})
NO_AKSAKALS = frozenset({"violence", "child_rights"})
"""Topics an aksakal court is never named for: it may press a victim to make peace."""


def counted(center: Center) -> Timetable | None:
    """The hours that count. A hidden center has no public ones: nobody can walk in, so its phone's do."""
    return center.phone_hours if center.show_location == "no" else center.hours


def open_state(center: Center, now: dt.datetime) -> OpenState | None:
    """Whether `center` is open at `now`; None when its hours are not known."""
    timetable = counted(center)
    if timetable is None:
        return None
    state = hours.state(timetable, now, center.hours_verified_on)
    # A suspended center is never open, and nobody knows when it opens again.
    return OpenState(open=False, verified=state.verified) if center.status == "suspended" else state


def nothing_changes_until(centers: Iterable[Center], now: dt.datetime, most: dt.timedelta) -> dt.datetime:
    """The first moment after `now` at which one of `centers`, or its phone, opens or closes, or another day begins in
    Bishkek; `most` later at the latest. Until then nothing that is said of them is another word."""
    local = now.astimezone(hours.BISHKEK)
    tomorrow = dt.datetime.combine(local.date() + dt.timedelta(1), dt.time(), hours.BISHKEK)
    # an edition has one object for equal hours
    known = {id(table): table for center in centers for table in (center.hours, center.phone_hours) if table}
    changing = filter(None, (hours.changes(table, now) for table in known.values()))
    return min((tomorrow, now + most, *changing))


class Asked(NamedTuple):
    """What of a query decides who is let through; equal for all who ask the same in the same minute."""

    kinds: frozenset[str]
    topics: frozenset[str]
    groups: frozenset[str]
    access: frozenset[str]
    languages: frozenset[str]
    free: bool
    verified: bool
    open_at: dt.datetime | None
    """The minute that "open" is judged at; None when it is not asked."""


def asked(query: Query) -> Asked:
    """The filters of `query`."""
    open_at = query.now.replace(second=0, microsecond=0) if query.open else None
    return Asked(
        query.kinds, query.topics, query.groups, query.access, query.languages, query.free, query.verified, open_at
    )


class Filters:
    """The filters of a fixed sequence of centers; every mask is in its order."""

    def __init__(self, centers: Sequence[Center]) -> None:
        self._centers = centers
        self._of: dict[str, dict[str, Mask]] = {
            "kinds": self._values((center.kind,) for center in centers),
            "topics": self._values(center.topics for center in centers),
            "groups": self._values(center.groups for center in centers),
            "access": self._values(center.access for center in centers),
            "languages": self._values(center.languages for center in centers),
            "fee": self._values((center.fee,) for center in centers),
        }
        self._open = lru_cache(maxsize=2)(Hours(centers).open_at)
        self._verified = np.array([bool(center.verified_on) for center in centers], dtype=np.bool_)

    def _values(self, cells: Iterable[tuple[str, ...]]) -> dict[str, Mask]:
        masks: dict[str, Mask] = {}
        for index, values in enumerate(cells):
            for value in values:
                masks.setdefault(value, np.zeros(len(self._centers), dtype=np.bool_))[index] = True
        return masks

    def _any(self, family: str, values: frozenset[str]) -> Mask:
        known = [mask for value, mask in self._of[family].items() if value in values]
        return np.logical_or.reduce(known) if known else np.zeros(len(self._centers), dtype=np.bool_)

    def allowed(self, asked: Asked) -> Mask:
        """Centers that pass every filter; values inside one filter are ORed."""
        mask = np.ones(len(self._centers), dtype=np.bool_)
        for family in ("kinds", "topics", "groups", "access", "languages"):
            values: frozenset[str] = getattr(asked, family)
            if values:
                mask &= self._any(family, values)
        if asked.topics & NO_AKSAKALS:
            mask &= ~self._any("kinds", frozenset({"aksakal_court"}))
        if asked.free:
            mask &= self._any("fee", FREE)
        if asked.verified:
            mask &= self._verified
        if asked.open_at:
            mask &= self._open(asked.open_at)
        return mask


class Hours:
    """When each of a sequence of centers is open: judged once for all that have the same hours."""

    def __init__(self, centers: Sequence[Center]) -> None:
        # An edition has one object for equal hours; a suspended center is never open.
        known = {id(timetable): timetable for center in centers if (timetable := counted(center))}
        place = {key: number for number, key in enumerate(known)}
        self._timetables = tuple(known.values())
        self._of = np.array(
            [place.get(id(counted(center)), -1) if center.status != "suspended" else -1 for center in centers],
            dtype=np.int64,
        )

    def open_at(self, minute: dt.datetime) -> Mask:
        """One value for each center at an aware datetime."""
        states = [hours.state(timetable, minute, "").open for timetable in self._timetables]
        return np.array([*states, False])[self._of]
