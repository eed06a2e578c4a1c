"""Packing: pages go out small when the browser can unpack them, and as they are when it cannot."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

from legalmap.model import LANGS

PATHS = ("/ky/", "/ru/places/kg-gb", "/en/centers/1001", "/ky/phones", "/ru/nowhere")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_packed_for_a_browser_that_unpacks(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert packed.status_code == plain.status_code
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "*;q=0"])
def test_a_page_stays_plain_for_others(client: FlaskClient, accepted: str) -> None:
    answer = client.get("/ky/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert answer.text.lstrip().startswith("<!doctype html>")


def test_what_is_small_or_no_page_is_left_alone(client: FlaskClient) -> None:
    for path in ("/livez", "/readyz", "/"):
        assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip"}).headers
    root = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert {"Accept-Language", "Accept-Encoding"} <= root.vary.as_set(preserve_casing=True)


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_page_takes_less_than_6_kilobytes_on_the_way(client: FlaskClient, lang: str) -> None:
    assert len(client.get(f"/{lang}/", headers={"Accept-Encoding": "gzip"}).data) <= 6_000
