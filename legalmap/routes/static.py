"""Serves the few static files under names that hold their hash, so that a phone keeps them and never an old one."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath

import brotli
import rjsmin
from flask import Blueprint, Response, abort, current_app, request
from werkzeug.http import parse_accept_header

blueprint = Blueprint("static", __name__)

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}

_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)

_TOGETHER = {
    "start.js": ("leave.js", "near-start.js", "map-start.js"),
    "look.css": ("start.css", "site.css"),
    "rest.css": ("site.css", "near.css"),
    "near.js": ("near-rank.js", "near-words.js", "near-view.js"),
    "places.js": ("letters.js", "typing.js"),
}
"""Files that are one on the way, since whoever needs one needs all: fewer requests, and packed smaller."""

_LATE = ("vendor/protomaps-leaflet", "streets", "staff", "committee")
"""Beginnings of names that few sites or few people ask for: a third of what packing everything takes."""

FOR_A_YEAR = "public, max-age=31536000, immutable"
"""What is never changed under its name."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it goes out: plain and compressed."""

    media_type: str
    plain: bytes
    br: bytes
    gzip: bytes


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All files by hashed name, and the hashed name by path (`site.css`, `vendor/leaflet-1.9.4/leaflet.js`)."""

    by_hashed: Mapping[str, StaticFile]
    hashed: Mapping[str, str]

    def pack(self) -> None:
        """Compresses what the public's pages need, which takes half a second of a processor: a worker does it beside
        its first answers. `_LATE` when somebody asks."""
        for name, hashed in self.hashed.items():
            if not name.startswith(_LATE):
                self.by_hashed[hashed]


class _Packed(Mapping[str, StaticFile]):
    """Files by hashed name, each compressed when it is first asked for, and once."""

    def __init__(self, contents: Mapping[str, tuple[str, bytes]]) -> None:
        self._contents = contents

    def __getitem__(self, name: str) -> StaticFile:
        return _packed(*self._contents[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)


def read_files(folder: Path, *others: Path) -> StaticFiles:
    """Reads every file of a known type in `folder` and below, and `others` (all are few and small)."""
    contents = {}
    for path in (*sorted(folder.rglob("*")), *others):
        if path.suffix not in _TYPES:
            continue
        content = path.read_bytes()
        if "vendor" not in path.parts:
            content = _FOR_READERS.get(path.suffix, bytes)(content)
        contents[path.name if path in others else path.relative_to(folder).as_posix()] = content
    for name, parts in _TOGETHER.items():
        contents[name] = b"".join(contents[part] for part in parts)
    hashed = {name: _hashed(PurePath(name), content) for name, content in contents.items()}
    by_hashed = _Packed({hashed[name]: (_TYPES[PurePath(name).suffix], content) for name, content in contents.items()})
    return StaticFiles(by_hashed, hashed)


def _hashed(path: PurePath, content: bytes) -> str:
    return f"{path.stem}.{hashlib.sha256(content).hexdigest()[:10]}{path.suffix}"


@lru_cache(maxsize=64)
def _script(script: bytes) -> bytes:
    """A script of ours without what only its readers need: a fifth less on the way to a phone."""
    return str(rjsmin.jsmin(script.decode())).encode()


def _style(style: bytes) -> bytes:
    """A style sheet of ours without comments and line ends."""
    return b"".join(line.strip() for line in _COMMENT.sub(b"", style).splitlines())


_FOR_READERS: Mapping[str, Callable[[bytes], bytes]] = {".js": _script, ".css": _style}
"""What takes out of a file of ours what only its readers need."""


# by content: a second application of this process packs nothing again
@lru_cache(maxsize=256)
def _packed(media_type: str, content: bytes) -> StaticFile:
    return StaticFile(media_type, content, brotli.compress(content, quality=11), gzip.compress(content, 9, mtime=0))


def encoding() -> str:
    """How the program that asks likes its answer packed."""
    return way(request.headers.get("Accept-Encoding", ""))


# browsers send few different ones
@lru_cache(maxsize=64)
def way(accepted: str) -> str:
    """The best of br, gzip and "" by what a program says it accepts (its q-values); br before gzip when equal."""
    read = parse_accept_header(accepted)
    best = max(("br", "gzip"), key=read.quality)
    plain = max((quality for name, quality in read if name.lower() == "identity"), default=0)
    return best if read.quality(best) > 0 and read.quality(best) >= plain else ""


@blueprint.get("/static/<name>")
def file(name: str) -> Response:
    """One hashed file, to be kept for a year; any other name is not found."""
    found = current_app.extensions["static"].by_hashed.get(name)
    if found is None:
        abort(404)
    response = answer(found)
    response.headers["Cache-Control"] = FOR_A_YEAR
    return response


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The neutral icon under the name that browsers try by themselves."""
    files = current_app.extensions["static"]
    response = answer(files.by_hashed[files.hashed["favicon.svg"]])
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def answer(found: StaticFile) -> Response:
    """`found` as the asking program can read it."""
    chosen = encoding()
    body = {"br": found.br, "gzip": found.gzip}.get(chosen, found.plain)
    response = Response(body, content_type=found.media_type)
    if chosen:
        response.headers["Content-Encoding"] = chosen
    response.headers["Vary"] = "Accept-Encoding"
    return response
