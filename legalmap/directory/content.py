"""All that an edition holds, as rows, and the hash by which the same content is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from operator import itemgetter

from legalmap.directory.rows import Row, Text, center_row, place_row, rayon_row, text_row
from legalmap.model import Center, Place, Rayon


def tables_of(
    centers: Iterable[Center], places: Iterable[Place], texts: Iterable[Text], rayons: Iterable[Rayon] = ()
) -> dict[str, list[Row]]:
    """The rows of each table of TABLES."""
    return {
        "centers": [center_row(center) for center in centers],
        "places": [place_row(place) for place in places],
        "rayons": [rayon_row(rayon) for rayon in rayons],
        "texts": [text_row(text) for text in texts],
    }


def content_sha256(tables: Mapping[str, Iterable[Row]]) -> str:
    """SHA-256 (hex) of the canonical rows, each table sorted by its id or key: the same content, the same hash.

    Knows neither the edition's number nor the time, so publishing twice can be told from a change.
    """
    digest = hashlib.sha256()
    # row by row: the JSON of thousands of centers at once would be the largest thing in memory
    for name, found in tables.items():
        digest.update(f"{name}\n".encode())
        for row in sorted(found, key=itemgetter("key" if name == "texts" else "id")):
            digest.update(f"{json.dumps(row, ensure_ascii=False, sort_keys=True)}\n".encode())
    return digest.hexdigest()
