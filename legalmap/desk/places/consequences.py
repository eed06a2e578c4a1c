"""What another gazetteer would do to the centers: none may lose its place, or show more, in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.public_view import public_center
from legalmap.desk.publish import PublishRefused, check
from legalmap.model import LANGS, Center, Problem, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """Ids of centers whose public place would be lost, gained or moved; `refused`: why the gazetteer may not come."""

    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()


def consequences(known: Mapping[str, Record], before: Gazetteer, after: Gazetteer) -> Consequences:
    """What the centers in `known` would show with the gazetteer `after` instead of `before`."""
    refused: list[Problem] = []
    try:
        check(known, after)
    except PublishRefused as refusal:
        refused.extend(refusal.problems)
    changed: dict[str, list[str]] = {"lost": [], "gained": [], "moved": []}
    for center_id, record in known.items():
        old, new = public_center(record, before, ()), public_center(record, after, ())
        refused.extend(
            Problem(code="places_show_more", level="error", column=column, value=center_id)
            for column in _shown_again(old, new)
        )
        if record.cells["status"] == "closed":
            continue
        if (old.point, old.place_id, old.oblast) == (new.point, new.place_id, new.oblast):
            continue
        changed[_word(old, new)].append(center_id)
    return Consequences(**{word: tuple(ids) for word, ids in changed.items()}, refused=tuple(refused))


def _word(old: Center, new: Center) -> str:
    if (old.point and not new.point) or (old.place_id and not new.place_id):
        return "lost"
    return "gained" if (new.point and not old.point) or (new.place_id and not old.place_id) else "moved"


def _shown_again(old: Center, new: Center) -> list[str]:
    """Columns that held a word of the address and were dropped for it: as another name of the settlement the word
    would be no secret any more."""
    notes = any(getattr(new.note, lang) and not getattr(old.note, lang) for lang in (*LANGS, "bare"))
    return ["website"] * bool(new.website and not old.website) + ["note"] * notes
