"""The site as deploy/ says: gunicorn on a socket that outlives it, as systemd hands it over, behind Debian's nginx."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

from tests.conftest import ROOT, clean_environment, free_port
from tests.machines.web import needed

OUTER = """
daemon off;
user root;
pid {folder}/nginx.pid;
worker_processes 1;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  include {folder}/site.conf;
}}
"""


class Site:
    """nginx, gunicorn, and the socket between them."""

    def __init__(self, folder: Path, instance: Path) -> None:
        """Both running, and answering."""
        self.folder, self._instance = folder, instance
        self.plain, self.port = free_port(), free_port()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(folder / "gunicorn.sock"))
        self._socket.listen(2048)
        self.program = self.start_program()
        _certificate(folder)
        self._configure()
        with (folder / "nginx.log").open("wb") as log:
            command = [needed("nginx"), "-e", str(folder / "start.log"), "-c", str(folder / "nginx.conf")]
            self.nginx = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        self._wait()

    def start_program(self) -> subprocess.Popen[bytes]:
        """gunicorn with the listening socket as file 3, as systemd starts it."""
        waiting = self._socket.fileno()
        command = f"export LISTEN_PID=$$ LISTEN_FDS=1; exec {sys.executable} -m gunicorn wsgi:app"
        environment = clean_environment(self._instance, proxies="1", site="https://jakyn.example")
        with (self.folder / "gunicorn.log").open("ab") as log:
            return subprocess.Popen(
                ["sh", "-c", command], cwd=ROOT, env=environment, stdout=log, stderr=log, pass_fds=(3,),
                preexec_fn=lambda: os.dup2(waiting, 3),  # noqa: PLW1509 - no thread of ours runs here yet
            )  # fmt: skip

    def restart(self) -> None:
        """As `systemctl restart`."""
        self.program.terminate()
        assert self.program.wait(40) == 0
        self.program = self.start_program()

    def connect(self) -> ssl.SSLSocket:
        """A connection as a browser has it."""
        context = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return context.wrap_socket(raw, server_hostname="jakyn.example")

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and all that is said to a request as it is on the line; status 0 when the line is just cut."""
        with closing(self.connect()) as line:
            said = b""
            with suppress(OSError):
                line.sendall(request)
            with suppress(OSError):
                while more := line.recv(65_536):
                    said += more
                    if said.startswith(b"HTTP/1.1 4"):
                        break  # nginx waits for the rest of what it refused
        found = re.match(rb"HTTP/1\.[01] (\d{3})", said)
        return int(found[1]) if found else 0, said

    def get(self, path: str, *headers: str) -> tuple[int, bytes]:
        """A plain GET."""
        lines = [f"GET {path} HTTP/1.1", "Host: jakyn.example", "Connection: close", *headers]
        return self.ask("\r\n".join([*lines, "", ""]).encode())

    def stop(self) -> None:
        """All of it, whatever state it is in."""
        for process in (self.nginx, self.program):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._socket.close()

    def _configure(self) -> None:
        """deploy/nginx.conf with this folder's paths and two free ports: nothing else is another one."""
        text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        for old, new in (
            ("listen 80 ", f"listen 127.0.0.1:{self.plain} "),
            ("listen 443 ", f"listen 127.0.0.1:{self.port} "),
            ("/etc/letsencrypt/live/jakyn.example/fullchain.pem", f"{self.folder}/cert.pem"),
            ("/etc/letsencrypt/live/jakyn.example/privkey.pem", f"{self.folder}/key.pem"),
            ("/var/cache/nginx/legalmap", f"{self.folder}/cache"),
            ("/var/log/nginx/", f"{self.folder}/"),
            ("/run/legalmap/", f"{self.folder}/"),
            ("snippets/nginx-kept.conf", f"{ROOT}/deploy/nginx-kept.conf"),
        ):
            assert old in text, old
            text = text.replace(old, new)
        (self.folder / "site.conf").write_text(text, encoding="utf-8")
        (self.folder / "nginx.conf").write_text(OUTER.format(folder=self.folder), encoding="utf-8")

    def _wait(self) -> None:
        for _ in range(300):
            assert self.nginx.poll() is None, (self.folder / "nginx.log").read_text()
            assert self.program.poll() is None, (self.folder / "gunicorn.log").read_text()
            with suppress(OSError):
                if self.get("/livez")[0] == 200:
                    return
            time.sleep(0.1)
        raise AssertionError((self.folder / "gunicorn.log").read_text())


def _certificate(folder: Path) -> None:
    command = [
        needed("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-days", "2", "-subj",
        "/CN=jakyn.example", "-addext", "subjectAltName=DNS:jakyn.example",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "RANDFILE": str(folder / "rnd")})
