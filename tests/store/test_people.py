"""Users, sessions and tries are kept alike on SQLite and PostgreSQL; of two who bring one code at once one comes in."""

from __future__ import annotations

from pathlib import Path

import pyotp
import pytest

from legalmap.people import accounts, audit_check, passwords, second_factor, sessions, signing_in
from legalmap.people.signing_in import Came, Door, Refused
from legalmap.store import StoreError, users
from legalmap.store import sessions as kept
from tests.people.test_delays import in_processes
from tests.staff import PASSWORD
from tests.store.conftest import NewUrl, a_door

NOW = 1_795_300_000
SECRET = second_factor.new_secret()


@pytest.fixture
def door(made_url: NewUrl, tmp_path: Path) -> Door:
    """The door of a store with one admin, whose phone is set up."""
    made, password = a_door(made_url(), tmp_path, "", NOW), passwords.hashed(PASSWORD)
    with made.store.writing() as connection:
        user = accounts.add(connection, made.by, name="Өмүр", role="admin", lang="ky", password=password)
        users.change(connection, user.id, factor=made.keys.seal(SECRET))
    return made


def test_the_whole_way_in_is_the_same_on_either_engine(door: Door) -> None:
    for name in ("өмүр\0x", "\0", "x" * 5000, "🦊", "nobody"):
        assert signing_in.with_password(door, name, PASSWORD) == Refused(why="wrong")
    came = signing_in.with_password(door, "ӨМҮР", PASSWORD)
    assert isinstance(came, Came)
    assert came.session.stage == "factor"
    code = pyotp.TOTP(SECRET).at(NOW)
    whole = signing_in.with_code(door, came.user, came.session, code)
    assert isinstance(whole, Came)
    assert signing_in.with_code(door, came.user, came.session, code) == Refused(why="wrong")
    with door.store.writing() as connection:
        assert sessions.find(connection, came.token, NOW) is None
        found = sessions.find(connection, whole.token, NOW + 60)
        assert found
        assert sessions.standing(*found) == "admin"
        sessions.touch(connection, found[0], NOW + 60)
        assert sessions.find(connection, whole.token, NOW + 60 + sessions.IDLE + 1) is None
        assert kept.end_all(connection, found[1].id, but=whole.session.hash) == 0
        assert kept.end_all(connection, found[1].id) == 1
    assert audit_check.verify(door.store)[1] == []


def test_two_users_never_share_a_name_in_any_case(door: Door) -> None:
    with pytest.raises(StoreError) as fault, door.store.writing() as connection:
        accounts.add(connection, door.by, name="өМҮР", role="editor", lang="ky", password="-")
    assert fault.value.code == "user_there"


@pytest.mark.parametrize("name", ["acе", "АСЕ", "асе"])
def test_two_users_never_share_a_name_to_the_eye(door: Door, name: str) -> None:
    """Of Latin "ace" one letter is Cyrillic, or all are."""
    with door.store.writing() as connection:
        accounts.add(connection, door.by, name="ace", role="editor", lang="ky", password="-")
    with pytest.raises(StoreError) as fault, door.store.writing() as connection:
        accounts.add(connection, door.by, name=name, role="admin", lang="ky", password="-")
    assert (fault.value.code, fault.value.detail) == ("user_alike", "ace")


def test_one_code_in_four_processes_at_once_opens_one_door(door: Door, tmp_path: Path) -> None:
    with door.store.reading() as connection:
        user = accounts.named(connection, "Өмүр")

    def bring(_worker: int) -> int:
        with door.store.writing() as connection:
            _token, half = sessions.begin(connection, user, "factor", NOW)
        return isinstance(signing_in.with_code(door, user, half, pyotp.TOTP(SECRET).at(NOW)), Came)

    assert sum(in_processes(4, bring, tmp_path)) == 1


def test_a_password_that_is_taken_away_while_it_is_proved_opens_nothing(door: Door, tmp_path: Path) -> None:
    """Many sign-ins beside a reset: whoever came in before it is out after it, and nobody comes in later."""

    def work(worker: int) -> int:
        if worker == 0:
            with door.store.writing() as connection:
                accounts.reset(connection, door.by, accounts.named(connection, "Өмүр"), "-")
            return 0
        return isinstance(signing_in.with_password(door, "Өмүр", PASSWORD), Came)

    in_processes(4, work, tmp_path)
    with door.store.reading() as connection:
        assert kept.of_user(connection, accounts.named(connection, "Өмүр").id) == []
