"""The editions told in words: when each came, by whose acts, and what the public saw change."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from legalmap.directory.edition import MANIFEST, EditionError, read_pointer
from legalmap.model import Act
from legalmap.store import Connection, counters, past
from legalmap.store.past import Step, Title
from legalmap.visibility import LOCATION_COLUMNS, PUBLIC_COLUMNS, wider

TOLD = (
    "new", "closed", "reopened", "hidden", "shown", "suspended", "resumed",
    "names", "place", "phones", "hours", "verified", "other",
)  # fmt: skip
"""What can be told of an edition, in this order, each with a number of centers."""
PLACES = "places"
"""The kind of act that changes no center, and yet where some of them are."""
_SUBJECTS = {
    **dict.fromkeys((*LOCATION_COLUMNS, "oblast", "rayon", "settlement"), "place"),
    **dict.fromkeys(("phones", "whatsapp", "phone_hours"), "phones"),
    **dict.fromkeys(("name_ky", "name_ru", "name_en"), "names"),
    **dict.fromkeys(("verified_on", "verified_by"), "verified"),
    "hours": "hours",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionTold:
    """One edition. `at`: when it was published, else when its act was done, None when neither is known; `kept`: its
    folder is there, with `centers` in it; `told`: what the public saw change, see TOLD."""

    number: int
    current: bool
    acts: tuple[Act, ...] = ()
    at: dt.datetime | None = None
    published_at: str | None = None
    kept: bool = False
    centers: int | None = None
    told: Mapping[str, int] = field(default_factory=dict)


def numbers(connection: Connection, folder: Path) -> list[int]:
    """Every edition that there was an act or a folder of, newest first."""
    taken = range(1, counters.value(connection, "edition") + 1)
    return sorted({*taken, *_folders(folder)}, reverse=True)


def current(folder: Path) -> int:
    """The edition that everybody is shown; 0 when there is none."""
    try:
        return read_pointer(folder)[0]
    except EditionError:
        return 0


def editions(connection: Connection, folder: Path, wanted: Sequence[int]) -> list[EditionTold]:
    """The editions of these numbers, in that order. `folder`: where the kept ones are."""
    if not wanted:
        return []
    acts = past.acts_of_editions(connection, min(wanted), max(wanted))
    told = _told(past.titles(connection), past.steps(connection, min(wanted), max(wanted)))
    folders, shown = _folders(folder), current(folder)
    found = []
    for number in wanted:
        own = tuple(acts.get(number, ()))
        manifest = _manifest(folders[number]) if number in folders else {}
        published = manifest.get("published_at")
        at = dt.datetime.fromisoformat(published) if published else own[-1].at if own else None
        found.append(
            EditionTold(
                number=number, current=number == shown, acts=own, at=at, published_at=published,
                kept=number in folders, centers=manifest.get("centers"), told=told.get(number, {}),
            )
        )  # fmt: skip
    return found


def only_centers_changed(connection: Connection, first: int, last: int) -> bool:
    """Whether history tells all that became of the editions after `first` up to `last`: no import of places between
    them, and none that was published anew without an act."""
    acts = past.acts_of_editions(connection, first + 1, last)
    return len(acts) == last - first and all(act.kind != PLACES for many in acts.values() for act in many)


def _folders(folder: Path) -> dict[int, Path]:
    return {int(path.name): path for path in folder.glob("[1-9]*") if path.name.isdigit()}


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def _told(now: Mapping[str, Title], steps: Iterable[Step]) -> dict[int, dict[str, int]]:
    """Edition -> subject -> how many centers; `steps` newest first, down from today, so that what hides a center is
    known at each."""
    states = {center_id: (title.show_location, title.status) for center_id, title in now.items()}
    found: dict[int, Counter[str]] = defaultdict(Counter)
    by_act: dict[tuple[int, str], dict[str, Step]] = {}
    for step in steps:
        by_act.setdefault((step.edition, step.center_id), {})[step.field] = step
    for (edition, center_id), fields in by_act.items():
        after = states.get(center_id, ("no", "closed"))
        before = tuple(
            fields[name].old if name in fields else state
            for name, state in zip(("show_location", "status"), after, strict=True)
        )
        states[center_id] = before[0], before[1]
        found[edition].update(_subjects(fields, states[center_id], after))
    return {edition: {name: counts[name] for name in TOLD if counts[name]} for edition, counts in found.items()}


def _subjects(fields: Iterable[str], before: tuple[str, str], after: tuple[str, str]) -> set[str]:
    """What became of one center in one edition, in words of TOLD; nothing of what the public could not see."""
    (was_shown, was), (is_shown, is_) = before, after
    if "id" in fields:
        return {"new"} if is_ != "closed" else set()
    if (was == "closed") != (is_ == "closed"):
        return {"closed" if is_ == "closed" else "reopened"}
    found = set()
    if was_shown != is_shown:
        found.add("hidden" if wider(is_shown, was_shown) else "shown")
    if was != is_:
        found.add("suspended" if is_ == "suspended" else "resumed")
    seen = PUBLIC_COLUMNS.get(was_shown, PUBLIC_COLUMNS["no"]) | PUBLIC_COLUMNS.get(is_shown, PUBLIC_COLUMNS["no"])
    public = (seen & set(fields)) - {"show_location", "status"}
    return found | {_SUBJECTS.get(name, "other") for name in public}
