"""Web nodes behind nginx, somebody signed in there, and many who ask at once."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest

from tests.conftest import ROOT, clean_environment, free_port, wait_until_ready
from tests.staff import PASSWORD, SECRET, form_token

NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream nodes {{ {nodes} keepalive 16; }}
  upstream desks {{ {desks} keepalive 16; }}
  proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
  proxy_connect_timeout 1s; proxy_next_upstream error timeout;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://nodes; }}
    location ~ ^/(ky|ru|en)/staff {{ proxy_pass http://desks; }}
  }}
}}
"""


def needed(program: str) -> str:
    """The path of a program that such a test needs. Skips without it."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"no {program} on this machine (apt-get install {program})")
    return found


@dataclass
class Node:
    """One gunicorn with two workers."""

    process: subprocess.Popen[bytes]
    port: int
    instance: Path
    settings: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    def start(cls, instance: Path, program: Path = ROOT, port: int = 0, **settings: str) -> Node:
        """The program in the folder `program`, once it answers; on a free port unless told."""
        port, output = port or free_port(), instance.parent / f"{instance.name}.log"
        with output.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"],
                cwd=program, env=clean_environment(instance, https="off", **settings), stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        wait_until_ready(f"http://127.0.0.1:{port}/livez", process, output)
        return cls(process, port, instance, settings)

    def upgraded(self, program: Path) -> Node:
        """The same machine after it ended in peace and began anew with another program."""
        self.process.terminate()
        assert self.process.wait(40) == 0
        return Node.start(self.instance, program, self.port, **self.settings)

    def header(self, name: str) -> str:
        """Of its first page."""
        with urllib.request.urlopen(f"{self.url}/ky/", timeout=20) as answer:
            return str(answer.headers[name])

    def kill(self) -> None:
        """As when the plug is pulled; one that is dead already stays so."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


class Front:
    """nginx before the nodes: what staff ask goes to those that have the desk, all else to each in turn."""

    def __init__(self, folder: Path, nodes: Sequence[Node]) -> None:
        """Running and answering."""
        folder.mkdir()
        port = free_port()
        self._folder, self._port, self._nodes = folder, port, nodes
        self.url = f"http://127.0.0.1:{port}"
        self._write_without(None)
        output = folder / "output.log"
        with output.open("wb") as log:
            command = [needed("nginx"), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        wait_until_ready(f"{self.url}/livez", self.process, output)

    def leave_out(self, node: Node | None) -> None:
        """From now on nothing new goes to that node, and what it was asked is answered; None: to all again."""
        before = self._workers()
        self._write_without(node)
        self.process.send_signal(signal.SIGHUP)
        for _ in range(200):
            if self._workers() and not self._workers() & before:
                return
            time.sleep(0.05)
        raise AssertionError("nginx does not let go of its old workers")

    def stop(self) -> None:
        """In peace."""
        self.process.terminate()
        self.process.wait(20)

    def _workers(self) -> set[str]:
        return set(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split())

    def _write_without(self, left_out: Node | None) -> None:
        def servers(nodes: Sequence[Node]) -> str:
            marks = ["down" if node is left_out else "max_fails=1 fail_timeout=2s" for node in nodes]
            return " ".join(f"server 127.0.0.1:{n.port} {mark};" for n, mark in zip(nodes, marks, strict=True))

        desks = [node for node in self._nodes if "staff" in node.settings.get("roles", "public,staff")]
        text = NGINX.format(
            folder=self._folder, port=self._port, nodes=servers(self._nodes), desks=servers(desks or self._nodes)
        )
        (self._folder / "nginx.conf").write_text(text, encoding="utf-8")


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


class Browser:
    """Somebody of the staff at an address."""

    def __init__(self, url: str) -> None:
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies, _Stays)

    def get(self, path: str) -> tuple[int, str]:
        """Status and text; 0 and what is wrong when there is no answer."""
        return self._ask(urllib.request.Request(self.url + path))

    def leads_to(self, path: str, **fields: str) -> str:
        """The path that a form leads to."""
        body = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self.url + path, body, {"Origin": self.url})
        try:
            with self._opener.open(request, timeout=30):
                return path
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.headers["Location"]

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """The same for a form; a form's token must be in `fields`."""
        body = urllib.parse.urlencode(fields).encode()
        return self._ask(urllib.request.Request(self.url + path, body, {"Origin": self.url}))

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()
        except OSError as fault:
            return 0, str(fault)

    def sign_in(self, name: str) -> str:
        """By password and phone; the token of this browser's forms."""
        path = "/ky/staff/signin"
        token = form_token(self.get(path)[1])
        assert self.post(path, name=name, password=PASSWORD, csrf_token=token)[0] == 303
        token = form_token(self.get(f"{path}/code")[1])
        assert self.post(f"{path}/code", code=pyotp.TOTP(SECRET).now(), csrf_token=token)[0] == 303
        return form_token(self.get("/ky/staff/admin/committees")[1])


class Crowd:
    """wrk: many ask one page for so many seconds."""

    def __init__(self, url: str, seconds: int, *, new_connections: bool = False) -> None:
        """`new_connections`: one for each page, as from phones that come and go."""
        command = [needed("wrk"), "-t1", "-c8", f"-d{seconds}s", "--timeout", "10s", url]
        command += ["-H", "Connection: close"] if new_connections else []
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def failed(self) -> tuple[int, int]:
        """After its end: how many asked, and how many of them got no answer or a bad one."""
        said, _ = self._process.communicate(timeout=120)
        asked = re.search(r"(\d+) requests in", said)
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
        assert asked, said
        return int(asked[1]), int(bad[1] if bad else 0) + sum(int(part) for part in (broken.groups() if broken else ()))
