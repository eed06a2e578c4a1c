"""Web nodes behind nginx, somebody signed in there, and many who ask at once."""

from __future__ import annotations

import http.cookiejar
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
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
  upstream nodes {{ {servers} keepalive 16; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://nodes; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_connect_timeout 1s; proxy_next_upstream error timeout;
    }}
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
    url: str
    instance: Path
    output: Path

    @classmethod
    def start(cls, instance: Path, **settings: str) -> Node:
        port, output = free_port(), instance.parent / f"{instance.name}.log"
        with output.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"],
                cwd=ROOT, env=clean_environment(instance, https="off", **settings), stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        wait_until_ready(f"http://127.0.0.1:{port}/livez", process, output)
        return cls(process, f"http://127.0.0.1:{port}", instance, output)


def nginx_before(folder: Path, nodes: list[Node]) -> tuple[subprocess.Popen[bytes], str]:
    """A running nginx that shares requests among the nodes, and its address."""
    folder.mkdir()
    port = free_port()
    servers = " ".join(f"server {node.url[7:]} max_fails=1 fail_timeout=2s;" for node in nodes)
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, servers=servers), encoding="utf-8")
    output = folder / "output.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [needed("nginx"), "-e", str(folder / "error.log"), "-c", str(config)], stdout=log, stderr=subprocess.STDOUT
        )
    wait_until_ready(f"http://127.0.0.1:{port}/livez", process, output)
    return process, f"http://127.0.0.1:{port}"


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

    def __init__(self, url: str, seconds: int) -> None:
        command = [needed("wrk"), "-t1", "-c8", f"-d{seconds}s", "--timeout", "10s", url]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def failed(self) -> tuple[int, int]:
        """After its end: how many asked, and how many of them got no answer or a bad one."""
        said, _ = self._process.communicate(timeout=120)
        asked = re.search(r"(\d+) requests in", said)
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
        assert asked, said
        return int(asked[1]), int(bad[1] if bad else 0) + sum(int(part) for part in (broken.groups() if broken else ()))
