"""Packing: pages go out small when the browser can unpack them, and as they are when it cannot."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from legalmap.model import LANGS
from legalmap.routes.packing import STEP

PATHS = ("/ky/", "/ru/places/kg-gb", "/en/centers/1001", "/ky/phones", "/ru/nowhere")


@pytest.mark.parametrize(
    ("accepted", "way", "unpack"),
    [
        ("gzip, deflate", "gzip", gzip.decompress),
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("br;q=0.5, gzip", "gzip", gzip.decompress),
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_packed_for_a_browser_that_unpacks(
    client: FlaskClient, path: str, accepted: str, way: str, unpack: Callable[[bytes], bytes]
) -> None:
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": accepted})
    assert packed.headers["Content-Encoding"] == way
    assert unpack(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert packed.status_code == plain.status_code
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accepted", ["", "identity", "deflate", "gzip;q=0, br;q=0", "*;q=0"])
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
def test_the_first_page_is_packed_as_small_as_can_be(client: FlaskClient, lang: str) -> None:
    sizes = {way: len(client.get(f"/{lang}/", headers={"Accept-Encoding": way}).data) for way in ("br", "gzip")}
    assert sizes["br"] <= 4_700, "its look within"
    assert sizes["gzip"] <= 5_700


@pytest.mark.parametrize("accepted", ["br", "gzip", ""])
def test_the_size_of_a_page_does_not_tell_the_place_or_the_center(client: FlaskClient, accepted: str) -> None:
    asked = {"Accept-Encoding": accepted}
    found = [client.post("/ky/search", data={"place": name}).headers["Location"] for name in ("Нарын", "Ош", "Балыкчы")]
    for path in (*found, "/ky/centers/1001", "/ru/centers/1002", "/ky/places/kg-n", "/ky/nowhere"):
        answer = client.get(path, headers=asked)
        size = len(answer.data) + len(answer.headers["X-Padding"])
        assert size % STEP == 0, path
        assert set(answer.headers["X-Padding"]) <= {"X"}
        assert len(answer.headers["X-Padding"]) < STEP
    for path in ("/ky/", "/ky/phones"):  # the same for everybody: nothing to hide
        assert "X-Padding" not in client.get(path, headers=asked).headers


def test_each_file_is_packed_once_whenever_it_is_first_asked_for(app: Flask) -> None:
    files = app.extensions["static"]
    for name in files.hashed.values():
        file = files.by_hashed[name]
        assert brotli.decompress(file.br) == gzip.decompress(file.gzip) == file.plain, name
        assert files.by_hashed[name] is file, name
