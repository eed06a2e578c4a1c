"""A sheet is one page of A4, in each language, with the longest texts that fit a center."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.directory.editions import Editions
from legalmap.hours import BISHKEK
from legalmap.model import LANGS, Localized, Point, Timetable
from legalmap.routes.sheet import ids, standing_alone
from tests.served import Server, a_center

pytestmark = pytest.mark.browser
SAMPLE = ("kochkor", "lenin", "kg-go", "leilek")
_LONG = "Узундук абдан узун болгон мекеменин толук жана расмий аталышы "


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", pdf))


@pytest.fixture
def paper(chromium: Callable[..., Any]) -> Any:
    return chromium().new_page()


def printed(page: Any, url: str) -> int:
    page.goto(url)
    return pages(page.pdf(prefer_css_page_size=True))


def test_a_sheet_is_one_page(server: Server, paper: Any) -> None:
    for lang, sheet in zip(cycle(LANGS), SAMPLE, strict=False):
        assert printed(paper, f"{server.url}/{lang}/sheet/{sheet}") == 1, sheet


@pytest.mark.long
@pytest.mark.parametrize("lang", LANGS)
def test_every_sheet_is_one_page(server: Server, paper: Any, lang: str) -> None:
    directory = Editions(server.instance / "editions").current()
    for sheet in ids(directory):
        assert printed(paper, f"{server.url}/{lang}/sheet/{sheet}") == 1, sheet


@pytest.mark.parametrize("lang", ["ru", *(pytest.param(lang, marks=pytest.mark.long) for lang in ("ky", "en"))])
def test_the_longest_texts_still_fit(server: Server, paper: Any, tmp_path: Path, lang: str) -> None:
    shown = Editions(server.instance / "editions").current()
    week = tuple((day * 1440 + 480 + day * 7, day * 1440 + 1000 + day * 11) for day in range(7))
    long = Localized(ky=_LONG * 20, ru=_LONG * 20, en=_LONG * 20)
    centers = [
        a_center(
            2000 + n, names=long, address=long, directions=long, hours=Timetable(text="x", weekly=week),
            rayon="kochkor", settlement="Кочкор", point=Point(lat=42.2 + n / 1000, lon=75.75), source="https://x.kg",
        )
        for n in range(3)
    ]  # fmt: skip
    lines = [center for center in shown.centers if center.kind in {"helpline", "emergency"}]
    content = EditionContent(
        centers=(*centers, *lines), places=tuple(shown.places.by_id.values()),
        rayons=tuple(shown.rayons.values()), texts=tuple(shown.texts.values()),
    )  # fmt: skip
    settings = Settings(instance=tmp_path, site="https://" + "a" * 40 + ".example")
    settings.editions.mkdir()
    settings.sealing_key.parent.mkdir()
    settings.sealing_key.write_bytes((server.instance / "keys" / "sealing.key").read_bytes())
    write_edition(settings.editions, 1, content, "0" * 64, shown.published_at.astimezone(BISHKEK))
    file = tmp_path / "sheet.html"
    file.write_text(standing_alone(create_app(settings), lang, "kochkor"), encoding="utf-8")
    assert printed(paper, file.as_uri()) == 1


def test_on_a_narrow_screen_it_reads_without_scrolling_sideways(server: Server, chromium: Callable[..., Any]) -> None:
    page = chromium(viewport={"width": 320, "height": 640}).new_page()
    page.goto(f"{server.url}/ky/sheet/kochkor")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
