"""The one file by file:// with the network cut: it asks nobody, keeps nothing, and answers as the site does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.directory.edition import Directory
from legalmap.directory.editions import Editions
from legalmap.directory.search import answer
from legalmap.hours import BISHKEK
from legalmap.model import LANGS, OBLASTS, Center, Localized, Phone, Place, Point, Query
from tests.browser.test_accessible import ASK, AXE, THEMES
from tests.browser.test_layout import holds

pytestmark = pytest.mark.browser

HERE = {"latitude": 41.428123, "longitude": 75.991456, "accuracy": 30}
HOSTILE = "</script><script>window.hurt=1</script><img src=x onerror=window.hurt=1>{{7*7}}<!--"
STORED = """async () => [localStorage.length, sessionStorage.length, document.cookie.length, window.name.length,
  (await indexedDB.databases()).length, history.state]"""
NUMBERS = "cards => cards.map(card => Number(card.dataset.center))"
MADE = dt.datetime(2026, 11, 22, 9, tzinfo=BISHKEK)


@dataclass(frozen=True)
class Packed:
    """The files by language, the directory that they hold, and whatever a page of them did that it should not."""

    folder: Path
    directory: Directory
    app: Flask

    def address(self, lang: str) -> str:
        return (self.folder / f"jakyn-{lang}.html").as_uri()


@pytest.fixture(scope="module")
def packed(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """The sample with a center and a place of hostile names."""
    sample = Editions(Settings(instance=instance).editions).current()
    like = next(center for center in sample.ranked if center.phones and center.show_location == "yes")
    text = Localized(ky=HOSTILE, ru=HOSTILE, en=HOSTILE)
    hostile = replace(
        like, number=9001, id="hostile", names=text, address=text, directions=text, bring=text, services=text,
        note=text, settlement=HOSTILE, place_id="", phones=(Phone(number=like.phones[0].number, label=HOSTILE),),
        source=HOSTILE, point=Point(lat=41.43, lon=75.99), oblast="KG-N", verified_on="", source_date="",
    )  # fmt: skip
    place = Place(id="99001", names=text, oblast="KG-N", point=Point(lat=41.5, lon=75.5), rayon=HOSTILE)
    names = Localized(ky="Көп-Жер", ru="Кёп-Жер", en="Kop-Jer")
    many = [replace(place, id=f"9910{at}", names=names, rayon="", oblast=code) for at, code in enumerate(OBLASTS)]
    settings = Settings(instance=tmp_path_factory.mktemp("packed"), roles=frozenset({"public"}))
    settings.editions.mkdir(parents=True)
    settings.sealing_key.parent.mkdir(parents=True, exist_ok=True)
    settings.sealing_key.write_bytes(Fernet.generate_key())
    content = EditionContent(
        centers=(*sample.centers, hostile), places=(*sample.places.by_id.values(), place, *many),
        texts=tuple(sample.texts.values()), rayons=tuple(sample.rayons.values()),
    )  # fmt: skip
    write_edition(settings.editions, 12, content, "0" * 64, MADE)
    app = create_app(settings)
    for lang in LANGS:
        file = app.test_client().get(f"/{lang}/file/jakyn-{lang}.html").data
        (settings.instance / f"jakyn-{lang}.html").write_bytes(file)
    return Packed(settings.instance, Editions(settings.editions).current(), app)


@pytest.fixture(scope="module")
def phone(chromium: Callable[..., Any]) -> Iterator[Any]:
    """A narrow screen without a network that may tell its position."""
    context = chromium(
        viewport={"width": 360, "height": 740}, geolocation=HERE, permissions=["geolocation"], reduced_motion="reduce"
    )
    context.add_init_script(path=AXE)
    context.set_offline(True)
    yield context
    context.close()


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def page(phone: Any, packed: Packed, faults: list[str]) -> Iterator[Any]:
    """The Kyrgyz file; whatever it asks for, says to the console or keeps is a fault."""
    opened = phone.new_page()
    opened.on("request", lambda request: faults.append(request.url))
    opened.on("console", lambda message: faults.append(message.text))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(packed.address("ky"))
    yield opened
    kept = opened.evaluate(STORED)
    opened.close()
    assert {fault.partition("#")[0] for fault in faults} == {packed.address("ky")}
    assert kept == [0, 0, 0, 0, 0, None]


def searched(page: Any, text: str) -> None:
    page.focus("#place")
    page.wait_for_selector("#place[role=combobox]")
    page.fill("#place", text)
    page.keyboard.press("Enter")


def listed(page: Any, heading: str) -> list[int]:
    page.wait_for_selector(f"h1:has-text('{heading}')")
    found: list[int] = page.eval_on_selector_all("ol.list > li", NUMBERS)
    return found


def expected(packed: Packed, **asked: Any) -> list[int]:
    query = Query(now=dt.datetime.now(BISHKEK), lang="ky", k=5, **asked)
    return [match.center.number for match in answer(packed.directory, query).nearest]


def test_a_place_in_any_spelling_is_answered_as_the_site_does(page: Any, packed: Packed) -> None:
    wanted = expected(packed, text="Нарын")
    assert len(wanted) == 5
    for text in ("Нарын", "naryn", "нарын шаары"):
        searched(page, text)
        assert listed(page, "Нарын: жакын 5 жер") == wanted
        page.click(".back a")
        page.wait_for_selector("h1:has-text('Кеңеш')")
    searched(page, "Нарынн")  # a slip is asked about
    page.wait_for_selector("#meant button")
    page.click("#meant button >> nth=0")
    assert listed(page, "Нарын: жакын 5 жер") == wanted
    page.click("details.filters > summary")
    page.click(".chip:has(input[name=free])")
    assert listed(page, "Нарын") == expected(packed, text="Нарын", free=True)


def test_of_very_many_namesakes_every_one_is_offered(page: Any) -> None:
    searched(page, "көпжер")
    page.wait_for_selector("#meant button")
    assert page.locator("#meant button").count() == len(OBLASTS) == 9
    assert page.evaluate("document.activeElement.textContent") == page.inner_text("#meant h2") == "Кайсынысы?"
    page.locator("#meant button").last.press("Enter")
    listed(page, "Көп-Жер: жакын 5 жер")
    assert not page.is_visible("#meant")


def test_an_old_browser_keeps_the_plain_list(page: Any, packed: Packed) -> None:
    page.add_init_script("delete window.fetch")
    page.goto(packed.address("ky"))
    assert not page.is_visible("form.find")
    page.click("#kg-n summary")
    assert page.is_visible("#c9001 h5")
    page.click("a.leave")
    page.wait_for_selector("td.today")
    assert page.locator("a").count() == 0


def test_an_oblast_opens_in_the_list_and_what_nobody_knows_is_said(page: Any) -> None:
    searched(page, "Талас облусу")
    page.wait_for_selector("#kg-t[open]")
    searched(page, "Ццццц")
    assert "табылган жок" in page.inner_text("#near-said")
    searched(page, " ")
    assert "жазыңыз" in page.inner_text("#near-said")


def test_near_me_the_map_and_a_center_with_its_way_back(page: Any, packed: Packed) -> None:
    page.click("#near-button")
    assert listed(page, "Жакын 5 жер") == expected(packed, point=Point(lat=HERE["latitude"], lon=HERE["longitude"]))
    for _ in range(2):  # once more: a new map
        page.click(".map-show")
        page.wait_for_selector("section.map[data-drawn]")
        assert page.locator("path.land").count() > 0
        page.wait_for_selector(".name.town", state="attached")
        page.locator(".anchor [role=button][data-pin]").first.press("Enter")
        more = page.locator(".leaflet-popup a.more")
        number = more.get_attribute("href").rpartition("#c")[2]  # of whichever pin was first by then
        more.press("Enter")
        page.wait_for_selector(f"#c{number}:focus", state="attached")
        page.click(".way-back")
        page.click("#near-button")
        page.wait_for_selector(".map-show:visible")
    page.click("ol.list h3 a >> nth=1")
    number = expected(packed, point=Point(lat=HERE["latitude"], lon=HERE["longitude"]))[1]
    assert page.evaluate("document.activeElement.id") == f"c{number}"
    assert page.is_visible(f"#c{number} h5")
    page.click(".way-back")
    assert page.evaluate("document.activeElement.closest('li').dataset.center") == str(number)
    assert page.evaluate("history.length") == 2


def test_hostile_names_are_shown_and_run_nothing(page: Any) -> None:
    page.click("#near-button")
    page.wait_for_selector("ol.list li.card")
    assert page.inner_text("ol.list h3 >> nth=0") == HOSTILE
    page.click(".map-show")
    page.wait_for_selector("section.map[data-drawn]")
    page.locator("[data-pin='9001']").first.press("Enter")
    page.wait_for_selector(".leaflet-popup")
    page.click("ol.list h3 a >> nth=0")
    assert HOSTILE in page.inner_text("#c9001")
    page.fill("#place", "</script")
    page.wait_for_selector("[role=option]")
    assert page.inner_text("[role=option] b") == HOSTILE
    assert page.evaluate("window.hurt") is None
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("way", ["button", "keys"])
def test_leaving_takes_everything_away_and_shows_a_month(page: Any, way: str) -> None:
    page.click("#near-button")
    page.wait_for_selector("ol.list li.card")
    if way == "button":
        assert page.evaluate("document.querySelector('a, button, input, summary').className") == "leave"
        page.click("a.leave")
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    page.wait_for_selector("body > #month:only-child")
    for _ in range(2):
        today = dt.datetime.now().astimezone().date()  # the phone's own
        assert page.inner_text("td.today") == str(today.day)
        assert page.title() == page.inner_text("h1")
        assert page.title().endswith(f" {today.year}")
        assert page.locator("a, button, script, template, form").count() == 0
        assert page.evaluate("history.length") == 2
        page.reload()


@pytest.mark.parametrize(("days", "told"), [(0, []), (89, []), (91, ["old"]), (-3, ["early"])])
def test_the_age_is_told_and_a_file_of_three_months_warns(
    page: Any, packed: Packed, days: int, told: list[str]
) -> None:
    page.clock.set_fixed_time(MADE + dt.timedelta(days=days))
    page.goto(packed.address("ky"))
    assert page.inner_text(".edition") == "Басылма 12, 22.11.2026"
    assert page.eval_on_selector_all(".bar .wrong:not([hidden])", "all => all.map(e => e.id)") == told
    assert page.locator(".bar .wrong:visible").count() == len(told)


def test_it_fits_a_narrow_screen_and_axe_finds_nothing(page: Any, packed: Packed, faults: list[str]) -> None:
    def look(*themes: str) -> None:
        for theme in themes:
            page.emulate_media(**THEMES[theme])
            assert page.evaluate(ASK) == []
        page.emulate_media(color_scheme="light", forced_colors="none")
        page.set_viewport_size({"width": 320, "height": 640})
        for size in ("100%", "200%"):
            page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            holds(page)
        page.evaluate("document.documentElement.style.fontSize = ''")

    edition, leave = (page.locator(name).bounding_box() for name in (".edition", ".leave"))
    assert edition["x"] + edition["width"] <= leave["x"] or edition["y"] >= leave["y"] + leave["height"]
    page.evaluate("document.querySelector('#c9001').remove()")  # 80 letters without a space
    look("light")
    page.evaluate("document.documentElement.className = 'plain'")
    look(*THEMES)
    page.evaluate("document.documentElement.className = ''")
    searched(page, "Бишкек")
    page.click(".map-show")
    page.wait_for_selector("section.map[data-drawn]")
    look("light", "dark")
    page.click("a.leave")
    page.wait_for_selector("td.today")
    look("forced colors")


def test_without_script_it_is_a_list_to_read_and_can_be_left(chromium: Callable[..., Any], packed: Packed) -> None:
    context = chromium(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.pages[0]
    page.goto(packed.address("ru"))
    known: list[Center] = [*packed.directory.ranked, *packed.directory.unplaced]
    assert page.locator("article").count() == len(known)
    assert not page.is_visible("form.find")
    assert page.is_visible("a.dial[href='tel:114']")
    center = next(one for one in known if one.number == 9001)
    page.click("#kg-n summary")
    assert page.is_visible("#c9001 h5")
    assert page.get_attribute("#c9001 a >> nth=-1", "href") == f"tel:{center.phones[0].number}"
    text = page.inner_text("#c9001")
    assert text.count(HOSTILE) >= 5
    assert page.eval_on_selector_all("a", "all => all.every(a => /^(tel:|#)/.test(a.getAttribute('href')))")
    page.click("a.leave")
    assert page.evaluate("document.elementFromPoint(180, 60).closest('#month') !== null")
    assert page.evaluate("document.elementFromPoint(310, 30).closest('#month') !== null")
    context.close()
