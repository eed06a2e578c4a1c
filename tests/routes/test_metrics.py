"""Counts for the operator: of all workers, without a word of what anybody asked, and not on the site."""

from __future__ import annotations

import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from legalmap.config import SettingsError, read_settings
from tests.conftest import free_port, serve
from tests.served import Server

CANARY = "kanarejka7q"


@pytest.fixture(scope="module")
def counted(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    folder, port = tmp_path_factory.mktemp("metrics"), free_port()
    own = Path(shutil.copytree(instance, folder / "instance"))
    for server in serve(own, folder / "output.log", metrics=f"127.0.0.1:{port}"):
        yield server, f"http://127.0.0.1:{port}/metrics"


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


def test_every_answer_of_every_worker_is_counted_and_nothing_else_is_told(counted: tuple[Server, str]) -> None:
    server, url = counted
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda _: read(f"{server.url}/ky/"), range(60)))
    form = urllib.parse.urlencode({"place": CANARY}).encode()
    read_form = urllib.request.Request(f"{server.url}/ky/search", form)
    with urllib.request.urlopen(read_form, timeout=20) as answer:
        assert answer.status == 200
    told = read(url)
    assert re.search(r'legalmap_answers_total\{endpoint="public.home",status="200"\} 60\.0', told)
    assert re.search(r'legalmap_seconds_count\{endpoint="public.home"\} 60\.0', told)
    assert 'endpoint="public.found"' in told
    assert CANARY not in told
    assert not re.search(r"/ky|found/|127\.0", told)


def test_the_site_itself_tells_no_counts(counted: tuple[Server, str]) -> None:
    server, _url = counted
    with pytest.raises(urllib.error.HTTPError) as fault:
        read(f"{server.url}/metrics")
    assert fault.value.code == 404
    fault.value.close()


@pytest.mark.parametrize("wrong", ["9090", "127.0.0.1:", "127.0.0.1:99999", "http://a:1", "a b:80"])
def test_what_is_no_address_and_port_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(SettingsError, match="LEGALMAP_METRICS must be an address and a port"):
        read_settings({"LEGALMAP_METRICS": wrong})
