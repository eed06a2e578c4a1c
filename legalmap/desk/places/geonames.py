"""Reads GeoNames' country file (KG.txt, or the KG.zip it comes in): the settlements in it, line by line."""

from __future__ import annotations

import hashlib
import io
import lzma
import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from legalmap.desk.places.findings import Findings
from legalmap.desk.places.geonames_names import ALIASES_MAX, is_name, tidy
from legalmap.model import Point, Problem

COUNTRY, SETTLEMENTS = "KG", "P"
NOBODY_THERE = frozenset({"PPLQ", "PPLW", "PPLH"})
"""Feature codes of abandoned, destroyed and former settlements."""
COLUMNS = 19
MOST_SETTLEMENTS = 6_000
"""The country has some 1,900 villages and towns, GeoNames 2,500."""
LONGEST_LINE = 65_536
"""Bytes; the column of other names alone may have 10,000 letters."""
LARGEST_FILE = 8_000_000_000
"""Bytes of text, unpacked. The world's alternate names have under a billion, the world's places under two."""
_NOT_TABLES = frozenset({"readme.txt", "iso-languagecodes.txt"})
"""What GeoNames packs beside a table."""

_BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, OSError, NotImplementedError, OverflowError, RuntimeError, ValueError,
)  # fmt: skip
"""What the zipfile module raises for bytes that were damaged, cut or encrypted."""

Progress = Callable[[int, int], None]
"""Called with how many bytes of text were read, and of how many."""


class FileUnusable(Exception):
    """Nothing of the file can be used; `problem` says why and which file is expected."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.problem = Problem(code=code, level="error", params=params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An opened table: name, SHA-256 (hex) and size (bytes) of the file as it lies there, and its numbered lines (from
    1), without the line's end. A line that is too long comes as one that nobody can read."""

    name: str
    sha256: str
    size: int
    lines: Iterator[tuple[int, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """One settlement as GeoNames has it. `other_names`: of no language; `oblast_code`, `rayon_code`: GeoNames'
    admin1 and admin2; `population` 0 = not known."""

    line: int
    id: str
    name: str
    latin_name: str
    other_names: tuple[str, ...]
    point: Point
    feature: str
    oblast_code: str
    rayon_code: str
    population: int


@contextmanager
def opened(path: Path, progress: Progress) -> Iterator[Source]:
    """The table in `path`, a text file or a ZIP that holds one. Raises FileUnusable, OSError."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        packed = file.read(4).startswith(b"PK")
        file.seek(0)
        try:
            with _table(file, size, packed=packed) as (stream, length):
                lines = _lines(stream, length, progress)
                yield Source(name=path.name, sha256=digest, size=size, lines=lines)
        except _BROKEN_ZIP as fault:
            if not packed:
                raise
            raise FileUnusable("geonames_zip_broken", value=path.name, detail=str(fault)[:200]) from fault


@contextmanager
def _table(file: IO[bytes], size: int, *, packed: bool) -> Iterator[tuple[IO[bytes], int]]:
    if not packed:
        yield file, size
        return
    with zipfile.ZipFile(file) as archive:
        tables = [
            found
            for found in archive.infolist()
            if found.filename.lower().endswith(".txt") and found.filename.rsplit("/", 1)[-1].lower() not in _NOT_TABLES
        ]
        if len(tables) != 1:
            raise FileUnusable("geonames_zip_without_table", count=len(tables))
        with archive.open(tables[0]) as member:
            yield io.BufferedReader(member, 1 << 20), tables[0].file_size  # type: ignore[type-var]


def _lines(stream: IO[bytes], size: int, progress: Progress) -> Iterator[tuple[int, bytes]]:
    read, told, number = 0, 0, 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        read += len(line)
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            line = b"\0"
            while rest := stream.readline(LONGEST_LINE):
                read += len(rest)
                if read > LARGEST_FILE or rest.endswith(b"\n"):
                    break
        if read > LARGEST_FILE:
            raise FileUnusable("geonames_too_large", limit=LARGEST_FILE)
        if read - told > 1 << 20:
            progress(read, size)
            told = read
        line = line.rstrip(b"\r\n")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield number, line
    progress(read, size)


def read_settlements(source: Source, findings: Findings) -> list[Settlement]:
    """The country's settlements where people live, in the order of the file. Says which lines cannot be read and how
    many were left out. Raises FileUnusable when there is none."""
    found: dict[str, Settlement] = {}
    for number, line in source.lines:
        columns = line.split(b"\t")
        if len(columns) != COLUMNS:
            findings.say("geonames_line_columns", line=number, actual=len(columns), expected=COLUMNS)
            continue
        if columns[8] != COUNTRY.encode() or columns[6] != SETTLEMENTS.encode():
            findings.counts["other_features"] += 1
            continue
        try:
            place = _settlement(number, [column.decode("utf-8") for column in columns], findings)
        except ValueError:
            findings.say("geonames_line_unreadable", line=number, value=line[:60].decode("utf-8", "replace"))
            continue
        if place.feature in NOBODY_THERE:
            findings.counts["nobody_there"] += 1
        elif place.id in found:
            findings.say("geonames_id_repeated", line=number, value=place.id)
        else:
            found[place.id] = place
        if len(found) > MOST_SETTLEMENTS:
            raise FileUnusable("geonames_too_many", limit=MOST_SETTLEMENTS)
    if not found:
        raise FileUnusable("geonames_nothing_usable", value=source.name)
    return list(found.values())


def _settlement(number: int, columns: list[str], findings: Findings) -> Settlement:
    """Raises ValueError for what cannot be read; a name that cannot be kept is told and left out."""
    texts = [tidy(written) for written in (columns[1], columns[2], *columns[3].split(","))]
    unusable = dict.fromkeys(text for text in texts if text and not is_name(text))
    for text in unusable:
        findings.say("geonames_name_unusable", line=number, value=text[:60], id=columns[0][:12])
    names = ["" if text in unusable else text for text in texts]
    lat, lon = float(columns[4]), float(columns[5])
    if not (math.isfinite(lat) and math.isfinite(lon)):
        raise ValueError(columns[4])
    return Settlement(
        line=number,
        id=geonames_id(columns[0]),
        name=names[0],
        latin_name=names[1],
        other_names=tuple(name for name in names[2:] if name)[:ALIASES_MAX],
        point=Point(lat=lat, lon=lon),
        feature=_code(columns[7]),
        oblast_code=_code(columns[10]),
        rayon_code=_code(columns[11]),
        population=_people(columns[14]),
    )


def geonames_id(text: str) -> str:
    """A GeoNames id as it is kept. Raises ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and text[0] != "0"):
        raise ValueError(text)
    return text


def _code(text: str) -> str:
    if text and not (text.isascii() and text.isalnum() and len(text) <= 20):
        raise ValueError(text)
    return text


def _people(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 8):
        raise ValueError(text)
    return int(text)
