"""Brings the shells of the map into an edition: taken from one that the same program drew, else drawn anew."""

from __future__ import annotations

import hashlib
import json
import shutil
from importlib.metadata import version
from pathlib import Path

from legalmap.desk.confined import Tell, confined
from legalmap.directory import layers
from legalmap.model import LANGS

_DRAWN_BY = ("folium", "branca")
"""Libraries whose other version may draw another shell."""


def put(editions: Path, building: Path) -> None:
    """Write the shells of all languages into the folder `building`. Raises OSError.

    Folium brings pandas: 60 MB and half a second. A shell has no data in it, so that the one of the last edition
    serves, and a new one is drawn in a process of its own.
    """
    names = [layers.file_name("shell", lang, ending) for lang in LANGS for ending in ("js", "json")]
    kept = editions / f".shells-{_program()}"
    if not all((kept / name).is_file() for name in names):
        _draw(editions, kept)
    for name in names:
        shutil.copyfile(kept / name, building / name)


def _program() -> str:
    """Short hash of everything that a shell depends on."""
    drawing = Path(__file__).with_name("mapshell.py").read_bytes()
    versions = "".join(version(library) for library in _DRAWN_BY)
    return hashlib.sha256(drawing + f"{versions} {layers.FORMAT}".encode()).hexdigest()[:16]


def _draw(editions: Path, kept: Path) -> None:
    for left in editions.glob(".shells-*"):  # of another program, or of one that was killed
        shutil.rmtree(left)
    drawn = confined(_all_texts)
    draft = kept.with_name(f"{kept.name}.draft")
    draft.mkdir()
    for name, text in drawn.items():
        (draft / name).write_text(text, encoding="utf-8")
    draft.rename(kept)


def _all_texts(_tell: Tell) -> dict[str, str]:
    from legalmap.desk import mapshell  # folium, in this process alone

    texts = {}
    for lang in LANGS:
        shell = mapshell.draw(lang)
        texts[layers.file_name("shell", lang, "js")] = shell.script
        texts[layers.file_name("shell", lang)] = json.dumps({"css": shell.css, "js": shell.js})
    return texts
