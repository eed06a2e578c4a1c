"""Before a call: what happens then is said beside the button, and no button leads to a number that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from legalmap.model import Localized, Phone, Timetable
from tests.served import SiteMaker, a_center, search

TOLD = {"114": "Not an emergency service", "117": "Ask first whom they will tell", "102": "They must register"}


def main(page: str) -> str:
    return page.split('<main id="main"')[1].split("</main>")[0]


def test_a_hidden_entry_tells_what_117_does_directly_under_its_button(client: FlaskClient) -> None:
    page = search(client, "en", place="Naryn").text
    under = re.findall(r'Ask 117</span></a>\s*<details class="before"><summary>(.*?)</summary>(.*?)</details>', page)
    assert 0 < len(under) == main(page).count("No number yet. Ask 117")
    for summary, told in under:
        assert summary == "What happens before the call"
        assert told.count("<p>") == 3
        assert TOLD["117"] in told


@pytest.mark.parametrize("dialled", ["102", "103", "111", "112", "114", "115", "117"])
def test_the_page_of_a_number_tells_what_happens_beside_its_button(client: FlaskClient, dialled: str) -> None:
    cards = client.get("/en/phones").text.split('<li class="card">')
    card = next(card for card in cards if f'"tel:{dialled}"' in card)
    details = re.search(r'href="(/en/centers/\d+)"', card)
    assert details
    page = main(client.get(details[1]).text)
    told = re.findall(r'<ul class="told">(.*?)</ul>', page, re.DOTALL)
    assert len(told) == 1
    assert told[0].count("<li>") == 3
    assert page.index(f'href="tel:{dialled}"') < page.index('<ul class="told">') < page.index("<dl")
    assert TOLD.get(dialled, "") in told[0]


def test_the_danger_strip_leads_to_what_happens_before_the_call(client: FlaskClient) -> None:
    for path in ("", "places", "centers/1001"):
        strip = client.get(f"/ru/{path}").text.split('<p class="danger">')[1].split("</p>")[0]
        assert '<a href="/ru/phones">Что важно знать до звонка</a>' in strip


def test_without_an_edition_the_strip_promises_nothing_more(tmp_path: Path) -> None:
    page = create_app(Settings(instance=tmp_path)).test_client().get("/ru/").text
    assert 'href="tel:112"' in page
    assert "Что важно знать до звонка" not in page


def test_the_page_of_an_entry_to_ask_114_about_tells_what_114_is(client: FlaskClient) -> None:
    page = main(client.get("/en/centers/1001").text)
    assert TOLD["114"] in page


def test_a_number_to_call_says_nothing_of_money_that_nobody_knows(site: SiteMaker) -> None:
    line = {"point": None, "phones": (Phone(number="117"),)}
    client = site(
        a_center(1001, kind="helpline", **line), a_center(1002, kind="emergency", **line), a_center(1003),
        a_center(1004, kind="helpline", fee="free", **line),
    )  # fmt: skip
    for number in (1001, 1002):
        page = client.get(f"/ru/centers/{number}").text
        assert "Об оплате спросите" not in page
        assert '<span class="tag plain">' not in page
    assert "Об оплате спросите" in client.get("/ru/centers/1003").text
    assert "Бесплатно" in client.get("/ru/centers/1004").text


@pytest.mark.parametrize("show", ["no", "settlement"])
def test_an_entry_without_address_and_phone_leads_to_117_and_promises_nothing(site: SiteMaker, show: str) -> None:
    client = site(a_center(1001, show_location=show, phones=(), point=None, verified_on="2026-10-01"))
    for page in (search(client, "ru", place="Нарын").text, client.get("/ru/centers/1001").text):
        page = main(page)
        assert "Номера пока нет. Спросите: 117" in page
        assert "скажут по телефону" not in page
        assert "позвоните" not in page
        assert "114" not in page


def test_an_open_address_without_a_phone_asks_114(site: SiteMaker) -> None:
    page = main(search(site(a_center(1001, phones=(), verified_on="2026-10-01")), "ru", place="Нарын").text)
    assert "Перед поездкой уточните: 114" in page


def test_a_settlement_with_a_phone_gives_the_address_by_phone(site: SiteMaker) -> None:
    page = search(site(a_center(1001, show_location="settlement")), "en", place="Naryn").text
    assert "They give the address by phone" in page


def test_a_hidden_entry_with_a_phone_is_called_itself_however_old(site: SiteMaker) -> None:
    client = site(a_center(1001, show_location="no", point=None), a_center(1002))
    answer = client.post("/api/v1/nearest", json={"lat": 41, "lon": 75}).json
    assert {c["number"]: (c["stale"], c["ask_first"]) for c in answer["centers"]} == {
        1001: (True, False), 1002: (True, True),
    }  # fmt: skip
    page = main(client.get("/ru/centers/1001").text)
    assert page.count('class="btn wide') == 1
    assert 'class="btn wide" href="tel:+996352200001"' in page
    assert "Могло устареть." in page


def test_a_label_stands_beside_its_number(site: SiteMaker) -> None:
    phones = (Phone(number="+996352200001", label="приёмная"), Phone(number="+996352200002", label="юрист"))
    client = site(a_center(1001, phones=phones, verified_on="2026-10-01"))
    page = main(client.get("/ky/centers/1001").text)
    assert '+996 352 20 00 01 <span class="label" lang="">(приёмная)</span>' in page
    assert '+996 352 20 00 02 <span class="label" lang="">(юрист)</span>' in page
    assert "(приёмная)" in search(client, "ky", place="Нарын").text


def test_day_and_night_is_said_once(site: SiteMaker) -> None:
    always = Timetable(text="24/7", weekly=((0, 10080),))
    weekdays = Timetable(text="Mo 09:00-18:00", weekly=((540, 1080),))
    client = site(a_center(1001, hours=always, phone_hours=always), a_center(1002, hours=weekdays, phone_hours=always))
    assert main(client.get("/ru/centers/1001").text).count("Круглосуточно") == 1
    assert main(client.get("/ru/centers/1002").text).count("Круглосуточно") == 1


def test_a_source_in_words_stands_alone_in_its_own_language(site: SiteMaker) -> None:
    client = site(a_center(1001, source="Letter of the akimiat", source_date="2018", services=Localized(ky="кеңеш")))
    page = client.get("/ky/centers/1001").text
    assert '<span lang="">Letter of the akimiat</span><br>2018</dd>' in page
    assert "Эмнеге жардам берет" in page
