"""The way of a person: type a place, read a center, go back; without a script, and with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.served import Server

pytestmark = pytest.mark.browser


def test_without_a_script_a_person_finds_a_center_and_comes_back(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium(java_script_enabled=False)
    page = context.pages[0]
    page.goto(f"{server.url}/ky/")
    page.fill("#place", "Нарын")
    page.click("form.find button")
    page.wait_for_url("**/ky/found/*")
    assert page.title() == "Жакын – тизме"
    assert page.inner_text("h1") == "Нарын: жакын 5 жер"
    assert "Нарын" not in page.url
    name = page.locator("ol.list h3 a").first.inner_text()
    page.click("ol.list h3 a >> nth=0")
    page.wait_for_url("**/ky/centers/*")
    assert page.inner_text("h1") == name
    assert page.title() == "Жакын – маалымат"
    page.go_back()
    assert page.inner_text("h1") == "Нарын: жакын 5 жер"
    page.click("text=Дагы көрсөтүү")
    page.wait_for_selector("h1:has-text('15')")
    assert page.locator("ol.list > li").count() == 15
    page.click("a[hreflang=ru]")
    page.wait_for_selector("h1:has-text('ближайшие 15')")
    context.close()


def test_without_a_script_filters_and_choices_work(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium(java_script_enabled=False)
    page = context.pages[0]
    page.goto(f"{server.url}/ru/")
    page.fill("#place", "ак суу")
    page.press("#place", "Enter")
    page.wait_for_url("**/ru/found/*")
    assert page.inner_text("h1") == "Какое из них?"
    page.click("ul.which button >> nth=0")
    page.wait_for_selector("ol.list")
    page.click("details.filters > summary")
    page.click("details.group > summary:has-text('Кто помогает')")
    page.check("input[name=kind][value=justice_house]", force=True)
    page.click("details.filters form button[type=submit] >> nth=1")
    page.wait_for_selector("form.chosen")
    kinds = {tag.inner_text() for tag in page.locator("ol.list .tag:not(.plain)").all()}
    assert kinds == {"Дом юстиции"}
    page.click("form.chosen button")
    page.wait_for_selector("form.chosen", state="detached")
    context.close()


def tab_to(page: Any, selector: str) -> None:
    """Presses Tab until `selector` has the focus; each stop on the way must be seen."""
    for _ in range(60):
        page.wait_for_load_state()
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if not focused.count():  # pressed into a page that was just going away
            continue
        look = focused.evaluate(
            "e => getComputedStyle(e).outlineStyle + getComputedStyle(e.nextElementSibling || e).outlineStyle"
        )
        assert "solid" in look, focused.evaluate("e => e.outerHTML")
        if focused.evaluate("(e, selector) => e.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


def test_the_keyboard_alone_is_enough(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium()
    page = context.pages[0]
    page.goto(f"{server.url}/ru/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past the way out
    assert page.locator(":focus").get_attribute("href") == "#main"
    tab_to(page, "#place")
    page.wait_for_selector("#place[role=combobox]")
    page.keyboard.type("Нарын")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Нарын: ближайшие 5')")  # in place: nothing was sent
    tab_to(page, "details.filters > summary")
    page.keyboard.press("Enter")
    tab_to(page, "details.filters input[name=free]")
    page.keyboard.press("Space")
    page.wait_for_selector(".chosen .tag")
    tab_to(page, ".chosen button")
    page.keyboard.press("Enter")
    assert page.locator(".chosen").count() == 0
    tab_to(page, "ol.list h3 a")
    name = page.locator(":focus").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector("dl.all")
    assert page.inner_text("h1") == name
    tab_to(page, "main a[href^='tel:'].btn")
    page.keyboard.press("Home")
    page.locator("main nav.back button").press("Enter")
    assert re.match("Нарын: ближайшие", page.inner_text("h1"))
    context.close()


WORDS = {"ky": ("Кайсынысы?", "Ак-Суу: "), "ru": ("Какое из них?", "Ак-Суу: ")}


LONG = pytest.mark.long


@pytest.mark.parametrize("lang", ["ky", pytest.param("ru", marks=LONG)])
def test_by_keyboard_without_a_script_from_a_word_over_choices_and_results_to_a_center_and_back(
    chromium: Callable[..., Any], server: Server, lang: str
) -> None:
    context = chromium(java_script_enabled=False, viewport={"width": 360, "height": 640})
    page = context.pages[0]
    keys = page.keyboard
    which, heading = WORDS[lang]
    page.goto(f"{server.url}/{lang}/")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")  # past the way out and the bar
    tab_to(page, "#place")
    keys.type("ак суу")
    keys.press("Enter")
    page.wait_for_selector(f"h1:has-text('{which}')")
    tab_to(page, "ul.which button")
    keys.press("Tab")
    page.locator("ul.which li:nth-child(2) button:focus").wait_for()
    keys.press("Shift+Tab")
    keys.press("Space")
    page.wait_for_selector(f"h1:has-text('{heading}')")
    tab_to(page, "details.filters > summary")
    keys.press("Enter")
    tab_to(page, "details.filters input[name=verified], details.filters input[name=free]")
    keys.press("Space")
    tab_to(page, "details.filters button")
    keys.press("Enter")
    page.wait_for_selector("form.chosen")
    tab_to(page, "form.chosen button")
    keys.press("Enter")
    page.wait_for_selector("form.chosen", state="detached")
    tab_to(page, "ol.list > li h3 a")
    name = page.locator(":focus").inner_text()
    keys.press("Enter")
    page.wait_for_url(f"**/{lang}/centers/*")
    assert page.inner_text("h1") == name
    tab_to(page, "main a[href^='tel:'].btn")
    page.go_back()  # Alt+Left is the browser's own key: a headless one has none
    assert page.inner_text("h1").startswith(heading)
    tab_to(page, "footer a")
    context.close()
