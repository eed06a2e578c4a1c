"""Going back for real: an edition comes back without the address that was hidden since, until that center is named."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from legalmap.config import Settings
from legalmap.store import Store, centers, counters
from tests.browser.staff import sign_in, staff_server
from tests.browser.test_accessible import ASK, AXE, THEMES
from tests.conftest import ROOT, clean_environment
from tests.served import Server

pytestmark = pytest.mark.browser

HEADER = "id,kind,name_ky,name_ru,oblast,settlement,address,lat,lon,show_location,phones\n"
SHOWN = (
    HEADER + 'shut,shelter,Бейпил үй,Тихий дом,KG-N,Нарын,"Зумрадова көчөсү, 77",41.431234,75.991234,yes,0555777123\n'
)
SECRETS = ("умрадов", "41.4312", "75.9912", "4143123", "7599123")


@pytest.fixture(scope="module")
def server(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("past")
    for live in staff_server(instance, folder):
        for name, text in (("shown", SHOWN), ("hidden", "id,show_location,phones\nshut,no,0555777124\n")):
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
            command = [sys.executable, "-m", "legalmap.cli", "import", str(folder / f"{name}.csv"), "--apply"]
            subprocess.run(
                [*command, "--accept", "all"],
                cwd=ROOT, env=clean_environment(live.instance), check=True, capture_output=True, timeout=120,
            )  # fmt: skip
        yield live


def stands(server: Server) -> tuple[int, Any, int]:
    """The neutral number of the shelter, its cells, and the newest edition."""
    with Store.of(Settings(instance=server.instance)).reading() as connection:
        record = centers.records(connection, {"shut"})["shut"]
        return record.number, record.cells, counters.value(connection, "edition")


def public_bytes(server: Server) -> str:
    """What anybody may load that could hold the address: the whole directory, the page, the map's points."""
    number = stands(server)[0]
    page = urllib.request.urlopen(f"{server.url}/ky/map", timeout=10).read().decode()
    layers = re.findall(r'"(/ky/layers/[^"]+)"', page)
    assert layers
    paths = ["/directory.json", f"/ky/centers/{number}", "/ky/places/kg-n", *layers]
    return page + "".join(urllib.request.urlopen(server.url + path, timeout=10).read().decode() for path in paths)


def until_published(page: Any) -> None:
    """The bar above says that publishing goes on until it is done."""
    for _ in range(60):
        if not page.query_selector("[data-publishing]"):
            return
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError("not published")


@pytest.mark.long
def test_an_edition_comes_back_without_the_address_that_was_hidden_since(
    server: Server, chromium: Callable[..., Any]
) -> None:
    faults: list[str] = []
    widths = cycle((320, 1280))
    context = chromium(reduced_motion="reduce")
    context.add_init_script(path=AXE)
    page = context.pages[0]

    def look(name: str) -> None:
        """Nothing hangs over the edge on a phone and on a laptop; axe finds nothing on one of them, by turns."""
        seen_by_axe = next(widths)
        for width, theme in ((320, "light"), (1280, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(**THEMES[theme])
            if width == seen_by_axe:
                faults.extend(f"{name}, {width}: {fault}" for fault in page.evaluate(ASK))
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{name}, {width}: wider than the window")

    sign_in(page, server, "admin")
    number, _cells, newest = stands(server)
    with_address = newest - 1
    page.goto(f"{server.url}/ky/staff/admin/editions")
    look("editions")
    assert not any(secret in public_bytes(server) for secret in SECRETS)

    with page.expect_navigation():
        page.click(f"a[href$='/editions/{with_address}/back']")
    look("plan")
    assert not any(secret in page.content() for secret in SECRETS)
    with page.expect_navigation():
        page.click("button.btn:not(.quiet)")
    look("act")
    until_published(page)
    _number, cells, edition = stands(server)
    assert (cells["phones"], cells["show_location"], edition) == ("+996555777123", "no", newest + 1)
    told = public_bytes(server)
    assert "555777123" in told
    assert not any(secret in told for secret in SECRETS)

    # even the separate yes of that center is only asked for: another person has to agree
    page.goto(f"{server.url}/ky/staff/admin/editions/{with_address}/back")
    page.check("input[name=accept]")
    with page.expect_navigation():
        page.click("button.btn:not(.quiet)")
    assert "/admin/proposals/" in page.url
    assert not any(secret in public_bytes(server) for secret in SECRETS)
    second = chromium(reduced_motion="reduce")
    other = second.pages[0]
    sign_in(other, server, "admin", name="Экинчи")
    other.goto(page.url)
    with other.expect_navigation():
        other.click("form[action$='/approve'] button")
    until_published(other)
    second.close()
    assert stands(server)[1]["show_location"] == "yes"
    assert "умрадов" in public_bytes(server)

    page.goto(f"{server.url}/ky/staff/admin/acts")
    with page.expect_navigation():
        page.click("tbody th a")
    with page.expect_navigation():
        page.click("a[href$='/undo']")  # tightening again is a plan without any question
    assert page.query_selector("input[name=accept]") is None
    with page.expect_navigation():
        page.click("button.btn:not(.quiet)")
    until_published(page)
    assert not any(secret in public_bytes(server) for secret in SECRETS)

    compared = f"editions/compare?old={with_address}&new={newest}"
    for path in (f"history/{number}", "acts", compared, "users", "users/new", "audit", "needs"):
        page.goto(f"{server.url}/ky/staff/admin/{path}")
        look(path)
    page.goto(f"{server.url}/ky/staff/admin/users/new")
    page.fill("#name", "айдай")
    with page.expect_navigation():
        page.click("form.panel button[type=submit]")
    look("passphrase")
    page.goto(f"{server.url}/ky/staff/admin/users")
    with page.expect_navigation():
        page.click("tbody th a >> text=айдай")
    look("person")
    assert faults == []
    context.close()
