"""The Host header and what a proxy says: neither leads a link of ours elsewhere, and a bad one is told in words."""

from __future__ import annotations

import http.client

import pytest
from flask.testing import FlaskClient

from legalmap.routes import host
from tests.served import Server

BAD = ("x" * 64 + ".org", "a..b", ".", "-a.org", "a b", "ы.kg", "a:999999", "a:" + "9" * 5000, "[::1", "a/b", "a@b")
GOOD = ("localhost", "127.0.0.1:8000", "[::1]:8000", "x" * 63 + ".org", "jakyn.kg.", "a_b.internal", "A.KG:80")


@pytest.mark.parametrize("path", ["/ky", "/ru", "/en", "/ky?place=Canaryville"])
def test_a_redirect_names_no_host_and_repeats_no_query(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (308, path[:3] + "/")
    assert b"evil" not in answer.data
    assert b"Canary" not in answer.data


def test_no_redirect_of_ours_names_a_host(client: FlaskClient) -> None:
    for answer in (
        client.get("/", headers={"Host": "evil.example"}),
        client.post("/ru/search", data={"place": "Нарын"}, headers={"Host": "evil.example"}),
    ):
        assert answer.headers["Location"].startswith(("/ky/", "/ru/found/"))


def test_a_redirect_never_begins_with_two_slashes() -> None:
    assert host.relative("http://localhost//evil.example/ky/") == "/evil.example/ky/"
    assert host.relative("http://localhost/\\evil.example/") == "/evil.example/"
    assert host.relative("/ky/?place=x") == "/ky/"


@pytest.mark.parametrize("given", BAD)
def test_a_bad_host_is_told_in_words_with_our_headers(client: FlaskClient, given: str) -> None:
    for path in ("/", "/ru/", "/ru", "/nowhere", "/ru/centers/1001"):
        answer = client.get(path, headers={"Host": given, "Accept-Language": "ru"})
        assert answer.status_code == 400
        assert "Не удалось это прочитать" in answer.text
        assert 'href="tel:112"' in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert client.get("/directory.json", headers={"Host": given}).content_type == "application/problem+json"


@pytest.mark.parametrize("given", GOOD)
def test_a_good_host_is_served(client: FlaskClient, given: str) -> None:
    assert client.get("/ru/", headers={"Host": given}).status_code == 200


@pytest.mark.parametrize("given", ["x" * 64, "a..b", ".", "a:" + "9" * 5000])
def test_a_live_server_answers_a_bad_host_with_400(server: Server, given: str) -> None:
    status, headers, body = fetch(server, "/ky/", {"Host": given})
    assert status == 400
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert b'href="tel:112"' in body


def test_a_header_cannot_move_the_links(server: Server) -> None:
    _, _, body = fetch(server, "/ky/", {"SCRIPT_NAME": "/evil", "Script-Name": "/evil", "X-Forwarded-Prefix": "/evil"})
    assert b"evil" not in body
    assert b'href="/ky/phones"' in body


def fetch(server: Server, path: str, headers: dict[str, str]) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()
