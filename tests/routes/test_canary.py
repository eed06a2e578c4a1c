"""Canaries: what a person types, and where they are, is in no log and in no file, whatever is sent to a live server."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import ROOT, clean_environment, free_port
from tests.served import Server, stop

PLACE = "Канарейкино"
CANARIES = (PLACE, "Canaryville", "41.987654", "75.123456", "+996700123987", "0700123987", "203.0.113.77")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CANARYVILLE")
QUERY = "lat=41.987654&lon=75.123456&place=Canaryville&phone=%2B996700123987"
HEADERS = {
    "Referer": f"https://elsewhere.example/?{QUERY}",
    "User-Agent": "Canaryville 41.987654",
    "Cookie": "place=Canaryville; phone=0700123987",
    "X-Forwarded-For": "203.0.113.77",
    "Accept-Language": "Canaryville",
    "If-None-Match": '"Canaryville"',
    "X-Position": "41.987654,75.123456",
}
FORM = urllib.parse.urlencode(
    {"place": PLACE, "lat": "41.987654", "lon": "75.123456", "phone": "+996700123987", "kind": "Canaryville"}
)
BODIES = (
    (FORM.encode(), "application/x-www-form-urlencoded"),
    (urllib.parse.urlencode({"place": PLACE}).encode(), "application/x-www-form-urlencoded"),
    (json.dumps({"lat": 41.987654, "lon": 75.123456, "k": 3}).encode(), "application/json"),
    (json.dumps({"lat": "41.987654", "Canaryville": "+996700123987"}).encode(), "application/json"),
    (b"Canaryville" * 10_000, "text/plain"),
)
MALFORMED = (
    b"GET /ky/?place=Canaryville\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"Canaryville 41.987654 75.123456\r\n\r\n",
    b"GET /Canaryville HTTP/9.9\r\n\r\n",
    b"GET /ky/ HTTP/1.1\r\nHost: x\r\nCanaryville +996700123987\r\n\r\n",
    b"GET /ky/ HTTP/1.1\r\nHost: x\r\nX: Canary\x01ville 41.987654\r\nCanaryville: \x00\r\n\r\n",
    b"POST /ky/search HTTP/1.1\r\nHost: x\r\nContent-Length: Canaryville\r\n\r\nplace=Canaryville",
    b"POST /ky/search HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nplace=Canaryville",
    b"POST /ky/search HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nCanaryville\r\n41.987654\r\n0\r\n\r\n",
    b"POST /ky/search HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nplace=Canaryville",
    b"GET /" + b"Canaryville" * 1000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PROXY TCP4 203.0.113.77 203.0.113.77 1 2\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /Канарейкино HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nCanaryville",
    b"\x16\x03\x01Canaryville",
)


def paths(app: Flask, *values: str) -> Iterator[str]:
    """Every route with a canary in each of its places, bare and with a query."""
    for rule in app.url_map.iter_rules():
        for value in values:
            filled = rule.rule.replace("<any(ky, ru, en):lang>", "ru")
            while "<" in filled:
                start, end = filled.index("<"), filled.index(">")
                filled = filled[:start] + urllib.parse.quote(value) + filled[end + 1 :]
            yield filled
            yield f"{filled}?{QUERY}"
    yield from (
        "/ru/places/kg-n?" + QUERY,
        "/ru/places/kg-n/kochkor?" + QUERY,
        "/ru/places/kg-n/Canaryville",
        "/ru/places/kg-n/" + urllib.parse.quote(PLACE),
        "/ru/centers/1001?" + QUERY,
        "/Canaryville/41.987654",
        "//Canaryville",
        "/ru/found/" + "A" * 600,
    )


def forms_of(canary: str) -> set[bytes]:
    """How a canary could be written down."""
    quoted = urllib.parse.quote(canary)
    escaped = canary.encode("unicode_escape")
    return {
        canary.encode(),
        canary.encode("utf-16-le"),
        quoted.encode(),
        quoted.lower().encode(),
        repr(canary.encode())[2:-1].encode(),
        escaped,
    }


def send(server: Server, method: str, path: str, body: bytes | None = None, media_type: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, path, body, {**HEADERS, **({"Content-Type": media_type} if media_type else {})})
        return connection.getresponse().status
    except (http.client.HTTPException, ConnectionError):
        return 0
    finally:
        connection.close()


def send_raw(server: Server, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        try:
            while connection.recv(65_536):
                pass
        except OSError:
            return


def test_the_canaries_would_be_seen() -> None:
    log = f"GET /ky/?place={urllib.parse.quote(PLACE)} 41.987654".encode()
    assert any(form in log for form in forms_of(PLACE))
    assert any(form in log for form in forms_of("41.987654"))


@pytest.mark.parametrize(
    "values", [(PLACE,), pytest.param((PLACE, "Canaryville", "41.987654"), marks=pytest.mark.long)]
)
def test_no_log_and_no_file_holds_what_was_sent(app: Flask, server: Server, values: tuple[str, ...]) -> None:
    """Every route by every method; the long run with each of three words in it."""
    seen = set()
    for path in paths(app, *values):
        for method in METHODS:
            seen.add(send(server, method, path))
    for path in ("/ru/search", "/api/v1/nearest", "/ru/found/x", "/", "/directory.json"):
        for body, media_type in BODIES:
            seen.add(send(server, "POST", path, body, media_type))
    for raw in MALFORMED:
        send_raw(server, raw)
    assert {200, 303, 304, 400, 404, 405, 413, 415} <= seen | {304}
    assert 500 not in seen
    time.sleep(0.3)
    written = server.output.read_bytes()
    assert written.count(b"legalmap.access") > 100
    assert b"warning at gunicorn" in written
    files = {path: path.read_bytes() for path in server.instance.rglob("*") if path.is_file()}
    assert files
    for canary in CANARIES:
        for form in forms_of(canary):
            assert form not in written, canary
            assert not [path for path, content in files.items() if form in content], canary
    assert b"127.0.0.1" not in b"\n".join(line for line in written.splitlines() if b"Listening at" not in line)


@pytest.mark.long
def test_a_taken_port_is_told_in_gunicorns_own_words(server: Server) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{server.port}"],
        cwd=ROOT,
        env=clean_environment(server.instance),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert second.returncode != 0
    assert b"Connection in use" in second.stderr


def test_without_a_bind_the_port_of_the_environment_on_loopback_is_taken(server: Server) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "wsgi:app"],
        cwd=ROOT,
        env={**clean_environment(server.instance), "PORT": str(port)},
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stderr
        for line in process.stderr:
            if b"Listening at" in line:
                assert f"http://127.0.0.1:{port}".encode() in line
                break
        else:
            pytest.fail("gunicorn did not listen")
    finally:
        stop(process)
