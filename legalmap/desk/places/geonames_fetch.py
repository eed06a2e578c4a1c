"""Downloads GeoNames' two files of the country, so that an operator needs to know no address."""

from __future__ import annotations

import hashlib
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO

from legalmap.desk.places.geonames import COLUMNS, FileUnusable, Progress, opened
from legalmap.desk.places.geonames_alternates import FEWEST_COLUMNS, MOST_COLUMNS
from legalmap.model import Problem

WANTED = (("KG.zip", "KG.zip", (COLUMNS, COLUMNS)),
          ("alternatenames/KG.zip", "KG-alternates.zip", (FEWEST_COLUMNS, MOST_COLUMNS)))  # fmt: skip
"""Path below the base address, name of the file it becomes here, least and most columns of its lines."""
SECONDS = 30.0
"""For connecting, and for each piece that is read."""
SECONDS_IN_ALL = 1800.0
"""For one file, however patiently a server drips."""
LARGEST = 50_000_000
"""Bytes; the larger of the two has under one million."""
_PIECE = 1 << 16


class FetchFailed(Exception):
    """Nothing was changed; `problem` says why."""

    def __init__(self, code: str, address: str = "", **params: str | int | float) -> None:
        super().__init__(code)
        self.problem = Problem(code=code, level="error", value=address, params=params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file as it lies here now: size in bytes, SHA-256 (hex), and the server's Last-Modified, "" when not told."""

    path: Path
    address: str
    size: int
    sha256: str
    modified: str


def fetch(
    base: str, folder: Path, progress: Callable[[str], Progress], *, seconds: float = SECONDS
) -> tuple[Fetched, ...]:
    """Download both files below `base` into `folder`. Only when both came whole and are what they should be do they
    take the place of earlier ones. `progress` is asked for each file by its name. Raises FetchFailed."""
    if not re.match(r"https?://[^/\s]", base):
        raise FetchFailed("fetch_url", base)
    drafts: list[Path] = []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = []
        for path, name, columns in WANTED:
            address = f"{base.rstrip('/')}/{path}"
            drafts.append(folder / f".{name}.part")
            fetched = _download(address, drafts[-1], progress(name), seconds)
            _look_into(fetched, columns)
            found.append(fetched)
        for draft, (_, name, _) in zip(drafts, WANTED, strict=True):
            os.replace(draft, folder / name)
    except OSError as fault:  # of the disk; the network's have become FetchFailed
        raise FetchFailed(
            "fetch_not_written", detail=f"{fault.filename or folder} {fault.strerror or fault}"
        ) from fault
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)
    return tuple(
        Fetched(path=folder / name, address=one.address, size=one.size, sha256=one.sha256, modified=one.modified)
        for one, (_, name, _) in zip(found, WANTED, strict=True)
    )


class _OnlyTheWeb(urllib.request.HTTPRedirectHandler):
    """Follows no redirect to a file, to FTP, or from HTTPS down to HTTP."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        safe = ("https://",) if req.full_url.startswith("https://") else ("https://", "http://")
        if not newurl.startswith(safe):
            raise FetchFailed("fetch_status", req.full_url, status=code)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _download(address: str, draft: Path, progress: Progress, seconds: float) -> Fetched:
    with _opened(address, seconds) as answer:
        expected = int(answer.headers["Content-Length"]) if (answer.headers["Content-Length"] or "").isdigit() else None
        if expected is not None and expected > LARGEST:
            raise FetchFailed("fetch_too_large", address, limit=LARGEST)
        digest, size = hashlib.sha256(), 0
        with draft.open("wb") as file:
            for piece in _pieces(answer, address, seconds):
                size += len(piece)
                if size > LARGEST:
                    raise FetchFailed("fetch_too_large", address, limit=LARGEST)
                digest.update(piece)
                file.write(piece)
                progress(size, expected or LARGEST)
            file.flush()
            os.fsync(file.fileno())
        if expected is not None and size != expected:
            raise FetchFailed("fetch_truncated", address, actual=size, expected=expected)
        modified = " ".join(str(answer.headers["Last-Modified"] or "").split())[:60]
    return Fetched(path=draft, address=address, size=size, sha256=digest.hexdigest(), modified=modified)


@contextmanager
def _opened(address: str, seconds: float) -> Iterator[HTTPResponse]:
    headers = {"User-Agent": "legalmap", "Accept-Encoding": "identity"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - `fetch` lets only http and https in
    try:
        answer = urllib.request.build_opener(_OnlyTheWeb).open(request, timeout=seconds)
    except urllib.error.HTTPError as fault:
        fault.close()
        raise FetchFailed("fetch_status", address, status=fault.code) from fault
    except urllib.error.URLError as fault:
        raise FetchFailed("fetch_unreachable", address, detail=str(fault.reason)) from fault
    except TimeoutError as fault:
        raise FetchFailed("fetch_stalled", address, seconds=seconds) from fault
    except (OSError, HTTPException, ValueError) as fault:
        raise FetchFailed("fetch_unreachable", address, detail=str(fault) or type(fault).__name__) from fault
    with answer:
        yield answer


def _pieces(answer: HTTPResponse, address: str, seconds: float) -> Iterator[bytes]:
    end = time.monotonic() + SECONDS_IN_ALL
    while True:
        try:
            piece = answer.read1(_PIECE)
        except TimeoutError as fault:
            raise FetchFailed("fetch_stalled", address, seconds=seconds) from fault
        except (OSError, HTTPException) as fault:
            raise FetchFailed("fetch_unreachable", address, detail=str(fault) or type(fault).__name__) from fault
        if not piece:
            return
        if time.monotonic() > end:
            raise FetchFailed("fetch_too_slow", address, seconds=SECONDS_IN_ALL)
        yield piece


def _look_into(fetched: Fetched, columns: tuple[int, int]) -> None:
    """Whether the file is a whole archive with a table of GeoNames in it, and not the sign-in page of a network."""
    least, most = columns
    lines = 0
    try:
        with opened(fetched.path, lambda _done, _size: None) as source:
            for _, line in source.lines:
                lines += 1
                if not least <= line.count(b"\t") + 1 <= most:
                    raise FetchFailed("fetch_wrong_content", fetched.address)
    except FileUnusable as fault:
        raise FetchFailed("fetch_wrong_content", fetched.address) from fault
    if not lines:
        raise FetchFailed("fetch_wrong_content", fetched.address)
