"""What each `show_location` lets the public see: an allow-list, so that what nobody thought of stays hidden."""

from __future__ import annotations

from collections.abc import Mapping

from legalmap.model import SHOW_LOCATION


def _localized(*stems: str) -> tuple[str, ...]:
    return tuple(f"{stem}{suffix}" for stem in stems for suffix in ("", "_ky", "_ru", "_en"))


COLUMNS: tuple[str, ...] = (
    "id", "kind", "status", "name_ky", "name_ru", "name_en", "oblast", "rayon", "settlement",
    *_localized("address", "directions"), "lat", "lon", "show_location", "phones", "whatsapp",
    "email", "website", "hours", "phone_hours", "languages", *_localized("services"), "topics",
    "needs", "groups", "admission", "fee", "access", "area", "rank", *_localized("bring", "note"),
    "source", "source_date", "verified_on", "verified_by", "slip_name", "internal_note", "internal_contact",
)  # fmt: skip
"""Every column of a center's record, in the order of the CSV (the source: product definition)."""

INTERNAL_COLUMNS = frozenset({"slip_name", "internal_note", "internal_contact"})
"""Nobody but the desk sees them; a slip of paper alone carries its neutral name."""
SEVERAL_VALUES = frozenset({"phones", "languages", "topics", "needs", "groups", "admission", "access", "area"})
LOCATION_COLUMNS = frozenset({*_localized("address", "directions"), "lat", "lon"})

_HIDDEN_PUBLIC = frozenset({
    "id", "show_location", "kind", "status", "name_ky", "name_ru", "name_en", "phones", "whatsapp",
    "phone_hours", "oblast", "area", "languages", "topics", "needs", "groups", "admission", "fee",
    "access", *_localized("bring"), "verified_on", "verified_by",
})  # fmt: skip

PUBLIC_COLUMNS: Mapping[str, frozenset[str]] = {
    "yes": frozenset(COLUMNS) - INTERNAL_COLUMNS,
    "settlement": frozenset(COLUMNS) - INTERNAL_COLUMNS - LOCATION_COLUMNS,
    "no": _HIDDEN_PUBLIC,
}
"""Columns that enter the edition, by `show_location`. `settlement` rows also lose website and
note where these contain the address; `no` rows show their area as oblasts only."""


def wider(old: str, new: str) -> bool:
    """Whether `new` shows more than `old`; an unreadable value counts as the tightest."""
    rank = {value: place for place, value in enumerate(SHOW_LOCATION)}
    return rank.get(new, 0) > rank.get(old, 0)


_OPENNESS = {"closed": 0, "suspended": 1, "active": 2}


def shows_more(column: str, then: str, now: str) -> bool:
    """Whether bringing a column back from `now` to `then` would show more than is shown now: a wider
    show_location, a more open status, a text that was emptied since, more values (phones) taken out than put in.
    A value that another replaced goes back: that is what going back is for."""
    if column == "show_location":
        return wider(now, then)
    if column == "status":
        return _OPENNESS.get(then, 0) > _OPENNESS.get(now, 0)
    if column in INTERNAL_COLUMNS or column.startswith("verified"):
        return False
    if column in SEVERAL_VALUES:
        before, after = ({value for value in text.split("; ") if value} for text in (then, now))
        return len(before - after) > len(after - before)
    return bool(then) and not now
