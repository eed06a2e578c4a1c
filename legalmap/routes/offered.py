"""What the filters offer: only what some listed center has, so that no choice leads to an empty list by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from legalmap.directory.edition import Directory
from legalmap.directory.filters import FREE, NO_AKSAKALS
from legalmap.model import Center
from legalmap.routes.asking import CHOICES


@dataclass(frozen=True, slots=True)
class Offers:
    """Values of each filter in their fixed order, and the names of the yes-or-no filters."""

    choices: Mapping[str, tuple[str, ...]]
    flags: frozenset[str]


# one edition only: a worker must not keep an old one in memory
@lru_cache(maxsize=1)
def offers(directory: Directory) -> Offers:
    """What at least one listed center of `directory` could be chosen by."""
    listed = (*directory.ranked, *directory.unplaced)
    found: dict[str, set[str]] = {name: set() for name in CHOICES}
    flags: set[str] = set()
    for center in listed:
        for name, values in _values(center).items():
            found[name] |= values
        flags |= _flags(center)
    return Offers(
        {name: tuple(value for value in values if value in found[name]) for name, values in CHOICES.items()},
        frozenset(flags),
    )


def _values(center: Center) -> dict[str, set[str]]:
    topics = set(center.topics)
    if center.kind == "aksakal_court":
        topics -= NO_AKSAKALS
    return {
        "kind": {center.kind},
        "topic": topics,
        "group": set(center.groups),
        "access": set(center.access),
        "language": set(center.languages),
    }


def _flags(center: Center) -> set[str]:
    # whom nobody can visit is open when its phone is
    hours = center.phone_hours if center.show_location == "no" else center.hours
    could = {
        "open": hours is not None and center.status == "active",
        "free": center.fee in FREE,
        "verified": bool(center.verified_on),
    }
    return {name for name, yes in could.items() if yes}
