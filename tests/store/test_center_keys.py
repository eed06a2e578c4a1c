"""Keys of centers on SQLite and PostgreSQL: of many at once one gets a link, and few wrong PINs are judged."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from legalmap.people import center_keys
from legalmap.people.accounts import By
from legalmap.people.signing_in import Door, Refused
from legalmap.store import center_keys as kept
from tests.people.test_delays import in_processes
from tests.store.conftest import NewUrl, a_door

NOW, CENTER, DAY = 1_795_300_000, 1042, 86_400


@pytest.fixture
def door(made_url: NewUrl, tmp_path: Path) -> Door:
    return a_door(made_url(), tmp_path, "web:admin", NOW)


def later(door: Door, seconds: int) -> Door:
    return replace(door, by=By(who="", now=dt.datetime.fromtimestamp(NOW + seconds, dt.UTC)))


def make(door: Door, way: str, *, center: int = CENTER, days: int = 30) -> str:
    with door.store.writing() as connection:
        return center_keys.make(connection, door.by, door.keys, center, way=way, scope="answer", days=days)


def opened(door: Door, token: str, *, stay: bool = False) -> str:
    """The browser's token; "" when the link opens nothing."""
    with door.store.writing() as connection:
        came = center_keys.open_link(connection, door.by, token, stay=stay)
    return "" if isinstance(came, Refused) else came[0]


def has(door: Door, token: str) -> bool:
    with door.store.reading() as connection:
        key = center_keys.bearer(connection, token, door.moment)
    return key is not None and key.center == CENTER


def test_one_link_in_four_processes_at_once_opens_one_browser(door: Door, tmp_path: Path) -> None:
    token = make(door, "link")
    assert sum(in_processes(4, lambda _: bool(opened(door, token)), tmp_path)) == 1


def test_wrong_pins_in_four_processes_are_judged_five_times_in_a_minute(door: Door, tmp_path: Path) -> None:
    pin = make(door, "pin")
    wrong = f"{(int(pin) + 1) % 10**6:06}"

    def guess(_worker: int) -> int:
        tries = [center_keys.open_pin(door, str(CENTER), wrong, stay=False) for _ in range(4)]
        return sum(isinstance(one, Refused) and one.why == "wrong" for one in tries)

    assert sum(in_processes(4, guess, tmp_path)) == 5
    held = center_keys.open_pin(later(door, 59), str(CENTER), pin, stay=False)
    assert held == Refused(why="wait", seconds=1)
    elsewhere = replace(later(door, 59), network="198.51.100.0/24")
    assert center_keys.open_pin(elsewhere, str(CENTER), pin, stay=False) == held, "from everywhere"
    assert isinstance(center_keys.open_pin(later(door, 60), str(CENTER), pin, stay=False), tuple)


def test_links_browsers_and_keys_end_by_themselves(door: Door) -> None:
    token = make(door, "link")
    assert not opened(later(door, 3 * DAY), token)
    sitting, stays = opened(door, token), opened(door, make(door, "link", days=20), stay=True)
    assert has(later(door, 8 * 3600 - 1), sitting)
    assert not has(later(door, 8 * 3600), sitting)
    assert has(later(door, 20 * DAY - 1), stays)
    assert not has(later(door, 20 * DAY), stays), "no browser outlives its key"
    make(later(door, 400 * DAY), "link")
    with door.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM center_keys")).scalar() == 1, "what is past goes"
        assert connection.execute(text("SELECT count(*) FROM center_browsers")).scalar() == 0


def test_what_is_kept_opens_nothing(door: Door) -> None:
    link, pin = make(door, "link"), make(door, "pin")
    browser = opened(door, link)
    with door.store.reading() as connection:
        rows = [
            *connection.execute(text("SELECT * FROM center_keys")),
            *connection.execute(text("SELECT * FROM center_browsers")),
        ]
    told = {str(value) for row in rows for value in row}
    assert not told & {link, pin, browser}
    assert not any(has(door, value) or opened(door, value) for value in told)


def test_one_pin_and_ten_keys_for_a_center(door: Door) -> None:
    pins = [make(door, "pin") for _ in range(2)]
    for number in range(11):
        make(later(door, number), "link")
    with door.store.reading() as connection:
        known = kept.of_center(connection, CENTER, NOW)
    assert len(known) == center_keys.MOST
    assert {key.way for key in known} == {"link"}, "the oldest went"
    fresh = make(later(door, 60), "pin")
    for number, pin in ((str(CENTER), pins[1]), ("1043", fresh)):
        assert center_keys.open_pin(later(door, 60), number, pin, stay=False) == Refused(why="wrong")
    assert isinstance(center_keys.open_pin(later(door, 60), str(CENTER), fresh, stay=False), tuple)
