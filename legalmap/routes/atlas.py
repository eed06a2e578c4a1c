"""What a page needs to show a map on request: addresses of its files, their size, its words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app, url_for

from legalmap.config import Settings
from legalmap.directory.edition import Directory
from legalmap.directory.editions import NoEdition
from legalmap.directory.layers import file_name
from legalmap.model import KINDS, PHONE_KINDS
from legalmap.routes import headers, page, streets, words
from legalmap.routes.phrases import _
from legalmap.routes.static import StaticFiles
from legalmap.wording import label

_DRAWING = "map.js"
_LOOK = "map.css"
_STREETS = ("streets.css", "streets.js")
_STREETS_DRAWING = "vendor/protomaps-leaflet-5.1.0/protomaps-leaflet.js"
"""Loaded only after a tap."""
_STATIC = {"basemap": "basemap.json"}
"""Layers that are the same in every edition."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """A map that this page offers: `about` is what its script reads; `kilobytes` come over the line for it."""

    about: dict[str, Any]
    kilobytes: int
    streets: str
    """Host of the street pictures, "" when there are none."""
    own_streets: bool
    """Whether this site serves streets itself; then no other host is asked."""


@lru_cache(maxsize=3)
def _needs(directory: Directory, lang: str) -> dict[str, list[str]] | None:
    """Logical names of the files that the edition's shell asks for; None when it has none that we can read."""
    if directory.folder is None or file_name("shell", lang) not in directory.files:
        return None
    try:
        needs: dict[str, list[str]] = json.loads((directory.folder / file_name("shell", lang)).read_bytes())
    except OSError:  # swept away by a newer edition a moment ago
        return None
    return needs


def offer(*layers: str, extra: dict[str, Any] | None = None) -> Atlas | None:
    """The map with `layers` of the edition for the page of this request; None where the edition has no map.

    `extra` goes to the page's script as it is. From here on the page may run our scripts.
    """
    files: StaticFiles = current_app.extensions["static"]
    try:
        directory = page.directory()
    except NoEdition:
        return None
    needs = _needs(directory, page.language())
    wanted = [] if needs is None else [*needs["css"], *needs["js"]]
    if needs is None or not set(wanted) <= set(files.hashed):
        return None
    settings: Settings = current_app.extensions["settings"]
    allow()
    own_streets = has_streets()
    own = [*wanted, _LOOK, _DRAWING, *_STATIC.values(), *(_STREETS if own_streets else ())]
    size = sum(len(files.by_hashed[files.hashed[name]].br) for name in own)
    size += sum(_weight(directory, name) for name in ("names", *layers))
    about = {
        "css": [static(name) for name in (*needs["css"], _LOOK)],
        "js": [static(name) for name in (*needs["js"], _DRAWING)],
        "shell": _edition(directory, "shell", "js"),
        "layers": {name: static(path) for name, path in _STATIC.items()}
        | {name: _edition(directory, name, "json") for name in ("names", *layers)},
        "words": _words(),
        **(extra or {}),
    }
    if own_streets:
        about["css"].append(static(_STREETS[0]))
        about["js"].append(static(_STREETS[1]))
        about["streets"] = {"archive": url_for("streets.about"), "drawing": static(_STREETS_DRAWING)}
    elif settings.tiles_host:
        about |= {"tiles": settings.tiles, "credit": settings.tiles_attribution}
    return Atlas(about, -(-size // 1000), settings.tiles_host.partition("//")[2], own_streets)


def has_streets() -> bool:
    """Whether maps of this site show streets of its own. Part of what a kept page depends on."""
    return streets.archive() is not None


def allow() -> None:
    """Lets the page of this request run the map's scripts."""
    headers.allow_map(current_app.extensions["settings"].tiles_host)


def _weight(directory: Directory, name: str) -> int:
    assert directory.folder is not None
    try:
        return (directory.folder / f"{file_name(name, page.language())}.br").stat().st_size
    except OSError:
        return 0


def static(name: str) -> str:
    return url_for("static.file", name=current_app.extensions["static"].hashed[name])


def _edition(directory: Directory, name: str, ending: str) -> str:
    sha256 = directory.files[file_name(name, page.language(), ending)]
    return page.link("map.layer", name=f"{name}.{sha256[:16]}.{ending}")


def kinds() -> dict[str, list[str]]:
    """Color family and public name of each kind of center."""
    lang = page.language()
    return {kind: [words.tone(kind), label("kind", kind, lang)] for kind in KINDS if kind not in PHONE_KINDS}


def _words() -> dict[str, str]:
    return {
        "loading": _("Loading the map…"),
        "broken": _("The map could not be loaded. Everything is in the list."),
        "ready": _("The map is shown. Points: %(number)s.", number="{n}"),
        "zoom_in": _("Closer"),
        "zoom_out": _("Farther"),
        "close": _("Close"),
        "details": _("Details"),
        "call": _("Call"),
        "many": _("Points here: %(number)s", number="{n}"),
        "several": _("At this place"),
        "rough": _("Point approximate"),
        "old": _("May be out of date."),
        "ask": _("Ask before you travel: %(number)s", number=words.ASK),
        "ask_number": words.ASK,
        "paused": label("status", "suspended", page.language()),
        "from": _("From here distances are measured"),
        "streets": _("Streets are shown."),
        "no_streets": _("The streets could not be loaded. The simple map is shown."),
        "plain": _("The simple map is shown."),
    }
