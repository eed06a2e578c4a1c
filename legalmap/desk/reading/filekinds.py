"""What a file really is, whatever its name says: judged by its first bytes and, of a package, by what is inside."""

from __future__ import annotations

import io
import zipfile

from legalmap.desk.problems import FileRefused

MOST_UNPACKED = 100_000_000
"""Bytes; a workbook of 5,000 rows unpacks to a tenth of that."""
MOST_PARTS = 2_000
_MARKS = (
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"\x1f\x8b", "GZIP"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"),
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""What a workbook behind a password has inside an old package."""
_INSIDE = (("word/", "DOCX"), ("ppt/", "PPTX"), ("xl/workbook.bin", "XLSB"), ("content.xml", "ODS"), ("doc.kml", "KMZ"))


def is_workbook(data: bytes) -> bool:
    """Whether `data` is an Excel workbook (XLSX, XLSM), else it is text. Raises FileRefused for every other kind that
    is known, for a damaged package and for one that would unpack to more than memory should hold."""
    for mark, kind in _MARKS:
        if data.startswith(mark):
            if kind == "XLS" and _ENCRYPTED in data:
                raise FileRefused("file_damaged", value="XLSX")
            raise FileRefused("file_not_a_table", value=kind)
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as fault:
        raise FileRefused("file_damaged", value="XLSX") from fault
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        found = next((kind for inside, kind in _INSIDE if any(name.startswith(inside) for name in names)), "ZIP")
        raise FileRefused("file_not_a_table", value=found)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise FileRefused("file_unpacks_too_large", limit=MOST_UNPACKED, actual=unpacked)
    return True


def refuse_markup(text: str) -> None:
    """Raises FileRefused where `text` is a page or a document of data, not rows."""
    start = text.lstrip()[:200].casefold()
    if start.startswith(("<!doctype html", "<html", "<table", "<meta")):
        raise FileRefused("file_not_a_table", value="HTML")
    if start.startswith("<"):
        raise FileRefused("file_not_a_table", value="XML")
    if start.startswith(("{", "[")):
        raise FileRefused("file_not_a_table", value="JSON")
