"""The one file as it goes out: neutral, small, with nothing but the edition in it, made once."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import brotli
import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.directory.edition import Directory
from legalmap.directory.editions import Editions
from legalmap.model import LANGS, OBLASTS
from legalmap.routes.pack import MOST, WHOLE
from tests.directory.realsize import real_sized
from tests.served import SiteMaker, a_center


class Page(HTMLParser):
    """Every tag with its attributes, and the text of each script and style by id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.code: list[tuple[dict[str, str | None], str]] = []
        self._inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        tag, attributes = self.tags[-1] if self.tags else ("", {})
        if tag in {"script", "style"} and data.strip():
            self.code.append((attributes | {"tag": tag}, data))


def taken(client: FlaskClient, lang: str = "ky", oblast: str = "") -> Page:
    answer = client.get(f"/{lang}/file/jakyn-{lang}{oblast}.html")
    assert answer.status_code == 200
    return Page(answer.get_data(as_text=True))


def data(page: Page, name: str) -> Any:
    return next(json.loads(text) for about, text in page.code if about.get("id") == f"pack-{name}")


@pytest.fixture(scope="module")
def sample(instance: Path) -> Directory:
    return Editions(Settings(instance=instance).editions).current()


def published(folder: Path, sample: Directory, count: int) -> FlaskClient:
    """A site of `count` real-sized centers and the sample's numbers to call."""
    settings = Settings(instance=folder, roles=frozenset({"public"}))
    settings.editions.mkdir(parents=True)
    settings.sealing_key.parent.mkdir(parents=True, exist_ok=True)
    settings.sealing_key.write_bytes(Fernet.generate_key())
    made = real_sized(sample, count)
    lines = [replace(one, number=one.number + 90_000, id=f"line-{one.id}") for one in sample.centers if one.rank]
    content = EditionContent(
        centers=(*made.centers, *lines), places=tuple(sample.places.by_id.values()),
        texts=tuple(sample.texts.values()), rayons=tuple(sample.rayons.values()),
    )  # fmt: skip
    write_edition(settings.editions, 1, content, "0" * 64, made.published_at)
    return create_app(settings).test_client()


@pytest.mark.parametrize("lang", LANGS)
def test_it_leads_nowhere_loads_nothing_and_lets_run_only_what_is_ours(client: FlaskClient, lang: str) -> None:
    page = taken(client, lang)
    for tag, attributes in page.tags:
        for name in ("href", "src", "action", "srcset", "data", "poster", "style"):
            value = attributes.get(name)
            assert value is None or (name in {"href", "action"} and re.match(r"tel:|#", value)), (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")]
    policy = next(str(about["content"]) for tag, about in page.tags if about.get("http-equiv"))
    ran = [text for about, text in page.code if about["tag"] == "style" or about.get("type") in {None, "text/plain"}]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    for text in ran:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.count("sha256-") == len(ran) == 4


def test_it_says_edition_and_date_and_has_a_neutral_name(client: FlaskClient, sample: Directory) -> None:
    answer = client.get("/en/file/jakyn-en.html")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="jakyn-en.html"'
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.get_data(as_text=True)
    assert f"Edition {sample.number}, " in text
    assert "<title>Jakyn</title>" in text
    for name in ("jakyn-ky.html", "jakyn-en.htm", "jakyn-en-x.html", "JAKYN-EN.html", "jakyn-en-.html"):
        assert client.get(f"/en/file/{name}").status_code == 404
    assert 'href="/en/file/jakyn-en.html" download' in client.get("/en/about").get_data(as_text=True)


def test_every_listed_center_stands_there_with_its_number(client: FlaskClient, sample: Directory) -> None:
    page = taken(client, "ru")
    ids = [about["id"] for tag, about in page.tags if tag == "article"]
    listed = [*sample.ranked, *sample.unplaced]
    assert sorted(map(str, ids)) == sorted(f"c{center.number}" for center in listed)
    dialed = {about.get("href") for tag, about in page.tags if tag == "a"}
    assert {f"tel:{phone.number}" for center in listed for phone in center.phones} <= dialed
    assert data(page, "near")["edition"] == sample.number


def test_whom_to_call_is_told_as_on_the_page_of_each_center(client: FlaskClient, sample: Directory) -> None:
    file = client.get("/ru/file/jakyn-ru.html").get_data(as_text=True)
    entries = dict(re.findall(r'<article id="c(\d+)">(.*?)</article>', file, re.DOTALL))
    for center in (*sample.ranked, *sample.unplaced):
        page = client.get(f"/ru/centers/{center.number}").get_data(as_text=True)
        card = re.search(r'<div class="card first".*?</div>', page, re.DOTALL)
        assert card
        entry = entries[str(center.number)]
        numbers = re.findall(r'href="(tel:[^"]+)"', card[0])
        if center.whatsapp:
            numbers.pop()  # in the file it is no link
        assert re.findall(r'href="(tel:[^"]+)"', entry) == numbers
        assert ('class="old"' in entry) == ('class="old"' in card[0])


def test_it_is_packed_for_the_line_and_made_once(client: FlaskClient) -> None:
    plain = client.get("/ky/file/jakyn-ky.html").data
    assert len(plain) < MOST
    zipped = client.get("/ky/file/jakyn-ky.html", headers={"Accept-Encoding": "gzip"})
    small = client.get("/ky/file/jakyn-ky.html", headers={"Accept-Encoding": "br"})
    assert gzip.decompress(zipped.data) == brotli.decompress(small.data) == plain
    assert len(small.data) < len(zipped.data) < len(plain) / 3


def test_five_hundred_fit_with_the_map_and_an_oblast_has_its_own(tmp_path: Path, sample: Directory) -> None:
    client = published(tmp_path, sample, 500)
    for lang in LANGS:
        page = taken(client, lang)
        assert {"pack-library", "pack-basemap"} <= {about.get("id") for about, _ in page.code}
        assert len([tag for tag, _ in page.tags if tag == "article"]) == 500
    small = taken(client, "ky", "-n")
    near, places = data(small, "near"), data(small, "places")
    assert {places["oblasts"][at] for at in places["oblast"]} == {"KG-N"}
    articles = [about["id"] for tag, about in small.tags if tag == "article"]
    assert 0 < len(articles) == len(near["number"]) < 500


@pytest.mark.long
def test_what_is_too_much_is_offered_by_oblast_and_refused_at_once(tmp_path: Path, sample: Directory) -> None:
    client = published(tmp_path, sample, 2_100)
    assert client.get("/ky/file/jakyn-ky.html").status_code == 404
    about = client.get("/ky/about").get_data(as_text=True)
    offered = set(re.findall(r"/ky/file/(jakyn-ky[\w-]*\.html)", about))
    assert offered == {f"jakyn-ky-{code.lower().removeprefix('kg-')}.html" for code in OBLASTS}
    sizes = [len(client.get(f"/ky/file/{name}").data) for name in ("jakyn-ky-n.html", "jakyn-ky-gb.html")]
    assert all(300_000 < size < MOST for size in sizes)
    assert WHOLE < 2_100


def test_an_empty_directory_is_a_file_with_numbers_to_call(site: SiteMaker) -> None:
    page = taken(site(places=()))
    assert [tag for tag, _ in page.tags if tag == "article"] == []
    assert "tel:102" in {about.get("href") for _, about in page.tags}


def test_a_hidden_center_tells_no_more_than_the_site(site: SiteMaker) -> None:
    hidden = a_center(1002, show_location="no", point=None, place_id="", settlement="", rayon="", phones=())
    client = site(a_center(), hidden)
    page = client.get("/ky/file/jakyn-ky.html").get_data(as_text=True)
    entry = re.search(r'<article id="c1002">.*?</article>', page, re.DOTALL)
    assert entry
    assert "tel:117" in entry[0]
    assert "Нарын" not in entry[0].replace("Нарын облусу", "")


def test_without_an_edition_there_is_no_file(tmp_path: Path) -> None:
    client = create_app(Settings(instance=tmp_path, roles=frozenset({"public"}))).test_client()
    assert client.get("/ky/file/jakyn-ky.html").status_code == 503
