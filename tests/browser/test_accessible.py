"""Every page in every state can be used by everybody: axe-core finds nothing, at any width, theme and language."""

from __future__ import annotations

import hashlib
import re
import urllib.request
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from legalmap.model import LANGS
from tests.browser.pages import FULL, PAGES, Site, opened
from tests.browser.test_layout import holds
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

VENDOR = Path(__file__).parent / "vendor"
AXE = VENDOR / "axe-core-4.14.1" / "axe.min.js"
THEMES = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colors": {"color_scheme": "dark", "forced_colors": "active"},
}
WIDTHS = (320, 768, 1280)
ASK = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"], reporter: "v2"});
  return found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id}: ${node.html.slice(0, 160)} | ${[...node.any, ...node.all, ...node.none].map(one => one.message)}`));
}"""
Look = tuple[str, str, str, int]


def every_look() -> Iterator[Look]:
    """All of name, language, theme and width."""
    yield from product(PAGES, LANGS, THEMES, WIDTHS)


def one_each() -> Iterator[Look]:
    """Each page in one look, chosen so that every two values of language, theme and width meet (a Latin square)."""
    themes = list(THEMES)
    for row, name in enumerate(PAGES):
        column = row // 3
        yield name, LANGS[row % 3], themes[column % 3], WIDTHS[(row + column) % 3]


@pytest.fixture
def page(chromium: Callable[..., Any]) -> Iterator[Any]:
    """A page into which axe comes by itself, past the policy that keeps it from people."""
    context = chromium(reduced_motion="reduce")
    context.add_init_script(path=AXE)
    yield context.pages[0]
    context.close()


def violations(page: Any, site: Site, looks: Iterator[Look]) -> list[str]:
    found = []
    for name, lang, theme, width in looks:
        page.set_viewport_size({"width": width, "height": 720})
        page.emulate_media(**THEMES[theme])
        opened(page, site, name, lang)
        faults = page.evaluate(ASK)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append("wider than the window")
        found += [f"{name}, {lang}, {theme}, {width}: {fault}" for fault in faults]
    return found


def test_axe_finds_nothing_in_a_look_of_each_page_and_none_is_too_wide(page: Any, site: Site) -> None:
    assert violations(page, site, one_each()) == []


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_axe_finds_nothing_anywhere(page: Any, site: Site) -> None:
    assert violations(page, site, every_look()) == []


def test_over_all_pages_any_two_of_language_theme_and_width_meet() -> None:
    looks, everything = set(one_each()), set(every_look())
    assert looks < everything
    assert len(looks) == len(PAGES)
    for one, other in product(range(1, 4), range(1, 4)):
        assert {(look[one], look[other]) for look in looks} == {(look[one], look[other]) for look in everything}


def test_axe_would_find_a_fault(page: Any, site: Site) -> None:
    opened(page, site, "home", "ky")
    page.evaluate("document.querySelector('label[for=place]').remove()")
    page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    found = {fault.split(":")[0] for fault in page.evaluate(ASK)}
    assert {"label", "color-contrast"} <= found


@pytest.mark.long
def test_every_state_fits_320_px_with_text_twice_as_large_and_fingers_hit(page: Any, site: Site) -> None:
    """In Kyrgyz and Russian by turns; the long run of test_layout.py looks at both."""
    page.set_viewport_size({"width": 320, "height": 640})
    for turn, name in enumerate(PAGES):
        opened(page, site, name, ("ky", "ru")[turn % 2])
        holds(page)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        holds(page)


def test_axe_is_as_it_came_and_never_served() -> None:
    listed = dict(
        reversed(line.split("  ")) for line in (VENDOR / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    )
    assert {path.relative_to(VENDOR).as_posix() for path in VENDOR.glob("*/*")} == set(listed)
    for name, sha256 in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == sha256
    assert not [*(ROOT / "static").rglob("axe*"), *(ROOT / "legalmap").rglob("axe*")]


def test_the_switch_of_languages_stays_on_the_page(site: Site) -> None:
    for name in PAGES:
        if name in ("search refused", "expired", "no such page", "calendar"):
            continue
        here = f"/ky/{PAGES[name].path(site)}"
        with urllib.request.urlopen(site.server.url + here, timeout=20) as answer:
            there = re.findall(r'<a href="([^"]+)" lang="ru"', answer.read().decode())[0]
        assert there.split("/")[:3] == here.replace("/ky/", "/ru/").split("/")[:3], name
        assert "/found/" in here or there == here.replace("/ky/", "/ru/"), name


def test_what_changes_without_a_load_is_said_in_a_place_that_was_there_before(page: Any, site: Site) -> None:
    """A screen reader says a change of a region it knows, not a region that appears."""
    opened(page, site, "results", "ky")
    page.wait_for_selector(".map-show")
    said = page.locator(".map-said")
    assert said.inner_text() == ""
    assert said.evaluate("e => e.checkVisibility() && e.getBoundingClientRect().height") == 0
    region = said.element_handle()
    page.click(".map-show")
    page.wait_for_selector("section.map[data-drawn]")
    assert region.inner_text() == "Карта көрсөтүлдү. Чекиттер: 5."
    opened(page, site, "search refused", "ky")
    assert page.inner_text("[role=alert]").startswith("Муну оңдоңуз:")
    assert page.get_attribute("#place", "aria-describedby") == page.get_attribute("[role=alert] li", "id")


def test_a_printed_center_takes_two_sheets_and_a_list_keeps_its_numbers(page: Any, site: Site) -> None:
    page.goto(f"{site.server.url}/ru/centers/{site.numbers[FULL]}")
    assert page.pdf(format="A4").count(b"/Type /Page\n") in (1, 2)
    opened(page, site, "results", "ru")
    page.emulate_media(media="print")
    numbers = page.locator(".num")
    assert numbers.count() == 5
    assert numbers.first.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    assert page.locator(".find:visible, .filters:visible, footer:visible, .map-show:visible").count() == 0
