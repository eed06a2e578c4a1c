"""Near me: the phone answers by itself as the server would, in place, and nobody learns where it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.pages import Site
from tests.served import KYRGYZ_FIRST, Server

pytestmark = pytest.mark.browser

HERE = {"latitude": 41.428123, "longitude": 75.991456, "accuracy": 30}
KEPT = "[localStorage.length, sessionStorage.length, document.cookie.length, window.name.length]"


@pytest.fixture(scope="module")
def phone(chromium: Callable[..., Any]) -> Any:
    """A narrow screen that may tell its position."""
    return chromium(
        viewport={"width": 360, "height": 740}, geolocation=HERE, permissions=["geolocation"], reduced_motion="reduce"
    )


@pytest.fixture
def page(phone: Any) -> Iterator[Any]:
    opened = phone.new_page()
    yield opened
    opened.close()
    phone.set_offline(False)
    phone.set_geolocation(HERE)
    phone.grant_permissions(["geolocation"])


def near_me(page: Any, server: Server, lang: str = "ky") -> None:
    page.goto(f"{server.url}/{lang}/")
    page.click("#near-button")
    page.wait_for_selector("section > ol.list li.card")


def test_one_tap_draws_the_list_in_place_and_the_position_goes_nowhere(page: Any, server: Server) -> None:
    sent: list[Any] = []
    page.on(
        "request", lambda request: sent.append((request.method, request.url, request.post_data or "", request.headers))
    )
    near_me(page, server)
    assert page.inner_text("h1") == "Жакын 5 жер"
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.title() == "Жакын – тизме"
    assert urlsplit(page.url).path == "/ky/"
    assert page.evaluate("history.length") == 2  # about:blank and this page
    assert page.inner_text(".lead") == "Телефонуңуздун турган жеринен; тактыгы болжол менен 30 м."
    assert "≈ 116 км" in page.inner_text("ol.list > li >> nth=0")
    assert {method for method, *_ in sent} == {"GET"}
    told = json.dumps(sent)
    assert not re.search(r"41[.,%]\d|75[.,%]9|4142812|7599145", told)
    assert page.evaluate(KEPT) == [0, 0, 0, 0]
    assert page.evaluate("history.state") is None
    assert "41.42" not in server.output.read_text()


def test_the_sentence_stands_there_while_the_browser_asks_and_a_place_may_be_written_meanwhile(
    page: Any, server: Server
) -> None:
    page.add_init_script("navigator.geolocation.getCurrentPosition = (yes) => { window.allow = yes; }")
    page.goto(f"{server.url}/ky/")
    assert page.inner_text("#near-said") == ""
    page.click("#near-button")
    page.wait_for_function("() => typeof window.allow === 'function'")
    assert page.inner_text("#near-said").startswith("Жакын жерлерди табуу үчүн телефонуңуздун турган жери керек")
    page.focus("#place")
    page.wait_for_selector("#place[role=combobox]")
    page.keyboard.type("Нарын")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Нарын: жакын 5 жер')")
    page.evaluate("allow({coords: {latitude: 41.4, longitude: 75.9, accuracy: 20}})")
    page.wait_for_selector("#near-button:not([aria-busy])")
    assert page.inner_text("h1") == "Нарын: жакын 5 жер"  # what was asked last stays
    assert page.inner_text("#near-said") == ""


def test_before_a_tap_or_a_touch_of_the_field_nothing_but_the_starter_is_loaded(page: Any, server: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{server.url}/ky/", wait_until="networkidle")
    scripts = [path for path in asked if path.endswith(".js")]
    assert len(scripts) == 1
    assert not [path for path in asked if path.endswith(".json") or path.endswith("/near")]


@pytest.mark.parametrize(
    ("position", "says"),
    [
        (None, "уруксат берилген жок"),
        ({**HERE, "accuracy": 23_400}, "болжол менен 24 км"),
    ],
)
def test_a_refusal_or_a_rough_position_is_said_in_words(
    page: Any, server: Server, position: dict[str, Any] | None, says: str
) -> None:
    if position:
        page.context.set_geolocation(position)
    else:
        page.context.clear_permissions()
    page.goto(f"{server.url}/ky/")
    page.click("#near-button")
    page.wait_for_selector(f"text={says}")
    assert page.is_visible("#place")
    if position is None:
        assert page.evaluate("document.activeElement.id") == "place"
        assert page.inner_text("h1") != "Жакын 5 жер"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("navigator.geolocation.getCurrentPosition = (yes, no) => no({code: 2})", "под открытым небом"),
        ("navigator.geolocation.getCurrentPosition = (yes, no) => no({code: 3})", "под открытым небом"),
        ("Object.defineProperty(navigator, 'geolocation', {value: undefined})", "не умеет определять"),
        ("Object.defineProperty(window, 'isSecureContext', {value: false})", "не умеет определять"),
    ],
)
def test_no_signal_and_an_old_browser_are_said_in_words(page: Any, server: Server, fault: str, says: str) -> None:
    page.add_init_script(fault)
    page.goto(f"{server.url}/ru/")
    page.click("#near-button")
    page.wait_for_selector(f"#near-said:has-text('{says}')")
    assert page.evaluate("document.activeElement.id") == "place"


def test_without_a_network_the_tap_ends_in_words_and_may_be_tried_again(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/ky/")
    page.context.set_offline(True)
    page.click("#near-button")
    page.wait_for_selector("p[role=alert]:has-text('Байланыш жок')")
    page.context.set_offline(False)
    page.click("#near-button")
    page.wait_for_selector("ol.list li.card")


def test_without_script_near_me_leads_to_the_places(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium(java_script_enabled=False)
    page = context.pages[0]
    page.goto(f"{server.url}/ky/")
    page.click("#near-button")
    page.wait_for_url("**/ky/places")
    context.close()


def test_a_proxy_that_runs_little_script_gets_the_plain_page(page: Any, server: Server) -> None:
    page.add_init_script("window.operamini = {get [Symbol.toStringTag]() { return 'OperaMini'; }}")
    page.goto(f"{server.url}/ky/")
    page.click("#near-button")
    page.wait_for_url("**/ky/places")


SAME = (Path(__file__).parent / "same_answer.js").read_text(encoding="utf-8")
"""Both answers to one question as lists of texts: the server's page and what the phone draws."""

ASKED = [
    {"lat": 41.43, "lon": 75.99, "k": 20, "chosen": {}},
    {"lat": 42.87, "lon": 74.59, "k": 5, "chosen": {}},
    {"lat": 39.94, "lon": 69.56, "k": 100, "chosen": {}},
    {"lat": 41.4287, "lon": 75.9911, "k": 5, "chosen": {"topic": ["land", "family"], "free": True}},
    {"lat": 40.52, "lon": 72.8, "k": 5, "chosen": {"kind": ["justice_house"]}},
    {"lat": 40.52, "lon": 72.8, "k": 5, "chosen": {"open": True}},
    {"lat": 55.75, "lon": 37.62, "k": 15, "chosen": {"verified": True}},
    {"lat": 41.43, "lon": 75.99, "k": 5, "chosen": {"topic": ["violence"]}},
    {"lat": 41.43, "lon": 75.99, "k": 5, "chosen": {"kind": ["crisis_center"], "access": ["wheelchair"]}},
]


@pytest.mark.parametrize("lang", KYRGYZ_FIRST)
def test_what_the_phone_draws_is_what_the_server_writes(page: Any, site: Site, lang: str) -> None:
    near_me(page, site.server, lang)
    for asked in ASKED:
        server, drawn = page.evaluate(SAME, asked)
        if server != drawn:  # the clock may have struck between the two
            server, drawn = page.evaluate(SAME, asked)
        assert drawn == server, asked


def test_filters_count_more_grows_and_a_center_opens_in_place(page: Any, site: Site) -> None:
    sent: list[Any] = []
    near_me(page, site.server)
    page.on("request", lambda request: sent.append(urlsplit(request.url).path))
    page.click("details.filters > summary")
    page.click("details.group > summary:has-text('Ким жардам берет')")
    chip = page.locator("label.chip:has(input[value=justice_house])")
    count = int(chip.locator("b").inner_text())
    chip.locator("input").check(force=True)
    assert page.locator("main li.card").count() == count
    assert page.evaluate("document.activeElement.value") == "justice_house"  # the keyboard stays where it was
    assert page.inner_text("main > [role=status]") == f"Табылды: {count}"
    assert page.inner_text(".chosen .tag") == "Юстиция үйү"
    none = page.locator("label.chip:has(input[value=flac]) b").inner_text()
    assert int(none) > count  # another kind would add to this one
    page.click("details.filters button >> nth=0")
    assert page.evaluate("document.activeElement.id") == "list"
    page.click(".chosen button")
    assert page.locator(".chosen").count() == 0
    assert page.inner_text("h1") == "Жакын 5 жер"
    page.click("#list ~ p button:has-text('Дагы көрсөтүү')")
    assert page.inner_text("h1") == "Жакын 15 жер"
    sixth = page.locator("ol.list > li >> nth=5").locator("h3 a")
    assert sixth.evaluate("link => link === document.activeElement")
    assert sent == []

    name, at = sixth.inner_text(), page.evaluate("scrollY")
    sixth.press("Enter")
    page.wait_for_selector("dl.all")
    assert page.inner_text("h1") == name
    assert page.title() == "Жакын – маалымат"
    assert urlsplit(page.url).path == "/ky/"
    assert page.evaluate("[history.length, document.activeElement.tagName]") == [2, "H1"]
    page.click("nav.back button")
    assert page.inner_text("h1") == "Жакын 15 жер"
    assert sixth.evaluate("link => link === document.activeElement")
    assert abs(page.evaluate("scrollY") - at) < 2
    page.click("text=Башкы бетке")
    assert page.inner_text("h1") == "Кеңеш жана жардам берген жерлер"
    assert page.title() == "Жакын"
    assert page.evaluate("history.length") == 2


def test_the_map_follows_the_list(page: Any, site: Site) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    near_me(page, site.server)
    page.click(".map-show")
    page.wait_for_selector("section.map[data-drawn]")
    pins = "[...document.querySelectorAll('[data-pin]')].map((pin) => pin.dataset.pin).sort()"
    cards = "[...document.querySelectorAll('ol.list [data-center]')].map((card) => card.dataset.center).sort()"
    assert page.evaluate(pins) == page.evaluate(cards) != []
    before = page.evaluate(cards)
    page.click("details.filters > summary")
    page.click("details.group > summary:has-text('Ким жардам берет')")
    page.check("input[value=justice_house]", force=True)
    page.wait_for_function(f"() => JSON.stringify({pins}) === JSON.stringify({cards})")
    assert page.evaluate(cards) != before
    page.locator("[data-pin]").first.press("Enter")
    page.click(".leaflet-popup a.more")
    page.wait_for_selector("dl.all")
    page.click(".map-show")  # the center's own map, while that of the list is put aside
    page.wait_for_selector("section.small-map[data-drawn]")
    page.click("nav.back button")
    assert page.evaluate(pins) == page.evaluate(cards)
    assert faults == []


def test_a_list_that_the_server_drew_goes_on_in_place(page: Any, site: Site) -> None:
    page.goto(f"{site.server.url}/ky/places/1527592")
    page.click("details.filters > summary")
    page.wait_for_selector("label.chip b")
    assert page.evaluate("document.querySelector('details.filters').open")
    assert page.inner_text("nav.back")
    assert page.inner_text("h1") == "Нарын: жакын 5 жер"
    page.check("input[name=free]", force=True)
    page.click("a:has-text('Дагы көрсөтүү'), button:has-text('Дагы көрсөтүү')")
    assert page.locator("ol.list > li").count() > 5
    assert urlsplit(page.url).path == "/ky/places/1527592"
    page.reload()
    page.click("text=Дагы көрсөтүү")
    page.wait_for_selector("ol.list > li >> nth=14")
    assert urlsplit(page.url).path == "/ky/places/1527592"
    assert page.inner_text("h1") == "Нарын: жакын 15 жер"


EVIL = """\"'><img src=x onerror=window.taken=1><script>window.taken=1</script>&amp;{{7*7}}${1}"""
DRAW_EVIL = """
async (evil) => {
  const data = await (await fetch("near.json")).json();
  for (const name of ["names", "address", "directions"]) data[name] = data[name].map(() => evil);
  data.rayon = (data.rayon || []).map(() => evil);
  for (const i of data.names.keys()) data.label[i] = evil;
  const board = Near.board(await Near.parts(), Near.directory(data));
  const place = {id: "0", name: evil, where: evil, near: evil, oblast: "KG-N", rayon: evil};
  board.show({lat: 41.4, lon: 75.9, oblast: "KG-N", k: 100, place});
}"""


def test_what_the_edition_says_is_never_code_on_the_phone(page: Any, server: Server) -> None:
    """The import refuses such texts; a phone that got one all the same shows it as text."""
    near_me(page, server)
    page.evaluate(DRAW_EVIL, EVIL)
    assert page.inner_text("main").count(EVIL) > 20
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("window.taken") is None


def test_a_center_tapped_twice_opens_once_and_one_that_comes_late_does_not_open(page: Any, server: Server) -> None:
    near_me(page, server)
    held: list[Any] = []
    page.route("**/ky/centers/*", lambda route: held.append(route))
    page.evaluate("(() => { const link = document.querySelector('ol.list h3 a'); link.click(); link.click(); })()")
    page.wait_for_timeout(100)
    for route in held:
        route.continue_()
    page.wait_for_timeout(200)
    page.click("nav.back button")
    assert page.locator("ol.list li.card").count() == 5
    held.clear()
    page.click("ol.list h3 a >> nth=1")
    page.click("p.back a")
    home = page.inner_text("h1")
    for route in held:
        route.continue_()
    page.wait_for_timeout(200)
    assert held
    assert page.inner_text("h1") == home
