"""Finding one's own village among many: by keyboard, without script, on the smallest phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet

from legalmap.config import Settings
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.model import Localized, Place, Point, Rayon
from tests.browser.test_journeys import tab_to
from tests.browser.test_layout import holds
from tests.conftest import serve
from tests.served import NARYN, Server, a_center

pytestmark = pytest.mark.browser

LONG = "Кара-Суу-Биринчи-Май атындагы"
RAYON = Rayon(id="kochkor", names=Localized(ky="Кочкор району", ru="Кочкорский район"), oblast="KG-N", seat="50")


def villages() -> Iterator[Place]:
    yield NARYN
    for id in range(1, 100):
        yield Place(
            id=str(id), names=Localized(ky=f"{'АБВГД'[id % 5]}{LONG}", ru=LONG), oblast="KG-N" if id % 3 else "KG-T",
            rayon="kochkor" if id % 3 == 1 else "", point=Point(lat=41 + id / 100, lon=75.5), feature="PPL",
        )  # fmt: skip


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose gazetteer has 99 villages of one Russian name."""
    folder = tmp_path_factory.mktemp("crowded")
    settings = Settings(instance=folder)
    settings.editions.mkdir(parents=True)
    settings.sealing_key.parent.mkdir(parents=True)
    settings.sealing_key.write_bytes(Fernet.generate_key())
    content = EditionContent(centers=(a_center(1001),), places=tuple(villages()), texts=(), rayons=(RAYON,))
    write_edition(settings.editions, 1, content, "0" * 64, dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
    yield from serve(folder, folder / "output.log")


def ask(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/ru/search")
    page.fill("#place", LONG)
    page.press("#place", "Enter")
    page.wait_for_url("**/ru/found/*")


def test_one_of_many_namesakes_is_chosen_without_a_script(chromium: Callable[..., Any], crowded: Server) -> None:
    context = chromium(java_script_enabled=False, viewport={"width": 360, "height": 640})
    page = context.pages[0]
    ask(page, crowded)
    assert page.locator("ul.which button:visible").count() == 0
    page.click("summary:has-text('Таласская область')")
    assert page.locator("ul.which button:visible").count() == 33
    page.click("ul.which button:visible >> nth=2")
    page.wait_for_selector("ol.list")
    assert page.inner_text("h1") == f"{LONG}: ближайшее место"
    assert "Таласская область" in page.inner_text(".lead")
    page.go_back()
    assert page.inner_text("h1") == "Какое из них?"
    context.close()


def test_the_keyboard_opens_an_oblast_and_chooses(chromium: Callable[..., Any], crowded: Server) -> None:
    context = chromium()
    page = context.pages[0]
    ask(page, crowded)
    tab_to(page, ".fold summary")
    page.keyboard.press("Enter")
    tab_to(page, ".fold button")
    page.keyboard.press("Enter")
    page.wait_for_selector("ol.list")
    context.close()


def test_by_keyboard_from_all_oblasts_to_a_village_and_back(chromium: Callable[..., Any], crowded: Server) -> None:
    context = chromium()
    page = context.pages[0]
    page.goto(f"{crowded.url}/ky/places")
    for address in ("/ky/places/kg-n", "/ky/places/kg-n/kochkor", "/ky/places/1"):
        tab_to(page, f"main a[href='{address}']")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{address}")
        assert page.title() in ("Жакын – жерлер", "Жакын – тизме")
    tab_to(page, "main a[href='/ky/places/kg-n/kochkor']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ky/places/kg-n/kochkor")
    context.close()


def test_a_letter_leads_down_a_long_list(chromium: Callable[..., Any], crowded: Server) -> None:
    context = chromium(java_script_enabled=False, viewport={"width": 360, "height": 640})
    page = context.pages[0]
    page.goto(f"{crowded.url}/ky/places/kg-n/kochkor")
    page.click(".letters a >> nth=-1")
    assert page.locator("h2[id^=l]").last.evaluate("e => e.getBoundingClientRect().top < innerHeight")
    context.close()


@pytest.mark.parametrize("text", [pytest.param("100%", marks=pytest.mark.long), "200%"])
def test_long_lists_and_choices_fit_320_px(chromium: Callable[..., Any], crowded: Server, text: str) -> None:
    context = chromium(viewport={"width": 320, "height": 640})
    page = context.pages[0]
    ask(page, crowded)
    for path in ("", "/ky/places/kg-n", "/ky/places/kg-n/kochkor", "/ky/places/kg-t/other", "/ky/places/1"):
        if path:
            page.goto(f"{crowded.url}{path}")
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        holds(page)
    context.close()
