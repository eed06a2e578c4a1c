"""What the process that copies editions to this machine said last: so that a worker without a database can say it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "node.json"
STALE_S = 60
"""Seconds without the database after which what is served may be old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """`reached`: when the database answered last, None for never; `edition`: the newest one it had then, 0 for none;
    `trouble`: a code of the catalog of problems, "" for none."""

    reached: dt.datetime | None = None
    edition: int = 0
    trouble: str = ""

    def age(self, now: dt.datetime) -> int | None:
        """Seconds since the database answered, below 0 under a clock that was set back; None when it never did."""
        return None if self.reached is None else round((now - self.reached).total_seconds())

    def stale(self, now: dt.datetime) -> bool:
        """Whether the database was not reached for long, or the process that asks it is gone."""
        age = self.age(now)
        return age is None or abs(age) > STALE_S

    def told(self, now: dt.datetime) -> dict[str, Any]:
        """For programs: codes and numbers alone, since anybody may ask."""
        return {
            "edition": self.edition, "seconds_ago": self.age(now), "stale": self.stale(now),
            "trouble": self.trouble or None,
        }  # fmt: skip


def written(status: NodeStatus) -> str:
    """The file's text."""
    reached = status.reached.isoformat() if status.reached else None
    return json.dumps({"reached": reached, "edition": status.edition, "trouble": status.trouble})


def read(folder: Path) -> NodeStatus | None:
    """The status in the folder of editions; None where no such process ever ran. A broken file is one of which nobody
    knows when it was written."""
    try:
        said = json.loads((folder / FILE).read_bytes()[:10_000])
        reached = dt.datetime.fromisoformat(said["reached"]) if said["reached"] else None
        if reached is not None and reached.tzinfo is None:
            raise ValueError(said["reached"])
        return NodeStatus(reached=reached, edition=int(said["edition"]), trouble=str(said["trouble"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return NodeStatus(trouble="file_unreadable")
