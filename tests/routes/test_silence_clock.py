"""The silence clock at moments that people forget: nights, weekends, the last day of a year."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from legalmap import create_app
from legalmap.hours import BISHKEK
from legalmap.referrals import clock
from tests.committee import BOARD, Walk, a_desk, join, settings_of
from tests.desk.conftest import TestDesk
from tests.staff import post, staff_client

SILENT, ASK = "Жооп жок", "кайра сураңыз"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    return a_desk(tmp_path_factory.mktemp("clock") / "instance")


@pytest.fixture(scope="module")
def app(desk: TestDesk) -> Flask:
    made = create_app(settings_of(desk))
    for name, coordinator in (("aigul", False), ("chynara", True)):
        join(made.extensions["store"], name, "kochkor", coordinator=coordinator)
    return made


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Walk]:
    """Somebody who signs in at the moment that it is."""
    return lambda name: Walk(staff_client(app, "committee", name))


def at(text: str) -> dt.datetime:
    """A moment in Bishkek, like 2026-12-31 22:30."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BISHKEK)


def state_line(page: str, label: str) -> str:
    """What a board says of one referral."""
    found = re.search(rf'class="label">{label}</b>(.*?)</(?:a|li)>', page, re.DOTALL)
    assert found, page
    return re.sub(r"<[^>]+>", " ", found[1])


@pytest.mark.parametrize(
    ("urgency", "made", "due", "told"),
    [
        (
            "now",
            "2026-12-31 22:30",
            "2027-01-02 00:00",
            "02.01.2027",
        ),  # over New Year; the 1st is a holiday, danger is not
        ("now", "2026-11-27 17:55", "2026-11-28 18:00", "28.11.2026"),  # Friday evening: asked on Saturday
        ("3d", "2026-12-30 09:00", "2027-01-02 12:00", "02.01.2027"),
        ("2w", "2026-12-24 00:00", "2027-01-07 00:00", "07.01.2027"),
        ("3d", "2028-02-27 06:01", "2028-03-01 12:00", "01.03.2028"),  # a leap year
    ],
)
def test_the_clock_rings_at_its_moment_and_offers_the_next_to_the_member_alone(
    signed_in: Callable[[str], Walk], urgency: str, made: str, due: str, told: str
) -> None:
    with time_machine.travel(at(made), tick=False):
        walk = signed_in("aigul")
        walk.begin().say(answer="on").say(answer="no").say(answer="no").say(place="Кочкор")
        walk.say(need=["legal"]).say(urgency=urgency).say().say().to_slip("chosen")
        assert told in walk.page
        handle = walk.handle
        label = re.search(r'<dd class="label">([^<]+)<', walk.page)
        assert label
    second = dt.timedelta(seconds=1)
    for moment, rings in ((at(due) - second, False), (at(due), True)):
        with time_machine.travel(moment, tick=False):
            mine, coordinator = signed_in("aigul"), signed_in("chynara")
            lines = [state_line(page, label[1]) for page in (mine.board, coordinator.board)]
            assert [SILENT in line for line in lines] == [rings, rings]
            assert [ASK in line and told in line for line in lines] == [not rings, not rings]
            assert ("Кийинкиси" in mine.client.get(handle).text) == rings
            assert coordinator.client.get(handle).status_code == 404
    with time_machine.travel(at(due), tick=False):
        walk = signed_in("aigul")
        assert post(walk.client, f"{handle}/next", page=handle, consent="1").status_code == 303
        again = dt.datetime.fromtimestamp(clock.due(urgency, at(due)), BISHKEK)
        assert again - at(due) == dt.timedelta(seconds=clock.SPANS[urgency]), "the clock starts anew"
        assert SILENT not in state_line(walk.board, label[1])
    with time_machine.travel(again, tick=False):
        assert SILENT in state_line(signed_in("chynara").board, label[1])


def test_nothing_is_sent_by_itself_and_what_expired_is_shown_to_nobody(signed_in: Callable[[str], Walk]) -> None:
    with time_machine.travel(at("2026-12-05 10:00"), tick=False):
        walk = signed_in("aigul")
        walk.to_cards(needs=("legal",)).to_slip("chosen")
        handle = walk.handle
        first = re.search(r'<article class="card"><h3[^>]*>([^<]+)<', walk.client.get(handle).text)
        assert first
    with time_machine.travel(at("2027-01-04 23:59"), tick=False):  # a month of silence
        page = signed_in("aigul").client.get(handle).text
        assert first[1] in page
        assert SILENT in page
    with time_machine.travel(at("2027-01-05 00:00"), tick=False):
        walk = signed_in("aigul")
        assert walk.client.get(handle).status_code == 404
        assert handle not in walk.board
        assert BOARD not in handle.replace(f"{BOARD}/referral/", "")


def test_the_week_and_the_quarter_of_the_last_days_of_a_year() -> None:
    assert clock.week(at("2026-12-31 23:59")) == clock.week(at("2027-01-03 23:59")) == "2026-W53"
    assert clock.week(at("2027-01-04 00:00")) == "2027-W01"
    assert clock.week(at("2027-12-31 12:00")) == "2027-W52"
    assert clock.week(at("2029-12-31 12:00")) == "2030-W01"
