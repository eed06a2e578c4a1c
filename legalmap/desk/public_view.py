"""A desk record -> the center the public may see: columns outside the allow-list are dropped first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.privacy import secrets_of
from legalmap.desk.reading import phones
from legalmap.desk.reading.cells import values
from legalmap.desk.reading.timetable import compile_hours
from legalmap.model import Center, Localized, Point, Record, Timetable
from legalmap.visibility import COLUMNS, PUBLIC_COLUMNS


def public_center(record: Record, gazetteer: Gazetteer, holidays: tuple[dt.date, ...]) -> Center:
    """What the edition holds of a record. The point of a `settlement` row, or of a row without its
    own, is its settlement's (approximate), and only where exactly one place is meant."""
    show = record.cells["show_location"]
    allowed = PUBLIC_COLUMNS.get(show, PUBLIC_COLUMNS["no"])
    cells = {column: record.cells[column] if column in allowed else "" for column in COLUMNS}
    if show == "settlement":
        secrets = secrets_of(record.cells, gazetteer)
        for column in ("website", *(name for name in COLUMNS if name.startswith("note"))):
            if cells[column] and secrets.told_in(column, cells[column]):
                cells[column] = ""
    places = gazetteer.settlements(cells)
    place = places[0] if len(places) == 1 else None
    own = Point(lat=float(cells["lat"]), lon=float(cells["lon"])) if cells["lat"] and cells["lon"] else None
    area = values(cells["area"]) if show in {"yes", "settlement"} else gazetteer.oblasts_of(cells["area"])
    return Center(
        number=record.number,
        id=record.id,
        kind=cells["kind"],
        status=cells["status"],
        show_location=show if show in PUBLIC_COLUMNS else "no",
        names=_localized(cells, "name"),
        oblast=cells["oblast"] or (place.oblast if place else ""),
        rayon=gazetteer.rayon_id(cells["rayon"]) or (place.rayon if place else ""),
        settlement=gazetteer.settlement_name(cells["settlement"]),
        place_id=place.id if place else "",
        address=_localized(cells, "address"),
        directions=_localized(cells, "directions"),
        point=own or (place.point if place else None),
        approximate=own is None and place is not None,
        phones=phones.read(cells["phones"]),
        whatsapp=cells["whatsapp"],
        email=cells["email"],
        website=cells["website"],
        hours=_timetable(cells["hours"], holidays),
        phone_hours=_timetable(cells["phone_hours"], holidays),
        languages=values(cells["languages"]),
        services=_localized(cells, "services"),
        topics=values(cells["topics"]),
        needs=values(cells["needs"]),
        groups=values(cells["groups"]),
        admission=values(cells["admission"]),
        fee=cells["fee"],
        access=values(cells["access"]),
        area=area,
        rank=int(cells["rank"]) if cells["rank"] else None,
        bring=_localized(cells, "bring"),
        note=_localized(cells, "note"),
        source=cells["source"],
        source_date=cells["source_date"],
        verified_on=cells["verified_on"],
        verified_by=cells["verified_by"],
        hours_verified_on=record.hours_verified_on if cells["hours"] or cells["phone_hours"] else "",
    )


def _localized(cells: Mapping[str, str], stem: str) -> Localized:
    return Localized(ky=cells[f"{stem}_ky"], ru=cells[f"{stem}_ru"], en=cells[f"{stem}_en"], bare=cells.get(stem, ""))


@lru_cache(maxsize=4096)
def _timetable(text: str, holidays: tuple[dt.date, ...]) -> Timetable | None:
    """Thousands of centers share few timetables."""
    return compile_hours(text, holidays) if text else None
