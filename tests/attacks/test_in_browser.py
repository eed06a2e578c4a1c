"""The same texts in a real browser: lists, cards, the map and what a phone draws by itself; none runs, none asks
anybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.payloads import PAYLOADS, RESULT
from tests.attacks.test_injection import published
from tests.conftest import serve

pytestmark = pytest.mark.browser
HERE = {"latitude": 41.43, "longitude": 76.0, "accuracy": 20}


@pytest.fixture
def page(chromium: Callable[..., Any], tmp_path: Path) -> Any:
    """A phone before a site of such centers; whatever asks another host, opens a dialog or is refused by the page's
    policy is a fault."""
    faults: list[str] = []
    context = chromium(viewport={"width": 360, "height": 740}, geolocation=HERE, permissions=["geolocation"])
    opened = context.pages[0]
    published(tmp_path / "instance", PAYLOADS)
    for server in serve(tmp_path / "instance", tmp_path / "output.log", roles="public"):
        home = server.url
        opened.on("request", lambda sent, home=home: None if sent.url.startswith(home) else faults.append(sent.url))
        opened.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.home = home
        yield opened
    context.close()
    assert [fault for fault in faults if not fault.startswith(("blob:", "data:"))] == []


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
