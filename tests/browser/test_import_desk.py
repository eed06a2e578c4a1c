"""A new admin, in Russian: a workbook with what goes wrong in real ones is understood, applied and undone."""

from __future__ import annotations

import datetime as dt
import io
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from legalmap.config import Settings
from legalmap.desk import export
from legalmap.desk.reading.headers import column
from legalmap.store import Store, centers
from tests.browser.staff import sign_in, staff_server
from tests.browser.test_accessible import ASK, AXE
from tests.served import Server

pytestmark = pytest.mark.browser
SOON = 20.0
"""Seconds in which a machine busy with tests shows everybody what was pressed; how soon is told by bench/desk.py."""


@pytest.fixture(scope="module")
def server(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from staff_server(instance, tmp_path_factory.mktemp("imports"))


def spoilt(server: Server) -> bytes:
    """The directory as Excel has it after a bad day: an hour that became a date, a point the wrong way round, an id
    twice, and a shelter that does not say whether to show its address."""
    with Store.of(Settings(instance=server.instance)).reading() as connection:
        records = centers.records(connection)
    book = openpyxl.load_workbook(io.BytesIO(export.as_xlsx(list(records.values())[:12], "ru")))
    sheet = book.active
    at = {column(str(cell.value)): cell.column for cell in sheet[1]}
    sheet.cell(2, at["hours"]).value = dt.date(2026, 9, 18)
    sheet.cell(3, at["lat"]).value, sheet.cell(3, at["lon"]).value = "72.2000", "41.6500"
    sheet.cell(5, at["id"]).value = sheet.cell(4, at["id"]).value
    last = sheet.max_row + 1
    for name, text in (
        ("kind", "НПО"), ("name_ru", "Центр «Надежда-2»"), ("services_ru", "приют для женщин"), ("oblast", "Нарын"),
        ("phones", "0700 11 22 33"),
    ):  # fmt: skip
        sheet.cell(last, at[name]).value = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def public(server: Server) -> dict[str, Any]:
    with urllib.request.urlopen(f"{server.url}/directory.json", timeout=10) as answer:
        return {one["name"].get("ru", ""): one for one in json.load(answer)["centers"]}


def test_a_spoilt_workbook_is_understood_put_right_applied_and_undone(
    server: Server, chromium: Callable[..., Any], tmp_path: Path
) -> None:
    faults: list[str] = []
    widths = cycle((320, 1280))
    context = chromium(reduced_motion="reduce")
    context.add_init_script(path=AXE)
    page = context.pages[0]

    def look(name: str) -> None:
        """Nothing hangs over the edge on a phone and on a laptop; axe finds nothing on one of them, by turns."""
        seen_by_axe = next(widths)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            if width == seen_by_axe:
                faults.extend(f"{name}, {width}: {fault}" for fault in page.evaluate(ASK))
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{name}, {width}: wider than the window")

    sign_in(page, server, "admin", lang="ru")
    page.click(".ways a[href$='/imports']")
    look("first page")
    file = tmp_path / "Каталог.xlsx"
    file.write_bytes(spoilt(server))
    page.set_input_files("#file", str(file))
    page.click(".send button")
    page.wait_for_url("**/preview")
    look("preview")
    told = page.inner_text("main")
    for words in (
        "Excel превратил это в дату",
        "встречается в файле несколько раз",
        "Если подтвердите, адрес будет скрыт",
    ):
        assert words in told
    page.fill("[name='cell:2:hours']", "Пн-Пт 9:00-18:00")
    page.fill("[name='cell:5:id']", "kg-1004")
    page.get_by_label("Скрыть адрес").check(force=True)
    for choice in page.query_selector_all(".choices:has([name*='point_']) input[value=yes]"):
        choice.check(force=True)
    page.click(".ends .btn")
    page.wait_for_selector(".confirm")
    look("preview that can be applied")
    page.reload()
    assert not page.query_selector(".step input[name^='cell:']"), page.inner_text("main")
    page.click(".confirm .btn")
    page.wait_for_url("**/done")
    began = time.monotonic()
    while "Центр «Надежда-2»" not in public(server):
        assert time.monotonic() - began < SOON
    hope = public(server)["Центр «Надежда-2»"]
    assert (hope["show_location"], hope["phones"][0]["number"]) == ("no", "+996700112233")
    look("done")
    page.click("a[href$='/undo']")
    page.click("main form .btn")
    page.wait_for_url("**/acts/*")
    began = time.monotonic()
    while public(server)["Центр «Надежда-2»"]["status"] != "closed":
        assert time.monotonic() - began < SOON
    assert not faults
    context.close()
