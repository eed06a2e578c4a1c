"""In a real browser no page asks another host, keeps anything or complains, in any language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from legalmap import create_app
from legalmap.config import Settings
from legalmap.model import LANGS
from tests.served import KYRGYZ_FIRST, Server

pytestmark = pytest.mark.browser

KEPT = """async () => [
  localStorage.length, sessionStorage.length, document.cookie.length, (await caches.keys()).length,
  (await indexedDB.databases()).length, (await navigator.serviceWorker.getRegistrations()).length,
]"""


class Watch:
    """Writes down whatever a page should not do."""

    def __init__(self, context: Any, server: Server) -> None:
        self.faults: list[str] = []
        self._host = urlsplit(server.url).netloc
        context.on("request", self._request)
        context.on("console", lambda message: self.faults.append(f"console: {message.text}"))
        context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))

    def _request(self, request: Any) -> None:
        if urlsplit(request.url).netloc != self._host:
            self.faults.append(f"foreign: {request.url}")


def links(page: Any, server: Server, lang: str) -> set[str]:
    """Addresses of this language that a page leads to; sealed ones are different at each look."""
    found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href.split('#')[0])")
    ours = {link for link in found if link.startswith(f"{server.url}/{lang}/") and "/found/" not in link}
    return {link for link in ours if not link.endswith((".vcf", ".html"))}  # downloads, not pages


def searched(page: Any, server: Server, lang: str, text: str) -> None:
    """The server's answer, which a phone asks for when it cannot answer by itself."""
    page.goto(f"{server.url}/{lang}/")
    page.eval_on_selector("#place", "(field, text) => { field.value = text; field.form.submit(); }", text)
    page.wait_for_url("**/found/*")


@pytest.mark.parametrize("lang", KYRGYZ_FIRST)
def test_no_page_asks_another_host_or_keeps_anything(chromium: Callable[..., Any], server: Server, lang: str) -> None:
    """A page of each kind, two of them in Kyrgyz; the long run opens every one."""
    _crawl(chromium, server, lang, of_each_kind=2 if lang == "ky" else 1)


@pytest.mark.long
@pytest.mark.parametrize("lang", LANGS)
def test_not_one_page_asks_another_host_or_keeps_anything(
    chromium: Callable[..., Any], server: Server, lang: str
) -> None:
    assert _crawl(chromium, server, lang, of_each_kind=10_000) > 150


def _crawl(chromium: Callable[..., Any], server: Server, lang: str, of_each_kind: int) -> int:
    """Follows the links of pages, so many of each kind, and the ways by a form; the number of pages opened."""
    context = chromium()
    watch, page = Watch(context, server), context.pages[0]
    waiting, visited = [f"{server.url}/{lang}/", f"{server.url}/{lang}/search"], set()
    kinds: Counter[str] = Counter()
    routes = create_app(Settings(instance=server.instance)).url_map.bind("localhost")
    while waiting:
        address = waiting.pop()
        kind = routes.match(urlsplit(address).path)[0]
        if address in visited or kinds[kind] >= of_each_kind:
            continue
        kinds[kind] += 1
        visited.add(address)
        answer = page.goto(address)
        assert answer.status == 200, address
        assert page.evaluate(KEPT) == [0] * 6, address
        waiting.extend(links(page, server, lang) - visited)
    for text in ("Нарын", "Ак-Суу", "Нарынн"):
        searched(page, server, lang, text)
        assert page.evaluate(KEPT) == [0] * 6
    assert len(kinds) > 8, kinds
    assert not context.cookies()
    assert not watch.faults
    context.close()
    return len(visited)


def test_the_watch_would_see_a_foreign_request_a_cookie_and_an_error(
    chromium: Callable[..., Any], server: Server
) -> None:
    context = chromium(bypass_csp=True)
    watch, page = Watch(context, server), context.pages[0]
    page.goto(f"{server.url}/ky/")
    page.evaluate("""() => {
        localStorage.setItem('a', '1'); document.cookie = 'a=1'; console.error('x');
        const image = document.createElement('img');
        image.src = 'http://elsewhere.invalid/x.png';
        document.body.append(image);
    }""")
    page.wait_for_timeout(300)
    assert page.evaluate(KEPT)[:3] == [1, 0, 3]
    assert context.cookies()
    assert any(fault.startswith("foreign") for fault in watch.faults)
    assert any(fault.startswith("console: x") for fault in watch.faults)
    context.close()
