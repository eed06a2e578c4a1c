"""What is offered while a name is typed: what was meant comes first, and the phone is never surer than the server."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.places import FILE, bgn, mistyped, popular, read, through_russian
from legalmap.directory import places as gazetteers
from legalmap.directory.names import names_of
from legalmap.directory.places import Places, read_places
from legalmap.directory.suggestions import places_json
from legalmap.letters import search_key
from legalmap.model import LANGS, Localized, Place, Point
from legalmap.routes.static import read_files
from tests.conftest import ROOT
from tests.directory.test_suggestions import directory_of

pytestmark = pytest.mark.browser

SHIPPED = read_places(ROOT / "geodata" / "places.csv")
WORDS = {"near": "near {place}, {n} km"}
TABLES = json.loads((ROOT / "legalmap" / "letters.json").read_text(encoding="utf-8"))
RUSSIAN_KEYBOARD = str.maketrans("өүңӨҮҢ", "оунОУН")
LOOK_ALIKE = str.maketrans("аеорсхуө", "aeopcxyѳ")
START = """([data, tables, words]) => {
  window.known = Near.gazetteer(JSON.parse(data), Near.letters(tables), words);
  return known.ready;
}"""


def large() -> tuple[Place, ...]:
    return tuple(read(Path(os.environ["LEGALMAP_TESTDATA"]) / FILE)[1].by_id.values())


needs_large = pytest.mark.skipif(
    "LEGALMAP_TESTDATA" not in os.environ, reason=f"LEGALMAP_TESTDATA does not name a folder of {FILE}"
)


@pytest.fixture(scope="module")
def blank(chromium: Callable[..., Any]) -> Iterator[Any]:
    """An empty page with the scripts alone."""
    context = chromium()
    page = context.pages[0]
    for name in ("letters.js", "typing.js"):
        page.add_script_tag(path=ROOT / "static" / name)
    yield page
    context.close()


def start(page: Any, places: tuple[Place, ...], lang: str) -> None:
    columns = places_json(directory_of(*places), lang)  # type: ignore[arg-type]
    page.evaluate(START, [json.dumps(columns), TABLES, WORDS])


def spellings(places: tuple[Place, ...], most: int) -> list[str]:
    """Names in the ways that people write them, right and wrong: at most so many, the same each time."""
    ways: tuple[Callable[[str], str], ...] = (
        str, str.upper, lambda name: name.replace("-", " "), lambda name: name.replace("-", ""), bgn, popular,
        through_russian, mistyped, lambda name: name.translate(RUSSIAN_KEYBOARD),
        lambda name: name.translate(LOOK_ALIKE), lambda name: f"г. {name}", lambda name: f"{name} айылы",
        lambda name: f"{name}ский", lambda name: name.replace("ы", "й"), lambda name: name.replace("ү", "у"),
        lambda name: name[:3], lambda name: name.replace("Кара", "Кара-").replace("--", "-"),
    )  # fmt: skip
    names = sorted({name for place in places for name in names_of(place) if name})
    every = sorted({way(name) for name in names for way in ways} - set(names))
    words = [text for word in sorted(gazetteers._PLACE_WORDS) for text in (word, f"Нарын {word}", f"{word} Ak-Suu")]
    return [*names, *words, *random.Random(8).sample(every, min(most, len(every)))]


def wrong(page: Any, places: tuple[Place, ...], lang: str, most: int) -> tuple[int, list[Any]]:
    """How many texts the page named, and those where it named others than the server did. Of Latin letters, which may
    sound like a name, and on an English page of Cyrillic ones, it may leave a text to the server."""
    start(page, places, lang)
    server, texts = Places(places), spellings(places, most)
    told = page.evaluate("texts => texts.map(text => known.exact(text).map(place => place.id))", texts)
    exact = [[place.id for place in server.find(text).exact] for text in texts]
    pairs = list(zip(texts, exact, told, strict=True))
    certain = [lang != "en" and not re.search("[a-z]", search_key(text)) for text in texts]
    faults = [
        (text, ours, its)
        for sure, (text, ours, its) in zip(certain, pairs, strict=True)
        if (its != ours if sure else its and set(its) != set(ours))
    ]
    return sum(bool(its) for _, _, its in pairs), faults


@pytest.mark.parametrize("lang", LANGS)
def test_what_the_phone_takes_for_a_name_the_server_does_too(blank: Any, lang: str) -> None:
    named, faults = wrong(blank, SHIPPED, lang, 2500)
    assert faults == []
    assert named > (500 if lang == "en" else 1500)


@needs_large
@pytest.mark.parametrize("lang", LANGS)
def test_in_a_large_gazetteer_it_does_too(blank: Any, lang: str) -> None:
    named, faults = wrong(blank, large(), lang, 3000)
    assert (faults, named > 2000) == ([], True)


def offered(page: Any, text: str) -> list[str]:
    found: list[str] = page.evaluate(
        "text => known.find(text).map(place => place.also ? `${place.name} (${place.also})` : place.name)", text
    )
    return found


@pytest.mark.parametrize(
    ("lang", "text", "names"),
    [
        ("ky", "Нарын", ["Нарын"]),
        ("ky", "нар", ["Нарын"]),
        ("ky", "НАРЫН", ["Нарын"]),
        ("ky", "кара", ["Каракол", "Кара-Балта", "Кара-Көл", "Кара-Суу", "Кара-Кулжа", "Кербен (Караван)"]),
        ("ky", "kara", ["Каракол", "Кара-Балта", "Кара-Көл", "Кара-Суу"]),
        ("ky", "карасуу", ["Кара-Суу"]),
        ("ky", "покр", ["Кызыл-Суу (Покровка)", "Семетей (Покровка)"]),
        ("ky", "Pokrovka", ["Кызыл-Суу (Покровка)", "Семетей (Покровка)"]),
        ("ky", "Фрун", ["Бишкек (Фрунзе)"]),
        ("ru", "пржев", ["Каракол (Пржевальск)"]),
        ("en", "Przhev", ["Karakol (Przhevalsk)"]),
        ("en", "кочк", ["Kochkor-Ata", "Kochkor"]),
        ("ky", "г. Нарын", ["Нарын"]),
        ("ky", "Бишкек шаары", ["Бишкек"]),
        ("ky", "Нарын базары", ["Нарын"]),
        ("ky", "Кочкорский", ["Кочкор (Кочкорка)"]),
        ("ky", "Бишкекк", ["Бишкек"]),
        ("ky", "Тогтокул", ["Токтогул"]),
        ("ky", "Тогто", ["Токтогул"]),
        ("ky", "Бишек", ["Бишкек"]),
        ("ky", "Tyu", ["Түп"]),
        ("ky", "Hарын", ["Нарын"]),
        ("ky", "Ысык-Кѳл", []),
        ("ky", "жал", ["Манас (Жалал-Абад)"]),
        ("ky", "Нарын облусу", ["Нарын"]),
        ("ky", "", []),
        ("ky", " - ", []),
        ("ky", "ццццц", []),
        ("ky", "👩‍⚖️", []),
        ("ky", "а" * 5000, []),
    ],
)
def test_what_was_meant_is_offered_first(blank: Any, lang: str, text: str, names: list[str]) -> None:
    if blank.evaluate("window.lang") != lang:
        start(blank, SHIPPED, lang)
        blank.evaluate("lang => { window.lang = lang }", lang)
    found = offered(blank, text)
    assert found[: len(names)] == names
    assert len(found) <= 8
    assert names or not found


def test_the_scripts_of_the_field_are_a_small_download() -> None:
    served = read_files(ROOT / "static")
    packed = [len(served.by_hashed[served.hashed[name]].br) for name in ("letters.js", "typing.js", "typing.css")]
    assert sum(packed) <= 5_000, packed


@pytest.mark.parametrize(
    ("text", "ids"),
    [("KaraBalta", ["1528182"]), ("Aksuu", ["1527232", "8377866"]), ("tash komur", ["1527260"]), ("Наурин", [])],
)
def test_latin_letters_run_together_name_a_place_too(blank: Any, text: str, ids: list[str]) -> None:
    start(blank, SHIPPED, "ky")
    assert blank.evaluate("text => known.exact(text).map(place => place.id)", text) == ids
    assert [place.id for place in Places(SHIPPED).find(text).exact] == ids


def test_a_hostile_name_is_said_letter_for_letter(blank: Any) -> None:
    name = "<img src=x onerror=alert(1)> $& {n} {place} \u202e😀"
    hostile = Place(id="1", names=Localized(ky=name), oblast="", point=Point(lat=41.0, lon=75.0), feature="PPLA")
    village = Place(id="2", names=Localized(ky="Тилек"), oblast="KG-N", point=Point(lat=41.1, lon=75.0))
    start(blank, (hostile, village), "ky")
    told = blank.evaluate(
        "() => [known.find('Тил')[0].near, known.find('img src')[0].name, known.exact('Тилек')[0].where]"
    )
    assert told == [f"near {name}, 11 km", name, "Нарын"]
    start(blank, (), "ky")
    assert blank.evaluate("() => [...known.find('а'), ...known.exact('а')]") == []
