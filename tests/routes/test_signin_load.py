"""Signing in beside readers, on a live server: nobody who only reads is slowed, and time tells nothing of a name."""

from __future__ import annotations

import datetime as dt
import http.client
import re
import statistics
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from legalmap.config import Settings
from legalmap.people import signing_in
from legalmap.people.accounts import By
from legalmap.people.keys import Keys
from legalmap.store import Store
from tests.browser.staff import staff_server
from tests.served import Server
from tests.staff import PASSWORD, add_user

pytestmark = pytest.mark.long
FORM = "/ky/staff/signin"


@pytest.fixture(scope="module")
def server(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    for live in staff_server(instance, tmp_path_factory.mktemp("load")):
        settings = Settings(instance=live.instance)
        add_user(Store.of(settings), Keys(settings.people_key), "committee", "load")
        yield live


def ask(server: Server, path: str, cookie: str = "", **fields: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    body = urllib.parse.urlencode(fields) if fields else None
    connection.request("POST" if fields else "GET", path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, (answer.getheader("Set-Cookie") or "").split(";")[0], text


def readers(server: Server) -> float:
    """Median seconds of the public list for four readers of 100 pages each."""
    taken: list[float] = []

    def read() -> None:
        for _ in range(100):
            began = time.perf_counter()
            assert ask(server, "/ky/places/kg-n")[0] == 200
            taken.append(time.perf_counter() - began)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 400
    return statistics.median(taken)


def test_50_sign_ins_at_once_do_not_slow_the_public_list(server: Server) -> None:
    forms = []
    for _ in range(50):
        _status, cookie, page = ask(server, FORM)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        forms.append((cookie, token[1]))
    said: Counter[int] = Counter()

    def come_in(cookie: str, token: str) -> None:
        said[ask(server, FORM, cookie, name="load", password=PASSWORD, csrf_token=token)[0]] += 1

    alone = min(readers(server) for _ in range(2))
    threads = [threading.Thread(target=come_in, args=form) for form in forms]
    for thread in threads:
        thread.start()
    beside = readers(server)
    for thread in threads:
        thread.join()
    assert beside < 1.5 * alone + 0.005, (alone, beside)
    assert set(said) <= {303, 429, 503}
    assert said[303] >= 2


def test_time_does_not_tell_whether_a_name_is_known(server: Server) -> None:
    settings = Settings(instance=server.instance)
    store, keys = Store.of(settings), Keys(settings.people_key)
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number in range(200):
        known = number % 2 == 0
        by = By(who="", now=dt.datetime.now(dt.UTC))
        door = signing_in.Door(store=store, keys=keys, by=by, network=f"10.0.{number}.0/24")
        began = time.perf_counter()
        signing_in.with_password(door, "load" if known else f"nobody-{number}", "z" * 20)
        taken[known].append(time.perf_counter() - began)
    known, unknown = (statistics.median(taken[key]) for key in (True, False))
    assert abs(known - unknown) < 0.1 * known, (known, unknown)
