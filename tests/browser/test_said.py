"""The phone says what it found in the very words of the server: distances, hours, dates, numbers, in each language."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from legalmap.directory.search import answer
from legalmap.hours import BISHKEK
from legalmap.model import LANGS, Center, Lang, Localized, Match, Place, Query
from legalmap.routes import asking, near_words, words
from legalmap.routes.public import split_unplaced
from tests.browser import hard
from tests.browser.test_parity import Phone
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

SCRIPTS = ("near-rank.js", "near-words.js")
COUNTS = [50, pytest.param(500, marks=pytest.mark.long)]
"""Questions of points, and of moments."""
SAID = """([queries, place]) => queries.map((query) => {
  const a = known.answer(query);
  return a.nearest.concat(a.near, a.far).map((match) => {
    const center = known.center(match.index);
    const phone = center.phone && say.phone(center.phone.number);
    return [say.distance(match, center, null), say.distance(match, center, place), phone,
      say.opening(center, match.state), say.checked(center), say.spoken(center.languages), say.fee(center)];
  });
})"""


@pytest.fixture(scope="module")
def page(chromium: Callable[..., Any]) -> Any:
    opened = chromium().new_page()
    for script in SCRIPTS:
        opened.add_script_tag(path=ROOT / "static" / script)
    return opened


@pytest.fixture(params=LANGS)
def lang(request: pytest.FixtureRequest, app: Flask, page: Any) -> Iterator[Lang]:
    """The language that both speak while a test runs."""
    with app.test_request_context(f"/{request.param}/"):
        page.evaluate(
            "([lang, words]) => { document.documentElement.lang = lang; say = Near.say(words); }",
            [request.param, near_words.all_words()],
        )
        yield request.param


def said(match: Match, query: Query, place: Place | None) -> list[Any]:
    center = match.center
    opening = words.opening(center, match.state, query.now.astimezone(BISHKEK))
    phone = words.phone(center.phones[0]) if center.phones else None
    return [
        words.distance(match, None), words.distance(match, place), phone, [opening.word, opening.detail, opening.look],
        words.checked(center), words.spoken(center.languages), words.fee(center),
    ]  # fmt: skip


@pytest.mark.parametrize("count", COUNTS)
def test_answers_are_said_alike(page: Any, lang: Lang, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    # what is no date never comes into an edition
    monkeypatch.setattr(hard, "SOURCES", tuple(date for date in hard.SOURCES if date != "2021-13"))
    rng = random.Random(lang)
    known, clocks = hard.directory(rng), hard.clocks(rng)
    points = list(itertools.islice(hard.origins(rng, known), count))
    moments = [Query(now=hard.beside(rng, clocks), point=points[0]) for _ in range(count)]
    for directory, queries in ((known, [hard.query(rng, point) for point in points]), (clocks, moments)):
        phone = Phone(page, directory, lang)
        place = next(iter(directory.places.by_id.values()), None)
        answers = [answer(directory, query) for query in queries]
        asked = [phone.asked(found.query, oblast=found.oblast) for found in answers]
        drawn = page.evaluate(SAID, [asked, place and {"id": place.id}])
        for query, found, lines in zip(queries, answers, drawn, strict=True):
            near, far = split_unplaced(found)
            assert lines == [said(match, query, place) for match in (*found.nearest, *near, *far)], query


def test_every_distance_is_rounded_and_written_alike(page: Any, lang: Lang) -> None:
    rng = random.Random(1)
    middles = [half * 5 for half in range(260)] + [1000 + step * 50 for step in range(300)]
    meters = [
        *middles,
        994.999,
        995,
        999.999,
        9_949.999,
        9_950,
        9_950.001,
        10_500,
        11_500,
        999_500,
        1_234_567,
        19_900_000,
    ]
    meters += [round(rng.uniform(0, 30_000), 3) for _ in range(2_000)]
    for approximate in (False, True):
        center = Center(
            number=1,
            id="a",
            kind="ngo",
            status="active",
            show_location="yes",
            names=Localized(),
            approximate=approximate,
        )
        told = [
            words.distance(Match(center=center, meters=m, state=None, stale=False, ask_first=False), None)
            for m in meters
        ]
        theirs = page.evaluate(
            "([meters, approximate]) => meters.map((m) => say.distance({meters: m}, {approximate}, null))",
            [meters, approximate],
        )
        assert theirs == told


def test_headings_and_numbers_are_written_alike(page: Any, lang: Lang) -> None:
    counts = list(range(1, asking.MANY + 1))
    headings = page.evaluate("(counts) => counts.map((n) => [say.heading(n, ''), say.heading(n, 'Ош')])", counts)
    assert headings == [[words.heading(n), words.heading(n, "Ош")] for n in counts]
    numbers = [0, 9, 999, 1000, 12_345, 1_234_567]
    assert page.evaluate("(all) => all.map(say.number)", numbers) == [words.number(n) for n in numbers]
