"""The same texts where they are no center's: names of places and rayons, tips, what is said before a call, and what a
visitor types."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.directory.rows import Text
from legalmap.model import LANGS, Phone, Place, Point, Rayon
from tests.attacks.payloads import PAYLOADS, RESULT
from tests.attacks.test_injection import HARMLESS, Shape, alike, said, sealing_key_of
from tests.served import a_center, search

TAME = tuple(f"{HARMLESS}{number}" for number in range(len(PAYLOADS)))
FIRST = 9_000_001
"""The id of the first place."""
FORBIDDEN = {"iframe", "object", "embed", "base", "video", "marquee"}


def content(texts: Sequence[str]) -> EditionContent:
    """A place and a tip for each text, four rayons, and a helpline of which one is told before the call."""
    rayons = tuple(Rayon(id=f"r{n}", names=said(texts[n]), oblast="KG-N", aliases=(texts[-n],)) for n in range(1, 5))
    places = tuple(
        Place(id=str(FIRST + n), names=said(text), oblast="KG-N", point=Point(lat=41.43 + n / 1e4, lon=76.0),
              rayon=f"r{n % 4 + 1}", population=9, feature="PPL", aliases=(text,))
        for n, text in enumerate(texts)
    )  # fmt: skip
    tips = tuple(Text(key=f"tips.{n}", text=said(text), source=text) for n, text in enumerate(texts, start=1))
    told = Text(key="before_call.117", text=said("\n".join(texts[:40])))
    centers = (
        a_center(1001, settlement=texts[0], place_id=str(FIRST), rayon="r1", area=("r1",)),
        a_center(1002, kind="helpline", phones=(Phone(number="117"),), point=None, rank=1),
    )
    return EditionContent(centers=centers, places=places, texts=(*tips, told), rayons=rayons)


def a_site(folder: Path, texts: Sequence[str]) -> FlaskClient:
    settings = Settings(instance=folder, roles=frozenset({"public"}))
    settings.editions.mkdir(parents=True)
    sealing_key_of(settings)
    write_edition(settings.editions, 1, content(texts), "0" * 64, dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
    return create_app(settings).test_client()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return a_site(tmp_path_factory.mktemp("hostile"), PAYLOADS)


@pytest.fixture(scope="module")
def tame(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The same site, which says nothing that harms."""
    return a_site(tmp_path_factory.mktemp("tame"), TAME)


def harmless(page: str, what: str) -> None:
    """Nothing on it runs, nothing was counted."""
    elements = Shape(page).elements
    assert not [tag for tag, names in elements if any(name.startswith("on") for name in names)], what
    assert not FORBIDDEN & {tag for tag, _names in elements}, what
    assert RESULT not in page, what


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_of_them_all_is_that_of_harmless_ones(hostile: FlaskClient, tame: FlaskClient, lang: str) -> None:
    for path in ("", "tips", "phones", "about", "search", "map", "centers/1001", "centers/1002", "sheet/r1"):
        one, other = (client.get(f"/{lang}/{path}") for client in (hostile, tame))
        assert one.status_code == other.status_code == 200, path
        alike(Shape(one.text), Shape(other.text), path)
        assert RESULT not in one.text, path
    for path in ("places", "places/kg-n", "places/kg-n/r1", "places/kg-n/r2", "places/kg-n/other"):
        harmless(hostile.get(f"/{lang}/{path}").text, path)  # in groups by letter, of which these have others


def test_the_page_of_each_place_is_that_of_a_harmless_one(hostile: FlaskClient, tame: FlaskClient) -> None:
    for number, text in enumerate(PAYLOADS):
        path = f"/{LANGS[number % 3]}/places/{FIRST + number}"
        page = hostile.get(path).text
        alike(Shape(page), Shape(tame.get(path).text), text)
        assert RESULT not in page, text


def test_whatever_is_typed_stays_words(hostile: FlaskClient) -> None:
    """Also where a place is called so: it is found, or others are offered, or nothing is."""
    for number, text in enumerate(PAYLOADS):
        harmless(search(hostile, LANGS[number % 3], place=text).text, text)


def test_in_files_each_name_stands_as_it_is(hostile: FlaskClient) -> None:
    told = hostile.get("/directory.json").get_json()
    assert {text["text"]["ru"] for text in told["texts"] if text["key"].startswith("tips.")} == set(PAYLOADS)
    offered = json.dumps(json.loads(hostile.get("/ru/places.json").get_data()), ensure_ascii=False)
    assert "hurt" in offered
