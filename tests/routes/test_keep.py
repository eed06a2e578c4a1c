"""Kept on the phone by choice, as the server serves it: what a copy consists of, its centers, deleting, the worker."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client

from legalmap.model import LANGS, Localized, Phone, Point, Timetable
from legalmap.routes import keeping
from tests.served import EVERYTHING, SiteMaker, a_center

HOSTILE = a_center(
    1007, names=Localized(ky='</main><script>x()</script>"\x1e', ru="centers/0"), note=Localized(ky="</header>")
)


def copied(client: FlaskClient, lang: str = "ky") -> dict[str, Any]:
    told: dict[str, Any] = json.loads(client.get(f"/{lang}/keep/copy.json").data)
    return told


def pages(client: FlaskClient, lang: str = "ky") -> dict[str, str]:
    """The centers' pages as the worker puts them together."""
    kept = json.loads(client.get(f"/{lang}/keep/centers.json").data)
    return {
        number: kept["before"].replace('centers/0"', f'centers/{number}"')
        + main.replace(keeping.MAP, kept["map"])
        + kept["after"]
        for number, main in kept["centers"].items()
    }


@pytest.mark.parametrize("lang", LANGS)
def test_everything_of_a_copy_is_there_and_as_large_as_the_page_says(client: FlaskClient, lang: str) -> None:
    told = copied(client, lang)
    weight = 0
    for address in told["files"]:
        answer = client.get(address, headers={"Accept-Encoding": "br"})
        assert answer.status_code == 200, address
        assert not re.search(r"/found/|/map/|/staff|/sheet|/search|\?", address.replace("/keep/offline/search", ""))
        weight += len(answer.data)
    text = client.get(f"/{lang}/keep").text
    (promised,) = re.findall(r"\((\d+)\s(?:кБ|kB)\)", text)
    assert abs(int(promised) - weight / 1000) < 10
    wanted = {"", "map", "phones", "tips", "near", "keep", "calendar", "near.json", "places.json", "keep/centers.json"}
    assert {f"/{lang}/{name}" for name in wanted} <= set(told["files"])
    assert told["version"] == copied(client, lang)["version"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_kept_center_is_its_page_without_what_hangs_on_the_day(site: SiteMaker, lang: str) -> None:
    client = site(*EVERYTHING, HOSTILE)
    kept = pages(client, lang)
    assert set(kept) == {str(center.number) for center in (*EVERYTHING, HOSTILE)}
    for number, text in kept.items():
        theirs = client.get(f"/{lang}/centers/{number}").text.replace(keeping.MAP, "")
        assert re.findall(r"<h1.*?</h1>", text) == re.findall(r"<h1.*?</h1>", theirs)
        assert re.findall(r'href="tel:[^"]*"', text) == re.findall(r'href="tel:[^"]*"', theirs)
        assert re.findall(r'hreflang.*?href="[^"]*"', text) == re.findall(r'hreflang.*?href="[^"]*"', theirs)
        assert text.count("<main") == text.count("</main>") == text.count("</header>") == 1
        assert "<script>" not in text
        assert 'class="today"' not in text
        assert "application/ld+json" not in text


def test_no_kept_page_says_that_a_center_is_open(site: SiteMaker) -> None:
    working = Timetable(text="x", weekly=tuple((1440 * day + 60, 1440 * day + 1400) for day in range(7)))
    client = site(a_center(1001, hours=working))
    (kept,) = pages(client, "en").values()
    assert "Opening hours" in kept
    assert not re.search(r"Open until|Open now|Closed now|Opens", kept)


def test_marks_change_with_what_may_be_withdrawn_and_only_then() -> None:
    mark = keeping._mark
    center = a_center()
    assert mark(center) == mark(a_center())
    for changes in (
        {"phones": ()}, {"phones": (Phone(number="+996352200002"),)}, {"point": None}, {"status": "closed"},
        {"show_location": "no"}, {"address": Localized(en="x")}, {"point": Point(lat=41.43, lon=76.01)},
        {"whatsapp": "+996700100200"}, {"email": "a@example.org"}, {"directions": Localized(ky="x")},
        {"names": Localized(ky="x")}, {"website": "https://example.org/"}, {"note": Localized(ky="x")},
    ):  # fmt: skip
        assert mark(a_center(**changes)) != mark(center), changes
    assert mark(a_center(topics=("land",))) == mark(center)


def test_deleting_has_the_browser_forget_with_and_without_script(client: FlaskClient) -> None:
    plain = client.post("/ky/keep/delete")
    assert (plain.status_code, plain.headers["Location"]) == (303, "/ky/keep/deleted")
    asked = client.post("/ky/keep/delete", headers={"Accept": "application/json"})
    assert asked.json == {"to": "/ky/keep/deleted"}
    for answer in (plain, asked):
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
        assert "Set-Cookie" not in answer.headers
    assert client.get("/ky/keep/delete").status_code == 405
    assert "Clear-Site-Data" not in client.get("/ky/keep/deleted").headers


def test_the_worker_is_looked_for_anew_and_may_ask_this_site_alone(app: Flask) -> None:
    client = app.test_client()
    worker = client.get("/worker.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.headers["Service-Worker-Allowed"] == "/"
    assert "connect-src 'self'" in worker.headers["Content-Security-Policy"]
    again = client.get("/worker.js", headers={"If-None-Match": worker.headers["ETag"]})
    assert again.status_code == 304
    below = Client(app).get("/worker.js", environ_overrides={"SCRIPT_NAME": "/aid"})
    assert below.headers["Service-Worker-Allowed"] == "/aid/"
    under = json.loads(Client(app).get("/ky/keep/copy.json", environ_overrides={"SCRIPT_NAME": "/aid"}).data)
    assert all(address.startswith("/aid/") for address in under["files"])
    told = Client(app).get("/ky/keep", environ_overrides={"SCRIPT_NAME": "/aid"}).text
    assert "/aid/worker.js" in told
    frame = json.loads(Client(app).get("/ky/keep/centers.json", environ_overrides={"SCRIPT_NAME": "/aid"}).data)
    assert "/aid/ru/centers/0" in frame["before"]


@pytest.mark.parametrize("lang", LANGS)
def test_pages_without_a_network_tell_nothing_of_the_directory(client: FlaskClient, lang: str) -> None:
    for what in ("page", "search"):
        text = client.get(f"/{lang}/keep/offline/{what}").text
        assert set(re.findall(r'href="tel:(\d+)"', text)) == {"102", "103", "112", "114"}
        assert f'href="/{lang}/calendar"' in text
    assert client.get(f"/{lang}/keep/offline/else").status_code == 404


def test_an_empty_directory_is_kept_too_and_none_is_told_in_words(site: SiteMaker) -> None:
    client = site(places=())
    assert copied(client)["marks"] == ""
    assert pages(client) == {}
    assert client.get("/ky/keep").status_code == 200


def test_of_very_many_centers_the_first_are_kept_whole(site: SiteMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_CENTERS", 2)
    client = site(*EVERYTHING)
    assert len(pages(client, "en")) == 2
    assert "of 6; the others in the list alone" in client.get("/en/keep").text
    assert len(str(copied(client)["marks"])) == 6 * 6
