"""Behind Debian's nginx as deploy/ sets it up: slow ones hold nobody up, nothing is told to logs, nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
import pytest

from tests.machines.web import needed
from tests.serving.site import Site

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="nginx drops its rights to another user only as root")
CANARY = "kanarejka7q"
BODY = b"\r\n\r\n"


@pytest.fixture(scope="module")
def site(instance: Path) -> Iterator[Site]:
    needed("nginx")
    folder = Path(tempfile.mkdtemp(prefix="legalmap-site-"))
    made = Site(folder, Path(shutil.copytree(instance, folder / "instance")))
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_pages_come_by_tls_alone_with_our_headers_and_its_own(site: Site) -> None:
    status, said = site.get("/ky/")
    assert status == 200
    assert said.count(b"Strict-Transport-Security: max-age=") == said.count(b"Content-Security-Policy: ") == 1
    assert b"Server: nginx\r\n" in said
    asked = f"http://127.0.0.1:{site.plain}/ky/places?x={CANARY}"
    found = subprocess.run(
        ["curl", "-s", "-i", "-H", "Host: evil.example", asked], capture_output=True, text=True, check=True
    ).stdout
    assert "308" in found
    assert "Location: https://jakyn.example/ky/places\n" in found.replace("\r", "")


def test_what_is_the_same_for_all_is_kept_and_no_page_is(site: Site) -> None:
    (style,) = set(re.findall(rb'href="(/static/look[^"]+)"', site.get("/ky/phones")[1]))
    for path in (style.decode(), "/ky/near.json"):
        plain, packed = (site.get(path, *headers)[1] for headers in ((), ("Accept-Encoding: br",)))
        for _ in range(2):  # whoever comes after a browser of another kind gets what that one can read
            assert site.get(f"{path}?x=1", "Accept-Encoding: br")[1].partition(BODY)[2] == packed.partition(BODY)[2]
            assert site.get(path)[1].partition(BODY)[2] == plain.partition(BODY)[2]
        assert b"Content-Encoding: br" in packed
        assert brotli.decompress(packed.partition(BODY)[2]) == plain.partition(BODY)[2]
    kept = b"".join(file.read_bytes() for file in (site.folder / "cache").rglob("*") if file.is_file())
    assert kept.count(b"KEY: jakyn.example /static/look") == 2
    assert b"KEY: jakyn.example /ky/near.json" in kept
    assert b"x=1" not in kept
    assert b"/ky/phones" not in kept


HOST = "Host: jakyn.example\r\n"
POST = f"POST /ky/search HTTP/1.1\r\n{HOST}"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
CHUNK = "1000\r\n" + "a" * 4096 + "\r\n"
BAD = {
    "a header too long": (f"GET /ky/ HTTP/1.1\r\n{HOST}X-A: {'a' * 40_000}\r\n\r\n", {400, 431}),
    "a line too long": (f"GET /ky/{'a' * 40_000} HTTP/1.1\r\n{HOST}\r\n", {414}),
    "a body too long": (f"{POST}Content-Length: 99999999\r\n\r\n", {413}),
    "chunks too long": (f"{POST}{FORM}Transfer-Encoding: chunked\r\n\r\n{CHUNK * 20}0\r\n\r\n", {413}),
    "two lengths": (f"{POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nplace=", {400}),
    "a length and chunks": (f"{POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "no such coding": (f"{POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400, 501}),
    "two hosts": (f"GET /ky/ HTTP/1.1\r\n{HOST}Host: evil.example\r\n\r\n", {400}),
    "no host": ("GET /ky/ HTTP/1.1\r\n\r\n", {400}),
    "no request": (f"{CANARY} \x00\x01\r\n\r\n", {400}),
    "up and away": (f"GET /static/../../../etc/passwd HTTP/1.1\r\n{HOST}\r\n", {400, 404}),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_honest_request_is_refused(site: Site, kind: str) -> None:
    request, expected = BAD[kind]
    status, _said = site.ask(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1).encode("latin-1"))
    assert status in expected
    assert site.get("/ky/")[0] == 200


def test_nothing_that_somebody_asked_is_in_a_log(site: Site) -> None:
    for path in (f"/ky/centers/{CANARY}", f"/ky/?q={CANARY}", f"/{CANARY}", f"/ky/found/{CANARY}"):
        site.get(path, f"Referer: https://{CANARY}.example/", f"User-Agent: {CANARY}")
    site.ask(f"{CANARY}\r\n\r\n".encode())
    site.ask(f"GET /{CANARY} HTTP/9.9\r\nHost: {CANARY}\r\n\r\n".encode())
    form = f"place={CANARY}"
    site.ask(
        f"POST /ky/search HTTP/1.1\r\nHost: jakyn.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Connection: close\r\nContent-Length: {len(form)}\r\n\r\n{form}".encode()
    )
    logs = [path for path in site.folder.glob("*.log") if path.stat().st_size]
    written = b"".join(path.read_bytes() for path in logs)
    assert len(re.findall(rb"(?m)^\d{4}-\d\d-\d\dT[\d:+]+ \d{3} ", written)) > 5, "the access log is written"
    assert CANARY.encode() not in written
    assert b"127.0.0.1" not in (site.folder / "legalmap.log").read_bytes()


def test_who_tries_many_passwords_is_told_to_wait(site: Site) -> None:
    answers = [site.get("/ky/staff/signin")[0] for _ in range(40)]
    assert {200, 429} == set(answers)
    assert answers[:20] == [200] * 20
    assert site.get("/ky/")[0] == 200, "the public is another matter"


@pytest.mark.long
def test_a_restart_loses_no_request(site: Site) -> None:
    needed("wrk")
    command = ["wrk", "-t1", "-c4", "-d8s", "--timeout", "20s", "-H", "Connection: close", "-H", "Host: jakyn.example"]
    crowd = subprocess.Popen([*command, f"https://127.0.0.1:{site.port}/ky/"], stdout=subprocess.PIPE, text=True)
    time.sleep(2)
    site.restart()
    said, _ = crowd.communicate(timeout=60)
    asked = re.search(r"(\d+) requests in", said)
    assert asked
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    limited = (site.folder / "legalmap.log").read_bytes().count(b" 429 GET")
    print(f"{asked[1]} asked, {refused[1] if refused else 0} not 200")
    assert int(asked[1]) > 100
    assert int(refused[1]) <= limited if refused else True, "but for those over the limit of one address"
    assert "Socket errors" not in said
    assert b" 502 " not in (site.folder / "legalmap.log").read_bytes()


SLOW = {
    "header": b"GET /ky/ HTTP/1.1\r\nHost: jakyn.example\r\nX-A: ",
    "body": b"POST /ky/search HTTP/1.1\r\nHost: jakyn.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nplace=",
}


@pytest.mark.parametrize(
    ("kind", "count"),
    [("body", 60), *(pytest.param(kind, 1000, marks=pytest.mark.long) for kind in SLOW)],
)
def test_those_who_send_a_byte_at_a_time_hold_nobody_up(site: Site, kind: str, count: int) -> None:
    conf = site.folder / "site.conf"
    whole = conf.read_text()
    # all of them come from one address here
    conf.write_text(
        whole.replace("legalmap_connections 200", "legalmap_connections 4000").replace("burst=200", "burst=9000")
    )
    site.nginx.send_signal(1)
    time.sleep(1)
    slow: list[ssl.SSLSocket] = []
    try:
        with ThreadPoolExecutor(20) as many:
            slow = list(many.map(lambda _: site.connect(), range(count)))
        for line in slow:
            line.sendall(SLOW[kind])
        times = []
        for _ in range(10):
            began = time.perf_counter()
            assert site.get("/ky/")[0] == 200
            times.append(time.perf_counter() - began)
            for line in slow[:50]:
                line.sendall(b"a")
        print(f"{count} slow by {kind}: 10 of 10 answered, the slowest in {max(times) * 1000:.0f} ms")
        assert max(times) < 5
    finally:
        for line in slow:
            line.close()
        conf.write_text(whole)
        site.nginx.send_signal(1)
        time.sleep(1)
