"""History added up: what the directory must hold."""

from __future__ import annotations

from collections.abc import Mapping

from legalmap.store import Connection, centers, history


def differing(connection: Connection) -> list[str]:
    """Ids of centers that are not what their changes add up to, or of which only one of the two is there: the database
    was changed past the desk, or it is spoiled."""
    told, known = history.last_values(connection), centers.records(connection)
    return sorted(
        center_id
        for center_id in {*told, *known}
        if center_id not in known or _said(known[center_id].cells) != _said(told.get(center_id, {}))
    )


def _said(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in cells.items() if cell and name not in {"id", "number"}}
