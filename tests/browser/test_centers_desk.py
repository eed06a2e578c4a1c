"""The desk of centers for real: two people at once, a point set by keyboard, a hidden shelter gone at once."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from legalmap.config import Settings
from legalmap.people.keys import Keys
from legalmap.store import Store, centers
from tests.browser.staff import sign_in, staff_server
from tests.browser.test_accessible import ASK, AXE
from tests.conftest import ROOT, clean_environment
from tests.served import Server
from tests.staff import PASSWORD, add_user, code_now, form_token

pytestmark = pytest.mark.browser

ROWS = """id,kind,name_ky,name_ru,name_en,oblast,settlement,address,directions_ky,lat,lon,show_location,phones
quiet,shelter,Бейпил үй,Тихий дом,Quiet house,KG-N,Нарын,"Зумрадова көчөсү, 77",Кызгылтым дарбаза,41.431234,75.991234,yes,0555 777 123
"""  # noqa: E501
SECRETS = ("умрадов", "дарбаза", "41.4312", "75.9912", "4143123", "7599123")


@pytest.fixture(scope="module")
def server(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("desk")
    for live in staff_server(instance, folder):
        (folder / "rows.csv").write_text(ROWS, encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "legalmap.cli", "import", str(folder / "rows.csv"), "--apply", "--accept", "all"],
            cwd=ROOT, env=clean_environment(live.instance), check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        yield live


def number(server: Server, center_id: str) -> int:
    with Store.of(Settings(instance=server.instance)).reading() as connection:
        return centers.records(connection, {center_id})[center_id].number


def cells(server: Server, center_id: str) -> Any:
    with Store.of(Settings(instance=server.instance)).reading() as connection:
        return centers.records(connection, {center_id})[center_id].cells


def press(page: Any, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


@pytest.mark.long
def test_two_admins_at_once_and_a_point_set_by_keyboard(server: Server, chromium: Callable[..., Any]) -> None:
    faults: list[str] = []
    widths = cycle((320, 1280))

    def look(page: Any, name: str) -> None:
        """Nothing hangs over the edge on a phone and on a laptop; axe finds nothing on one of them, by turns."""
        seen_by_axe = next(widths)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            if width == seen_by_axe:
                faults.extend(f"{name}, {width}: {fault}" for fault in page.evaluate(ASK))
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{name}, {width}: wider than the window")

    one, two = chromium(reduced_motion="reduce"), chromium(reduced_motion="reduce")
    one.add_init_script(path=AXE)
    first, second = one.pages[0], two.pages[0]
    sign_in(first, server, "admin", name="Айда")
    sign_in(second, server, "editor", name="Нурлан")
    home = f"{server.url}/ky/staff/admin/centers"
    first.goto(home)
    look(first, "list")
    first.keyboard.press("/")
    first.keyboard.type("кербен")
    with first.expect_navigation():
        first.keyboard.press("Enter")
    first.focus("#q")
    first.keyboard.press("ArrowDown")
    with first.expect_navigation():
        first.keyboard.press("Enter")
    assert first.url == f"{home}/1001"
    look(first, "form")

    first.click(".map-show")
    first.wait_for_selector("section.map[data-drawn]")
    first.get_by_role("button", name="Чекитти картанын ортосуна коюу").press("Enter")
    started = float(first.input_value("[name=lat]"))
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft", "Shift+ArrowUp"):
        first.keyboard.press(key)
    lat = first.input_value("[name=lat]")
    assert float(lat) > started
    first.get_by_text(re.compile("Чекит турган жер: Жалал-Абад")).wait_for()
    look(first, "form with the map")
    first.fill("[name=phones]", "12")
    press(first, ".ends [value=check]")
    assert first.evaluate("document.activeElement.name") == "phones"
    look(first, "errors")

    second.goto(f"{home}/1001")
    second.fill("[name=phones]", "0700 100 200")
    press(second, ".ends [value=check]")
    press(second, "[value=apply]")

    first.fill("[name=phones]", "0700 100 201")
    press(first, ".ends [value=check]")
    look(first, "stale")
    assert cells(server, "kg-1001")["phones"] == "+996700100200"
    first.check("[name='keep.phones'][value=mine]")
    press(first, ".ends [value=check]")
    look(first, "plan")
    press(first, "[value=apply]")
    assert first.locator(".done").count() == 1
    assert (cells(server, "kg-1001")["lat"], cells(server, "kg-1001")["phones"]) == (lat, "+996700100201")
    with one.expect_page() as opened:
        first.click(".ends [value=preview]")
    opened.value.wait_for_load_state()
    look(opened.value, "preview")
    assert faults == []
    one.close()
    two.close()


class Browser:
    """A signed-in person without a browser's weight, so that what is measured is the server."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        settings = Settings(instance=server.instance)
        store = Store.of(settings)
        name = add_user(store, Keys(settings.people_key), "editor", "Чынара")
        self.send("/ky/staff/signin", name=name, password=PASSWORD)
        self.send("/ky/staff/signin/code", code=code_now(store, name))

    def get(self, path: str) -> str:
        with self._opener.open(f"{self.url}{path}", timeout=20) as answer:
            return str(answer.read().decode("utf-8", "replace"))

    def send(self, path: str, **fields: str) -> str:
        return self.press(path, {**fields, "csrf_token": form_token(self.get(path))})

    def press(self, path: str, fields: dict[str, str]) -> str:
        with self._opener.open(f"{self.url}{path}", urlencode(fields).encode(), timeout=20) as answer:
            return str(answer.read().decode("utf-8", "replace"))


def public(server: Server, path: str) -> str:
    """A page as a stranger gets it, from whichever worker takes the new connection; "" when it is not there."""
    try:
        with urllib.request.urlopen(f"{server.url}{path}", timeout=20) as answer:
            return str(answer.read().decode("utf-8", "replace"))
    except urllib.error.HTTPError:
        return ""


def everywhere(server: Server, of: int) -> list[str]:
    """The addresses of everything public that may tell of a center in Naryn."""
    found = ["/directory.json"]
    for lang in ("ky", "ru", "en"):
        pages = (
            "",
            "map",
            "places/kg-n",
            "places/1527592",
            "sheet/kg-n",
            f"centers/{of}",
            f"centers/{of}.vcf",
            "about",
        )
        found += [f"/{lang}/{page}" for page in pages]
        found += re.findall(rf"/{lang}/layers/[\w.]+", public(server, f"/{lang}/map"))
        rayons = re.findall(rf'href="(/{lang}/(?:sheet|places/kg-n)/[\w-]+)"', public(server, f"/{lang}/places/kg-n"))
        found += [*rayons, *(path.replace("places/kg-n", "sheet") for path in rayons)]
    return sorted(set(found))


def telling(server: Server, paths: list[str]) -> list[str]:
    return [path for path in paths if any(secret in public(server, path) for secret in SECRETS)]


def test_a_hidden_shelter_is_soon_gone_from_every_public_byte(server: Server) -> None:
    of = number(server, "quiet")
    person = Browser(server)
    before = everywhere(server, of)
    told = telling(server, before)
    assert {"/directory.json", f"/ky/centers/{of}"} < set(told), told
    assert any("/layers/centers." in path for path in told)
    form = f"/ky/staff/admin/centers/{of}"
    token = form_token(person.get(form))
    started = time.perf_counter()
    person.press(f"{form}/hide", {"csrf_token": token})
    last, clean = 0.0, 0
    while clean < 15:  # new connections go to either worker
        if any(secret in public(server, f"/ky/centers/{of}") for secret in SECRETS):
            last, clean = time.perf_counter() - started, 0
            assert last < 20
        else:
            clean += 1
        time.sleep(0.05)
    print(f"hidden everywhere after {last:.2f} s")
    assert telling(server, sorted({*before, *everywhere(server, of)})) == []
