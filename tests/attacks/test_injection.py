"""More than 200 texts made to harm, in every text that a center has: refused in words, or shown as the letters that
they are, on every page, in every file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.desk.export import as_csv
from legalmap.model import LANGS, Center, Localized, Phone, Point
from tests.attacks.payloads import PAYLOADS, RESULT
from tests.desk.conftest import TestDesk
from tests.served import KYRGYZ_FIRST, NARYN, a_center, search

HARMLESS = "сөз"
TEXTS = ("name_ky", "name_ru", "address", "directions_ky", "services_ru", "note_ky", "bring_ky", "source", "slip_name")
LEADING = {"href", "src", "action", "formaction", "srcset"}
CARD = {"BEGIN", "VERSION", "FN", "N", "ORG", "TEL", "ADR", "GEO", "NOTE", "URL", "EMAIL", "CATEGORIES", "END"}
ENDS = "\r\n\x0b\x0c\x1b\x00"
SCHEMES = {"", "tel", "https", "http", "mailto", "geo", "sms", "whatsapp"}


class Shape(HTMLParser):
    """A page without what it says: its elements with their attributes in order, and where links lead to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _value in attrs)))
        self.links += [value or "" for name, value in attrs if name in LEADING]


def said(text: str) -> Localized:
    return Localized(ky=text, ru=text, en=text)


def centers(texts: Sequence[str]) -> Iterator[Center]:
    """A center for each text, which says it in every field that holds words; some of them numbers to call."""
    for number, text in enumerate(texts, start=1001):
        words = said(text)
        if number % 20 == 0:
            phones = (Phone(number="199", label=text),)
            yield a_center(number, kind="helpline", names=said(f"199 – {text}"), phones=phones, point=None, rank=number)
        else:
            yield a_center(
                number, names=words, address=words, directions=words, services=words, bring=words, note=words,
                settlement=text, source=text, email=text, phones=(Phone(number="+996352200001", label=text),),
                point=Point(lat=41.43, lon=76.0) if number % 2 else None, source_date="", fee="free",
            )  # fmt: skip


def sealing_key_of(settings: Settings) -> None:
    """Makes one."""
    settings.sealing_key.parent.mkdir(parents=True)
    settings.sealing_key.write_bytes(Fernet.generate_key())


def published(folder: Path, texts: Sequence[str]) -> Settings:
    """A public instance that shows them."""
    settings = Settings(instance=folder, roles=frozenset({"public"}))
    settings.editions.mkdir(parents=True)
    sealing_key_of(settings)
    content = EditionContent(centers=tuple(centers(texts)), places=(NARYN,), texts=(), rayons=())
    write_edition(settings.editions, 1, content, "0" * 64, dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
    return settings


def a_site(folder: Path, texts: Sequence[str]) -> FlaskClient:
    return create_app(published(folder, texts)).test_client()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return a_site(tmp_path_factory.mktemp("hostile"), PAYLOADS)


@pytest.fixture(scope="module")
def tame(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The same centers, which say nothing that harms."""
    return a_site(tmp_path_factory.mktemp("tame"), [f"{HARMLESS}{number}" for number in range(len(PAYLOADS))])


def alike(one: Shape, other: Shape, what: str) -> None:
    """Nothing of what is said became part of the page."""
    assert one.elements == other.elements, what
    for link in one.links:
        scheme = link.partition(":")[0].lower() if ":" in link.partition("/")[0] else ""
        assert scheme in SCHEMES, (what, link)
        assert not link.startswith(("//", "/\\")), (what, link)


def test_there_are_more_than_200_of_them() -> None:
    assert len(PAYLOADS) > 200


def test_on_the_page_of_a_center_no_text_becomes_anything_else(hostile: FlaskClient, tame: FlaskClient) -> None:
    for number, text in enumerate(PAYLOADS, start=1001):
        path = f"/{LANGS[number % 3]}/centers/{number}"
        page = hostile.get(path).text
        alike(Shape(page), Shape(tame.get(path).text), text)
        assert RESULT not in page, text


@pytest.mark.parametrize("lang", KYRGYZ_FIRST)
def test_in_lists_and_on_maps_no_text_becomes_anything_else(hostile: FlaskClient, tame: FlaskClient, lang: str) -> None:
    for path in ("", "places/kg-n", "places/1527592", "map", "phones", "keep", "near", "about"):
        page = hostile.get(f"/{lang}/{path}").text
        alike(Shape(page), Shape(tame.get(f"/{lang}/{path}").text), path)
        assert RESULT not in page
    one, other = (search(client, lang, lat="41.4", lon="76").text for client in (hostile, tame))
    alike(Shape(one), Shape(other), "list")


def test_in_files_each_text_stands_as_it_is(hostile: FlaskClient) -> None:
    names = {center["name"]["ru"] for center in hostile.get("/directory.json").get_json()["centers"]}
    assert {text for number, text in enumerate(PAYLOADS, start=1001) if number % 20} <= names
    for path in ("/ky/near.json", "/ky/places.json", "/ky/notices.json", "/ky/keep/centers.json"):
        assert json.loads(hostile.get(path).get_data()) is not None
    told = hostile.post("/api/v1/nearest", json={"lat": 41.4, "lon": 76, "k": 50, "lang": "ky"}).get_json()
    assert {str(center["name"]) for center in told["centers"]} <= set(PAYLOADS)
    for number, text in enumerate(PAYLOADS, start=1001):
        if number % 20:
            _card_is_whole(hostile.get(f"/ky/centers/{number}.vcf").get_data(as_text=True), text)


def _card_is_whole(card: str, text: str) -> None:
    lines = card.split("\r\n")
    names = [line.partition(":")[0].partition(";")[0] for line in lines if line and not line.startswith(" ")]
    assert (names[0], names[-1], names.count("END"), names.count("TEL")) == ("BEGIN", "END", 1, 1), text
    assert set(names) <= CARD, text
    assert not any(set(line) & set("\r\n") for line in lines), text


def table(texts: Sequence[str]) -> str:
    """A CSV of centers that say each text in every column of words."""
    with io.StringIO() as file:
        written = csv.writer(file)
        written.writerow(("id", "kind", "oblast", "show_location", *TEXTS))
        for text in texts:
            written.writerow((f"p{PAYLOADS.index(text)}", "ngo", "KG-N", "yes", *([text] * len(TEXTS))))
        return file.getvalue()


def test_the_desk_refuses_each_in_words_or_keeps_it_and_no_cell_that_goes_out_is_a_formula(tmp_path: Path) -> None:
    desk = TestDesk(tmp_path / "instance")
    # a letter that no table may hold makes the whole file refused: those come one by one
    spoiling = [text for text in PAYLOADS if set(text) & set(ENDS)]
    for texts in ([text for text in PAYLOADS if text not in spoiling], *([text] for text in spoiling)):
        before = len(desk.records)
        report = desk.bring(table(texts), good_rows=True, accept=("all",))
        refused = {problem.line for problem in report.plan.problems if problem.level == "error"}
        assert len(desk.records) - before + len(refused) == len(texts), texts
    kept = {record.cells["name_ru"] for record in desk.records.values()}
    assert not any(mark in name for name in kept for mark in ("{{", "{%", "${", "\x00", "\u202e", "\x1b"))
    rows = list(csv.reader(io.StringIO(as_csv(desk.records.values()).removeprefix("\ufeff"))))
    cells = [cell.lstrip() for row in rows for cell in row]
    phone, running = set("+-0123456789 ();,."), set("=+-@＝＋－＠\t\r")
    assert [cell for cell in cells if cell[:1] in running and not set(cell) <= phone] == []
    client = create_app(replace(desk.settings, https=False, roles=frozenset({"public"}))).test_client()
    for center in desk.directory.centers:
        shape = Shape(client.get(f"/ky/centers/{center.number}").text)
        assert not [tag for tag, names in shape.elements if any(name.startswith("on") for name in names)]
        assert not {"iframe", "object", "embed", "base", "video", "marquee"} & {tag for tag, _names in shape.elements}
    assert RESULT not in client.get("/ky/places/kg-n").text
