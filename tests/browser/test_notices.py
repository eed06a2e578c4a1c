"""What centers say of these days on lists that a phone draws, on its map, in a kept copy and in the one file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from legalmap import create_app
from legalmap.config import Settings
from legalmap.directory.notices import FILE, WHATS, Notice, written
from legalmap.hours import BISHKEK
from tests.browser.pages import HIDDEN, Site
from tests.browser.test_near_me import ASKED, HERE, SAME, near_me
from tests.relay import Relay

pytestmark = pytest.mark.browser

DAY = dt.timedelta(days=1)
SAYS = "акыркы күнү:"
OLD = "ol.list li > p:not(.small) > b.old"
OLD_ENTRY = f"article p > b.old:has-text('{SAYS}')"
AGED = """async () => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name), answer = await cache.match('/ky/notices.json');
    if (!answer) continue;
    const said = await answer.json();
    for (const number of Object.keys(said)) said[number][1] = '2026-01-01';
    await cache.put('/ky/notices.json', new Response(JSON.stringify(said)));
  }
}"""


def say(site: Site, *numbers: int, until: dt.date | None = None) -> None:
    """What the desk does: the file of notices, written anew."""
    last = until or dt.datetime.now(BISHKEK).date()
    said = [Notice(center=number, what=WHATS[at % 3], until=last) for at, number in enumerate(numbers)]
    (site.server.instance / "editions" / FILE).write_bytes(written(said))


@pytest.fixture
def said(site: Site) -> Iterator[Site]:
    """The site, where every second center and the hidden one say something."""
    say(site, *sorted(site.numbers.values())[::2], site.numbers[HIDDEN])
    yield site
    (site.server.instance / "editions" / FILE).unlink()


@pytest.fixture
def page(chromium: Callable[..., Any]) -> Iterator[Any]:
    """A narrow screen that may tell its position; no fault may happen there."""
    faults: list[str] = []
    context = chromium(
        viewport={"width": 360, "height": 740}, geolocation=HERE, permissions=["geolocation"], reduced_motion="reduce"
    )
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context.pages[0]
    context.close()
    assert not faults


def test_a_list_that_the_phone_draws_says_what_the_servers_says(page: Any, said: Site) -> None:
    near_me(page, said.server)
    for asked in (ASKED[4], ASKED[0]):
        server, drawn = page.evaluate(SAME, asked)
        if server != drawn:  # the clock may have struck between the two
            server, drawn = page.evaluate(SAME, asked)
        assert drawn == server, asked
    assert "".join(drawn).count('href="#at') > 3


def test_the_next_is_reached_in_place_and_the_map_says_it_too(page: Any, said: Site) -> None:
    near_me(page, said.server)
    page.click("ol.list a[href^='#at'] >> nth=0")
    held = page.evaluate("document.activeElement.closest('li').id")
    assert held.startswith("at")
    assert page.locator(f"#{held} b.old:has-text('{SAYS}')").count() == 0
    assert page.evaluate("[location.hash, history.length]") == ["", 2]
    words = page.inner_text(f"{OLD} >> nth=0")
    number = page.locator(OLD).first.evaluate("line => line.closest('li').dataset.center")
    page.click(".map-show")
    page.wait_for_selector("section.map[data-drawn]")
    page.locator(f"[data-pin='{number}']").press("Enter")
    assert page.inner_text(".leaflet-popup p.old") == words
    page.goto(f"{said.server.url}/ky/map")
    page.wait_for_selector("section.map[data-drawn]")
    page.wait_for_selector(f"a[data-center='{number}'] b.old:has-text('{words}')")


def test_what_is_over_or_cannot_be_heard_is_not_said(page: Any, said: Site) -> None:
    yesterday = str(dt.datetime.now(BISHKEK).date() - DAY)
    heard = {str(number): ["акыркы күнү: кечээ", yesterday] for number in said.numbers.values()}
    page.route("**/notices.json", lambda route: route.fulfill(json=heard))
    near_me(page, said.server)
    assert page.locator(OLD).count() == 0
    page.route("**/notices.json", lambda route: route.fulfill(body="{"))
    near_me(page, said.server)
    assert page.locator("ol.list li.card").count() == 5


@pytest.mark.long
def test_a_list_that_could_be_drawn_does_not_wait_long_for_what_centers_say(page: Any, said: Site) -> None:
    page.route("**/notices.json", lambda _route: None)  # asked for, never answered
    near_me(page, said.server)
    page.route("**/notices.json", lambda route: route.abort())
    near_me(page, said.server)
    page.route("**/notices.json", lambda route: route.fulfill(status=503, body="{}"))
    near_me(page, said.server, "en")
    assert page.locator(OLD).count() == 0


def test_a_kept_copy_says_what_was_heard_last_and_only_while_it_holds(page: Any, said: Site) -> None:
    relay = Relay(said.server.port)
    page.goto(f"{relay.url}/ky/keep")
    page.click(".keep-now")
    page.wait_for_selector("[data-state=kept]:not([hidden]) h2:focus")

    def drawn() -> int:
        page.goto(f"{relay.url}/ky/")
        page.click("#near-button")
        page.wait_for_selector("ol.list li.card")
        return int(page.locator(OLD).count())

    kept = drawn()
    assert kept > 1
    say(said, *said.numbers.values())
    page.evaluate("fetch('/ky/notices.json', {cache: 'no-cache'}).then((answer) => answer.text())")
    relay.cut()
    assert drawn() == 5 > kept, "with the line the last answer was kept"
    page.goto(f"{relay.url}/ky/centers/1001")
    assert SAYS in page.inner_text("p.wrong")
    page.evaluate(AGED)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")  # which has it for a minute
    assert drawn() == 0
    page.goto(f"{relay.url}/ky/centers/1001")
    assert page.locator("p.wrong").count() == 0


def test_the_one_file_says_what_it_was_made_with_until_the_day_is_over(page: Any, said: Site, tmp_path: Path) -> None:
    client = create_app(Settings(instance=said.server.instance)).test_client()
    file = tmp_path / "jakyn-ky.html"
    file.write_bytes(client.get("/ky/file/jakyn-ky.html").data)

    def opened() -> tuple[int, int]:
        page.goto(file.as_uri())
        entries = page.locator(OLD_ENTRY).count()
        page.click("#near-button")
        page.wait_for_selector("ol.list li.card")
        return int(entries), int(page.locator(OLD).count())

    entries, cards = opened()
    assert entries > cards > 1
    page.click("ol.list a[href^='#at'] >> nth=0")
    assert page.evaluate("document.activeElement.id").startswith("at")
    page.clock.set_fixed_time(dt.datetime.now(BISHKEK) + DAY)
    assert opened() == (0, 0)
    page.clock.set_fixed_time(dt.datetime(2020, 1, 1, tzinfo=BISHKEK))
    page.reload()
    assert page.locator(OLD_ENTRY).count() == 0, "a clock from before the file knows no day"
