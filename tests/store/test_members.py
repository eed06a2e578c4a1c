"""Committees, invitations and known phones are kept alike on SQLite and PostgreSQL; of many at once one comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from legalmap.people import accounts, committees, invitations, phones, sessions
from legalmap.people.rights import Role
from legalmap.people.signing_in import Came, Door, Refused
from legalmap.store import Connection, StoreError, audit
from legalmap.store import phones as kept
from legalmap.store.committees import Committee
from tests.people.test_delays import in_processes
from tests.store.conftest import NewUrl, a_door

NOW = 1_795_300_000
OWN = Committee(id="c1", name_ky="ҮЗАК", oblast="KG-N", rayon="naryn", places=("1", "2"))
PIN, WRONG = "902714", "902715"


@pytest.fixture
def door(made_url: NewUrl, tmp_path: Path) -> Door:
    """The door of a store with one committee and one member, who has no password yet."""
    made = a_door(made_url(), tmp_path, "", NOW)
    with made.store.writing() as connection:
        assert [committees.keep(connection, made.by, OWN) for _ in range(2)] == [True, False]
        assert committees.named(connection, "c1") == OWN
        invitations.new_member(connection, made.by, name="Өмүр", lang="ky", committee="c1", coordinator=True)
    return made


def known_phone(door: Door) -> str:
    with door.store.writing() as connection:
        return phones.remember(connection, door.by, door.keys, accounts.named(connection, "Өмүр"), PIN)


def test_one_link_in_four_processes_at_once_lets_one_in(door: Door, tmp_path: Path) -> None:
    with door.store.writing() as connection:
        token = invitations.invite(connection, door.by, accounts.named(connection, "Өмүр"))
    assert sum(in_processes(4, lambda _: isinstance(invitations.accept(door, token, None), tuple), tmp_path)) == 1


def test_wrong_pins_in_many_processes_are_judged_five_times_in_all(door: Door, tmp_path: Path) -> None:
    token = known_phone(door)

    def guess(_worker: int) -> int:
        return sum(isinstance(phones.enter(door, token, WRONG, None), Refused) for _ in range(4))

    assert sum(in_processes(4, guess, tmp_path)) == 16
    with door.store.reading() as connection:
        told = [line.what for line in audit.entries(connection)]
    assert (told.count("pin_failed"), told.count("phone_forgotten")) == (phones.TRIES, 1)
    assert phones.enter(door, token, PIN, None) == Refused(why="forgotten")
    with door.store.reading() as connection:
        assert kept.of_user(connection, accounts.named(connection, "Өмүр").id) == []


def test_a_phone_is_worth_nothing_without_its_own_secret_and_for_90_days_only(door: Door) -> None:
    first, second = known_phone(door), known_phone(door)
    with door.store.reading() as connection:
        marks = {phone.pin for phone in kept.of_user(connection, accounts.named(connection, "Өмүр").id)}
        assert len(marks) == 2, "one PIN on two phones cannot be told to be one"
        assert phones.known(connection, first, NOW + 90 * 86_400 - 1)
        assert phones.known(connection, first, NOW + 90 * 86_400) is None
    for token in ("", "x", sessions.new_token(), sessions.hash_of(first)[:43]):
        assert phones.enter(door, token, PIN, None) == Refused(why="forgotten")
    came = phones.enter(door, second, PIN, None)
    assert isinstance(came, Came)
    assert not sessions.is_fresh(came.session, NOW), "six digits do not stand for the passphrase"
    for _ in range(phones.MOST):
        known_phone(door)
    with door.store.reading() as connection:
        assert len(kept.of_user(connection, accounts.named(connection, "Өмүр").id)) == phones.MOST


def test_an_hour_without_a_request_ends_a_members_session(door: Door) -> None:
    came = phones.enter(door, known_phone(door), PIN, None)
    assert isinstance(came, Came)
    with door.store.reading() as connection:
        assert sessions.find(connection, came.token, NOW + 60 * 60)
        assert sessions.find(connection, came.token, NOW + 60 * 60 + 1) is None


def test_a_member_has_one_committee_that_is_open_and_nobody_else_has_any(door: Door) -> None:
    def add(role: Role, committee: str) -> str:
        try:
            with door.store.writing() as connection:
                name = f"x{role}"
                accounts.add(connection, door.by, name=name, role=role, lang="ky", password="-", committee=committee)
        except StoreError as fault:
            return fault.code
        return ""

    with door.store.writing() as connection:
        committees.keep(connection, door.by, Committee(id="c2", name_ky="x", oblast="KG-N"))
        committees.close(connection, door.by, committees.named(connection, "c2"))
    assert add("committee", "") == "committee_needed"
    assert add("committee", "c9") == "committee_unknown"
    assert add("committee", "c2") == "committee_is_closed"
    assert add("editor", "c1") == "committee_not_needed"
    with door.store.writing() as connection:
        user, token = accounts.named(connection, "Өмүр"), known_token(door, connection)
        committees.assign(connection, door.by, user, "c1", coordinator=True)
        assert phones.known(connection, token, NOW), "nothing changed"
        committees.assign(connection, door.by, user, "c1", coordinator=False)
        assert phones.known(connection, token, NOW) is None
        accounts.change_role(connection, door.by, user, "center")
        assert accounts.named(connection, "Өмүр").committee == ""


def known_token(door: Door, connection: Connection) -> str:
    return phones.remember(connection, door.by, door.keys, accounts.named(connection, "Өмүр"), PIN)
