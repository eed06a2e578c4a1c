"""The same texts in a real browser: lists, cards, the map, what a phone draws by itself, and the desk's form; none
runs, none asks anybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.payloads import PAYLOADS, RESULT
from tests.attacks.test_injection import published
from tests.browser.staff import sign_in, staff_server
from tests.conftest import serve

pytestmark = pytest.mark.browser
FIELDS = "#center textarea, #center input[type=text]"
TYPE = """([fields, texts]) => document.querySelectorAll(fields).forEach((field, at) => {
  field.value = texts[at % texts.length];
  field.dispatchEvent(new Event("change", {bubbles: true}));
})"""
"""Types one text into each field."""
HERE = {"latitude": 41.43, "longitude": 76.0, "accuracy": 20}


def watched(page: Any, home: str) -> list[str]:
    """What goes wrong on the page from now on: it asks another host, opens a dialog, or its policy refuses."""
    faults: list[str] = []
    ours = (home, "blob:", "data:")
    page.on("request", lambda sent: None if sent.url.startswith(ours) else faults.append(sent.url))
    page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return faults


@pytest.fixture
def page(chromium: Callable[..., Any], tmp_path: Path) -> Any:
    """A phone before a site of such centers."""
    context = chromium(viewport={"width": 360, "height": 740}, geolocation=HERE, permissions=["geolocation"])
    opened = context.pages[0]
    published(tmp_path / "instance", PAYLOADS)
    for server in serve(tmp_path / "instance", tmp_path / "output.log", roles="public"):
        faults = watched(opened, server.url)
        opened.home = server.url
        yield opened
    context.close()
    assert faults == []


def unhurt(page: Any) -> None:
    """Nothing ran and nothing was counted."""
    assert page.evaluate("window.hurt") is None
    assert page.evaluate("({}).hurt") is None
    assert RESULT not in page.inner_text("body")
    assert page.locator("iframe, object, embed, base, video, marquee, img[src='x']").count() == 0


def test_none_runs_in_a_list_a_card_a_popup_or_a_list_that_the_phone_draws(page: Any) -> None:
    for path in ("/ky/places/kg-n", "/ru/phones", "/ky/centers/1040", "/en/centers/1063"):
        page.goto(page.home + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        unhurt(page)
    page.goto(f"{page.home}/ky/map")
    page.wait_for_selector("section.map[data-drawn]")
    unhurt(page)
    page.goto(f"{page.home}/ky/")
    page.click("#near-button")
    page.wait_for_selector("ol.list li.card")
    unhurt(page)
    page.click("ol.list h3 a >> nth=3")
    page.wait_for_selector(".facts")
    unhurt(page)


@pytest.mark.long
def test_none_runs_in_the_form_of_a_center_nor_in_what_the_desk_says_of_it(
    chromium: Callable[..., Any], instance: Path, tmp_path: Path
) -> None:
    """In every field to type in: the form says how it understands it, the preview shows it, the desk says what is
    wrong."""
    for server in staff_server(instance, tmp_path):
        context = chromium(reduced_motion="reduce", viewport={"width": 360, "height": 740})
        page = context.pages[0]
        sign_in(page, server)
        form = f"{server.url}/ky/staff/admin/centers/new"
        page.goto(form)
        fields = page.locator(FIELDS).count()
        assert fields > 15
        faults, said = watched(page, server.url), 0
        for start in range(0, len(PAYLOADS), fields):
            page.goto(form)
            with page.expect_response("**/understood"):
                page.evaluate(TYPE, [FIELDS, PAYLOADS[start : start + fields]])
            unhurt(page)
            with page.expect_popup() as opened:
                page.click("#center button[value=preview]")
            faults += watched(opened.value, server.url)
            opened.value.wait_for_load_state()
            unhurt(opened.value)
            opened.value.close()
            with page.expect_navigation():
                page.click("#center .ends button[value=check]")
            unhurt(page)
            said += page.locator(".fault").count()
        context.close()
        assert said > 30
        assert faults == []
