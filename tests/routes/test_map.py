"""The map page and its files: the same for everybody, complete without a map, light, and closed to other hosts."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import shutil
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings, SettingsError, read_settings
from legalmap.directory import layers
from legalmap.directory.search import match
from legalmap.hours import BISHKEK
from legalmap.model import LANGS, Localized, Point
from legalmap.routes.map import MOST_ROWS
from tests.served import EVERYTHING, NARYN, SiteMaker, a_center, search

PACKED = {"Accept-Encoding": "gzip, br"}


def about(client: FlaskClient, path: str = "/ky/map") -> dict[str, Any]:
    """What the page tells its script."""
    found: dict[str, Any] = json.loads(client.get(path).text.split("data-map='", 1)[1].split("'", 1)[0])
    return found


def weight(client: FlaskClient, page: str) -> int:
    """Bytes over the line of a page with its map opened."""
    told = about(client, page)
    files = [*told["css"], *told["js"], *told["layers"].values(), told["shell"]]
    start = re.search(r'src="(/static/start[^"]+)"', client.get(page).text)
    assert start
    icon = re.findall(r'href="(/static/[^"]+)"', client.get(page).text)
    return sum(len(client.get(path, headers=PACKED).data) for path in (page, start[1], *icon, *files))


@pytest.mark.parametrize("lang", LANGS)
def test_every_listed_center_is_in_the_list_with_or_without_a_point(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/{lang}/map").text
    told = about(client, f"/{lang}/map")
    data = client.get(told["layers"]["centers"]).get_json()
    named = {int(number) for number in re.findall(rf'href="/{lang}/centers/(\d+)" data-center', page)}
    directory = client.application.extensions["editions"].current()
    assert named == {center.number for center in (*directory.ranked, *directory.unplaced)}
    assert set(data["number"]) == {center.number for center in directory.ranked}
    unplaced = page.split('id="unplaced"')[1].split("</section>")[0]
    assert {int(number) for number in re.findall(r'data-center="(\d+)"', unplaced)} == {
        center.number for center in directory.unplaced
    }


def test_the_map_holds_no_more_than_pages_show(site: SiteMaker) -> None:
    town = a_center(1011, show_location="settlement", place_id=NARYN.id, point=NARYN.point, approximate=True)
    client = site(*EVERYTHING, town)
    data = client.get(about(client)["layers"]["centers"]).get_json()
    assert data["number"] == [1001, 1002, 1011]
    assert set(data) == {
        "kinds", "towns", "number", "lat", "lon", "kind", "town", "about", "old", "phone", "name",
    }  # fmt: skip
    assert data["about"] == [0, 2, 1]
    assert [round(value / 100000, 5) for value in (data["lat"][2], data["lon"][2])] == [41.42866, 75.99111]


@pytest.mark.parametrize("date", ["2016-02-29", "2018", "2021-11", "2021-11-22", "2021-11-23", "", "9999", "nonsense"])
def test_the_map_calls_old_what_the_list_calls_old(site: SiteMaker, date: str) -> None:
    client = site(a_center(source="https://example.org", source_date=date))
    old = client.get(about(client)["layers"]["centers"]).get_json()["old"][0]
    center = client.application.extensions["editions"].current().centers[0]
    for day in (dt.date(2021, 2, 28), dt.date(2021, 3, 1), dt.date(2026, 11, 22), dt.date(2026, 11, 23)):
        now = dt.datetime.combine(day, dt.time(12), BISHKEK)
        assert match(center, now).stale == (old < day.isoformat()), (date, day)


def test_a_filter_is_chosen_by_post_and_never_stands_in_the_address(client: FlaskClient) -> None:
    answer = client.post("/ru/map", data={"topic": "violence", "kind": "ngo"})
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert re.fullmatch(r"/ru/map/[\w=-]+", address)
    page = client.get(address)
    assert page.headers["Cache-Control"] == "no-store"
    assert "<title>Жакын – карта</title>" in page.text
    told = about(client, address)
    directory = client.application.extensions["editions"].current()
    wanted = {one.number for one in directory.ranked if one.kind == "ngo" and "violence" in one.topics}
    assert set(told["only"]) == wanted
    # what the map loads from the edition does not tell what was chosen
    assert told["layers"] == about(client, "/ru/map")["layers"]


def test_a_choice_that_is_none_and_a_broken_seal_are_refused(client: FlaskClient) -> None:
    assert client.post("/ky/map", data={"topic": "nonsense"}).status_code == 400
    assert client.get("/ky/map/broken").status_code == 404
    nothing = client.post("/ky/map", data={}, follow_redirects=True)
    assert nothing.status_code == 200
    assert "only" not in json.loads(nothing.text.split("data-map='", 1)[1].split("'", 1)[0])


def test_results_give_the_map_what_stands_in_the_list_and_nothing_else(client: FlaskClient) -> None:
    page = search(client, place="Нарын").text
    cards = re.findall(r'<li class="card[^>]*data-center="(\d+)"[^>]*data-point="([\d.]+),([\d.]+)"', page)
    assert len(cards) == 5
    told = json.loads(page.split("data-map='", 1)[1].split("'", 1)[0])
    assert set(told["layers"]) == {"basemap", "names"}
    assert all(path.startswith(("/static/", "/ky/layers/")) for path in told["layers"].values())
    assert told["layers"] == {name: about(client)["layers"][name] for name in told["layers"]}
    assert 'hidden>\n  <h2 id="map-heading"' in page  # without the script there is no button that does nothing


def test_a_center_without_a_point_offers_no_map(site: SiteMaker) -> None:
    client = site(*EVERYTHING)
    assert "data-map=" in client.get("/ky/centers/1001").text
    for number in (1003, 1004, 1005, 1006):
        page = client.get(f"/ky/centers/{number}")
        assert "data-map=" not in page.text
        assert "img-src 'self';" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["shell", "names", "centers"])
def test_a_file_of_the_edition_is_kept_under_its_hash_and_never_under_another(client: FlaskClient, name: str) -> None:
    told = about(client)
    path = told["shell"] if name == "shell" else told["layers"][name]
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    other = client.get(re.sub(r"\.[0-9a-f]{16}\.", ".0123456789abcdef.", path))
    assert other.headers["Cache-Control"] == "no-store"
    assert other.data == answer.data
    if name != "shell":
        assert brotli.decompress(client.get(path, headers={"Accept-Encoding": "br"}).data) == answer.data
        assert gzip.decompress(client.get(path, headers={"Accept-Encoding": "gzip"}).data) == answer.data


@pytest.mark.parametrize(
    "name", ["", "shell.js", "centers.js", "shell.0.json", "manifest.0.json", "..%2fcurrent", "centers.0.json.br", "a"]
)
def test_no_other_file_of_the_edition_can_be_asked_for(client: FlaskClient, name: str) -> None:
    told = client.get(f"/ky/layers/{name}")
    assert told.status_code == 404 or (name in {"shell.js", "centers.js"} and told.status_code == 404)


def test_pages_with_a_map_may_run_our_scripts_and_ask_one_host_for_pictures(client: FlaskClient) -> None:
    policy = client.get("/ky/map").headers["Content-Security-Policy"]
    assert "script-src 'self'; connect-src 'self'; style-src 'self';" in policy
    assert "img-src 'self' data: https://tile.openstreetmap.org;" in policy
    assert "unsafe" not in policy
    for path in ("/ky/places", "/ky/about", "/ky/phones", "/ky/map/broken"):
        assert "img-src 'self';" in client.get(path).headers["Content-Security-Policy"]
    assert client.get("/ky/map").headers["Content-Security-Policy"] == policy  # also when the page was kept


def test_without_tiles_there_is_no_button_and_no_other_host(instance: Path) -> None:
    client = create_app(Settings(instance=instance, tiles="")).test_client()
    page = client.get("/ky/map")
    assert "map-streets" not in page.text
    assert "img-src 'self';" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "tiles",
    [
        "tile.example.org/{z}/{x}/{y}.png", "https://tile.example.org/{z}/{x}.png", "javascript:alert({z}{x}{y})",
        "https://a.example; script-src *;/{z}/{x}/{y}", "https://a.example 'unsafe-inline'/{z}/{x}/{y}",
        "https:///{z}/{x}/{y}", "https://{z}.example/{x}/{y}", "https://u:p@a.example/{z}/{x}/{y}",
    ],
)  # fmt: skip
def test_a_tile_address_that_is_not_one_plain_host_is_refused(tiles: str) -> None:
    with pytest.raises(SettingsError, match="LEGALMAP_TILES"):
        read_settings({"LEGALMAP_TILES": tiles})


def test_tiles_can_be_changed_and_taken_away() -> None:
    assert read_settings({}).tiles_host == "https://tile.openstreetmap.org"
    assert read_settings({"LEGALMAP_TILES": ""}).tiles_host == ""
    own = read_settings({"LEGALMAP_TILES": "http://127.0.0.1:8080/{z}/{x}/{y}.png", "LEGALMAP_TILES_ATTRIBUTION": "us"})
    assert (own.tiles_host, own.tiles_attribution) == ("http://127.0.0.1:8080", "us")


@pytest.mark.parametrize("lang", LANGS)
def test_the_map_page_takes_110_kilobytes_at_most(client: FlaskClient, site: SiteMaker, lang: str) -> None:
    assert weight(client, f"/{lang}/map") <= 110_000
    assert about(client, f"/{lang}/map")


def test_the_map_page_of_500_centers_takes_110_kilobytes_at_most(site: SiteMaker) -> None:
    from bench.map import centers

    client = site(*centers(500, (NARYN,)))
    assert weight(client, "/ky/map") <= 110_000
    page = client.get("/ky/map").text
    assert len(re.findall("data-center=", page)) == MOST_ROWS + 25
    assert "Бул тизмеде жок: 375." in page


def test_results_with_the_start_script_take_14_kilobytes_at_most(client: FlaskClient) -> None:
    answer = client.post("/ky/search", data={"place": "Нарын"})
    page = client.get(answer.headers["Location"], headers=PACKED)
    text = client.get(answer.headers["Location"]).text
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', text)
    assert len(page.data) <= 8_000
    assert len(page.data) + sum(len(client.get(path, headers=PACKED).data) for path in files) <= 14_000


def test_an_older_edition_without_a_map_still_opens_and_offers_none(instance: Path, tmp_path: Path) -> None:
    import hashlib

    copied = tmp_path / "instance"
    shutil.copytree(instance, copied)
    folder = next(path for path in (copied / "editions").iterdir() if path.name.isdigit())
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"] = {name: one for name, one in manifest["files"].items() if not name.startswith(_MAP)}
    text = json.dumps(manifest)
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    pointer = f"{folder.name} {hashlib.sha256(text.encode()).hexdigest()}\n"
    (copied / "editions" / "current").write_text(pointer, encoding="ascii")
    client = create_app(Settings(instance=copied)).test_client()
    page = client.get("/ky/map")
    assert page.status_code == 200
    assert "data-map=" not in page.text
    assert "data-center=" in page.text
    assert "data-map=" not in search(client, place="Нарын").text


_MAP = tuple({name.split("-")[0] for name in layers.FILES})


def test_an_empty_directory_still_has_a_map(site: SiteMaker) -> None:
    client = site(places=())
    page = client.get("/ru/map")
    assert page.status_code == 200
    assert "Записей: 0." in page.text
    assert client.get(about(client)["layers"]["centers"]).get_json()["number"] == []


def test_a_hostile_name_stays_inside_its_quotes(site: SiteMaker) -> None:
    name = "'\"><script>alert(1)</script>{{ 7*7 }}${1}`"
    client = site(a_center(names=Localized(ky=name), point=Point(lat=41.4, lon=76.0)))
    page = client.get("/ky/map").text
    assert "<script>alert" not in page
    assert "49" not in re.findall(r"<b lang[^>]*>(.*?)</b>", page)[0]
    data = client.get(about(client)["layers"]["centers"])
    assert data.get_json()["name"] == [name]
    assert data.headers["Content-Type"] == "application/json"
    assert data.headers["X-Content-Type-Options"] == "nosniff"
