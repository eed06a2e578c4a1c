"""The way in for real, by keyboard alone: first sign-in with a phone, then a lost phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pyotp
import pytest

from legalmap.config import Settings
from legalmap.people import accounts, passwords
from legalmap.people.accounts import By
from legalmap.store import Store
from tests.browser.staff import staff_server
from tests.browser.test_accessible import ASK, AXE, THEMES
from tests.browser.test_layout import SMALL
from tests.served import Server
from tests.staff import PASSWORD

pytestmark = pytest.mark.browser
NAME = "Гүлнара"
MINE = "main a[href], main button, main input:not([type=hidden])"
"""What a finger aims at on these pages, below the bar that all staff pages share."""


@pytest.fixture(scope="module")
def server(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    for live in staff_server(instance, tmp_path_factory.mktemp("signin")):
        with Store.of(Settings(instance=live.instance)).writing() as connection:
            by = By(who="test", now=dt.datetime.now(dt.UTC))
            password = passwords.hashed(PASSWORD)
            accounts.add(connection, by, name=NAME, role="editor", lang="ky", password=password)
        yield live


class Looker:
    """Looks at each page that the journey comes to, in another theme and width each time, as axe and a finger would."""

    def __init__(self, page: Any, fingers: str = MINE) -> None:
        self.page, self.fingers = page, fingers
        self.looks = cycle([("light", 320), ("dark", 1280), ("forced colors", 768), ("dark", 360), ("light", 1280)])
        self.found: list[str] = []
        self.titles: list[str] = []

    def look(self) -> None:
        theme, width = next(self.looks)
        self.page.set_viewport_size({"width": width, "height": 720})
        self.page.emulate_media(**THEMES[theme])
        scroll, window = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert scroll <= window, self.page.url
        assert self.page.evaluate(SMALL, self.fingers) == [], self.page.url
        self.found += [f"{self.page.url} {theme} {width}: {one}" for one in self.page.evaluate(ASK)]
        self.titles.append(self.page.title())


def fill(page: Any, **fields: str) -> None:
    """By keyboard: from the first field on with Tab, then Enter."""
    first, *others = fields.values()
    page.focus(f"#{next(iter(fields))}")
    page.keyboard.insert_text(first)
    for text in others:
        page.keyboard.press("Tab")
        page.keyboard.insert_text(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def press(page: Any, action: str) -> None:
    page.focus(f"main form[action$='{action}'] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_whole_way_in_and_out(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium(reduced_motion="reduce")
    context.add_init_script(path=AXE)
    page = context.pages[0]
    seen = Looker(page)
    page.goto(f"{server.url}/ky/staff/admin/acts")
    seen.look()
    fill(page, name=NAME, password="x" * 20)
    seen.look()
    fill(page, password=PASSWORD)
    seen.look()  # setting up
    secret = page.inner_text(".key").replace(" ", "")
    fill(page, code=pyotp.TOTP(secret).at(dt.datetime.now(dt.UTC), counter_offset=100))
    seen.look()
    assert page.inner_text(".key").replace(" ", "") == secret
    fill(page, code=pyotp.TOTP(secret).now())
    seen.look()  # recovery codes
    codes = page.locator(".recovery li").all_inner_texts()
    press(page, "/codes")
    assert page.url == f"{server.url}/ky/staff/admin/acts", "where one wanted to go"
    page.goto(f"{server.url}/ky/staff/signin/account")
    seen.look()
    page.goto(f"{server.url}/ru/staff/signin/again/admin/acts")
    seen.look()
    page.goto(f"{server.url}/en/staff/admin/users")
    seen.look()  # not for an editor
    page.focus(".me form button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    seen.look()
    assert context.cookies() == []
    page.go_back()
    page.goto(f"{server.url}/ky/staff/signin/account")
    assert page.url.endswith("/ky/staff/signin")
    fill(page, name=NAME.upper(), password=PASSWORD)
    seen.look()  # the code
    fill(page, code="000000")
    seen.look()
    fill(page, code=codes[0])
    page.wait_for_selector(".me .who")
    assert seen.found == []
    site = ("Жакын – ", "Jakyn – ")
    assert all(title.startswith(site) and NAME not in title for title in seen.titles)
    context.close()
