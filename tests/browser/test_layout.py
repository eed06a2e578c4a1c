"""Pages fit the smallest phone, and fingers hit what they aim at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.test_no_trace import searched
from tests.served import Server

pytestmark = pytest.mark.browser

PATHS = (
    "", "search", "places", "places/kg-gb", "places/kg-n", "places/kg-c/kemin", "places/kg-b/other", "phones", "tips",
    "privacy", "about", "keep", "calendar", "nowhere", "centers/999999",
)  # fmt: skip
TARGETS = "a[href], button, summary, input:not([type=hidden]), [role=button], [tabindex='0']"
SMALL = """targets => [...document.querySelectorAll(targets)].filter(e => {
  const box = e.getBoundingClientRect();
  if (!box.width || !box.height || box.right <= 0 || (box.height >= 43.5 && box.width >= 43.5)) return false;
  // its label is what a finger hits; a link within a sentence is text
  const inside = e.parentElement.textContent.trim().length - e.textContent.trim().length > 3;
  return !e.matches(".chip input") && !(inside && getComputedStyle(e).display === "inline");
}).map(e => e.outerHTML.slice(0, 120))"""
"""What a finger aims at, and what of it is smaller than 44 px."""


def holds(page: Any) -> None:
    """Everything unfolded, nothing is wider than the window and no target is smaller than 44 px."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= window, page.url
    assert page.evaluate(SMALL, TARGETS) == [], page.url


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ky", "200%"),
        ("ru", "100%"),
        ("ky", "100%"),
        ("ru", "200%"),
    ],
)
@pytest.mark.long  # the quick run looks at one page of each state: test_accessible.py
def test_nothing_scrolls_sideways_at_320_px_even_with_large_text(
    chromium: Callable[..., Any], server: Server, lang: str, text: str
) -> None:
    context = chromium(viewport={"width": 320, "height": 640})
    page = context.pages[0]

    def look() -> None:
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        holds(page)

    for path in PATHS:
        page.goto(f"{server.url}/{lang}/{path}")
        look()
    page.goto(f"{server.url}/{lang}/places/kg-c")
    centers = set()
    for name in ("Нарын", "Ак-Суу", "Нарынн", "Ысык-Көл", " "):
        searched(page, server, lang, name)
        centers |= set(page.eval_on_selector_all("h3 a", "links => links.map(link => link.href)"))
        look()
    for address in sorted(centers)[:6]:
        page.goto(address)
        look()
    context.close()


@pytest.mark.parametrize("lang", ["ky", "ru", "en"])
def test_the_first_view_of_a_phone_shows_question_field_and_help_in_danger(
    chromium: Callable[..., Any], server: Server, lang: str
) -> None:
    context = chromium(viewport={"width": 360, "height": 640})
    page = context.pages[0]
    page.goto(f"{server.url}/{lang}/")
    for part in ("h1", "#place", ".find button", ".danger a[href='tel:102']", ".danger a[href='tel:112']"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 640, part
    context.close()
