"""The field for a place offers names to keys, mouse, finger and screen reader, and nothing typed leaves the phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.test_accessible import ASK, AXE, THEMES
from tests.browser.test_layout import SMALL, TARGETS
from tests.browser.test_no_trace import KEPT, Watch
from tests.served import Server

pytestmark = pytest.mark.browser

OPTION = ".offers [role=option]"
ACTIVE = f"() => (document.querySelector('{OPTION}[aria-selected=true] b') || {{}}).textContent || ''"
SAID = "() => [...document.querySelectorAll('form.find > .unseen[role=status]')].map(e => e.textContent).join()"
TWO_KINDS = "Кызыл-Суу (Покровка)", "Семетей (Покровка)"
STEADY_MS = 300
"""Longer than a list must stand still before a tap counts."""


@pytest.fixture(scope="module")
def page(chromium: Callable[..., Any], server: Server) -> Iterator[Any]:
    """A page of a browser that is watched until the last test that uses it."""
    context = chromium(viewport={"width": 800, "height": 900})
    watch = Watch(context, server)
    yield context.pages[0]
    context.close()
    assert watch.faults == []


IPHONE = """Object.defineProperties(Navigator.prototype, {
  platform: {get: () => "iPhone"}, maxTouchPoints: {get: () => 5},
})"""


@pytest.fixture(scope="module")
def phone(chromium: Callable[..., Any]) -> Iterator[Any]:
    """A page of a small telephone that says to be an iPhone."""
    context = chromium(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True, reduced_motion="reduce")
    context.add_init_script(IPHONE)
    yield context.pages[0]
    context.close()


def field(page: Any, server: Server, lang: str = "ky") -> Any:
    """The field of the home page once it offers places, with the focus in it."""
    page.goto(f"{server.url}/{lang}/")
    page.focus("#place")
    page.wait_for_selector("#place[role=combobox]")
    return page.locator("#place")


def names(page: Any) -> tuple[str, ...]:
    shown = "all => all.filter(e => e.offsetParent).map(e => e.textContent)"
    return tuple(page.eval_on_selector_all(f"{OPTION} b", shown))


def heard(page: Any, text: str) -> None:
    """Waits until the status begins so; a function, for the page's policy lets no text be run."""
    page.wait_for_function(f"text => ({SAID})().startsWith(text)", arg=text)


def answered(page: Any, name: str) -> None:
    page.wait_for_selector("section > ol.list")
    assert name in page.inner_text("h1")


def test_the_keyboard_goes_through_the_list_and_what_is_typed_stays(page: Any, server: Server) -> None:
    place = field(page, server)
    before = page.locator("main").bounding_box()
    page.keyboard.type("кара")
    offered = names(page)
    assert (len(offered), offered[:3]) == (8, ("Каракол", "Кара-Балта", "Кара-Көл"))
    assert (place.get_attribute("aria-expanded"), place.get_attribute("autocomplete")) == ("true", "off")
    assert page.locator("main").bounding_box() == before
    first, last = offered[0], offered[-1]
    for key, active in (
        ("ArrowDown", first), ("ArrowDown", offered[1]), ("ArrowUp", first), ("ArrowUp", last), ("ArrowDown", first),
        ("Home", ""), ("ArrowUp", last), ("End", ""), ("ArrowDown", first), ("ArrowLeft", ""), ("ArrowDown", first),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert page.evaluate(ACTIVE) == active, key
        pointed = place.get_attribute("aria-activedescendant")
        assert (page.inner_text(f"#{pointed} b") if pointed else "") == active
        assert place.input_value() == "кара"
    page.keyboard.insert_text("б")
    assert (place.input_value(), page.evaluate(ACTIVE)) == ("карба", "")  # the cursor had gone left


def test_escape_closes_then_clears_and_leaving_closes_without_a_choice(page: Any, server: Server) -> None:
    place = field(page, server)
    page.keyboard.type("кара")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert (names(page), place.input_value(), place.get_attribute("aria-expanded")) == ((), "кара", "false")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(ACTIVE) == "Каракол"
    page.keyboard.press("Alt+ArrowUp")
    assert names(page) == ()
    page.keyboard.press("Alt+ArrowDown")
    assert (len(names(page)), page.evaluate(ACTIVE)) == (8, "")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert (names(page), place.input_value()) == ((), "кара")
    page.focus("#place")
    page.keyboard.press("Escape")
    assert place.input_value() == ""
    page.keyboard.press("ArrowDown")
    assert names(page) == ()


def test_enter_takes_the_chosen_place_else_the_one_that_is_named_and_asks_of_several(page: Any, server: Server) -> None:
    sent: list[tuple[str, str]] = []
    page.on("request", lambda request: sent.append((request.method, request.url)))
    field(page, server)
    page.keyboard.type("балык")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    answered(page, "Балыкчы")
    field(page, server)
    page.keyboard.type("naryn")
    page.keyboard.press("Enter")
    answered(page, "Нарын")
    field(page, server)
    page.keyboard.type("покровка")
    page.keyboard.press("Enter")
    page.wait_for_selector(".offers p:visible")
    assert (page.inner_text(".offers p"), names(page)) == ("Кайсынысы?", TWO_KINDS)
    heard(page, "Кайсынысы?")
    page.keyboard.press("Escape")
    page.click(".find button")
    page.wait_for_selector(".offers p:visible")
    assert page.evaluate("document.activeElement.id") == "place"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    answered(page, "Семетей")
    assert {method for method, _ in sent} == {"GET"}
    assert not [url for _, url in sent if "%D" in url or "naryn" in url.lower()]
    assert page.evaluate(KEPT) == [0, 0, 0, 0, 0, 0]
    assert page.url == f"{server.url}/ky/"
    field(page, server)
    page.keyboard.type("Нарын облусу")  # the server has a page for an oblast
    page.keyboard.press("Enter")
    page.wait_for_url("**/ky/found/*")


def test_a_mouse_chooses_and_the_wheel_and_a_slip_do_not(page: Any, server: Server) -> None:
    field(page, server)
    page.keyboard.type("покр")
    page.hover(f"{OPTION} >> nth=1")
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    assert names(page) == TWO_KINDS
    assert page.evaluate("document.activeElement.id") == "place"
    page.wait_for_timeout(STEADY_MS)
    page.click(f"{OPTION} >> nth=1")
    answered(page, "Семетей")
    assert names(page) == ()


def test_a_finger_chooses_but_not_what_came_up_just_under_it(phone: Any, server: Server) -> None:
    page = phone
    field(page, server)
    now = f"""() => {{
      const input = document.getElementById("place");
      input.value = "покр";
      input.dispatchEvent(new Event("input"));
      document.querySelector("{OPTION}").click();
    }}"""
    page.evaluate(now)
    assert names(page) == TWO_KINDS
    assert page.evaluate(SMALL, f"{OPTION}, {TARGETS}") == []
    page.wait_for_timeout(STEADY_MS)
    page.tap(f"{OPTION} >> nth=0")
    answered(page, "Кызыл-Суу")


def test_letters_that_are_still_put_together_are_left_alone(page: Any, server: Server) -> None:
    place = field(page, server)
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "нар", "selectionStart": 3, "selectionEnd": 3})
    assert (names(page), place.input_value()) == (("Нарын",), "нар")  # phones compose every word
    for key in ("ArrowDown", "Enter", "Escape"):
        page.evaluate(
            """key => document.getElementById("place").dispatchEvent(
              new KeyboardEvent("keydown", {key, isComposing: true, bubbles: true, cancelable: true}))""",
            key,
        )
        assert (names(page), page.evaluate(ACTIVE)) == (("Нарын",), "")
    keys.send("Input.insertText", {"text": "нарын"})
    assert (names(page), place.input_value()) == (("Нарын",), "нарын")


HEARD = {
    "ky": ("Шаар же айыл", "Кызыл-Суу (Покровка) Жети-Өгүз району, Ысык-Көл", "Талаанын астындагы аталыштар: 2"),
    "ru": ("Город или село", "Кызыл-Суу (Покровка) Джети-Огузский район, Иссык-Куль", "Названия под полем: 2"),
    "en": ("Town or village",
           "Kyzyl-Suu (Pokrovka) Jeti-Oguz district, Issyk-Kul", "Names below the field: 2"),
}  # fmt: skip


def test_a_screen_reader_hears_field_list_choice_and_count(page: Any, server: Server) -> None:
    for lang, (label, option, said) in HEARD.items():
        field(page, server, lang)
        page.keyboard.type("pokr")
        assert page.evaluate(SAID) == ""  # the letters are said first
        page.keyboard.press("ArrowDown")
        told = page.locator("form.find").aria_snapshot()
        assert f'- combobox "{label}" [expanded]' in told
        assert f'- listbox "{label}"' in told
        assert f'- option "{option}" [selected]' in told
        heard(page, said)
    page.fill("#place", "ццццц")
    heard(page, "No name like this")
    assert page.get_attribute("#place", "aria-expanded") == "false"


def test_on_an_iphone_the_choice_is_said_and_the_list_outlives_the_keyboard(phone: Any, server: Server) -> None:
    page = phone
    field(page, server)
    page.keyboard.type("покр")
    page.keyboard.press("ArrowDown")
    heard(page, "Кызыл-Суу (Покровка) Жети-Өгүз району, Ысык-Көл")
    page.evaluate("document.activeElement.blur()")
    assert names(page) == TWO_KINDS
    page.wait_for_timeout(STEADY_MS)
    page.touchscreen.tap(160, 150)
    assert names(page) == ()


@pytest.mark.parametrize(
    ("theme", "lang", "text"),
    [
        ("light", "ky", "200%"),
        pytest.param("dark", "ru", "100%", marks=pytest.mark.long),
        pytest.param("forced colors", "en", "200%", marks=pytest.mark.long),
    ],
)
def test_the_open_list_is_accessible_and_fits_320_px_with_large_text(
    phone: Any, server: Server, theme: str, lang: str, text: str
) -> None:
    page = phone
    page.emulate_media(**THEMES[theme])
    field(page, server, lang)
    page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
    page.keyboard.type("kara")
    page.keyboard.press("ArrowUp")
    assert page.locator(f"{OPTION}[aria-selected=true]").bounding_box()["y"] < 640
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(SMALL, OPTION) == []
    button = page.locator(".find button").bounding_box()
    assert page.locator(".offers").bounding_box()["y"] >= button["y"] + button["height"]
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(ASK) == []


def test_what_was_typed_while_the_places_came_is_answered_when_they_are_there(page: Any, server: Server) -> None:
    held: list[Any] = []
    page.route("**/places.json", lambda route: held.append(route))
    page.goto(f"{server.url}/ky/")
    page.focus("#place")
    page.keyboard.type("нары")
    for _ in range(50):
        if held:
            break
        page.wait_for_timeout(100)
    assert names(page) == ()
    held[0].continue_()
    page.unroute("**/places.json")
    page.wait_for_selector(f"{OPTION}:has-text('Нарын')")
    assert page.input_value("#place") == "нары"


def test_where_the_places_cannot_be_had_the_form_asks_the_server(phone: Any, server: Server) -> None:
    page = phone
    page.route("**/places.json", lambda route: route.abort())
    page.goto(f"{server.url}/ky/")
    page.focus("#place")
    page.keyboard.type("Нарын")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ky/found/*")
    page.unroute("**/places.json")
