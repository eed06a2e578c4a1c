"""A member's way in on a phone, by keyboard alone: the link, the words, a PIN, the lock, and nothing behind Back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from legalmap.config import Settings
from legalmap.people import committees, invitations
from legalmap.people.accounts import By
from legalmap.store import Store
from legalmap.store.committees import Committee
from tests.browser.staff import sign_in, staff_server
from tests.browser.test_accessible import AXE
from tests.browser.test_signin import Looker, fill, press
from tests.served import Server

pytestmark = pytest.mark.browser
NAME = "Айчүрөк.КПСН"
FINGERS = (
    "main a[href]:not(.rows-of a), main button, main .check, "
    "main :is(input:not([type=hidden], [type=checkbox], [type=radio]), select)"
)
"""What a finger aims at: of a box and its words both together; links in a ledger are as they are in all of them."""
TELLTALE = re.compile(r"зордук|насил|violence|жапа чег|пострадав|жертв|victim", re.IGNORECASE)


@pytest.fixture(scope="module")
def server(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from staff_server(instance, tmp_path_factory.mktemp("members"))


def link_of(server: Server) -> str:
    with Store.of(Settings(instance=server.instance)).writing() as connection:
        by = By(who="test", now=dt.datetime.now(dt.UTC))
        committees.keep(connection, by, Committee(id="c1", name_ky="Нарын КПСН", oblast="KG-N", rayon="naryn"))
        member = invitations.new_member(connection, by, name=NAME, lang="ky", committee="c1", coordinator=True)
        return invitations.invite(connection, by, member)


def test_from_the_link_to_the_lock(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium(reduced_motion="reduce")
    context.add_init_script(path=AXE)
    page = context.pages[0]
    seen = Looker(page)

    def look() -> None:
        seen.look()
        assert not TELLTALE.search(page.inner_text("main")), page.url

    page.goto(f"{server.url}/ky/staff/signin/invited/{link_of(server)}")
    assert NAME not in page.content()
    look()
    page.focus("main form button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    look()  # the words
    words = page.inner_text(".passphrase")
    page.goto(f"{server.url}/ky/staff/signin/account")
    look()
    page.goto(f"{server.url}/ky/staff/signin/phone")
    look()
    fill(page, pin="123456", repeated="123456")
    look()
    fill(page, pin="902714", repeated="902714")
    look()
    phone, staff = (next(one for one in context.cookies() if one["name"] == name) for name in ("phone", "staff"))
    assert (phone["httpOnly"], phone["sameSite"], phone["expires"] > 0, staff["expires"]) == (True, "Strict", True, -1)
    page.goto(f"{server.url}/ky/staff/committee/members")
    look()
    fill(page, name="Бурул")
    look()  # the link for somebody else
    page.goto(f"{server.url}/ky/staff/signin/account")
    page.set_viewport_size({"width": 360, "height": 720})
    page.evaluate("addEventListener('pageshow', event => { if (event.persisted) document.title = 'kept' })")
    page.evaluate(_LOCK)
    with page.expect_navigation():
        page.click("#lock")
    page.wait_for_selector("#pin")
    look()
    page.go_back()
    assert (NAME in page.content(), page.title() == "kept") == (False, False), "nothing of before comes back"
    page.goto(f"{server.url}/ky/staff/signin")
    fill(page, pin="902715")
    look()
    fill(page, pin="902714")
    page.wait_for_selector(".me .who")
    press_lock_by_name(page, server, words)
    assert seen.found == []
    assert all(NAME not in title and not TELLTALE.search(title) for title in seen.titles)


def enter(page: Any) -> None:
    """The main form's own button, by keyboard."""
    page.focus("main form .btn[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")


_LOCK = """() => {
  const form = document.querySelector('.me form').cloneNode(true)
  form.action = form.action.replace('/out', '/lock')
  form.querySelector('button').id = 'lock'
  document.querySelector('main').append(form)
}"""
"""The button as components/lock.html has it, on a page that has none."""


def press_lock_by_name(page: Any, server: Server, words: str) -> None:
    """Signing out, then in again by name and words though the phone is known."""
    page.focus(".me form[action$='/out'] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"{server.url}/ky/staff/signin/name")
    fill(page, name=NAME, password=words)
    page.wait_for_selector(".me .who")


def test_after_the_lock_the_browsers_own_memory_shows_nothing(chromium: Callable[..., Any], server: Server) -> None:
    """With the back-forward cache, which other tests run without. Before the lock Chromium keeps even pages that must
    not be stored: so the look bites."""
    page = chromium(own=True, ignore_default_args=["--disable-back-forward-cache"]).pages[0]
    page.add_init_script("addEventListener('pageshow', event => { window.remembered = event.persisted })")
    name, account = sign_in(page, server, "committee"), f"{server.url}/ky/staff/signin/account"
    page.goto(account)
    page.goto(f"{server.url}/ky/staff/signin/phone")
    back(page)
    assert (page.url, page.evaluate("window.remembered"), name in page.content()) == (account, True, True)
    page.evaluate(_LOCK)
    page.click("#lock")
    page.wait_for_selector("#password")
    for _ in range(2):
        back(page)
        assert (page.evaluate("window.remembered"), name in page.content()) == (False, False), page.url


def back(page: Any) -> None:
    """A page out of that cache tells of no loading."""
    page.evaluate("window.before = true; history.back()")
    page.wait_for_function("() => window.before === undefined && document.readyState === 'complete'")


@pytest.mark.long
def test_an_admin_makes_a_committee_and_brings_others_in_a_table(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium(reduced_motion="reduce")
    context.add_init_script(path=AXE)
    page = context.pages[0]
    seen, base = Looker(page, FINGERS), f"{server.url}/ru/staff/admin/committees"
    sign_in(page, server, "admin", lang="ru")
    page.goto(f"{base}/new")
    seen.look()
    page.fill("#name_ru", "Комитет Кочкорского района")
    page.select_option("#oblast", "KG-N")
    page.select_option("#rayon", "kochkor")
    enter(page)
    seen.look()  # the committee
    page.fill("#name", "Гүлзат")
    page.check("input[value=paper]")
    press(page, "/invite")
    assert page.locator("b.line").count() == 3
    page.goto(f"{base}/table/send")
    seen.look()
    rows = "id,name_ru,oblast,rayon\n,Новый комитет,Ош,\n,Ещё один,Атлантида,\n"
    page.set_input_files("#file", {"name": "c.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    enter(page)
    assert "Атлантида" in page.inner_text("main")
    seen.look()
    page.goto(f"{base}/table/send")
    good = rows.replace("Атлантида", "Ош").encode()
    page.set_input_files("#file", {"name": "c.csv", "mimeType": "text/csv", "buffer": good})
    enter(page)
    seen.look()
    press(page, "/apply")
    assert "Ещё один" in page.inner_text("main")
    seen.look()
    assert seen.found == []
