"""A small disk of a test's own: it can be filled to the last byte, or be made read-only."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Disk:
    """A mounted one."""

    folder: Path

    def leave(self, room: int) -> None:
        """From now on so many bytes can still be written."""
        self.make_room()
        self._filler.write_bytes(b"x" * max(0, shutil.disk_usage(self.folder).free - room))

    def make_room(self) -> None:
        """All that there was at first."""
        self._filler.unlink(missing_ok=True)

    def set_read_only(self, on: bool) -> None:
        """Whether nobody may write."""
        subprocess.run(["mount", "-o", f"remount,{'ro' if on else 'rw'}", str(self.folder)], check=True)

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"


@contextmanager
def mounted(folder: Path, kilobytes: int) -> Iterator[Disk]:
    """A disk in the new `folder`. Skips where we may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
