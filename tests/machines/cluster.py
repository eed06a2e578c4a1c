"""PostgreSQL clusters of a test's own: one that others follow, one that takes over."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest


def binaries() -> Path | None:
    """The folder of the newest server's programs; None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def server_user() -> str:
    """Who runs the server: PostgreSQL refuses to run as root. Skips where there is nobody else."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        pytest.skip("running as root and there is no user postgres to run the server as")


class Cluster:
    """One PostgreSQL server in a folder of its own, on a socket there."""

    def __init__(self) -> None:
        found = binaries()
        if found is None:
            pytest.skip("no PostgreSQL binaries under /usr/lib/postgresql (apt-get install postgresql)")
        self._binaries, self._user = found, server_user()
        self.folder = Path(tempfile.mkdtemp(prefix="legalmap-pg-"))
        self.data = self.folder / "data"
        shutil.chown(self.folder, self._user)
        self._run("initdb", "-D", str(self.data), "-A", "trust", "-U", "legalmap", "-E", "UTF8", "--no-locale")

    @classmethod
    def following(cls, leader: Cluster) -> Cluster:
        """A standby: a copy of `leader` that goes on taking over what happens there."""
        made = cls.__new__(cls)
        made._binaries, made._user = leader._binaries, leader._user
        made.folder = Path(tempfile.mkdtemp(prefix="legalmap-pg-"))
        made.data = made.folder / "data"
        shutil.chown(made.folder, made._user)
        source = ["-h", str(leader.folder), "-U", "legalmap", "-R", "-X", "stream"]
        made._run("pg_basebackup", "-D", str(made.data), *source)
        made.configure(synchronous_standby_names="''")
        return made

    def configure(self, **settings: str) -> None:
        """Write settings into its configuration; the next start reads them."""
        with (self.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def reload(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "reload")

    def promote(self) -> None:
        """From now on it leads."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "promote")

    def tell(self, statements: str) -> None:
        """SQL as its owner, in its first database."""
        self._run("psql", "-h", str(self.folder), "-U", "legalmap", "-d", "postgres", "-qc", statements)

    def kill(self) -> None:
        """As when the plug is pulled."""
        process = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(process, signal.SIGKILL)
        for _ in range(100):
            if not Path(f"/proc/{process}").exists():
                break
            time.sleep(0.05)

    def remove(self) -> None:
        """Stops it, whatever state it is in, and forgets it."""
        command = [str(self._binaries / "pg_ctl"), "-D", str(self.data), "-m", "immediate", "stop"]
        subprocess.run(self._as(command), capture_output=True, timeout=60, cwd="/", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, *others: Cluster, database: str = "postgres") -> str:
        """Of whichever of these servers takes writes now."""
        hosts = ",".join(str(one.folder) for one in (self, *others))
        return f"postgresql://legalmap@/{database}?host={hosts}&target_session_attrs=read-write"

    def _run(self, program: str, *arguments: str) -> None:
        command = self._as([str(self._binaries / program), *arguments])
        subprocess.run(command, check=True, capture_output=True, timeout=60, cwd="/")

    def _as(self, command: list[str]) -> list[str]:
        return ["runuser", "-u", self._user, "--", *command] if os.geteuid() == 0 else command
