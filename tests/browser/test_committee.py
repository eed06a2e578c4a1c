"""A member's whole way in a real browser, by keyboard, in Kyrgyz and Russian, on a narrow screen: to a slip on A5."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from legalmap.config import Settings
from legalmap.people import center_keys
from legalmap.people.accounts import By
from legalmap.people.keys import Keys
from legalmap.store import Store
from tests.browser.staff import staff_server
from tests.browser.test_accessible import AXE
from tests.browser.test_signin import Looker
from tests.committee import a_desk, join
from tests.served import Server
from tests.staff import PASSWORD

pytestmark = pytest.mark.browser
NAMES = {"ky": "aigul", "ru": "natasha"}
FINGERS = (
    "main a[href], main button, main select, main summary, main label.choice, "
    "main input:not([type=hidden]):not([type=checkbox])"
)
FITS = """() => [...document.querySelectorAll('main *')].filter(one => one.getClientRects().length)
  .map(one => parseFloat(getComputedStyle(one).fontSize)).reduce((least, size) => Math.min(least, size), 99)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("committee")
    desk = a_desk(folder / "made")
    for live in staff_server(desk.settings.instance, folder, site="https://jakyn.example"):
        store = Store.of(Settings(instance=live.instance))
        for name in NAMES.values():
            join(store, name, "kochkor", coordinator=True)
        yield live


def press(page: Any, selector: str) -> None:
    """By keyboard: the focus goes there, then Enter."""
    page.focus(f"main {selector}")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tick(page: Any, *values: str) -> None:
    for value in values:
        page.focus(f"main input[value='{value}']")
        page.keyboard.press("Space")


def to_cards(page: Any, url: str) -> None:
    """A member signs in and answers as far as the cards."""
    page.goto(f"{url}/ky/staff/signin")
    page.fill("#name", NAMES["ky"])
    page.fill("#password", PASSWORD)
    press(page, "button[type=submit]")
    press(page, "a[href$='/committee/new']")
    press(page, "[name=answer]")
    press(page, "[value=no]")
    press(page, "[value=no]")
    press(page, "[name=place_id] >> nth=0")
    tick(page, "legal")
    press(page, "button.wide")
    press(page, "[value='3d']")
    press(page, "button.wide")
    press(page, "button.wide")


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", pdf))


@pytest.mark.parametrize("lang", ["ky", pytest.param("ru", marks=pytest.mark.long)])
def test_the_whole_way_by_keyboard(chromium: Callable[..., Any], server: Server, lang: str) -> None:
    context = chromium(reduced_motion="reduce", viewport={"width": 360, "height": 740})
    context.add_init_script(path=AXE)
    page = context.pages[0]
    seen = Looker(page, FINGERS)
    page.goto(f"{server.url}/{lang}/staff/signin")
    page.fill("#name", NAMES[lang])
    page.fill("#password", PASSWORD)
    press(page, "button[type=submit]")
    page.goto(f"{server.url}/{lang}/staff/committee")
    seen.look()
    press(page, "a[href$='/committee/new']")
    seen.look()
    press(page, "[name=answer]")
    press(page, "[value=yes]")
    seen.look()  # a doctor first
    press(page, "[value=on]")
    press(page, "[value=yes]")
    seen.look()  # a child: 111
    press(page, "[value=on]")
    page.focus("#place")
    page.keyboard.insert_text("Ак-Суу")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    seen.look()  # which one?
    press(page, "[name=place_id] >> nth=0")
    seen.look()
    tick(page, "shelter", "legal")
    press(page, "button.wide")
    press(page, "[value=now]")
    seen.look()
    tick(page, "1")
    page.select_option("#son", "9")
    press(page, "button.wide")
    seen.look()  # where not
    press(page, "button.wide")
    seen.look()  # the cards
    page.go_back()
    assert page.locator("[name=never]").count() > 0
    page.go_forward()
    press(page, "[value$=':no_answer'] >> nth=0")
    press(page, "[value$=':expected'] >> nth=0")
    press(page, "button.wide")
    seen.look()  # nobody agreed yet
    assert page.locator("[role=alert]").count() == 1
    tick(page, "1")
    press(page, "button.wide")
    seen.look()
    press(page, "[value=paper]")
    seen.look()  # done
    code = page.inner_text(".slip-code")
    label = page.inner_text("dd.label")
    press(page, "a[href$='/slip']")
    seen.found += page.evaluate("axe.run(document).then(found => found.violations.map(one => one.id))")
    page.emulate_media(media="print", color_scheme="light", forced_colors="none")
    assert code in page.inner_text("main")
    assert not page.locator("nav").is_visible()
    assert page.evaluate(FITS) >= 15.9, "12 points at least"
    assert page.evaluate("getComputedStyle(document.querySelector('.code')).color") == "rgb(0, 0, 0)"
    assert pages(page.pdf(prefer_css_page_size=True)) == 1
    page.emulate_media(media="screen")
    page.goto(f"{server.url}/{lang}/staff/committee")
    seen.look()
    assert label in page.inner_text(".mine")
    press(page, ".mine a")
    seen.look()
    page.goto(f"{server.url}/{lang}/staff/committee/order")
    seen.look()
    page.goto(f"{server.url}/{lang}/staff/committee")
    with page.expect_navigation():
        page.click(".lock button")
    assert "/signin" in page.url
    page.go_back()
    assert label not in page.inner_text("body")
    assert seen.found == []
    assert len(set(seen.titles)) == 1, "no title tells the step"
    context.close()


def test_a_member_sends_and_the_center_answers_in_two_browsers(chromium: Callable[..., Any], server: Server) -> None:
    member = chromium(viewport={"width": 360, "height": 740}).pages[0]
    to_cards(member, server.url)
    chosen = member.locator("[value$=':chosen'] >> nth=0")
    number = int(chosen.get_attribute("value").split(":")[0])
    press(member, "[value$=':chosen'] >> nth=0")
    tick(member, "1")
    press(member, "button.wide")
    press(member, "[value=number]")
    code, label = member.inner_text(".slip-code"), member.inner_text("dd.label")
    settings = Settings(instance=server.instance)
    with Store.of(settings).writing() as connection:
        by, keys = By(who="web:admin", now=dt.datetime.now(dt.UTC)), Keys(settings.people_key)
        token = center_keys.make(connection, by, keys, number, way="link", scope="answer", days=90)

    context = chromium(reduced_motion="reduce", viewport={"width": 360, "height": 740})
    context.add_init_script(path=AXE)
    page = context.pages[0]
    seen = Looker(page, FINGERS)
    page.goto(f"{server.url}/ky/staff/signin/center/{token}")
    seen.look()
    press(page, "form button")
    page.focus("#code")
    page.keyboard.insert_text("123-456-789-012")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    seen.look()  # a slip of the finger, or unknown
    assert page.locator("[role=alert]").count() == 1
    page.fill("#code", code)
    press(page, "#code ~ button, form button.wide >> nth=0")
    seen.look()
    assert label not in page.inner_text("body")
    press(page, "[value=accept]")
    press(page, "[value=arrive]")
    seen.look()
    assert seen.found == []

    member.goto(f"{server.url}/ky/staff/committee")
    assert "Жетип барды" in member.locator(".mine li", has_text=label).first.inner_text()
    context.close()
    member.context.close()
