"""Which centers a query's filters let through: one array of yes and no for each value, made once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

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

    def allowed(self, query: Query) -> Mask:
        """Centers that pass every filter of `query`; values inside one filter are ORed."""
        mask = np.ones(len(self._centers), dtype=np.bool_)
        for family in ("kinds", "topics", "groups", "access", "languages"):
            values: frozenset[str] = getattr(query, family)
            if values:
                mask &= self._any(family, values)
        if query.topics & NO_AKSAKALS:
            mask &= ~self._any("kinds", frozenset({"aksakal_court"}))
        if query.free:
            mask &= self._any("fee", FREE)
        if query.verified:
            mask &= self._verified
        if query.open:
            mask &= self._open(mask, query.now)
        return mask

    def _open(self, mask: Mask, now: dt.datetime) -> Mask:
        """Judged only for those still in: hours depend on the moment, so no array can be kept."""
        result = np.zeros(len(self._centers), dtype=np.bool_)
        for index in map(int, np.flatnonzero(mask)):
            state = open_state(self._centers[index], now)
            result[index] = state is not None and state.open
        return result
