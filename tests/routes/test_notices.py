"""What centers say of these days, wherever the public sees a center; how it ends, and whom to go to instead."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from legalmap.directory.notices import FILE, Notice, written
from legalmap.hours import BISHKEK
from legalmap.model import Localized, Point
from tests.served import SiteMaker, a_center

TODAY = dt.datetime.now(BISHKEK).date()
DAY = dt.timedelta(days=1)
LIST = "/ky/places/1527592"
CENTERS = (
    a_center(1001),
    a_center(1002, point=Point(lat=41.44, lon=76.0), kind="flac", status="suspended"),
    a_center(1003, point=Point(lat=41.45, lon=76.0), names=Localized(ru='<b>"Пример"')),
    a_center(1004, point=Point(lat=41.46, lon=76.0)),
    a_center(1005, status="closed"),
    a_center(1006, show_location="no", kind="shelter", point=None, names=Localized(ky="Колдоо", ru="Поддержка")),
)
SAYS = "Юрист азыр жок · акыркы күнү: "


def say(folder: Path, *said: tuple[int, str, dt.date]) -> None:
    """What the desk does: the file of notices, written anew."""
    file = folder / "editions" / FILE
    file.write_bytes(written([Notice(center=center, what=what, until=until) for center, what, until in said]))


@pytest.fixture
def client(site: SiteMaker) -> FlaskClient:
    return site(*CENTERS)


def heard(client: FlaskClient, lang: str = "ky") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get(f"/{lang}/notices.json").data)
    return found


def test_phones_hear_what_holds_today_of_listed_centers_and_nothing_else(client: FlaskClient, tmp_path: Path) -> None:
    assert heard(client) == {}
    first = client.get("/ky/notices.json")
    say(
        tmp_path, (1003, "lawyer_away", TODAY), (1001, "closed", TODAY - DAY), (1005, "closed", TODAY + DAY),
        (1006, "no_places", TODAY + DAY), (4242, "closed", TODAY),
    )  # fmt: skip
    day = f"{TODAY:%d.%m.%Y}"
    assert heard(client) == {
        "1003": [f"{SAYS}{day}", str(TODAY)],
        "1006": [f"Орун жок · акыркы күнү: {TODAY + DAY:%d.%m.%Y}", str(TODAY + DAY)],
    }
    assert heard(client, "ru")["1003"][0] == f"Юриста сейчас нет · последний день: {day}"
    again = client.get("/ky/notices.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.headers["Cache-Control"] == "public, max-age=60"
    same = client.get("/ky/notices.json", headers={"If-None-Match": again.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    (tmp_path / "editions" / FILE).write_bytes(b"{")
    assert heard(client) == {}


def test_a_list_names_the_next_that_works_and_says_nothing(client: FlaskClient, tmp_path: Path) -> None:
    before = client.get(LIST).text
    assert 'id="at' not in before
    say(tmp_path, (1001, "lawyer_away", TODAY), (1004, "closed", TODAY))
    text = client.get(LIST).text
    (card,) = re.findall(r'<li class="card first" id="at1001".*?</li>', text, re.DOTALL)
    assert SAYS in card
    assert '<a href="#at1003">Кийинкиси: <span lang="ru">&lt;b&gt;&#34;Пример&#34;</span></a>' in card
    assert 'id="at1003"' in text
    assert text.count('href="#at') == 1, "after the last of the list there is none to name"
    assert "Дальше в списке:" in client.get(LIST.replace("ky", "ru")).text
    assert "Next:" in client.get(LIST.replace("ky", "en")).text
    order = r'data-center="(\d+)"'
    assert re.findall(order, text) == re.findall(order, before)
    say(tmp_path)
    assert client.get(LIST).text == before


def test_rows_and_programs_are_told(client: FlaskClient, tmp_path: Path) -> None:
    say(tmp_path, (1001, "no_places", TODAY + DAY), (1006, "closed", TODAY))
    page = client.get("/ky/places/kg-n").text
    (row,) = re.findall(r'<li><a href="/ky/centers/1001">.*?</li>', page)
    assert f'<b class="old">Орун жок · акыркы күнү: {TODAY + DAY:%d.%m.%Y}</b>' in row
    assert "Убактылуу жабык · акыркы күнү:" in page.partition('id="unplaced"')[2]
    answer = client.post("/api/v1/nearest", json={"lat": 41.43, "lon": 76.0, "k": 2})
    told = {center["number"]: center["notice"] for center in json.loads(answer.data)["centers"]}
    assert told == {
        1001: {"what": "no_places", "until": str(TODAY + DAY)},
        1002: None,
        1006: {"what": "closed", "until": str(TODAY)},
    }


def test_pages_that_outlive_the_day_hold_no_notice_but_the_place_for_one(client: FlaskClient, tmp_path: Path) -> None:
    say(tmp_path, (1001, "lawyer_away", TODAY))
    kept = json.loads(client.get("/ky/keep/centers.json").data)
    assert SAYS not in json.dumps(kept, ensure_ascii=False)
    assert '<p class="wrong" hidden></p>' in kept["centers"]["1001"]
    assert SAYS not in client.get("/ky/map").text
    copy = json.loads(client.get("/ky/keep/copy.json").data)
    assert "/ky/notices.json" in copy["files"]
    say(tmp_path)
    assert json.loads(client.get("/ky/keep/copy.json").data)["version"] == copy["version"], "no copy is taken anew"


def test_the_one_file_is_made_anew_when_somebody_says_something(client: FlaskClient, tmp_path: Path) -> None:
    def carried() -> Any:
        text = client.get("/ky/file/jakyn-ky.html").get_data(as_text=True)
        (data,) = re.findall(r'id="pack-notices">(.*?)</script>', text)
        assert SAYS not in text.replace(data, ""), "without a script nobody could judge the day"
        return json.loads(data)

    assert carried() == {}
    say(tmp_path, (1001, "lawyer_away", TODAY + DAY), (1003, "closed", TODAY - DAY))
    assert carried() == {"1001": [f"{SAYS}{TODAY + DAY:%d.%m.%Y}", str(TODAY + DAY)]}
    say(tmp_path)
    assert carried() == {}
