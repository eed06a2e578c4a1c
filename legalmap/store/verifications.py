"""Who made sure of what, when and how: append-only, one line for each group of fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from legalmap.store.schema import verifications

FIELD_GROUPS = ("name", "place", "phones", "hours", "services")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The oldest of the newest dates of a center's groups, its way, and the hours' own date."""

    on: str = ""
    way: str = ""
    hours_on: str = ""


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


def latest(connection: Connection) -> dict[str, Verified]:
    """What holds for each center now. A group whose word was taken back stands aside: its fields changed since."""
    newest: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in connection.execute(select(verifications).order_by(verifications.c.seq)).mappings():
        newest[row["center_id"]][row["field_group"]] = (row["on"], row["way"])
    found = {}
    for center_id, groups in newest.items():
        on, way = min((pair for pair in groups.values() if pair[0]), default=("", ""))
        found[center_id] = Verified(on=on, way=way, hours_on=groups.get("hours", ("", ""))[0])
    return found
