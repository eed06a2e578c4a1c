"""A first visit is small, drawn after one request and loads nothing before its time; old phones read its scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from legalmap.routes.static import read_files
from tests.conftest import ROOT
from tests.served import KYRGYZ_FIRST, Server

pytestmark = pytest.mark.browser

FIRST_VISIT = 14_000
"""Bytes on the line, brotli: the home page, its look and its script."""
ACORN = Path(__file__).parent / "vendor" / "acorn-8.19.0" / "acorn.js"
PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
LOOK = "() => [getComputedStyle(document.body).fontSize, getComputedStyle(document.querySelector('.btn')).minHeight]"
PARSED = """([text, version]) => {
  try { acorn.parse(text, {ecmaVersion: version, sourceType: "script"}); } catch (fault) { return fault.message; }
  return "";
}"""
IDLE = r"""() => {
  const state = /::?(before|after|hover|focus-visible|focus|-webkit-[a-z-]+)|\[open\]|:not\(:empty\)/g;
  const used = selector => document.querySelector(selector.replace(state, "") || "*");
  const rules = [...document.querySelector("style").sheet.cssRules];
  return rules.flatMap(rule => rule.selectorText ? [rule] : [...rule.cssRules]).map(rule => rule.selectorText)
    .filter(selectors => !selectors.split(/,(?![^(]*\))/).some(used));
}"""
"""Rules that the home page carries and nothing on it needs."""
NEWER = (
    "a?.b", "a ?? b", "const b = {...a}", "const {a, ...b} = c", "try { a() } catch { b() }", "/(?<=a)b/", r"/\p{L}/u",
    "/a/s", "async () => { for await (const a of b) c(a) }", "class A { b = 1 }", "a ||= b", "1n", "import('a')",
)  # fmt: skip
"""What came into the language after 2017."""


@pytest.fixture(scope="module")
def context(chromium: Callable[..., Any]) -> Iterator[Any]:
    context = chromium(viewport={"width": 360, "height": 640})
    yield context
    context.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    page = context.new_page()
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield page
    page.close()


def loaded(page: Any, address: str) -> dict[str, Any]:
    """What a page asks for by itself until it rests: the requests by their path without its hash."""
    asked: list[Any] = []
    page.on("requestfinished", lambda request: asked.append(request))
    page.goto(address, wait_until="networkidle")
    page.mouse.wheel(0, 2000)
    page.wait_for_timeout(300)
    return {_plain(request.url): request for request in asked}


def _plain(url: str) -> str:
    """`/static/site.<hash>.css` -> `site.css`; other paths as they are."""
    path = urlsplit(url).path
    if not path.startswith("/static/"):
        return path
    stem, _, suffix = path.removeprefix("/static/").split(".")
    return f"{stem}.{suffix}"


@pytest.mark.parametrize("lang", KYRGYZ_FIRST)
def test_a_first_visit_is_the_page_and_its_starter_alone(page: Any, server: Server, lang: str) -> None:
    asked = loaded(page, f"{server.url}/{lang}/")
    assert set(asked) - {"favicon.svg"} == {f"/{lang}/", "start.js"}
    assert {request.response().header_value("content-encoding") for request in asked.values()} == {"br"}
    assert sum(request.sizes()["responseBodySize"] for request in asked.values()) <= FIRST_VISIT
    with page.expect_request("**/*.js"):
        page.focus("#place")


def test_a_list_loads_its_look_and_the_starters_alone(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/ky/")
    page.eval_on_selector("#place", "field => { field.value = 'Нарын'; field.form.submit(); }")
    page.wait_for_url("**/found/*")
    asked = loaded(page, page.url)
    assert set(asked) - {"favicon.svg", urlsplit(page.url).path} == {"look.css", "start.js"}


def test_the_home_page_carries_no_rule_that_it_does_not_need(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/ky/")
    assert page.evaluate("() => document.querySelector('style').sheet.cssRules.length") > 60
    assert page.evaluate(IDLE) == []
    page.evaluate("() => document.querySelector('style').sheet.insertRule('@media print{.card:hover,.x p{color:red}}')")
    assert page.evaluate(IDLE) == [".card:hover, .x p"]


def test_the_home_page_is_drawn_before_anything_else_comes(page: Any, server: Server) -> None:
    page.route("**/static/*", lambda _route: None)  # asked for, never answered
    page.goto(f"{server.url}/ky/", wait_until="commit")
    page.wait_for_function(PAINTED)
    assert page.evaluate(LOOK) == ["17px", "50px"]
    page.goto(f"{server.url}/ky/about", wait_until="commit")
    page.wait_for_timeout(500)
    assert not page.evaluate(PAINTED), "a page that waits for its look is told apart"


def test_old_phones_can_read_every_public_script(page: Any) -> None:
    page.add_script_tag(path=ACORN)
    files = read_files(ROOT / "static")
    public = [name for name in files.hashed if name.endswith(".js") and not name.startswith("staff")]
    assert {"near-start.js", "vendor/leaflet-1.9.4/leaflet.js"} <= set(public)
    sent = {name: files.by_hashed[files.hashed[name]].plain.decode() for name in public}
    faults = {name: page.evaluate(PARSED, [text, 2017]) for name, text in sent.items()}
    assert {name: fault for name, fault in faults.items() if fault} == {}
    for text in NEWER:
        assert page.evaluate(PARSED, [text, 2017]), text
        assert not page.evaluate(PARSED, [text, 2022]), text
