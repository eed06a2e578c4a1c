"""The way out: a month that says nothing about us, or the operator's page; and forms that leave no second entry."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import SettingsError, read_settings
from legalmap.model import LANGS


@pytest.mark.parametrize("lang", LANGS)
def test_the_calendar_names_and_links_nothing_of_ours(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/{lang}/calendar").text
    text = re.sub("<style>.*?</style>", "", page)
    assert not re.search("Жакын|Jakyn|борбор|центр|center|114|tel:", text)
    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) == 3
    assert all(re.fullmatch(rf"/static/calendar\.\w+\.svg|/{lang}/calendar/[\d-]+", link) for link in links)
    assert page.count("<td") in {28, 35, 42}
    assert page.count('class="today"') == 1


def test_a_month_has_its_days_in_their_weeks(client: FlaskClient) -> None:
    page = client.get("/ky/calendar/2026-11").text
    assert "<h1>Ноябрь 2026</h1>" in page
    first = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1]
    assert re.findall(r"<td[^>]*>(\d+)", first) == ["26", "27", "28", "29", "30", "31", "1"]
    assert first.count('class="other"') == 6
    assert re.findall(r'href="(/ky/calendar[^"]+)"', page) == ["/ky/calendar/2026-10", "/ky/calendar/2026-12"]


def test_months_end_where_the_calendar_ends(client: FlaskClient) -> None:
    for last, other in (("2099-12", "2099-11"), ("2000-1", "2000-2")):
        page = client.get(f"/en/calendar/{last}").text
        assert re.findall(r'href="(/en/calendar[^"]+)"', page) == [f"/en/calendar/{other}"]
    for odd in ("1999-12", "2100-1", "2026-13", "2026-0", "2026--1", "x-1", "99999999999-1"):
        assert client.get(f"/en/calendar/{odd}").status_code == 404, odd


def test_the_operator_may_name_another_way_out(instance: Path) -> None:
    away = "https://weather.example/bishkek"
    settings = read_settings({"LEGALMAP_INSTANCE": str(instance), "LEGALMAP_LEAVE": away})
    page = create_app(settings).test_client().get("/ru/nowhere").text
    assert f'<a class="leave" href="{away}" data-own="/ru/calendar" data-' in page
    for bad in ("http://weather.example/", "javascript:alert(1)", "//x", "https://a b/", "https://x/?from=us"):
        with pytest.raises(SettingsError, match="LEGALMAP_LEAVE"):
            read_settings({"LEGALMAP_LEAVE": bad})


@pytest.mark.parametrize("path", ["/ky/search", "/ky/map"])
def test_a_script_is_told_where_to_go_and_a_browser_is_sent(client: FlaskClient, path: str) -> None:
    told = client.post(path, data={"place": "Нарын"}, headers={"Accept": "application/json"})
    assert told.status_code == 200
    assert client.get(told.get_json()["to"]).status_code == 200
    assert told.headers["Cache-Control"] == "no-store"
    for accept in ("text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""):
        assert client.post(path, data={"place": "Нарын"}, headers={"Accept": accept}).status_code == 303


def test_a_list_says_that_it_will_disappear_and_does(client: FlaskClient) -> None:
    address = client.post("/ru/search", data={"place": "Нарын"}).headers["Location"]
    said = "исчезнет через 15 минут"
    assert said in client.get(address).text
    assert said not in client.get("/ru/places/kg-n/kochkor").text
    sealer = client.application.extensions["sealer"]
    old = sealer.seal(sealer.open(address.rsplit("/", 1)[1]).rstrip(), time.time() - 901)
    answer = client.get(f"/ru/found/{old}")
    assert answer.status_code == 410
    assert "Нарын" not in re.sub(r"(?s)<(aside|section).*?</\1>", "", answer.text)
