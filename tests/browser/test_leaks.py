"""Canaries through every way of a person in a real browser: in no address, title, history, Referer, request of the
phone's own search, log, file of the server, nor in the profile that the browser leaves on the disk."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_no_trace import KEPT
from tests.conftest import serve
from tests.routes.test_canary import forms_of
from tests.served import KYRGYZ_FIRST, Server

pytestmark = pytest.mark.browser

LAT, LON = "41.987654", "75.123456"
PLACE, PHONE, ODD = "Канарейкино", "+996700123987", "Канарейкино\u202e{{7*7}}<b>"
CANARIES = (PLACE, PHONE, LAT, LON)
TOPIC = "violence"
SENT = ("/search", "/map")
"""Where a form that somebody sends goes: its body says what was asked, its address never does."""


@pytest.fixture(scope="module")
def watched(
    instance: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[Server, Path]]:
    """A server of its own, with the folder of its temporary files."""
    folder = tmp_path_factory.mktemp("watched")
    (folder / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder / "tmp"))
        running = serve(instance, folder / "output.log")
        server = next(running)
    yield server, folder
    running.close()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Another site, and whatever reaches it."""
    heard: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(f"{self.path}\n{self.headers}")
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>elsewhere</title>")

        def log_message(self, *_: object) -> None:
            return

    listener = http.server.ThreadingHTTPServer(("localhost", 0), Listener)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    yield f"http://localhost:{listener.server_port}/", heard
    listener.shutdown()
    listener.server_close()


class Listening:
    """Every request of a browser, and whatever of a canary a page lets be seen."""

    def __init__(self, context: Any) -> None:
        self.requests: list[Any] = []
        self.seen: set[bytes] = set()
        context.on("request", lambda request: self.requests.append(request))

    def look(self, page: Any) -> None:
        state = "() => JSON.stringify([location.href, document.title, window.name, history.state, document.referrer])"
        session = page.context.new_cdp_session(page)
        history = session.send("Page.getNavigationHistory")["entries"]
        session.detach()
        self.seen.add((page.evaluate(state) + str(history)).encode())
        assert page.evaluate(KEPT) == [0] * 6
        assert not page.context.cookies()

    def bodies(self) -> list[Any]:
        return [request for request in self.requests if request.post_data]

    def everything_but_bodies(self) -> bytes:
        return b"\n".join(f"{request.url} {request.all_headers()}".encode() for request in self.requests)


def in_place(page: Any, look: Callable[[], None], url: str) -> None:
    """What the phone answers by itself: nothing is sent."""
    page.goto(url)
    page.click("#near-button")
    page.wait_for_selector("ol.list li.card")
    look()
    page.click("details.filters > summary")
    page.eval_on_selector_all("details.group", "all => all.forEach(one => { one.open = true })")
    page.locator(f"input[type=checkbox][value={TOPIC}]").check(force=True)
    page.wait_for_selector("form.chosen, .chosen .tag")
    look()
    page.locator(f"input[type=checkbox][value={TOPIC}]").uncheck(force=True)
    page.click("ol.list h3 a >> nth=0")
    page.wait_for_selector("dl.all")
    look()
    page.click("main button >> nth=0")
    page.click(".map-show")
    page.wait_for_selector("section.map[data-drawn]")
    look()
    page.focus("#place")
    page.wait_for_selector("#place[role=combobox]")
    page.keyboard.type(PLACE)
    look()


def sent(page: Any, look: Callable[[], None], url: str, text: str) -> None:
    """What goes to the server, as forms of the page."""
    page.goto(f"{url}search")
    page.eval_on_selector("#place", "(field, text) => { field.value = text; Leave.send(field.form); }", text)
    page.wait_for_url("**/found/*")
    look()


def by_numbers(page: Any, look: Callable[[], None], url: str, lat: str) -> None:
    page.goto(f"{url}search")
    page.click("details.by-numbers summary")
    page.fill("[name=lat]", lat)
    page.fill("[name=lon]", LON)
    page.click("details.by-numbers button")
    page.wait_for_url("**/found/*")
    look()
    if page.locator("a.more").count():
        page.click("a[hreflang=en]")
        page.wait_for_url("**/en/found/*")
        look()


def of_a_topic(page: Any, look: Callable[[], None], url: str) -> None:
    page.goto(f"{url}map")
    form = 'document.querySelector("details.filters input[type=checkbox][value=violence]")'
    page.evaluate(f"{form}.checked = true")
    page.evaluate(f"Leave.send({form}.form)")
    page.wait_for_url("**/map/*")
    look()


@pytest.mark.parametrize("lang", KYRGYZ_FIRST)
def test_what_somebody_asked_leaves_no_trace(
    chromium: Callable[..., Any],
    watched: tuple[Server, Path],
    elsewhere: tuple[str, list[str]],
    tmp_path: Path,
    lang: str,
) -> None:
    server, folder = watched
    away, heard = elsewhere
    position = {"latitude": float(LAT), "longitude": float(LON)}
    context = chromium(tmp_path / "profile", geolocation=position, permissions=["geolocation"])
    listening, page, url = Listening(context), context.pages[0], f"{server.url}/{lang}/"

    def look() -> None:
        listening.look(page)

    in_place(page, look, url)
    assert listening.bodies() == []
    ours = len(listening.requests)
    for text in (PLACE, PHONE, ODD, f"{LAT}, {LON}", "Нарын") if lang == "ky" else (PLACE,):
        sent(page, look, url, text)
    by_numbers(page, look, url, LAT)
    by_numbers(page, look, url, f"{LAT} {PHONE}")  # no number: the form comes back
    of_a_topic(page, look, url)
    sent(page, look, url, PLACE)
    page.evaluate("address => { location.href = address }", away)
    page.wait_for_url(away)
    assert len(listening.requests) > ours
    assert all(request.url.endswith(SENT) for request in listening.bodies())
    assert heard
    heads = listening.everything_but_bodies()
    foreign = [request.url for request in listening.requests if not request.url.startswith((server.url, away))]
    context.close()

    outside = {
        "addresses and headers": heads,
        "titles, history, names": b"\n".join(listening.seen),
        "another site": "\n".join(heard).encode(),
        "log": server.output.read_bytes(),
        **{str(path): path.read_bytes() for path in files(server.instance, folder / "tmp")},
        **{f"profile {path.name}": path.read_bytes() for path in files(tmp_path / "profile")},
    }
    assert len(outside) > 50
    told = [(name, canary) for name, content in outside.items() for canary in CANARIES
            if any(form in content for form in forms_of(canary))]  # fmt: skip
    assert told == []
    for name in ("addresses and headers", "titles, history, names", "another site", "log"):
        assert TOPIC.encode() not in outside[name], name
    assert server.url not in "\n".join(heard)
    assert foreign == []


def files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def test_a_trace_would_be_seen(chromium: Callable[..., Any], server: Server, tmp_path: Path) -> None:
    context = chromium(tmp_path / "profile")
    listening, page = Listening(context), context.pages[0]
    page.goto(f"{server.url}/ky/?place={PLACE}")
    listening.look(page)
    page.evaluate("place => { document.title = place }", PLACE)
    page.goto(f"{server.url}/ky/about")
    heads = listening.everything_but_bodies()
    context.close()
    left = [path.read_bytes() for path in files(tmp_path / "profile")]
    for where in (heads, b"".join(listening.seen), b"".join(left)):
        assert any(form in where for form in forms_of(PLACE))
