"""Headers: every answer forbids what a page of ours never needs, and nothing is kept."""

from __future__ import annotations

import base64
import hashlib
import re

import brotli
import pytest
from flask.testing import FlaskClient

from legalmap.model import LANGS

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ASKING = ("/ky/", "/ky/search")
"""Pages with the search form, whose answer the phone may draw by itself, with a map."""
PATHS = (
    "/",
    "/ky",
    "/ky/",
    "/ru/places",
    "/en/centers/999",
    "/nowhere",
    "/ky/search",
    "/livez",
    "/readyz",
    "/directory.json",
    "/favicon.ico",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_safety_headers(client: FlaskClient, path: str) -> None:
    for answer in (client.get(path), client.head(path), client.options(path), client.post(path)):
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        if answer.mimetype != "text/html":  # no page: it may do nothing at all
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
            continue
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        strict = dict(part.strip().split(" ", 1) for part in CSP.split(";"))
        # our own scripts, and they ask this site alone
        assert (policy.pop("script-src"), policy.pop("connect-src")) == ("'self'", "'self'")
        if path in ASKING:  # the page's own look, the map's pictures
            assert re.fullmatch(r"'self'( 'sha256-\S+')?", policy.get("style-src", ""))
            assert re.fullmatch(r"'self'( data:( https://\S+)?)?", policy.get("img-src", ""))
            strict |= {name: policy[name] for name in ("style-src", "img-src")}
        assert policy == strict
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
        assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_home_page_alone_may_carry_its_look_within_and_that_one_only(client: FlaskClient, lang: str) -> None:
    answer = client.get(f"/{lang}/")
    (within,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(within.encode()).digest()).decode()
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["style-src"] == f"'self' 'sha256-{digest}'"
    assert policy.get("script-src", "'self'") == "'self'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Security-Policy"].endswith(CSP.split("img-src 'self'; ")[1])
    assert 'rel="stylesheet"' not in answer.text
    assert "<" not in within
    assert "sha256" not in client.get(f"/{lang}/phones").headers["Content-Security-Policy"]


def test_pages_are_not_stored(client: FlaskClient) -> None:
    for path in ("/", "/ky/", "/ky/phones", "/ky/nowhere"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    assert client.post("/ky/search", data={"place": "Нарын"}).headers["Cache-Control"] == "no-store"


def test_the_style_is_kept_for_a_year_under_a_hashed_name(client: FlaskClient) -> None:
    name = re.search(r'href="(/static/look\.[0-9a-f]{10}\.css)"', client.get("/ky/about").text)
    assert name
    plain = client.get(name[1])
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    packed = client.get(name[1], headers={"Accept-Encoding": "br"})
    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.data) == plain.data
    assert b"http" not in plain.data
    assert b"url(" not in plain.data


def test_pages_hold_no_inline_script_and_no_inline_style(client: FlaskClient) -> None:
    for path in ("/ky/", "/ru/places", "/en/about", "/ky/search", "/ky/phones"):
        page = client.get(path).text
        scripts = re.findall("<script[^>]*>[^<]*</script>", page)
        assert len(scripts) == page.count("<script") == 1
        assert re.fullmatch('<script src="/static/start[^"]+" defer></script>', scripts[0])
        assert "style=" not in page
        assert not re.search(r"\son\w+=", page)
