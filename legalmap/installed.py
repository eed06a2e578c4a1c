"""Whether the files of this program are still those that were installed."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from importlib.metadata import PackageNotFoundError, distribution


def spoiled() -> list[str] | None:
    """Names of the files (code, templates, static files, geodata, translations) that are gone or not what pip wrote
    down when it installed them; None for a checkout, of which pip knows no files."""
    try:
        files = distribution("legalmap").files or ()
    except PackageNotFoundError:
        return None
    known = [file for file in files if file.hash is not None and file.parts[0] == "legalmap"]
    if not known:
        return None
    found = []
    for file in known:
        try:
            digest = hashlib.sha256(file.read_binary()).digest()
        except OSError:
            digest = b""
        if file.hash and urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
            found.append(str(file))
    return found
