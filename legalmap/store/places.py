"""Places that an operator's file brought, as that file has them; what the program ships is not kept here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, delete, insert, select

from legalmap.model import LANGS, Localized, Place, Point
from legalmap.store.schema import places


def brought(connection: Connection) -> dict[str, Place]:
    """Every place by id, in order of id."""
    return {
        row["id"]: Place(
            id=row["id"],
            names=Localized(ky=row["name_ky"], ru=row["name_ru"], en=row["name_en"]),
            oblast=row["oblast"],
            rayon=row["rayon"],
            point=Point(lat=row["lat"], lon=row["lon"]),
            population=row["population"],
            feature=row["feature"],
            aliases=tuple(json.loads(row["aliases"])),
        )
        for row in connection.execute(select(places).order_by(places.c.id)).mappings()
    }


def put(connection: Connection, new: Iterable[Place]) -> None:
    """Places of one file; one of an id that is kept already takes its place."""
    rows = [_row(place) for place in new]
    if rows:
        remove(connection, [str(row["id"]) for row in rows])
        connection.execute(insert(places), rows)


def remove(connection: Connection, ids: Collection[str]) -> None:
    """Forget these places."""
    if ids:
        connection.execute(delete(places).where(places.c.id == bindparam("doomed")), [{"doomed": each} for each in ids])


def _row(place: Place) -> dict[str, str | int | float]:
    return {
        "id": place.id,
        **{f"name_{lang}": getattr(place.names, lang) for lang in LANGS},
        "aliases": json.dumps(place.aliases, ensure_ascii=False),
        "oblast": place.oblast,
        "rayon": place.rayon,
        "lat": place.point.lat,
        "lon": place.point.lon,
        "population": place.population,
        "feature": place.feature,
    }
