"""What a person types at the desk, and which of it nobody else may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from hypothesis import strategies as st

from legalmap.model import Record

NAMES = {"c1": "Фыртак", "c2": "Цвондук", "c3": "Щербук", "c4": "Юпчилик"}
"""Center -> the street that nobody and nothing else has: where it is hidden, that word is nowhere."""
INNER = "Ичтеги"
"""Begins what is noted for the desk alone."""
CELLS: Mapping[str, st.SearchStrategy[str]] = {
    "kind": st.sampled_from(["", "flac", "ngo", "shelter"]),
    "name_ru": st.sampled_from(["Центр", "Приёмная", "Дом"]),
    "oblast": st.just("KG-N"),
    "settlement": st.sampled_from(["", "Нарын", "Кочкор", "-"]),
    "phones": st.sampled_from(["", "0555123456", "0555123456; 0777999888", "114", "-"]),
    "show_location": st.sampled_from(["", "yes", "yes", "settlement", "no"]),
    "status": st.sampled_from(["", "active", "suspended", "closed"]),
    "address": st.sampled_from(["", "{street} көчөсү, 7", "{street} көчөсү, 9", "-"]),
    "lat": st.sampled_from(["", "41.4{digit}1717", "-"]),
    "note_ru": st.sampled_from(["", "рядом с парком", "вход с {street}", "-"]),
    "fee": st.sampled_from(["", "free", "paid"]),
    "internal_note": st.sampled_from(["", INNER + "{digit}", "-"]),
    "verified_on": st.sampled_from(["", "2026-01-01", "2026-11-01"]),
}
"""What a person types in a column; "" leaves it, "-" empties it."""


FIRST = [
    {
        "id": center, "kind": "ngo", "name_ru": "Центр", "oblast": "KG-N", "settlement": "Нарын", "phones": "114",
        "show_location": show, "address": f"{street} көчөсү, 7", "lat": f"41.4{center[1]}1717",
        "lon": f"75.9{center[1]}1919", "note_ru": note.format(street=street), "internal_note": INNER,
    }
    for (center, street), show, note in zip(
        NAMES.items(), ("yes", "yes", "settlement", "no"), ("вход с {street}", "", "вход с {street}", ""), strict=True
    )
]  # fmt: skip
"""What is there when somebody begins: two that are shown, one of which only the town is, one that is hidden."""


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    """One center's row of a table, with any of the columns."""
    center = draw(st.sampled_from(sorted(NAMES)))
    row = {column: draw(cells) for column, cells in CELLS.items()}
    row = {column: text.format(street=NAMES[center], digit=center[1]) for column, text in row.items()}
    row["lon"] = f"75.9{center[1]}1919" if row["lat"] not in {"", "-"} else row["lat"]
    row["verified_by"] = "phone" if row["verified_on"] else ""
    return {"id": center, **row}


tables = st.lists(rows(), min_size=1, max_size=4, unique_by=lambda row: row["id"])
consent = st.sampled_from([(), ("all",)])


def table(found: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(found[0]))
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue()


def secrets(center: str, record: Record) -> list[str]:
    """What of a center nobody may see."""
    cells = record.cells
    if cells["show_location"] == "yes":
        return []
    street = [NAMES[center].casefold()] if NAMES[center] in cells["address"] else []
    return [*street, *(cells[column] for column in ("lat", "lon") if cells[column])]
