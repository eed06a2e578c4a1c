"""The sheet of a rayon: what may hang on a wall for everybody to read, and nothing else."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from legalmap.danger import spoken_of
from legalmap.model import LANGS, Localized, Place, Point, Rayon
from legalmap.routes.sheet import ids, standing_alone
from tests.served import SiteMaker, a_center

RAYON = Rayon(id="naryn", names=Localized(ky="Нарын району", ru="Нарынский район", en="Naryn district"), oblast="KG-N")
OSH = Place(id="9", names=Localized(ky="Ош", ru="Ош", en="Osh"), oblast="KG-GO", point=Point(lat=40.5, lon=72.8))


def names(page: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r"<h3[^>]*>(.*?)</h3>", page)]


def test_the_three_nearest_stand_in_order_with_phone_hours_and_age(site: SiteMaker) -> None:
    near = [
        a_center(1000 + n, point=Point(lat=41.43 + n / 100, lon=76.0), verified_on="2026-11-01") for n in range(1, 6)
    ]
    page = site(*near, rayons=(RAYON,)).get("/ru/sheet/naryn").text
    assert names(page) == ["Пример 1001", "Пример 1002", "Пример 1003"]
    assert "Ближайшие места <span>Нарын, по прямой</span>" in page
    assert "+996 352 20 00 01</p>" in page
    assert "Действительно до: 21.05.2027" in page
    assert "Выпуск" in page


def test_what_must_stay_quiet_never_hangs_on_a_wall(site: SiteMaker) -> None:
    quiet = [
        a_center(1001, kind="shelter"),
        a_center(1002, kind="crisis_center"),
        a_center(1003, show_location="settlement"),
        a_center(1004, names=Localized(ru="Помощь жертвам насилия")),
        a_center(1005, status="suspended"),
        a_center(1006, status="closed"),
        a_center(1007, show_location="no", point=None),
    ]
    page = site(*quiet, a_center(1010), rayons=(RAYON,)).get("/ru/sheet/naryn").text
    assert names(page) == ["Пример 1010"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_sheet_says_no_word_of_violence_and_nothing_but_numbers_on_its_strips(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/{lang}/sheet/kochkor").text
    strips = re.search(r'<ul class="strips".*?</ul>', page, re.DOTALL)
    assert strips
    told = html.unescape(re.sub(r"<[^>]+>", " ", strips[0]))
    assert set(told.split()) <= {"Жакын", "Jakyn", "114", "117", "·"}
    head = page.split("</head>")[0] + page.split("<h2")[0]
    assert not spoken_of(html.unescape(head))


def test_a_code_leads_to_the_site_only_when_the_operator_named_it(instance: Path) -> None:
    plain = create_app(Settings(instance=instance)).test_client().get("/ky/sheet/kochkor").text
    assert "<svg" not in plain
    named = create_app(Settings(instance=instance, site="https://jakyn.example")).test_client()
    page = named.get("/ky/sheet/kochkor", headers={"Host": "evil.example"}).text
    assert "<svg" in page
    assert "jakyn.example" in page
    assert "evil" not in page


def test_every_rayon_and_osh_city_have_a_sheet_and_nothing_else_does(client: FlaskClient) -> None:
    directory = client.application.extensions["editions"].current()
    assert len(ids(directory)) == 45
    for sheet in ids(directory):
        assert client.get(f"/ky/sheet/{sheet}").status_code == 200, sheet
    for wrong in ("kg-n", "nowhere", "kg-gb", "../x"):
        assert client.get(f"/ky/sheet/{wrong}").status_code == 404
    assert 'href="/ky/sheet/kochkor"' in client.get("/ky/places/kg-n/kochkor").text
    assert 'href="/ky/sheet/kg-go"' in client.get("/ky/places/kg-go").text


def test_an_empty_directory_and_an_unknown_seat_still_give_the_numbers(site: SiteMaker) -> None:
    page = site(places=(), rayons=(RAYON,)).get("/ky/sheet/naryn").text
    assert names(page) == []
    assert "<b>102</b>" in page
    assert site is not None


def test_hostile_names_stay_text_and_long_ones_are_cut(site: SiteMaker) -> None:
    evil = "<script>alert(1)</script>{{7*7}}" + "я" * 300
    page = site(a_center(1001, names=Localized(ru=evil)), rayons=(RAYON,)).get("/ru/sheet/naryn").text
    assert "<script>alert" not in page
    assert len(names(page)[0]) <= 130


def test_a_sheet_that_stands_alone_needs_nothing_beside_it(client: FlaskClient) -> None:
    page = standing_alone(client.application, "ky", "kochkor")
    assert "<link" not in page
    assert not re.search(r'(?:src|href)="(?!tel:)', page)
    assert "@page" in page
    with pytest.raises(LookupError):
        standing_alone(client.application, "ky", "nowhere")


def test_osh_city_is_measured_from_its_own_point(site: SiteMaker) -> None:
    client = site(a_center(1001), places=(OSH,))
    assert "<span>Ош, по прямой</span>" in client.get("/ru/sheet/kg-go").text
