"""Pages that are kept are the pages that would be made anew, and nothing of one reader is in another one's."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from legalmap import create_app
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.directory import notices
from legalmap.directory.filters import nothing_changes_until, open_state
from legalmap.hours import BISHKEK
from legalmap.model import LANGS, Localized, Timetable
from legalmap.routes import asking, moment
from legalmap.routes.moment import LONGEST, MOST_BYTES
from tests.served import EVERYTHING, NARYN, SiteMaker, a_center

TOKEN = re.compile(rb"gAAAA[\w-]+={0,2}")
NOON = dt.datetime(2026, 11, 23, 12, 0, 30, tzinfo=BISHKEK)  # a Monday
WORKS = Timetable(text="Mo-Fr 09:00-18:00", weekly=tuple((1440 * day + 540, 1440 * day + 1080) for day in range(5)))
PATHS = ("/{}/", "/{}/places", "/{}/places/kg-n", "/{}/places/1527592", "/{}/centers/1001", "/{}/phones", "/{}/about")
WAYS = ("", "gzip", "br")


@pytest.fixture
def client(site: SiteMaker) -> FlaskClient:
    more = [a_center(number, hours=WORKS) for number in range(1010, 1022)]
    return site(*EVERYTHING, *more)


def ask(client: FlaskClient, lang: str = "ky", **fields: str) -> str:
    """The address of what is found."""
    return client.post(f"/{lang}/search", data=fields).headers["Location"]


def told(answer: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All that a reader gets, but for the words that only this reader has."""
    return answer.status_code, TOKEN.sub(b"TOKEN", answer.get_data()), sorted(answer.headers)


def made_here(client: FlaskClient) -> bytes:
    """All pages, and parts of pages, that are kept now."""
    now = client.application.extensions["front"].now()
    return b"".join(page.plain for page in now.pages.values()) + "".join(now.pieces.values()).encode()


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize("way", WAYS)
def test_a_page_that_somebody_had_is_the_page_that_would_be_made(client: FlaskClient, way: str) -> None:
    asked = [{"place": "Нарын"}, {"place": "нарын", "topic": "land"}, {"place": "Жок"}, {"lat": "41.5", "lon": "75.9"}]
    fresh = create_app(client.application.extensions["settings"]).test_client()
    for lang in LANGS:
        found = [ask(client, lang, **fields) for fields in asked]
        paths = (*(path.format(lang) for path in PATHS), *found)
        # the other way round: of parts that pages share, each is drawn first for another page
        others = {path: fresh.get(path, headers={"Accept-Encoding": way}) for path in reversed(paths)}
        for path in paths:
            first, again = (client.get(path, headers={"Accept-Encoding": way}) for _ in range(2))
            anew = others[path]
            if way and TOKEN.search(client.get(path).get_data()):  # packed with what only one reader has
                assert again.headers.get("Content-Encoding") == first.headers.get("Content-Encoding")
                continue
            assert told(first) == told(again) == told(anew), path
            assert client.head(path).status_code == first.status_code


def test_each_reader_has_words_of_the_own_alone(client: FlaskClient) -> None:
    one, two = ask(client, place="Нарын"), ask(client, place="Нарын")
    pages = [client.get(path).get_data() for path in (one, two, two)]
    for page, path in zip(pages, (one, two, two), strict=True):
        own = path.rpartition("/")[2].encode()
        assert page.count(own) == len(LANGS), "this page in three languages"
        assert moment.OWN.encode() not in page
        assert moment.MORE.encode() not in page
    others = [set(TOKEN.findall(page)) for page in pages]
    assert not others[0] & others[1]
    assert len(others[1] & others[2]) == 1, "more of the list has a new word each time"
    (more,) = others[2] - others[1]
    assert client.get(f"/ky/found/{more.decode()}").get_data().count(b'class="card') == asking.FEW + 10


def test_where_somebody_is_is_not_kept(client: FlaskClient) -> None:
    path = ask(client, lat="41.4567", lon="75.9876")
    assert b"41.4567" in client.get(path).get_data()
    assert b"41.4567" in client.get(path).get_data()
    client.get("/ky/")
    assert made_here(client)
    assert b"41.4567" not in made_here(client)


def test_what_is_open_is_told_to_the_minute(client: FlaskClient) -> None:
    path = "/en/centers/1010"
    with time_machine.travel(NOON.replace(hour=17, minute=59, second=59), tick=False) as clock:
        assert "Open by the timetable" in client.get(path).text
        assert "Open by the timetable" in client.get(path).text
        clock.shift(1)
        assert "Closed by the timetable" in client.get(path).text


def test_a_page_is_kept_while_nothing_changes_and_no_longer_than_ten_minutes(client: FlaskClient) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert client.get("/ky/centers/1010").status_code == 200
        kept = made_here(client)
        clock.shift(9 * 60)
        assert made_here(client) == kept
        clock.shift(61)
        assert made_here(client) == b""
        client.get("/ky/")
        clock.shift(-3600)
        assert made_here(client) == b"", "a clock that was set back"


intervals = st.tuples(st.integers(0, 10_000), st.integers(1, 900)).map(
    lambda one: (one[0], min(one[0] + one[1], 10_080))
)


@given(st.lists(st.lists(intervals, max_size=4), max_size=5), st.integers(0, 20_000), st.integers(0, 700))
def test_until_something_changes_every_state_is_the_same(
    weeks: list[list[tuple[int, int]]], at: int, later: int
) -> None:
    centers = [
        a_center(
            1001 + number, hours=Timetable(text="x", weekly=tuple(sorted(week)), exceptions={NOON.date(): ((60, 90),)})
        )
        for number, week in enumerate(weeks)
    ]
    now = NOON.replace(second=0) + dt.timedelta(minutes=at)
    until = nothing_changes_until(centers, now, LONGEST)
    assert now < until <= now + LONGEST
    then = min(now + dt.timedelta(seconds=later), until - dt.timedelta(seconds=1))
    assert [open_state(center, now) for center in centers] == [open_state(center, then) for center in centers]
    if until < now + LONGEST and until.time() != dt.time():
        assert [open_state(center, now) for center in centers] != [open_state(center, until) for center in centers]


def republish(client: FlaskClient, tmp_path: Path) -> None:
    content = EditionContent(centers=(a_center(1001, names=Localized(ky="Жаңы аты")),), places=(NARYN,), texts=())
    write_edition(tmp_path / "editions", 2, content, "1" * 64, dt.datetime(2026, 11, 23, tzinfo=dt.UTC))


def say(client: FlaskClient, tmp_path: Path) -> None:
    said = [notices.Notice(center=1001, what="closed", until=NOON.date())]
    (tmp_path / "editions" / notices.FILE).write_bytes(notices.written(said))


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(("happens", "word"), [(republish, "Жаңы аты"), (say, "акыркы күнү")])
def test_what_changed_is_shown_at_once(
    client: FlaskClient, tmp_path: Path, happens: Callable[[FlaskClient, Path], None], word: str
) -> None:
    paths = ("/ky/centers/1001", ask(client, place="Нарын"))
    for path in (*paths, *paths):
        assert word not in client.get(path).text
    happens(client, tmp_path)
    for path in (*paths, *paths):
        assert word in client.get(path).text


def test_what_may_not_be_had_may_not_be_had_again(client: FlaskClient) -> None:
    path = ask(client, place="Нарын")
    assert client.get(path).status_code == client.get(path).status_code == 200
    assert client.get("/ky/", headers={"Host": "a b"}).status_code == 400
    assert client.get(path[:-4] + "AAAA").status_code == 404
    assert client.post("/ky/").status_code == 405
    with time_machine.travel(dt.datetime.now(BISHKEK) + dt.timedelta(minutes=16)):
        assert client.get(path).status_code == 410


@time_machine.travel(NOON, tick=False)
def test_pages_that_find_no_more_room_are_made_for_each(client: FlaskClient) -> None:
    client.get("/ky/")
    client.get("/ky/centers/1010")
    now = client.application.extensions["front"].now()
    now.room, before = 40_000, len(now.pages)
    for number in range(1011, 1022):
        assert f"Үлгү {number}" in client.get(f"/ky/centers/{number}").text
    assert before + 2 < len(now.pages) < before + 11
    assert 0 <= now.room < 10_000


@time_machine.travel(NOON, tick=False)
def test_lines_that_pages_share_are_kept_once(client: FlaskClient) -> None:
    now = client.application.extensions["front"].now()
    rooms = []
    for number in range(1010, 1013):
        assert client.get(f"/ky/centers/{number}").data == client.get(f"/ky/centers/{number}").data
        rooms.append(now.room)
    assert MOST_BYTES - rooms[0] > 2 * (rooms[0] - rooms[1])
    one, other = (now.pages["", f"/ky/centers/{number}", b""].lines for number in (1010, 1011))
    assert len({id(line) for line in one} & {id(line) for line in other}) > 50


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
POSTS = [
    ("/ky/search", "place=%D0%9D%D0%B0%D1%80%D1%8B%D0%BD&topic=land&free=1", FORM),
    ("/ru/search", "place=&lat=41.4&lon=76", FORM),
    ("/en/search", "lat=north&lon=", FORM),
    ("/ky/search", "place=Нарын", FORM),
    ("/ky/search", "place=%FF&=&;&&k", FORM),
    ("/ky/search", "place=a", {**FORM, "Accept": "application/json"}),
    ("/ky/search", "place=a", {**FORM, "Host": "a b"}),
    ("/ky/search", "x=" * 70_000, FORM),
    ("/ky/search", '{"place":"a"}', JSON),
    ("/api/v1/nearest", '{"lat":41.4,"lon":76.0,"k":3,"lang":"ru"}', JSON),
    ("/api/v1/nearest", '{"lat":41.4,"lon":76.0,"topic":["land"],"open":true}', JSON),
    ("/api/v1/nearest", '{"lat":91,"lon":NaN,"shoe":1}', JSON),
    ("/api/v1/nearest", '{"lat":41.4,"lon":76.0}', FORM),
    ("/api/v1/nearest", "[" * 100_000, JSON),
    ("/api/v1/nearest", "", JSON),
]


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(("path", "body", "headers"), POSTS)
def test_a_post_before_flask_is_answered_as_flask_would(
    client: FlaskClient, path: str, body: str, headers: dict[str, str]
) -> None:
    app = client.application
    slow = create_app(app.extensions["settings"])
    slow.wsgi_app = slow.extensions["front"].inside
    answers = [one.test_client().post(path, data=body.encode(), headers=headers) for one in (app, slow)]
    quick, slowly = (
        (*told(one)[:2], sorted((name, TOKEN.sub(b"", value.encode())) for name, value in one.headers))
        for one in answers
    )
    assert quick == slowly
    if "Location" in answers[0].headers:
        pages = [client.get(one.headers["Location"]) for one in answers]
        assert told(pages[0]) == told(pages[1])
