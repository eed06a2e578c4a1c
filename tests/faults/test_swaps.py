"""A thousand publishes while a hundred thousand answers are given: each is of one edition, none fails."""

from __future__ import annotations

import http.client
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.conftest import Server, serve
from tests.desk.conftest import TestDesk
from tests.faults.conftest import Results

pytestmark = [pytest.mark.long, pytest.mark.own_files, pytest.mark.timeout(2400)]
PUBLISHES, ANSWERS = 1000, 100_000
PATHS = ("/directory.json", "/ky/near.json", "/ru/phones", "/ru/places/kg-n")
HEADER = "id,kind,name_ru,name_ky,oblast,settlement,phones,show_location\n"


def table(version: int) -> str:
    """Three centers that all say which version they are of; the last one is a number to call."""
    return HEADER + "".join(
        f"{name},{kind},version{version:04} {name},version{version:04} {name},KG-N,Нарын,114,yes\n"
        for name, kind in (("a1", "flac"), ("b2", "flac"), ("c3", "helpline"))
    )


def ask(server: Server, over: Event, enough: int) -> tuple[int, list[str]]:
    """Asks until all is over and it asked often enough; how often, and what was wrong."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    asked, wrong = 0, []
    while asked < enough or not over.is_set():
        path = PATHS[asked % len(PATHS)]
        connection.request("GET", path)
        answer = connection.getresponse()
        said = answer.read().decode()
        asked += 1
        versions = set(re.findall(r"version(\d{4})", said))
        if answer.status != 200 or len(versions) != 1:
            wrong.append(f"{path}: {answer.status} {sorted(versions)}")
        if path.endswith(".json"):
            json.loads(said)
    connection.close()
    return asked, wrong


def test_a_thousand_publishes_under_load_give_no_error_and_no_mixture(tmp_path: Path, results: Results) -> None:
    desk, over = TestDesk(tmp_path / "instance"), Event()
    assert desk.bring(table(0), accept=("all",)).applied
    for server in serve(tmp_path / "instance", tmp_path / "output.log"):
        with ThreadPoolExecutor(4) as askers:
            asking = [askers.submit(ask, server, over, ANSWERS // 4) for _ in range(4)]
            try:
                for version in range(1, PUBLISHES + 1):
                    assert desk.bring(table(version), accept=("all",)).edition == version + 1
            finally:
                over.set()
            answers = [one.result() for one in asking]
    asked, wrong = sum(one[0] for one in answers), [word for one in answers for word in one[1]]
    results.tell(f"{PUBLISHES} publishes under load", asked, f"answers: {len(wrong)} wrong, failed or mixed")
    assert wrong == []
    assert asked >= ANSWERS
