"""Finds templates, static files and geodata: inside the installed package, else beside it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def folder(name: Literal["templates", "static", "geodata"]) -> Path:
    """The folder `name`. A wheel carries it inside the package, a checkout beside it.

    Raises FileNotFoundError when neither is there.
    """
    for candidate in (_PACKAGE / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"{name}/ is neither in {_PACKAGE} nor beside it")


def geodata_rows(name: str) -> list[dict[str, str]]:
    """The rows of geodata/`name`, a UTF-8 CSV; none where the file or the whole folder is missing."""
    try:
        path = folder("geodata") / name
    except FileNotFoundError:
        return []
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
