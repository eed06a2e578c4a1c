"""What centers say of these days, read beside the editions: shown without a publish, gone by itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from legalmap.stamps import Stamp, stamp

FILE = "notices.json"
WHATS = ("closed", "lawyer_away", "no_places")
_MOST_BYTES = 4_000_000
_log = logging.getLogger("legalmap.edition")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A center's notice. `center`: its number; `what`: one of WHATS; `until`: the last day."""

    center: int
    what: str
    until: dt.date


def written(notices: Sequence[Notice]) -> bytes:
    """The file's bytes: the notices and a hash of them, so that half of a file is no file."""
    said = [{"center": one.center, "what": one.what, "until": one.until.isoformat()} for one in notices]
    return json.dumps({"sha256": _sha256(said), "notices": said}).encode("ascii")


def parsed(data: bytes) -> tuple[Notice, ...]:
    """The notices of a file. Raises ValueError for one that is broken."""
    try:
        found = json.loads(data)
        said, sha256 = found["notices"], found["sha256"]
        notices = tuple(
            Notice(center=one["center"], what=one["what"], until=dt.date.fromisoformat(one["until"])) for one in said
        )
    except (KeyError, TypeError, RecursionError) as fault:
        raise ValueError(f"not a file of notices: {fault!r}") from fault
    good = all(type(one.center) is int and one.what in WHATS for one in notices)
    if not good or sha256 != _sha256(said):
        raise ValueError("not the notices that were written")
    return notices


def _sha256(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode("ascii")).hexdigest()


class Notices:
    """The notices of one instance."""

    def __init__(self, folder: Path) -> None:
        """`folder` is <instance>/editions. Reads nothing yet."""
        self._path = str(folder / FILE)
        self._read: tuple[Stamp | None, tuple[Notice, ...]] = (None, ())

    def current(self, today: dt.date) -> Mapping[int, Notice]:
        """Number of a center -> what it says on a day in Bishkek; without the file, or when it is broken, which is
        logged once, nobody says anything."""
        self.stamp()
        return {one.center: one for one in self._read[1] if one.until >= today}

    def stamp(self) -> Stamp | None:
        """What tells one file from the next, None without one. The file is read again only when that changed."""
        seen = stamp(self._path)
        if seen != self._read[0]:
            self._read = (seen, self._renewed() if seen else ())
        return seen

    def _renewed(self) -> tuple[Notice, ...]:
        try:
            with open(self._path, "rb") as file:
                return parsed(file.read(_MOST_BYTES))
        except (OSError, ValueError) as fault:
            _log.error("no notices are shown: %s: %s", self._path, fault)
            return ()
