"""The site's own streets in a real browser: after a tap, from this site alone, in the page's language and scheme."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import streets
from tests.browser.test_map import drawn, opened
from tests.browser.test_no_trace import KEPT, Watch
from tests.conftest import serve
from tests.served import Server

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
HEARD = """() => {
  window.written = new Set();
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.written.add(text);
    return write.call(this, text, ...rest);
  };
}"""
NEAR = "() => void window.Atlas.map.setView([41.42866, 75.99111], 14, { animate: false })"
HAS = """([red, green, blue]) => {
  const copy = document.createElement("canvas"), pen = copy.getContext("2d", { willReadFrequently: true });
  return [...document.querySelectorAll("canvas.leaflet-tile-loaded")].some((tile) => {
    if (!tile.width) return false;
    [copy.width, copy.height] = [tile.width, tile.height];
    pen.drawImage(tile, 0, 0);
    const dots = new Uint32Array(pen.getImageData(0, 0, copy.width, copy.height).data.buffer);
    return dots.includes(((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
  });
}"""
LIGHT_ROAD, DARK_ROAD = [0xFF, 0xF9, 0xE8], [0x5A, 0x6B, 0x5F]
SHOWN = "pane => getComputedStyle(document.querySelector(`.leaflet-${pane}-pane`)).display !== 'none'"
FAILED = "() => document.querySelector('.map-said').textContent === 'Улицы не загрузились. Показана простая карта.'"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return streets.write(tmp_path_factory.mktemp("streets") / "naryn.pmtiles")


@pytest.fixture(scope="module")
def own(instance: Path, archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from serve(instance, tmp_path_factory.mktemp("own") / "output.log", pmtiles=str(archive))


def shown(page: Any) -> None:
    """Taps and goes to where the archive has streets."""
    page.click(".own-streets")
    page.wait_for_selector(".streets-shown canvas.leaflet-tile")
    page.evaluate(NEAR)


def test_streets_are_drawn_after_the_tap_from_this_site_alone(chromium: Callable[..., Any], own: Server) -> None:
    context = chromium(viewport=PHONE)
    page = context.pages[0]
    page.add_init_script(f"({HEARD})()")
    watch = Watch(context, own)
    answers: list[Any] = []
    context.on("response", lambda answer: answers.append(answer))
    opened(page, own)
    page.wait_for_timeout(200)
    assert not [one.url for one in answers if "/streets/" in one.url or one.url.endswith("/streets")]
    assert not [one.url for one in answers if "protomaps" in one.url]
    view = page.evaluate("() => window.Atlas.map.getBounds().toBBoxString().split(',').map(Number)")
    answers.clear()
    page.click(".own-streets")
    page.wait_for_selector("canvas.leaflet-tile-loaded")
    west, south, east, north = page.evaluate("() => window.Atlas.map.getBounds().toBBoxString().split(',').map(Number)")
    assert (west <= view[0] + 1e-6, south <= view[1] + 1e-6) == (True, True)  # what was in view stays in view
    assert (east >= view[2] - 1e-6, north >= view[3] - 1e-6) == (True, True)
    page.evaluate(NEAR)
    page.wait_for_function(HAS, arg=LIGHT_ROAD, polling=100)
    assert page.inner_text(".map-said") == "Көчөлөр көрсөтүлдү."
    assert page.inner_text(".map-credit") == "Чек аралар болжолдуу · © OpenStreetMap · Карта булактары"
    ranges = [one for one in answers if one.url.endswith(".pmtiles")]
    assert len(ranges) >= 3
    assert {one.status for one in ranges} == {206}
    assert all(one.request.headers["range"].startswith("bytes=") for one in ranges)
    assert not page.evaluate(SHOWN, "names")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(HAS, arg=DARK_ROAD, polling=100)
    assert not page.evaluate(HAS, LIGHT_ROAD)
    page.emulate_media(color_scheme="light", media="print")
    assert not page.evaluate(SHOWN, "tile")
    assert page.evaluate("() => getComputedStyle(document.querySelector('path.land')).display") != "none"
    page.emulate_media(media="screen")
    page.click(".map-plain")
    assert page.locator("canvas.leaflet-tile").count() == 0
    assert page.inner_text(".map-said") == "Жөнөкөй карта көрсөтүлдү."
    assert page.evaluate("() => document.activeElement.className.includes('own-streets')")
    assert page.evaluate(SHOWN, "names")
    assert page.evaluate(KEPT) == [0] * 6
    assert not watch.faults
    context.close()


NAMES = {
    "ky": ["Ленин көчөсү", "Нарын шаары", "Дөбөлүү", "Көл"],
    "ru": ["улица Ленина", "г. Нарын", "Дөбөлүү", "Озеро"],
    "en": ["Lenin Street", "Naryn", "Дөбөлүү", "Lake"],
}
"""Street, town, village, lake. The village has one name only, as in archives that leave Kyrgyz out."""
SEEN = "names => names.every((name) => window.written.has(name))"


@pytest.mark.long
def test_names_are_those_of_the_page_on_every_map_of_the_site(chromium: Callable[..., Any], own: Server) -> None:
    context = chromium(viewport=PHONE)
    page = context.pages[0]
    page.add_init_script(f"({HEARD})()")
    watch = Watch(context, own)

    def named(lang: str) -> None:
        shown(page)
        street, *others = NAMES[lang]
        page.wait_for_function(SEEN, arg=[street], polling=100)
        page.evaluate("() => void window.Atlas.map.setView([41.45, 75.98], 11, { animate: false })")
        page.wait_for_function(SEEN, arg=others, polling=100)
        foreign = set().union(*NAMES.values()) - set(NAMES[lang])
        assert not foreign & set(page.evaluate("() => [...window.written]"))

    page.goto(f"{own.url}/ru/map")
    drawn(page)
    named("ru")
    page.goto(f"{own.url}/en/map")
    drawn(page)
    number = page.evaluate("() => window.Atlas.layers.centers.then((data) => data.number[0])")
    page.goto(f"{own.url}/en/centers/{number}")
    page.click(".map-show")
    drawn(page)
    named("en")
    page.goto(f"{own.url}/ky/")  # the list that the phone draws in place
    page.fill("#place", "Нарын")
    page.press("#place", "Enter")
    page.click(".map-show")
    drawn(page)
    named("ky")
    assert not watch.faults
    context.close()


def test_what_breaks_gives_way_to_the_simple_map_in_words(
    chromium: Callable[..., Any], own: Server, archive: Path
) -> None:
    whole = archive.read_bytes()
    tiles = int.from_bytes(whole[56:64], "little")
    context = chromium(viewport=PHONE)
    page = context.pages[0]
    page.goto(f"{own.url}/ru/map")
    drawn(page)
    page.evaluate(NEAR)

    def falls() -> None:
        page.wait_for_function(FAILED, polling=100)
        assert page.locator("canvas.leaflet-tile").count() == 0
        assert page.evaluate(SHOWN, "names")
        page.wait_for_function("() => !document.querySelector('.own-streets').disabled")

    try:
        for broken in (whole[:9000], whole[:tiles] + bytes(len(whole) - tiles)):  # cut short; its tiles are gone
            archive.write_bytes(broken)
            page.click(".own-streets")
            falls()
    finally:
        archive.write_bytes(whole)
    shown(page)
    page.wait_for_function(HAS, arg=LIGHT_ROAD, polling=100)
    context.route("**/*.pmtiles", lambda route: route.abort())  # the network is gone
    page.evaluate("() => void window.Atlas.map.setView([41.3, 75.8], 13, { animate: false })")
    falls()
    page.click(".own-streets")
    falls()
    context.unroute("**/*.pmtiles")
    shown(page)
    page.wait_for_function(HAS, arg=LIGHT_ROAD, polling=100)
    context.close()
