"""The phone folds letters as the server does: the same tables in two languages, compared in a real browser."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.places import FILE, read
from legalmap import letters
from legalmap.directory.names import letters_of, names_of
from legalmap.directory.places import read_places
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

TABLES = (ROOT / "legalmap" / "letters.json").read_text(encoding="utf-8")
KEYS: dict[str, Callable[[str], str]] = {
    "repair": letters.repair,
    "searchKey": letters.search_key,
    "latinKey": letters.latin_key,
    "soundKey": letters.sound_key,
    "bare": letters_of,
}
OLD_PHONE = """
const RegExpOfToday = RegExp;
window.RegExp = function (source, flags) {
  if (String(source).includes("\\\\p{")) throw new SyntaxError("Invalid escape");
  return new RegExpOfToday(source, flags);
};
"""
"""A browser of 2017: regular expressions without Unicode's classes."""
PIECES = [
    *"аеоуиыэюяжщйңөүъьіәўқғҳєїѳӊɵІЕТНВМ", *"aeoyxcpkBHMTKdzhjngsqiwöüñışğçÉß", *"'`´‘’ʻʼ′ʹ", *"-–—_.,;:()\"«»„“/№",
    " ", "  ", "\t", "\n", "\r", "\x00", "\x1f", "\x7f", "\x85", "\u00a0", "\u2009", "\u3000", "\u2028", "\u1680",
    "\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff", "\u0301", "\u0306", "\u0308", "\u0327", "İ", "ſ", "K", "Å", "ﬁ",
    "Σ", "ς", "中", "أ", "๑", "Ⅷ", "²", "½", "٣", "ª", "ʰ", "ǅ", "한", "\u1112", "👩\u200d⚖️", "𝒜", "𐐀", "\ud800",
    "\udc00", "Ош", "Кара-", "Жалал-Абад", "kh", "shch", "dzh", "oe", "iu",
]  # fmt: skip


def hostile(chance: random.Random) -> str:
    text = "".join(chance.choice(PIECES) for _ in range(chance.choice((1, 2, 3, 5, 8, 13, 40))))
    text = chance.choice((text, text, text.upper(), text.swapcase(), text * 30))
    # two halves that meet are one letter for a browser, and never reach a server as two
    return text.replace("\ud800\udc00", "\udc00")


def texts() -> list[str]:
    places = list(read_places(ROOT / "geodata" / "places.csv"))
    if folder := os.environ.get("LEGALMAP_TESTDATA"):
        places += read(Path(folder) / FILE)[1].by_id.values()
    names = dict.fromkeys(name for place in places for name in names_of(place))
    chance = random.Random(8)
    return [*names, *(hostile(chance) for _ in range(1000)), "", "k" * 10_000 + "h", "ы" * 10_000, "ab" * 20_000]


@pytest.fixture(scope="module", params=["today", "old phone"])
def page(request: pytest.FixtureRequest, chromium: Callable[..., Any]) -> Iterator[Any]:
    context = chromium()
    page = context.pages[0]
    if request.param == "old phone":
        page.evaluate(OLD_PHONE)
    page.add_script_tag(path=ROOT / "static" / "letters.js")
    page.evaluate("tables => { window.letters = Near.letters(JSON.parse(tables)) }", TABLES)
    page.old = request.param == "old phone"
    yield page
    context.close()


def test_every_name_and_a_thousand_hostile_texts_are_folded_as_on_the_server(page: Any) -> None:
    asked = texts()
    if page.old:  # knows the letters of Europe, so of Kyrgyz, Russian, Uzbek, Turkish
        asked = [text for text in asked if all(letter < "\u0590" or "\u2000" < letter < "\u2100" for letter in text)]
        assert len(asked) > 700
    for key, fold in KEYS.items():
        told = page.evaluate("([key, texts]) => JSON.parse(texts).map(letters[key])", [key, json.dumps(asked)])
        wrong = [(text, fold(text), its) for text, its in zip(asked, told, strict=True) if fold(text) != its]
        assert wrong == [], (key, len(wrong))


def test_typing_errors_are_counted_as_on_the_server(page: Any) -> None:
    chance = random.Random(9)
    words = ["".join(chance.choices("abkr", k=chance.randrange(9))) for _ in range(400)]
    pairs = [(chance.choice(words), chance.choice(words), chance.randrange(4)) for _ in range(4000)]
    pairs += [("a" * 500, "a" * 499 + "b", 2), ("𐐀б", "б𐐀", 2), ("", "", 0)]
    told = page.evaluate("pairs => pairs.map(([one, other, most]) => letters.typos(one, other, most))", pairs)
    assert told == [letters.typos(*pair) for pair in pairs]
