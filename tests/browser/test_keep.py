"""Kept on the phone by choice: what opens without a network, what is renewed and withdrawn, and that all of it goes."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Error

from legalmap.config import Settings
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.model import Center
from legalmap.model import Phone as Number
from tests.browser.pages import Site
from tests.browser.test_accessible import ASK, AXE
from tests.conftest import serve
from tests.relay import Relay
from tests.served import NARYN, Server, a_center

pytestmark = pytest.mark.browser

HERE = {"latitude": 41.428123, "longitude": 75.991456, "accuracy": 30}
NUMBER = "352658888"
"""As it stands in near.json; on pages +996 before it, or in groups."""
LEAVING = a_center(1002, phones=(Number(number=f"+996{NUMBER}"),))
ADDED = a_center(1003, phones=(Number(number="+996352657777"),))
HELD = """async () => {
  const held = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      const {pathname} = new URL(request.url);
      held[pathname] = {text: await answer.text(), date: answer.headers.get('Date'), status: answer.status};
    }
  }
  return held;
}"""
LEFT = """async () => [
  (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length,
  (await navigator.storage.estimate()).usage, localStorage.length, sessionStorage.length, document.cookie.length,
]"""
AGE = """async (days) => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys())
      if (request.url.includes('/keep-state/')) {
        const state = await (await cache.match(request)).json();
        for (const moment of ['checked', 'tried']) state[moment] -= days * 86400000;
        await cache.put(request, new Response(JSON.stringify(state)));
      }
  }
}"""
LINE = {"ky": "Сакталган көчүрмө", "ru": "Сохранённая копия"}


def published(instance: Path, number: int, *centers: Center) -> None:
    """What the desk does: a new edition, and the pointer to it."""
    content = EditionContent(centers=centers, places=(NARYN,), texts=(), rayons=())
    write_edition(
        Settings(instance=instance).editions, number, content, "0" * 64, dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    )


def until(page: Any, script: str, wanted: object) -> None:
    """Waits until `script` gives `wanted`, 5 seconds at most."""
    for _ in range(50):
        if page.evaluate(script) == wanted:
            return
        time.sleep(0.1)
    raise AssertionError(page.evaluate(script))


class Phone:
    """A phone at the end of a line that can be cut."""

    def __init__(self, page: Any, relay: Relay) -> None:
        self.page, self.relay = page, relay

    def open(self, path: str) -> str:
        """The text of the page at `path`."""
        self.page.goto(self.relay.url + path)
        return str(self.page.inner_text("body"))

    def keep(self, lang: str, button: str = ".keep-now") -> None:
        self.open(f"/{lang}/keep")
        self.page.click(button)
        self.page.wait_for_selector("[data-state=kept]:not([hidden]) h2:focus")

    def held(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(HELD)
        return found

    def number_is_held(self) -> list[str]:
        grouped = "352 65 88 88"
        return [path for path, one in self.held().items() if NUMBER in one["text"] or grouped in one["text"]]


Maker = Callable[[Server], Phone]


@pytest.fixture
def making(chromium: Callable[..., Any]) -> Iterator[Maker]:
    """Makes one whose line leads to a server."""
    relays: list[Relay] = []
    faults: list[str] = []
    context = chromium(viewport={"width": 360, "height": 740}, geolocation=HERE, permissions=["geolocation"])
    context.on("weberror", lambda error: faults.append(str(error.error)))

    def make(server: Server) -> Phone:
        relays.append(Relay(server.port))
        return Phone(context.pages[0], relays[-1])

    yield make
    context.close()
    for relay in relays:
        relay.cut()
    assert not faults


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[Server]:
    """A server with a directory of its own, of two centers."""
    settings = Settings(instance=tmp_path)
    settings.editions.mkdir(parents=True)
    settings.sealing_key.parent.mkdir(parents=True)
    settings.sealing_key.write_bytes(Fernet.generate_key())
    published(tmp_path, 1, a_center(1001), LEAVING)
    yield from serve(tmp_path, tmp_path / "output.log", roles="public")


def _answers_in_place(phone: Phone) -> None:
    """Typed in two spellings, near me, a center in place: as with a network."""
    page = phone.page
    for typed in ("Naryn", "нарын шаары"):
        phone.open("/ky/")
        page.focus("#place")
        page.wait_for_selector("#place[role=combobox]")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        page.wait_for_selector("ol.list li.card")
        assert "Нарын" in page.inner_text("h1")
        assert LINE["ky"] in page.inner_text("body")
    assert page.evaluate("Near.late") == 0
    page.click("ol.list h3 a >> nth=0")
    page.wait_for_selector("dl.all")
    phone.open("/ky/")
    page.click("#near-button")
    page.wait_for_selector("ol.list li.card")


def _says_what_it_cannot(phone: Phone, lang: str = "ky") -> None:
    page = phone.page
    phone.open(f"/{lang}/")
    page.fill("#place", "Ццццц")
    page.press("#place", "Enter")
    page.wait_for_url(f"**/{lang}/keep/offline/search")
    assert page.locator("a[href='tel:102']").count()
    phone.open(f"/{lang}/")
    page.eval_on_selector("#place", "field => { field.value = 'Ццццц'; field.form.submit(); }")  # without script
    page.wait_for_url(f"**/{lang}/search")
    assert "Тармак жок" in page.inner_text("h1")
    for path in (f"/{lang}/places/kg-n", f"/{lang}/found/x", f"/{lang}/map/x", f"/{lang}/centers/99999"):
        assert "Тармак жок" in phone.open(path), path
    page.click("a.leave")
    page.wait_for_url(f"**/{lang}/calendar")
    assert LINE["ky"] not in page.inner_text("body")
    assert "Жакын" not in page.content()
    assert not page.locator(".today").count()


def test_what_is_kept_opens_without_a_network_and_says_so(making: Maker, site: Site) -> None:
    phone = making(site.server)
    page = phone.page
    phone.open("/ky/")
    assert page.evaluate(LEFT)[:2] == [0, 0]
    phone.keep("ky")
    held = phone.held()
    assert not [path for path in held if "/found/" in path or "/map/" in path or "staff" in path or "/sheet" in path]
    assert {one["date"] for one in held.values()} == {None}
    number = next(path for path in held if path.endswith("near.json"))
    assert held[number]["status"] == 200
    phone.relay.cut()
    for path in ("", "phones", "tips", "keep", "centers/1001"):
        assert LINE["ky"] in phone.open(f"/ky/{path}"), path
    assert LINE["ky"] in phone.open("/")
    assert page.url.endswith("/ky/")
    assert LINE["ky"] in phone.open("/ky/map")
    page.wait_for_selector("section.map[data-drawn]")
    _answers_in_place(phone)
    _says_what_it_cannot(phone)
    assert "Нет сети" in phone.open("/ru/phones")  # not kept, in its language all the same
    page.click("a.leave")
    page.wait_for_url("**/ru/calendar")
    assert page.locator("table td").count() >= 28

    phone.relay.mend()
    phone.keep("ru")
    phone.relay.cut()
    for lang in ("ky", "ru"):
        assert LINE[lang] in phone.open(f"/{lang}/phones")
    _grows_old(phone)


def _grows_old(phone: Phone) -> None:
    page = phone.page
    page.evaluate(AGE, 89)
    assert "90" not in phone.open("/ky/tips").split("\n‹")[0]
    page.evaluate(AGE, 2)
    assert "90 күндөн эски, адегенде сураңыз: 114" in phone.open("/ky/")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(ASK) == []
    phone.open("/ky/keep")
    page.wait_for_selector(".keep-old:not([hidden])")
    assert "91" in page.inner_text(".keep-age")
    phone.relay.mend()
    assert LINE["ky"] not in phone.open("/ky/")  # renewed quietly, since more than a day went by
    until(page, "async () => Date.now() - (await (await caches.match('/keep-state/ky')).json()).checked < 60000", True)


@pytest.mark.long
def test_a_line_that_breaks_leaves_the_old_copy_or_none_and_what_is_withdrawn_goes_first(
    making: Maker, changing: Server
) -> None:
    phone = making(changing)
    page = phone.page
    phone.open("/ky/keep")
    page.wait_for_selector(".keep-now:visible")
    phone.relay.last = 12
    page.click(".keep-now")
    page.wait_for_selector(".keep-broken:not([hidden])")
    assert phone.held() == {}

    phone.relay.mend()
    phone.keep("ky")
    before = phone.held()
    published(changing.instance, 2, a_center(1001), LEAVING, ADDED)
    phone.open("/ky/keep")
    phone.relay.last = 4
    page.click(".keep-update")
    page.wait_for_selector(".keep-broken:not([hidden])")
    after = phone.held()
    state = "/keep-state/ky"
    assert {path: one for path, one in after.items() if path != state} == {
        path: one for path, one in before.items() if path != state
    }
    assert LINE["ky"] in phone.open("/ky/phones")

    phone.relay.mend()
    published(changing.instance, 3, a_center(1001), replace(LEAVING, status="closed"), ADDED)
    phone.open("/ky/keep")
    assert phone.number_is_held()
    phone.relay.last = 4
    page.click(".keep-update")
    page.wait_for_selector(".keep-dropped:not([hidden])")
    assert not phone.number_is_held()
    assert "Тармак жок" in phone.open("/ky/phones")

    phone.relay.mend()
    phone.keep("ky")
    assert not phone.number_is_held()
    assert "352657777" in phone.held()["/ky/near.json"]["text"]
    assert len({path for path in phone.held() if path.startswith("/ky/layers/centers")}) == 1
    assert len(page.evaluate("caches.keys()")) == 2


@pytest.mark.long
def test_who_leaves_while_a_first_copy_is_taken_keeps_none(making: Maker, changing: Server) -> None:
    phone = making(changing)
    page = phone.page
    phone.open("/ky/keep")
    phone.relay.delay = 0.4
    page.click(".keep-now")
    page.wait_for_function("() => document.querySelector('.keep-progress').value > 0")
    page.click("a.leave")
    page.wait_for_url("**/ky/calendar")
    until(page, LEFT.replace("(await navigator.storage.estimate()).usage, ", ""), [0, 0, 0, 0, 0])


@pytest.mark.long
def test_a_slow_line_is_waited_for_and_the_copy_answers_only_then(making: Maker, site: Site) -> None:
    phone = making(site.server)
    phone.keep("ky")
    phone.relay.delay = 5
    assert LINE["ky"] not in phone.open("/ky/phones")
    phone.relay.delay = 20
    assert LINE["ky"] in phone.open("/ky/phones")
    began = time.monotonic()
    phone.page.click("a.leave")
    phone.page.wait_for_url("**/ky/calendar")
    assert time.monotonic() - began < 3
    phone.page.set_default_navigation_timeout(30_000)
    assert "Нарын" in phone.open("/ky/places/kg-n")  # not kept: for as long as it takes
    phone.page.set_default_navigation_timeout(10_000)


class _Gone(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # noqa: N802
        self.send_response(410)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"gone")

    def log_message(self, *args: object) -> None:
        pass


def test_all_of_it_is_deleted_by_script_by_the_servers_word_and_when_the_site_is_gone(
    making: Maker, site: Site
) -> None:
    phone = making(site.server)
    page = phone.page
    by_script = lambda: page.click(".keep-delete button")  # noqa: E731
    by_word = lambda: page.eval_on_selector(".keep-delete", "form => form.submit()")  # noqa: E731
    for delete in (by_script, by_word):
        phone.keep("ky")
        delete()
        page.wait_for_url("**/ky/keep/deleted")
        assert page.evaluate(LEFT) == [0] * 6
        phone.relay.cut()
        with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
            phone.open("/ky/")
        page.wait_for_url("chrome-error://**")
        phone.relay.mend()

    phone.keep("ky")
    phone.relay.cut()
    phone.open("/ky/keep")
    page.wait_for_selector("[data-state=kept]:not([hidden])")
    by_script()
    page.wait_for_selector("[data-state=deleted]:not([hidden])")
    assert page.evaluate(LEFT)[:2] == [0, 0]
    phone.relay.mend()

    phone.keep("ky")
    page.evaluate(AGE, 2)
    gone = ThreadingHTTPServer(("127.0.0.1", 0), _Gone)
    threading.Thread(target=gone.serve_forever, daemon=True).start()
    phone.relay.cut()
    phone.relay.target = gone.server_address[1]
    phone.relay.mend()
    assert "gone" in phone.open("/ky/")
    until(page, f"async () => (await ({LEFT})()).slice(0, 2)", [0, 0])
    gone.shutdown()
    gone.server_close()
