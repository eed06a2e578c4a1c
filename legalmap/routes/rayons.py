"""Names of rayons, from the table that travels with the program: the edition holds only their ids."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from legalmap.model import Localized


def read_rayons(path: Path) -> Mapping[str, Localized]:
    """Name by rayon id, from a UTF-8 CSV with id, name_ky, name_ru, name_en. Empty when there is no such file."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            row["id"]: Localized(ky=row["name_ky"], ru=row["name_ru"], en=row["name_en"])
            for row in csv.DictReader(lines)
        }
