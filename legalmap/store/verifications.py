"""Who made sure of what, when and how: append-only, one line for each group of fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from legalmap.store.schema import verifications

FIELD_GROUPS = ("name", "place", "phones", "hours", "services")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The oldest of the newest dates of a center's groups, its way, and the hours' own date; `groups`: the last word on
    each, as history tells it."""

    on: str = ""
    way: str = ""
    hours_on: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)


NONE = Verified()


def add(
    connection: Connection,
    center_id: str,
    *,
    on: str,
    by: str,
    way: str,
    act_id: str,
    groups: Iterable[str] = FIELD_GROUPS,
) -> None:
    """These groups of a center were verified on a date; an empty date takes the word back."""
    connection.execute(
        insert(verifications),
        [
            {"center_id": center_id, "field_group": group, "on": on, "by": by, "way": way, "act_id": act_id}
            for group in groups
        ],
    )


def latest(connection: Connection, of: Collection[str] | None = None) -> dict[str, Verified]:
    """What holds for each center now, or for those of these ids. A group whose word was taken back stands aside: its
    fields changed since."""
    newest: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    rows = select(verifications).order_by(verifications.c.seq)
    if of is not None:
        rows = rows.where(verifications.c.center_id.in_(of))
    for row in connection.execute(rows).mappings():
        newest[row["center_id"]][row["field_group"]] = (row["on"], row["way"])
    found = {}
    for center_id, groups in newest.items():
        on, way = min((pair for pair in groups.values() if pair[0]), default=("", ""))
        found[center_id] = Verified(
            on=on,
            way=way,
            hours_on=groups.get("hours", ("", ""))[0],
            groups={group: told(*pair) for group, pair in groups.items()},
        )
    return found


def told(on: str, way: str) -> str:
    """A date and a way as one text; "" where nothing was verified."""
    return f"{on} {way}".strip() if on else ""


def by_whom(connection: Connection, center_id: str) -> dict[str, str]:
    """Group -> who gave the last word on it."""
    rows = select(verifications).where(verifications.c.center_id == center_id).order_by(verifications.c.seq)
    return {row["field_group"]: row["by"] for row in connection.execute(rows).mappings() if row["on"]}
