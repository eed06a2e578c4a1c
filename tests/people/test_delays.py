"""Guessing gets slower for all workers together, and nobody is kept out by what others do."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from cryptography.fernet import Fernet

from legalmap.config import Settings
from legalmap.desk.instance import make_instance
from legalmap.people import accounts, delays, passwords, second_factor, sessions, signing_in
from legalmap.people.accounts import By
from legalmap.people.delays import DAY, Comer
from legalmap.people.keys import Keys
from legalmap.store import Store, users
from legalmap.store.users import User

NOW = 1_795_300_000
HERE, THERE = "192.0.2.0/24", "198.51.100.0/24"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    path = tmp_path_factory.mktemp("keys") / "people.key"
    path.write_bytes(Fernet.generate_key())
    path.chmod(0o600)
    return Keys(path)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_instance(Settings(instance=tmp_path / "instance"))


@pytest.fixture
def comer(keys: Keys) -> Callable[..., Comer]:
    return lambda name="айгүл", network=HERE, now=NOW: Comer(keys=keys, name=name, network=network, now=now)


def guess(store: Store, comer: Callable[..., Comer], seconds: int, start: int = NOW, **who: str) -> int:
    """Tries as often as the door lets one, for so long; how many were judged."""
    judged, now = 0, start
    with store.writing() as connection:
        while now < start + seconds:
            if wait := delays.admit(connection, comer(now=now, **who)):
                now += wait
            else:
                judged += 1
    return judged


def test_one_name_from_one_network_gets_about_a_hundred_guesses_a_day(
    store: Store, comer: Callable[..., Comer]
) -> None:
    day_begins = NOW - NOW % DAY
    assert guess(store, comer, 60, day_begins) <= 9
    assert 80 < guess(store, comer, DAY - 60, day_begins + 60) <= 120


def test_all_names_from_one_network_are_slowed_too(store: Store, comer: Callable[..., Comer]) -> None:
    judged = 0
    with store.writing() as connection:
        for number in range(500):
            judged += delays.admit(connection, comer(f"name-{number}")) == 0
    assert judged == delays.OF_NETWORK.free


def test_an_abuser_keeps_nobody_out(store: Store, comer: Callable[..., Comer]) -> None:
    """However often others fail at a name, whoever comes from elsewhere is judged at once, and after an error of their
    own within seconds."""
    with store.writing() as connection:
        for number in range(500):
            delays.admit(connection, comer(network=f"10.0.{number % 250}.0/24"))
        assert delays.admit(connection, comer(network=THERE)) == 0
        assert 0 < delays.admit(connection, comer(network=THERE)) <= delays.OF_NAME.longest
        for _ in range(20):  # their tries meanwhile change nothing for us
            delays.admit(connection, comer(network="10.0.251.0/24"))
        assert delays.admit(connection, comer(network=THERE, now=NOW + delays.OF_NAME.longest)) == 0


def test_who_came_in_from_a_network_is_not_held_by_strangers_there(store: Store, comer: Callable[..., Comer]) -> None:
    with store.writing() as connection:
        assert delays.admit(connection, comer()) == 0
        delays.came_in(connection, comer())
        for number in range(200):
            delays.admit(connection, comer(f"stranger-{number}"))
        assert delays.admit(connection, comer("stranger-x")) > 0
        assert delays.admit(connection, comer()) == 0
        assert delays.admit(connection, comer(now=NOW + DAY)) == 0


def test_coming_in_forgets_the_own_errors(store: Store, comer: Callable[..., Comer]) -> None:
    with store.writing() as connection:
        for _ in range(3):
            assert delays.admit(connection, comer()) == 0
        assert delays.admit(connection, comer()) > 0
        assert delays.admit(connection, comer(now=NOW + 1)) == 0
        delays.came_in(connection, comer(now=NOW + 1))
        assert [delays.admit(connection, comer(now=NOW + 1)) for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("jump", [-3600, -DAY, 3600, DAY])
def test_a_clock_that_jumps_holds_nobody_longer_than_the_wait_itself(
    store: Store, comer: Callable[..., Comer], jump: int
) -> None:
    guess(store, comer, 600)
    with store.writing() as connection:
        assert delays.admit(connection, comer(now=NOW + jump)) <= delays.OF_PAIR.longest


def test_the_database_tells_neither_names_nor_networks(store: Store, comer: Callable[..., Comer]) -> None:
    with store.writing() as connection:
        delays.admit(connection, comer("айгүл-канарейка"))
    path = store.engine.url.database
    assert path
    content = Path(path).read_bytes()
    assert "айгүл-канарейка".encode() not in content
    assert b"192.0.2" not in content


def test_old_tries_are_forgotten(store: Store, comer: Callable[..., Comer]) -> None:
    from sqlalchemy import text

    with store.writing() as connection:
        for number in range(10):
            delays.admit(connection, comer(f"name-{number}"))
        delays.admit(connection, comer("last", now=NOW + 3 * DAY))
        assert connection.execute(text("SELECT count(*) FROM attempts")).scalar_one() == 3


def in_processes(count: int, work: Callable[[int], int], folder: Path) -> list[int]:
    """What `work` gives in each of several real processes that start at once."""
    go = folder / "go"
    children = []
    for number in range(count):
        if (child := os.fork()) == 0:
            code = 1
            try:
                while not go.exists():
                    time.sleep(0.001)
                (folder / f"said-{number}").write_text(json.dumps(work(number)), encoding="ascii")
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    go.touch()
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * count
    return [json.loads((folder / f"said-{number}").read_text(encoding="ascii")) for number in range(count)]


def test_1000_tries_over_four_workers_stay_within_the_limit(
    store: Store, comer: Callable[..., Comer], tmp_path: Path
) -> None:
    def tries(_worker: int) -> int:
        judged = 0
        for number in range(250):
            with store.writing() as connection:
                judged += delays.admit(connection, comer(now=NOW + number // 50)) == 0
        return judged

    # 3 at once, then after 1, 2 ... seconds: five seconds hold at most two more
    assert 3 <= sum(in_processes(4, tries, tmp_path)) <= 5


def a_user(store: Store, keys: Keys, secret: str) -> User:
    with store.writing() as connection:
        by = By(who="test", now=dt.datetime.fromtimestamp(NOW, dt.UTC))
        user = accounts.add(connection, by, name="Айгүл", role="admin", lang="ky", password="-")
        users.change(connection, user.id, factor=keys.seal(secret))
        users.set_recovery_codes(connection, user.id, [second_factor.hash_of(keys, user.id, "1111-2222-3333")])
        found = users.by_id(connection, user.id)
    assert found
    return found


@pytest.mark.parametrize("typed", ["app", "1111-2222-3333"])
def test_a_code_brought_to_four_processes_at_once_opens_one_door(
    store: Store, keys: Keys, tmp_path: Path, typed: str
) -> None:
    secret = second_factor.new_secret()
    user = a_user(store, keys, secret)
    code = pyotp.TOTP(secret).at(NOW) if typed == "app" else typed
    door = signing_in.Door(
        store=store, keys=keys, by=By(who="", now=dt.datetime.fromtimestamp(NOW, dt.UTC)), network=HERE
    )

    def bring(_worker: int) -> int:
        with store.writing() as connection:
            _token, half = sessions.begin(connection, user, "factor", NOW)
        return isinstance(signing_in.with_code(door, user, half, code), signing_in.Came)

    assert sum(in_processes(4, bring, tmp_path)) == 1


def test_codes_are_slowed_for_everybody_together_and_a_recovery_code_is_a_way_past(store: Store, keys: Keys) -> None:
    user = a_user(store, keys, second_factor.new_secret())
    said = []
    for number in range(50):
        door = signing_in.Door(
            store=store, keys=keys, by=By(who="", now=dt.datetime.fromtimestamp(NOW, dt.UTC)),
            network=f"10.0.{number}.0/24",
        )  # fmt: skip
        with store.writing() as connection:
            refused = signing_in.check_code(connection, door, user, "000000")
            assert refused
            said.append(refused.why)
    assert said == ["wrong"] * delays.OF_FACTOR.free + ["wait"] * (50 - delays.OF_FACTOR.free)
    with store.writing() as connection:
        assert signing_in.check_code(connection, door, user, "1111 2222 3333") is None


def test_no_more_than_two_prove_a_password_at_once_in_a_process() -> None:
    with passwords.inside(), passwords.inside(), pytest.raises(passwords.Busy), passwords.inside():
        pass
    with passwords.inside():
        pass
