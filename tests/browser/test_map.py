"""The map in a real browser: from this site alone, tied to its list, used by keyboard, streets only after a tap."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from tests.browser.test_layout import SMALL, holds
from tests.browser.test_no_trace import KEPT, Watch, searched
from tests.conftest import free_port, serve
from tests.served import Server

pytestmark = pytest.mark.browser


def _png() -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + name + content + pack(">I", zlib.crc32(name + content))

    rows = b"".join(b"\0" + b"\xc8" * 256 for _ in range(256))
    head = pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Tiles:
    """Another site's server of street pictures: `works` can be switched off; `asked` keeps path and Referer."""

    def __init__(self) -> None:
        self.works = True
        self.asked: list[tuple[str, str]] = []
        picture = _png()
        tiles = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tiles.asked.append((self.path, self.headers.get("Referer", "")))
                self.send_response(200 if tiles.works else 503)
                self.send_header("Content-Type", "image/png")
                self.end_headers()
                if tiles.works:
                    self.wfile.write(picture)

            def log_message(self, *told: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def tiles(site_with_tiles: tuple[Server, Tiles]) -> Tiles:
    found = site_with_tiles[1]
    found.works = True
    found.asked.clear()
    return found


@pytest.fixture(scope="module")
def site_with_tiles(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Tiles]]:
    other = Tiles()
    output = tmp_path_factory.mktemp("tiles") / "output.log"
    for server in serve(instance, output, tiles=f"{other.url}/{{z}}/{{x}}/{{y}}.png", tiles_attribution="© us"):
        yield server, other
    other.server.shutdown()
    other.server.server_close()


def drawn(page: Any) -> None:
    page.wait_for_selector("section.map[data-drawn]")


def opened(page: Any, server: Server, lang: str = "ky", text: str = "Нарын") -> None:
    searched(page, server, lang, text)
    page.click(".map-show")
    drawn(page)


def test_results_load_the_map_only_after_the_tap_that_says_its_size(
    chromium: Callable[..., Any], server: Server
) -> None:
    context = chromium()
    page = context.pages[0]
    watch = Watch(context, server)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    searched(page, server, "ky", "Нарын")
    page.wait_for_selector(".map-show")
    said = page.inner_text(".map-show")
    assert "Картаны көрсөтүү" in said
    assert not [url for url in asked if "leaflet" in url or "basemap" in url or "/layers/" in url]
    address = page.url
    asked.clear()
    page.click(".map-show")
    drawn(page)
    assert page.url == address
    assert page.inner_text(".map-said") == "Карта көрсөтүлдү. Чекиттер: 5."
    # nothing that is asked for tells what was searched
    assert {url.removeprefix(server.url).split(".")[0].split("/")[1] for url in asked} <= {"static", "ky"}
    assert all("/static/" in url or "/ky/layers/" in url for url in asked)
    assert "centers" not in " ".join(asked)
    assert page.evaluate(KEPT) == [0] * 6
    assert not watch.faults
    page.go_back()
    page.go_forward()
    assert page.url == address
    context.close()


def test_numbers_of_the_map_are_those_of_the_list_and_the_two_are_tied(
    chromium: Callable[..., Any], server: Server
) -> None:
    context = chromium(viewport={"width": 1280, "height": 900})
    page = context.pages[0]
    opened(page, server)
    shown = page.eval_on_selector_all("[data-pin]", "pins => pins.map(pin => [pin.dataset.pin, pin.textContent])")
    listed = page.eval_on_selector_all(
        "ol.list > [data-center]",
        "cards => cards.map(card => [card.dataset.center, card.querySelector('.num').textContent])",
    )
    assert sorted(shown) == sorted(listed)
    assert page.locator("[role=button] [role=button], [role=button] [tabindex], [tabindex] > .chips").count() == 0
    card, pin = page.locator("ol.list > [data-center]").first, page.locator(f"[data-pin='{listed[0][0]}']")
    card.hover()
    assert "lit" in pin.get_attribute("class")
    page.mouse.move(5, 5)
    assert "lit" not in pin.get_attribute("class")
    card.locator("h3 a").focus()
    assert "lit" in pin.get_attribute("class")
    pin.hover()
    assert "lit" in card.get_attribute("class")
    # side by side: the list left, the map right and in view
    list_box, map_box = card.bounding_box(), page.locator(".map-frame").bounding_box()
    assert list_box["x"] + list_box["width"] <= map_box["x"]
    page.locator("ol.list > li").last.scroll_into_view_if_needed()
    assert page.locator(".map-frame").bounding_box()["y"] < 300
    context.close()


def test_the_keyboard_opens_reads_and_closes_a_point_and_comes_back(
    chromium: Callable[..., Any], server: Server
) -> None:
    context = chromium()
    page = context.pages[0]
    opened(page, server)
    page.locator(".map-show, .past-map").last.focus()
    assert page.locator(":focus").get_attribute("href") == "#list"
    page.keyboard.press("Tab")  # the map itself
    page.keyboard.press("Tab")
    pin = page.locator(":focus")
    assert pin.get_attribute("role") == "button"
    number = pin.get_attribute("data-pin")
    name = pin.get_attribute("aria-label")
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup[role=dialog]")
    popup.wait_for()
    assert popup.get_attribute("aria-label") in name
    assert page.evaluate("document.activeElement.closest('.leaflet-popup') !== null")
    assert page.locator(":focus").get_attribute("href").startswith("tel:")
    page.keyboard.press("Escape")
    popup.wait_for(state="detached")
    page.wait_for_function("number => document.activeElement.dataset.pin === number", arg=number)
    page.keyboard.press("Space")
    popup.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("class") == "leaflet-popup-close-button"
    page.keyboard.press("Enter")
    popup.wait_for(state="detached")
    page.wait_for_function("number => document.activeElement.dataset.pin === number", arg=number)
    context.close()


def test_the_map_page_shows_every_point_and_a_cluster_names_its_centers(
    chromium: Callable[..., Any], server: Server
) -> None:
    context = chromium()
    watch, page = Watch(context, server), context.pages[0]
    page.goto(f"{server.url}/ru/map")
    drawn(page)
    count = """() => [...document.querySelectorAll('.anchor .count')].reduce((n, e) => n + +e.textContent, 0)
        + document.querySelectorAll('.anchor .pin').length"""
    said = page.inner_text(".map-said")
    assert said == f"Карта показана. Точек: {page.evaluate(count)}."
    page.wait_for_function("() => document.querySelectorAll('.name').length > 3")
    # closer and closer, until the points of one town stand in a list
    for _ in range(6):
        cluster = page.locator(".together[role=button]", has_text="1").first
        cluster.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        if page.locator(".popup.several").count():
            break
    rows = page.locator(".popup.several li")
    assert rows.count() >= 10
    assert page.evaluate("document.activeElement.closest('.several') !== null")
    name = rows.first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_function("name => document.querySelector('.popup h3').textContent === name", arg=name)
    assert page.locator(".popup a.btn").get_attribute("href").startswith("tel:")
    page.click(".popup a.more")
    page.wait_for_url("**/ru/centers/*")
    assert page.inner_text("h1") == name
    assert not watch.faults
    context.close()


def test_a_chosen_topic_narrows_map_and_list_alike(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium()
    page = context.pages[0]
    page.goto(f"{server.url}/ky/map")
    drawn(page)
    page.click("details.filters > summary")
    page.click("details.group > summary >> nth=1")
    page.check("input[name=kind][value=justice_house]", force=True)
    page.click("details.filters form button[type=submit] >> nth=0")
    page.wait_for_url("**/ky/map/*")
    drawn(page)
    listed = page.locator("[aria-labelledby=list] [data-center]").count()
    assert 0 < listed < 20
    assert page.inner_text(".map-said") == f"Карта көрсөтүлдү. Чекиттер: {listed}."
    assert "justice" not in page.url
    context.close()


def test_streets_come_only_after_the_tap_that_names_who_sees_the_phone(
    chromium: Callable[..., Any], site_with_tiles: tuple[Server, Tiles], tiles: Tiles
) -> None:
    server = site_with_tiles[0]
    context = chromium()
    page = context.pages[0]
    faults: list[str] = []
    context.on("console", lambda message: faults.append(message.text))
    opened(page, server)
    page.wait_for_timeout(300)
    assert tiles.asked == []
    page.click(".streets summary")
    assert tiles.url.removeprefix("http://") in page.inner_text(".streets p")
    page.wait_for_timeout(300)
    assert tiles.asked == []
    page.click(".map-streets")
    page.wait_for_selector(".leaflet-tile-loaded")
    assert page.inner_text(".map-said") == "Көчөлөр көрсөтүлдү."
    assert "© us" in page.inner_text(".map-credit")
    # no more than the site's name goes along
    assert {referer for _, referer in tiles.asked} == {f"{server.url}/"}
    page.click(".map-plain")
    assert page.locator(".leaflet-tile").count() == 0
    assert page.inner_text(".map-said") == "Жөнөкөй карта көрсөтүлдү."
    assert page.evaluate(KEPT) == [0] * 6
    assert faults == []
    context.close()


@pytest.mark.long
def test_streets_that_fail_three_times_give_way_to_the_simple_map_and_it_is_said(
    chromium: Callable[..., Any], site_with_tiles: tuple[Server, Tiles], tiles: Tiles
) -> None:
    tiles.works = False
    context = chromium()
    page = context.pages[0]
    page.goto(f"{site_with_tiles[0].url}/ru/map")
    drawn(page)
    page.click(".streets summary")
    page.click(".map-streets")
    page.wait_for_function(
        "() => document.querySelector('.map-said').textContent === 'Улицы не загрузились. Показана простая карта.'"
    )
    assert page.locator(".leaflet-tile").count() == 0
    assert page.locator(".land").is_visible()
    assert page.locator(".streets summary").is_visible()
    tiles.works = True
    page.click(".streets summary")
    page.click(".map-streets")
    page.wait_for_selector(".leaflet-tile-loaded")
    context.close()


LARGE = "() => { document.documentElement.style.fontSize = '200%' }"


@pytest.mark.long
def test_large_letters_do_not_push_the_map_sideways(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium(viewport={"width": 320, "height": 640})
    page = context.pages[0]
    page.goto(f"{server.url}/ru/map")
    drawn(page)
    page.evaluate(LARGE)
    holds(page)
    opened(page, server, "ky")
    page.evaluate(LARGE)
    page.click("[data-pin] >> nth=0", force=True)
    page.wait_for_selector(".leaflet-popup")
    holds(page)
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), pytest.param(360, "dark", marks=pytest.mark.long)])
def test_a_small_phone_shows_the_map_without_scrolling_sideways(
    chromium: Callable[..., Any], server: Server, width: int, scheme: str
) -> None:
    context = chromium(viewport={"width": width, "height": 640}, color_scheme=scheme, has_touch=True)
    page = context.pages[0]
    page.goto(f"{server.url}/ru/map")
    drawn(page)
    holds(page)
    assert page.evaluate(SMALL, ".pin, .together[role], .leaflet-control-zoom a, .map-tools .btn") == []
    opened(page, server, "ky", "Бишкек")
    assert page.locator(".chip-pin").count() == 5
    page.tap(".chip-pin >> nth=2")
    page.wait_for_selector(".leaflet-popup")
    page.wait_for_timeout(400)
    box, frame = page.locator(".leaflet-popup").bounding_box(), page.locator(".map-frame").bounding_box()
    assert frame["x"] <= box["x"]
    assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    holds(page)
    assert page.evaluate(SMALL, ".chip-pin, .leaflet-popup-close-button, .popup .btn") == []
    context.close()


def test_without_a_script_the_map_page_is_its_list_and_no_button_is_dead(
    chromium: Callable[..., Any], server: Server
) -> None:
    context = chromium(java_script_enabled=False)
    page = context.pages[0]
    page.goto(f"{server.url}/ky/map")
    assert not page.locator("section.map").is_visible()
    assert page.locator("[data-center]").count() > 40
    context.close()


def test_a_map_that_cannot_be_loaded_says_so_and_can_be_tried_again(
    chromium: Callable[..., Any], server: Server
) -> None:
    context = chromium()
    page = context.pages[0]
    context.route("**/basemap.*", lambda route: route.abort())
    searched(page, server, "ru", "Нарын")
    page.click(".map-show")
    page.wait_for_function("() => document.querySelector('.map-said').textContent.startsWith('Карта не загрузилась')")
    assert page.locator(".map-show").is_enabled()
    context.unroute("**/basemap.*")
    page.click(".map-show")
    drawn(page)
    context.close()


def test_a_center_shows_its_own_small_map(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium()
    watch, page = Watch(context, server), context.pages[0]
    page.goto(f"{server.url}/ru/centers/1001")
    page.click(".map-show")
    drawn(page)
    assert page.locator(".pin").count() == 1
    assert page.inner_text("h1") in page.locator(".pin").get_attribute("aria-label")
    assert not watch.faults
    context.close()


@pytest.mark.long
def test_the_map_goes_to_paper_in_black_on_white(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page = context.pages[0]
    opened(page, server)
    page.emulate_media(media="print", color_scheme="light")
    page.wait_for_timeout(300)
    assert page.locator(".map-main").is_visible()
    assert not page.locator(".map-tools").is_visible()
    assert not page.locator(".leaflet-control-zoom").is_visible()
    assert page.locator(".land").evaluate("e => getComputedStyle(e).fill") == "rgb(255, 255, 255)"
    assert page.locator(".border").evaluate("e => getComputedStyle(e).stroke") == "rgb(0, 0, 0)"
    assert page.pdf().startswith(b"%PDF")
    context.close()


@pytest.mark.long
def test_reduced_motion_is_respected(chromium: Callable[..., Any], server: Server) -> None:
    context = chromium(reduced_motion="reduce")
    page = context.pages[0]
    opened(page, server)
    assert page.evaluate("[Atlas.map.options.zoomAnimation, Atlas.map.options.fadeAnimation]") == [False, False]
    context.close()
