"""The operator's archive of streets (PMTiles v3): what it says of itself, and slices of it, never all in memory."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path

from legalmap.model import LANGS
from legalmap.stamps import Stamp, stamp

_HEADER = struct.Struct("<7sB11Q6B4i")
"""https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md, without the center."""
_HEADER_BYTES = 127
_ROOT_ENDS = 16_384
"""Bytes: by the specification header and first directory lie before."""
_VECTOR = 1
_GZIP = 2
_PACKINGS = {1, _GZIP}
"""What the phone's script can unpack."""
_MOST_TOLD = 4 << 20
"""Bytes of what an archive tells of itself, unpacked."""
_COUNTRY = (69.25, 39.17, 80.29, 43.27)
"""Its west, south, east, north, degrees."""


class ArchiveError(Exception):
    """The file is no archive that can be shown; the text says why, in English, for the operator."""


class _Handle:
    """An open file that closes with its last reader: a number closed under a reader might already be another file's."""

    def __init__(self, path: Path) -> None:
        self.number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def __del__(self) -> None:
        if hasattr(self, "number"):
            os.close(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """One open archive. `name` changes with its content; sizes in bytes; `bounds` west, south, east, north, degrees."""

    name: str
    size: int
    changed: int
    least_zoom: int
    most_zoom: int
    bounds: tuple[float, float, float, float]
    languages: frozenset[str]
    """Of names, as far as the archive says: it holds the local name besides."""
    _handle: _Handle

    @property
    def is_whole(self) -> bool:
        """Whether the open file still is what it was: it could be written over in place."""
        now = os.fstat(self._handle.number)
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed)

    def read(self, start: int, length: int) -> bytes:
        """`length` bytes from `start`; many threads may read at once. Raises ArchiveError when cut meanwhile."""
        content = _read(self._handle, start, length)
        if len(content) != length:
            raise ArchiveError("the file was cut while it was read")
        return content


def open_archive(path: Path) -> Archive:
    """The archive at `path`. Raises OSError, and ArchiveError for what is not one, cut short or of pictures."""
    if not path.is_file():  # a pipe would wait for ever, and a folder opens
        raise ArchiveError("there is no such file" if not path.exists() else "this is not a file")
    handle = _Handle(path)
    about = os.fstat(handle.number)
    head, tail = _read(handle, 0, _ROOT_ENDS), _read(handle, max(0, about.st_size - _ROOT_ENDS), _ROOT_ENDS)
    least, most, bounds = _understand(head, about.st_size)
    # not the whole file: a country's would keep the first visitor waiting for seconds
    known = f"{about.st_size} {about.st_mtime_ns} ".encode()
    return Archive(
        name=hashlib.sha256(known + head + tail).hexdigest()[:16], size=about.st_size, changed=about.st_mtime_ns,
        least_zoom=least, most_zoom=most, bounds=bounds, languages=_languages(handle, head), _handle=handle,
    )  # fmt: skip


def _read(handle: _Handle, start: int, length: int) -> bytes:
    parts = []
    while length > 0 and (part := os.pread(handle.number, length, start)):
        parts.append(part)
        start, length = start + len(part), length - len(part)
    return b"".join(parts)


def _languages(handle: _Handle, head: bytes) -> frozenset[str]:
    start, length = struct.unpack_from("<2Q", head, 24)
    try:
        told = _read(handle, start, min(length, _MOST_TOLD))
        if head[97] == _GZIP:
            told = zlib.decompressobj(wbits=31).decompress(told, _MOST_TOLD)
        layers = {layer["id"]: layer.get("fields", {}) for layer in json.loads(told)["vector_layers"]}
        fields = {field for named in layers.values() for field in named}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error):
        raise ArchiveError("it does not say which layers it has") from None
    if "roads" not in layers:
        raise ArchiveError(f"it has no layer of Protomaps' roads, but {', '.join(sorted(map(str, layers)))[:200]}")
    return frozenset(lang for lang in LANGS if f"name:{lang}" in fields)


def _understand(head: bytes, size: int) -> tuple[int, int, tuple[float, float, float, float]]:
    """Least and most zoom, and bounds."""
    if not head.startswith(b"PMTiles") or len(head) < _HEADER_BYTES:
        raise ArchiveError("this is not a PMTiles archive")
    read = _HEADER.unpack_from(head)
    version, sections, (_, inner, packing, kind, least, most) = read[1], read[2:10], read[13:19]
    if version != 3:
        raise ArchiveError(f"this is PMTiles version {version}; version 3 is needed (pmtiles convert)")
    ends = max(start + length for start, length in zip(sections[::2], sections[1::2], strict=True))
    if size < ends:
        raise ArchiveError(f"the file is cut short: {size:,} of {ends:,} bytes are there")
    if sections[0] + sections[1] > _ROOT_ENDS or not sections[1]:
        raise ArchiveError("its first directory is not where version 3 has it")
    if kind != _VECTOR:
        raise ArchiveError("it holds pictures, not vector tiles (MVT)")
    if not {inner, packing} <= _PACKINGS:
        raise ArchiveError("its tiles are packed in another way than gzip")
    west, south, east, north = (degrees / 1e7 for degrees in read[19:23])
    if not (west < _COUNTRY[2] and east > _COUNTRY[0] and south < _COUNTRY[3] and north > _COUNTRY[1]):
        raise ArchiveError("it shows another part of the world")
    if not least <= most <= 22:
        raise ArchiveError("its zooms make no sense")
    return least, most, (west, south, east, north)


class Streets:
    """What is served just now of the file at `path` (None: nothing), looked at with each question: a new file that was
    renamed into its place is opened, and the one before stays open for pages that still read it."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: Stamp | None = None
        self._open: list[Archive] = []
        self._readable = False

    def current(self) -> Archive | None:
        """The archive to be shown; None when there is none that can be."""
        if self._path is None:
            return None
        seen = stamp(str(self._path))
        if seen is None:
            return None
        with self._lock:
            if seen != self._seen:
                self._seen = seen
                try:
                    self._open = [open_archive(self._path), *self._open[:1]]
                    self._readable = True
                except (OSError, ArchiveError):
                    self._readable = False
            return self._open[0] if self._readable else None

    def named(self, name: str) -> Archive | None:
        """The archive of that name, current or just replaced; None once it is gone or was written over."""
        self.current()
        return next((archive for archive in self._open if archive.name == name and archive.is_whole), None)
