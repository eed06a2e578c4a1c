"""From an act at the desk to what every worker of a live gunicorn answers."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import Server, serve
from tests.desk.conftest import TestDesk

FILE = "id,kind,name_ru,oblast,settlement,phones,show_location\na1,flac,Центр,KG-N,Нарын,0312510263,yes\n"


@pytest.fixture
def live(tmp_path: Path) -> Iterator[tuple[TestDesk, Server]]:
    desk = TestDesk(tmp_path / "instance")
    desk.bring(FILE)
    for server in serve(tmp_path / "instance", tmp_path / "output.log"):
        yield desk, server


def get(server: Server, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(server.url + path, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def many(server: Server, path: str, times: int = 40) -> set[tuple[int, str]]:
    """The distinct answers of many requests at once, so that both workers are asked."""
    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(lambda _: get(server, path), range(times)))


def seen_everywhere(server: Server, path: str, mark: str) -> float:
    """The moment from which every one of many answers holds `mark`."""
    while True:
        moment = time.monotonic()
        if all(mark in body for _, body in many(server, path)):
            return moment


def test_an_edited_phone_is_seen_in_every_worker_within_two_seconds_and_goes_back(
    live: tuple[TestDesk, Server],
) -> None:
    desk, server = live
    assert all("+996312510263" in body for _, body in many(server, "/ky/centers/1001"))
    edited = time.monotonic()
    desk.bring(FILE.replace("0312510263", "0555123456"))
    assert seen_everywhere(server, "/ky/centers/1001", "+996555123456") - edited < 2.0
    assert "+996312510263" not in get(server, "/ky/centers/1001")[1]
    rolled_back = time.monotonic()
    desk.back_to(1)
    assert seen_everywhere(server, "/ky/centers/1001", "+996312510263") - rolled_back < 2.0


@pytest.mark.own_files
def test_the_last_good_edition_serves_when_the_newest_is_broken_or_the_database_gone(
    live: tuple[TestDesk, Server],
) -> None:
    desk, server = live
    many(server, "/ky/")  # both workers have edition 1 now
    (desk.settings.instance / "desk.db").unlink()
    pointer = desk.settings.editions / "current"
    good = pointer.read_bytes()
    pointer.write_bytes(b"2 " + b"0" * 64 + b"\n")
    assert all(status == 200 and "+996312510263" in body for status, body in many(server, "/ky/centers/1001"))
    seen_everywhere(server, "/readyz", "edition 2")
    assert json.loads(get(server, "/readyz")[1])["edition"] == 1
    pointer.write_bytes(good)
    healed = time.monotonic()
    assert seen_everywhere(server, "/readyz", '"alarm": null') - healed < 2.0


def test_answers_during_many_publishes_are_whole_and_never_fail(live: tuple[TestDesk, Server]) -> None:
    desk, server = live
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: [get(server, "/directory.json") for _ in range(150)])
        for number in range(10):
            two = f"a1,flac,v{number},KG-N,Нарын,114,yes\nb2,flac,v{number},KG-N,Нарын,114,yes\n"
            desk.bring(FILE.split("\n")[0] + "\n" + two)
        answers = asked.result()
    assert {status for status, _ in answers} == {200}
    for _, body in answers:
        names = {center["name"]["ru"] for center in json.loads(body)["centers"]}
        assert len(names) == 1, "one edition, never a mixture"
