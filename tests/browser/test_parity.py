"""The phone answers as the server does: the same centers in the same order, meters, hours, marks and counts."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from legalmap.directory import naming
from legalmap.directory.edition import Directory, build
from legalmap.directory.near import near_json
from legalmap.directory.search import _oblast, answer, matching
from legalmap.hours import BISHKEK
from legalmap.model import LANGS, OBLASTS, Answer, Center, Lang, Localized, Match, Place, Point, Query
from legalmap.routes.public import split_unplaced
from tests.browser import hard
from tests.conftest import ROOT
from tests.directory.realsize import real_sized
from tests.routes.test_browse import large_gazetteer

pytestmark = pytest.mark.browser

QUERIES, MOMENTS, COUNTS, POSITIONS = 10_000, 2_000, 60, 2_000
BATCH = 1_000
FAMILIES = {"topic": "topics", "kind": "kinds", "group": "groups", "access": "access", "language": "languages"}
FLAGS = ("open", "free", "verified")
LAST_BIT = 5
"""Of 10,000 answers so many may differ by 1 mm: where two libraries' sines differ in the last bit just at a half."""

ANSWERED = """([queries, expected]) => {
  const state = (s) => s && [s.open, s.verified].concat([s.until, s.opens].map((at) =>
    at && at.date + " " + at.clock + " " + at.days + " " + at.weekday));
  const away = (m) => (m.meters === null ? null : Math.round(m.meters * 1000));
  const told = (m) => [m.index, away(m), state(m.state), m.stale, m.askFirst];
  const wrong = [];
  queries.forEach((query, i) => {
    if (query.oblast === null) query.oblast = Near.oblastAt(places, query.lat, query.lon);
    const a = known.answer(query);
    const got = JSON.stringify([query.oblast, a.nearest.map(told), a.near.map(told), a.far.map(told), a.more, a.total]);
    if (got !== expected[i]) wrong.push([i, got]);
  });
  return wrong;
}"""


def columns(places: Iterable[Place]) -> dict[str, Any]:
    """Places as places.json has them, as far as an oblast is looked for."""
    known = tuple(places)
    oblasts = sorted({place.oblast for place in known})
    return {
        "id": [place.id for place in known],
        "lat": [place.point.lat for place in known],
        "lon": [place.point.lon for place in known],
        "oblasts": oblasts,
        "oblast": [oblasts.index(place.oblast) for place in known],
    }


class Phone:
    """A page of Chromium that knows one directory."""

    def __init__(self, page: Any, directory: Directory, lang: Lang = "ky") -> None:
        self.page, self.directory = page, directory
        self.rows = sorted((*directory.ranked, *directory.unplaced), key=lambda center: center.id)
        self.index = {center.id: index for index, center in enumerate(self.rows)}
        data = json.dumps(near_json(directory, lang))
        places = columns(directory.places.by_id.values())
        page.evaluate("([data, p]) => { known = Near.directory(JSON.parse(data)); places = p; }", [data, places])

    def asked(self, query: Query, *, oblast: str | None = None) -> dict[str, Any]:
        """`query` as the scripts say it; without `oblast` the phone finds it."""
        lists = {name: sorted(getattr(query, field)) for name, field in FAMILIES.items()}
        flags = {name: getattr(query, name) for name in FLAGS}
        where = {"lat": query.point.lat, "lon": query.point.lon} if query.point else {}
        now = round(query.now.timestamp() * 1000)
        return {"oblast": oblast, "k": query.k, "now": now, **where, **lists, **flags}

    def told(self, found: Match, now: dt.datetime) -> list[Any]:
        today = now.astimezone(BISHKEK).date()

        def moment(at: dt.datetime | None) -> str | None:
            return at and f"{at:%Y-%m-%d %H:%M} {(at.date() - today).days} {at.weekday()}"

        state, meters = found.state, found.meters
        said = state and [state.open, state.verified, moment(state.until), moment(state.opens)]
        millimeters = None if meters is None else round(meters * 1000)
        return [self.index[found.center.id], millimeters, said, found.stale, found.ask_first]

    def expected(self, found: Answer) -> str:
        now = found.query.now
        near, far = split_unplaced(found)
        lists = [[self.told(match, now) for match in matches] for matches in (found.nearest, near, far)]
        total = len(found.nearest) + found.more + len(found.unplaced)
        return json.dumps([found.oblast, *lists, found.more, total], separators=(",", ":"))

    def wrong(self, queries: list[Query]) -> list[tuple[Query, str, str]]:
        """What was asked, and what server and phone said, where that is not the same."""
        found: list[tuple[Query, str, str]] = []
        for start in range(0, len(queries), BATCH):
            some = queries[start : start + BATCH]
            server = [self.expected(answer(self.directory, query)) for query in some]
            phone = self.page.evaluate(ANSWERED, [[self.asked(query) for query in some], server])
            found += [(some[place], server[place], said) for place, said in phone]
        return found


def within_a_millimeter(server: str, phone: str) -> bool:
    """Whether two answers differ in nothing but 1 mm."""
    one, other = json.loads(server), json.loads(phone)
    pairs = list(zip(one[1], other[1], strict=False))
    if any(abs(first[1] - second[1]) > 1 for first, second in pairs):
        return False
    for first, second in pairs:
        first[1] = second[1]
    return bool(one == other)


def shown(directory: Directory, center: Center, lang: Lang) -> dict[str, Any]:
    """What a card may say of `center`, by the rules of pages."""

    def text(localized: Localized) -> dict[str, str] | None:
        told, written = naming.said(localized, lang)
        return {"text": told, "lang": written} if told else None

    first, point = (*center.phones, None)[0], center.point
    return {
        "number": center.number, "kind": center.kind, "name": text(center.names), "address": text(center.address),
        "directions": text(center.directions), "oblast": center.oblast, "placeId": center.place_id,
        "rayon": naming.rayon_name(directory, center.rayon, lang) if center.rayon else "",
        "town": naming.settlement(directory, center, lang), "fee": center.fee, "show": center.show_location,
        "phone": first and {"number": first.number, "label": first.label}, "languages": list(center.languages),
        "status": center.status, "approximate": center.approximate,
        "lat": point and point.lat, "lon": point and point.lon,
        "verifiedOn": center.verified_on, "verifiedBy": center.verified_by, "sourced": bool(center.source),
        "sourceDate": center.source_date, "area": list(center.area),
    }  # fmt: skip


@pytest.fixture(scope="module")
def page(chromium: Callable[..., Any]) -> Any:
    opened = chromium().new_page()
    opened.add_script_tag(path=ROOT / "static" / "near-rank.js")
    return opened


def settlements(known: Directory) -> tuple[Place, ...]:
    """The places of `known`, or all of the large gazetteer where that is at hand."""
    return tuple(large_gazetteer(known) if "LEGALMAP_TESTDATA" in os.environ else known.places.by_id.values())


def test_2_000_questions_have_the_same_answers(page: Any) -> None:
    asked_alike(page, 2_000)


@pytest.mark.long
def test_10_000_questions_have_the_same_answers(page: Any) -> None:
    asked_alike(page, QUERIES)


def asked_alike(page: Any, count: int) -> None:
    phone, rng = Phone(page, hard.directory(random.Random(8))), random.Random(2026)
    villages = [place.point for place in settlements(phone.directory)]
    points = itertools.chain(villages, hard.origins(rng, phone.directory))
    queries = [hard.query(rng, point) for point in itertools.islice(points, count)]
    wrong = phone.wrong(queries)
    assert [fault for fault in wrong if not within_a_millimeter(*fault[1:])] == []
    assert len(wrong) <= LAST_BIT
    beyond = [answer(phone.directory, query).nearest for query in queries[:1_000]]
    assert sum(any((match.meters or 0) > 300_000 for match in nearest) for nearest in beyond) > 100


def test_without_places_or_centers_nothing_breaks(page: Any) -> None:
    rng = random.Random(4)
    known = build(9, "", dt.datetime(2026, 11, 22, tzinfo=BISHKEK), hard.directory(rng).centers, [], [])
    queries = [Query(now=hard.moment(rng), point=Point(lat=42, lon=75), k=k) for k in range(9)]
    for directory in (known, build(9, "", known.published_at, [], [], [])):
        assert Phone(page, directory).wrong(queries) == []


def test_2_000_moments_are_judged_alike(page: Any) -> None:
    rng = random.Random(14)
    known = hard.clocks(rng)
    moments = [hard.beside(rng, known) for _ in range(MOMENTS)]
    queries = [Query(now=now, point=Point(lat=42, lon=75), open=rng.random() < 0.3) for now in moments]
    assert Phone(page, known).wrong(queries) == []


def test_counts_are_those_of_looking_for_each_value(page: Any) -> None:
    phone, rng = Phone(page, hard.directory(random.Random(8))), random.Random(5)
    found = hard.origins(rng, phone.directory)
    for query in (hard.query(rng, point) for point in itertools.islice(found, COUNTS)):
        counts = phone.page.evaluate("(query) => known.counts(query)", phone.asked(query, oblast=""))
        for name, field in FAMILIES.items():
            for value, count in counts[name].items():
                one = replace(query, **{field: frozenset({value})})
                assert count == len(matching(phone.directory, one)), (query, name, value)
        for name in FLAGS:
            assert counts[name] == len(matching(phone.directory, replace(query, **{name: True}))), (query, name)


def test_a_position_is_in_the_oblast_of_the_nearest_place(page: Any) -> None:
    rng = random.Random(3)
    centers = hard.directory(rng)
    places = settlements(centers)
    twins = [replace(places[0], id=id, oblast=oblast) for id, oblast in (("9", "KG-T"), ("10", "KG-B"))]
    known = build(9, "", centers.published_at, [], [*twins, *places], [])
    own = {place.oblast: place.point for place in places}.values()
    points = [places[0].point, *own, *itertools.islice(hard.origins(rng, centers), POSITIONS)]
    ask = "([places, points]) => points.map(([lat, lon]) => Near.oblastAt(places, lat, lon))"
    degrees = [(point.lat, point.lon) for point in points]
    found = page.evaluate(ask, [columns(known.places.by_id.values()), degrees])
    assert found == [_oblast(known, point, None) for point in points]
    assert set(found) == set(OBLASTS)
    assert page.evaluate(ask, [columns([]), [(42, 75)]]) == [""]


@pytest.mark.parametrize("lang", LANGS)
def test_a_card_has_all_that_a_page_shows(page: Any, app: Flask, lang: Lang) -> None:
    sample: Directory = app.extensions["editions"].current()
    for directory in (sample, real_sized(sample, 300), hard.directory(random.Random(6))):
        phone = Phone(page, directory, lang)
        cards = page.evaluate("() => Array.from({length: known.length}, (_, i) => known.center(i))")
        assert cards == [shown(directory, center, lang) for center in phone.rows]
    assert page.evaluate("() => [known.edition, known.published]") == [7, directory.published_at.isoformat()]
