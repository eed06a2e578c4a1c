"""What a center can say of a referral, step by step: the one table of states and acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ACTS = ("accept", "decline", "arrive", "close")
REASONS = ("no_places", "conditions", "area", "not_now", "other")
"""Why a center declined."""
_NEXT: Mapping[tuple[str, str], str] = {
    ("open", "accept"): "accepted",
    ("open", "decline"): "declined",
    # somebody stands before the door with a slip: nobody asks them to go home and wait for an answer
    ("open", "arrive"): "arrived",
    ("accepted", "decline"): "declined",
    ("accepted", "arrive"): "arrived",
    ("declined", "accept"): "accepted",
    ("declined", "arrive"): "arrived",
    ("arrived", "close"): "closed",
}


def after(state: str, act: str) -> str:
    """The state that an act leads to; the same one where it changes nothing, as when it is done twice. That somebody
    arrived cannot be unsaid."""
    return _NEXT.get((state, act), state)


def acts(state: str) -> Sequence[str]:
    """What can be said now."""
    return [act for act in ACTS if (state, act) in _NEXT]
