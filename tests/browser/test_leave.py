"""Leaving: at once, by a tap, a key or without a script; and Back does not lead to us again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from legalmap.model import LANGS
from tests.served import Server

pytestmark = pytest.mark.browser

SEEN = "() => document.documentElement.hidden ? '' : document.body.innerText + document.title"
ON_TOP = "e => { const b = e.getBoundingClientRect(); return e === document.elementFromPoint(b.x + 9, b.y + 9); }"
BEFORE = "data:text/html,<title>before</title>before us"
NAMES = ("Жакын", "Jakyn", "борбор", "центр", "center", "114")
"""Words of ours that a page which says nothing about us does not have."""
PATHS = (
    "", "search", "places", "places/kg-n", "places/kg-n/kochkor", "centers/1001", "map", "phones", "tips", "about",
    "nowhere", "centers/999999",
)  # fmt: skip


@pytest.fixture(scope="module")
def context(chromium: Callable[..., Any]) -> Iterator[Any]:
    context = chromium(viewport={"width": 360, "height": 640})
    yield context
    context.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    page = context.new_page()
    page.goto(BEFORE)
    yield page
    page.close()


def gone(page: Any, server: Server, lang: str = "ky") -> None:
    """The calendar is shown, our page is not in the history, and Back leads to what was before us."""
    page.wait_for_url(f"**/{lang}/calendar")
    text = page.inner_text("body") + page.title()
    assert not [name for name in NAMES if name in text]
    assert page.locator("a").evaluate_all("links => links.every(link => link.pathname.includes('/calendar/'))")
    page.go_back()
    assert server.url not in page.url


def test_the_way_out_is_first_large_and_in_sight_on_every_page(page: Any, server: Server) -> None:
    for lang in LANGS:
        for path in PATHS if lang == "ky" else PATHS[:1]:
            page.goto(f"{server.url}/{lang}/{path}")
            page.keyboard.press("Tab")
            link = page.locator(":focus")
            assert link.get_attribute("class") == "leave", path
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            box = link.bounding_box()
            assert box["width"] >= 44, path
            assert box["height"] >= 44, path
            assert box["y"] >= 0, path
            assert box["x"] + box["width"] <= 360, path
            on_top = (
                "e => { const b = e.getBoundingClientRect(); return e === document.elementFromPoint(b.x + 9, b.y + 9) }"
            )
            assert link.evaluate(on_top), path


def test_a_tap_hides_the_page_at_once_and_back_does_not_return(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/ky/centers/1001")
    tapped = (
        "() => { document.querySelector('a.leave').click(); return document.documentElement.hidden + document.title }"
    )
    assert page.evaluate(tapped) == "true"
    gone(page, server)


def test_after_any_way_through_the_site_back_leads_to_what_was_before_us(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/ky/")
    entries = page.evaluate("history.length")
    page.eval_on_selector("#place", "field => { field.value = 'Нарынн'; Leave.send(field.form); }")
    page.wait_for_url("**/found/*")
    page.click("form [name=place_id] >> nth=0")  # a form whose button says which place
    page.wait_for_selector("ol.list")
    page.click("a.more")
    page.wait_for_selector("ol.list > li:nth-child(15)")
    page.click("ol.list h3 a >> nth=3")
    page.wait_for_selector("button:has-text('Артка')")
    page.click("footer a[href$=tips]")
    page.wait_for_selector("h1:has-text('телефон')")
    page.click("a[hreflang=ru]")
    page.wait_for_url("**/ru/tips")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # to the content: a place within the page
    assert page.evaluate("[location.hash, document.activeElement.id]") == ["#main", "main"]
    page.click("footer a[href$=map]")
    page.wait_for_url("**/ru/map")
    page.click("ul.rows a >> nth=0")
    page.wait_for_url("**/centers/*")
    assert page.inner_text("nav.back") == "‹ Назад"
    page.click("nav.back a")
    page.wait_for_url("**/ru/map")
    assert page.inner_text("nav.back") == "‹ На главную"
    assert page.evaluate("history.length") == entries
    for _ in range(3):
        page.keyboard.press("Shift")
    gone(page, server, "ru")


def test_back_leads_up_and_never_in_a_circle(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/ky/places/kg-n/kochkor")
    page.click("footer a[href$=keep]")
    page.wait_for_url("**/keep")
    assert page.locator("nav.back a").get_attribute("href").endswith("/ky/places/kg-n/kochkor")
    page.goto(f"{server.url}/ky/phones")
    page.click("footer a[href$=keep]")
    page.wait_for_url("**/keep")
    assert page.locator("nav.back a").get_attribute("href") == "/ky/"


def test_advice_read_on_the_way_loses_neither_the_center_nor_the_list(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/ky/")
    page.eval_on_selector("#place", "field => { field.value = 'Нарын'; Leave.send(field.form); }")
    page.wait_for_url("**/found/*")
    found, heading = page.url, page.inner_text("h1")
    page.click("ol.list h3 a >> nth=0")
    page.wait_for_url("**/centers/*")
    name = page.inner_text("h1")
    for path in ("tips", "about", "privacy"):
        page.click(f"a[href$='/ky/{path}'] >> nth=0")
        page.wait_for_selector(f"a[hreflang=ru][href='/ru/{path}']")
        assert page.evaluate("document.activeElement.tagName") == "H1"
    for _ in range(3):
        page.click("nav.back button")
    assert page.inner_text("h1") == name
    page.click("nav.back a")
    page.wait_for_url(found)
    assert page.inner_text("h1") == heading
    page.click("details.filters summary >> nth=0")  # from here on the list is the phone's
    page.wait_for_selector("ol.list h3 a")
    page.click("ol.list h3 a >> nth=1")
    page.wait_for_selector("nav.back button")
    assert "/centers/" in page.locator("a[hreflang=ru]").get_attribute("href")
    page.click("nav.back button")
    page.click("a[hreflang=ru]")  # the same list, and nobody had to write the place again
    page.wait_for_url("**/ru/found/*")
    assert page.inner_text("h1").startswith("Нарын")


def test_without_a_network_a_link_does_not_lose_the_page(page: Any, context: Any, server: Server) -> None:
    page.goto(f"{server.url}/ky/centers/1001")
    name = page.inner_text("h1")
    context.set_offline(True)
    for link in ("footer a[href$=tips]", "footer a[href$=map]"):
        page.click(link)
        page.wait_for_selector(f"{link} + p[role=alert]")
        assert page.inner_text("h1") == name
    context.set_offline(False)
    page.click("footer a[href$=map]")
    page.wait_for_url("**/ky/map")


@pytest.mark.parametrize(
    "keys",
    [
        ("Shift", "Shift", "a", "Shift"),
        ("Shift+A", "Shift+B", "Shift+C", "Shift+D"),
        ("Alt+Shift", "Alt+Shift", "Alt+Shift"),
        ("Shift+Tab", "Shift+Tab", "Shift+Tab"),
    ],
)
def test_typing_does_not_leave(page: Any, server: Server, keys: tuple[str, ...]) -> None:
    page.goto(f"{server.url}/ky/about")
    for key in keys:
        page.keyboard.press(key)
    assert page.evaluate(SEEN) != ""
    for _ in range(3):
        page.keyboard.press("Shift")
    gone(page, server)


def test_a_page_kept_whole_by_the_browser_is_not_shown_again(page: Any, server: Server) -> None:
    shown_again = "() => { window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true})) }"
    page.goto(f"{server.url}/ky/about")
    page.evaluate(shown_again)
    assert page.evaluate(SEEN) != "", "nobody left"
    page.route("**/calendar", lambda route: route.fulfill(status=204))  # as if the way out led nowhere
    page.click("a.leave", no_wait_after=True)
    page.wait_for_function("() => document.documentElement.hidden")
    page.unroute("**/calendar")
    page.evaluate(shown_again)
    gone(page, server)


def test_an_old_list_kept_whole_by_the_browser_is_asked_for_again(page: Any, server: Server) -> None:
    page.clock.install()
    page.goto(f"{server.url}/ky/about")
    page.clock.fast_forward(901_000)
    with page.expect_request(f"{server.url}/ky/about"), page.expect_event("load"):  # half-loaded pages hardly close
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")


def test_without_a_script_the_link_leads_away(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium(java_script_enabled=False)
    page = context.pages[0]
    page.goto(f"{server.url}/ru/about")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ru/calendar")
    page.click("p a >> nth=1")
    page.wait_for_url("**/ru/calendar/*")
    context.close()


def held(page: Any, *addresses: str) -> list[Any]:
    """Requests for `addresses`, in the order in which they came, which wait until the test lets them go on."""
    waiting: list[Any] = []
    for address in addresses:
        page.route(address, lambda route: waiting.append(route))
    return waiting


@pytest.mark.parametrize("address", ["**/ky/search", "**/near.json"])
def test_what_is_under_way_when_somebody_leaves_is_given_up(page: Any, server: Server, address: str) -> None:
    page.goto(f"{server.url}/ky/")
    given_up: list[str] = []
    page.on("requestfailed", lambda request: given_up.append(request.url))
    waiting = held(page, address)
    way = "document.querySelector('form.find')"
    page.evaluate(
        f"void Leave.send({way})" if "search" in address else "document.querySelector('#near-button').click()"
    )
    page.wait_for_timeout(300)
    assert len(waiting) == 1
    page.evaluate("document.querySelector('a.leave').click()")
    page.wait_for_url("**/ky/calendar")
    page.wait_for_selector("td.today")
    assert [url for url in given_up if url.endswith(address.strip("*"))] == [waiting[0].request.url]


def test_a_search_that_fails_is_said_on_the_page_and_adds_no_entry(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/ky/")
    entries = page.evaluate("history.length")
    page.route("**/ky/search", lambda route: route.fulfill(status=503))
    page.evaluate("Leave.send(document.querySelector('form.find'))")
    page.wait_for_selector("p[role=alert]:has-text('Байланыш жок')")
    page.unroute("**/ky/search")
    page.eval_on_selector(
        "#place", "field => { field.value = 'Нарын'; Leave.send(field.form); Leave.send(field.form); }"
    )
    page.wait_for_url("**/found/*")
    assert page.evaluate("history.length") == entries
