"""Nobody rewrites the audit, or history beside it, without being found; who touched nothing is never accused."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from legalmap.model import Act
from legalmap.people import audit, audit_check, head
from legalmap.people.keys import KeyFault
from legalmap.store import AuditFiles, Connection, Store, StoreError, counters, history
from tests.store.conftest import NewUrl

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
LINES = 16
sqlite_alone = pytest.mark.parametrize("new_url", ["sqlite"], indirect=True)  # files and codes, no SQL


@pytest.fixture
def files(tmp_path: Path) -> AuditFiles:
    key = tmp_path / "audit.key"
    key.write_bytes(b"k" * 44)
    key.chmod(0o600)
    return AuditFiles(key=key, head=tmp_path / "audit.head")


@pytest.fixture
def log(made_url: NewUrl, files: AuditFiles) -> Store:
    """A log of an act that is older than it, a few lines, and acts with changes."""
    store = Store(made_url(), files)
    store.migrate()
    with store.writing() as connection:
        act_on(connection, told=False)
    for number in range(LINES):
        with store.writing() as connection:
            if number % 8 == 3:
                act_on(connection)
            else:
                audit.add(connection, who=f"web:ү{number}", what="signed_in", subject=str(number), now=NOW)
    return store


def act_on(connection: Connection, *, told: bool = True) -> None:
    edition = counters.take(connection, "edition")
    act = Act(id=f"act{edition}", kind="import", who="web:x", at=NOW, edition=edition, subject="")
    changes = {"a": {"phones": ("", str(edition)), "name_ky": ("", "Ө")}, "b": {"phones": ("1", "")}}
    history.add_act(connection, act)
    history.add_changes(connection, act, changes)
    if told:
        audit.add_act(connection, act, changes)


def without_triggers(connection: Connection, sqlite: bool) -> None:
    """What somebody with the database's password does first."""
    if sqlite:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    for table in ("audit", "acts", "changes"):
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))


class _Back(Exception):
    """Takes a transaction back."""


def codes_after(
    store: Store, files: AuditFiles, tampering: Callable[[Connection, random.Random], None], times: int
) -> list[set[str]]:
    """What verify says after each of so many tamperings, each taken back before the next."""
    said = []
    try:
        with store.writing() as connection:
            without_triggers(connection, store.is_sqlite)
            outside = audit_check.Outside.of(store)
            for seed in range(times):
                with connection.begin_nested() as inner:
                    tampering(connection, random.Random(seed))
                    said.append({problem.code for problem in audit_check.problems_of(connection, outside)[1]})
                    inner.rollback()
            raise _Back
    except _Back:
        return said


def run(connection: Connection, statement: str, **values: object) -> None:
    connection.execute(text(statement), values)


def edit(connection: Connection, chance: random.Random) -> None:
    column = chance.choice(["at", "who", "what", "subject", "mac"])
    new = "0" * 64 if column == "mac" else "2026-01-01T00:00:00+00:00" if column == "at" else "other"
    run(connection, f"UPDATE audit SET {column} = :new WHERE seq = :seq", new=new, seq=chance.randint(1, LINES + 1))


def delete(connection: Connection, chance: random.Random) -> None:
    run(connection, "DELETE FROM audit WHERE seq = :seq", seq=chance.randint(1, LINES))


def delete_and_close_up(connection: Connection, chance: random.Random) -> None:
    gone = chance.randint(1, LINES)
    run(connection, "DELETE FROM audit WHERE seq = :seq", seq=gone)
    for seq in range(gone + 1, LINES + 2):
        run(connection, "UPDATE audit SET seq = :to WHERE seq = :seq", seq=seq, to=seq - 1)


def reorder(connection: Connection, chance: random.Random) -> None:
    one, other = chance.sample(range(1, LINES + 2), 2)
    for seq, to in ((one, -1), (other, one), (-1, other)):
        run(connection, "UPDATE audit SET seq = :to WHERE seq = :seq", seq=seq, to=to)


def cut_tail(connection: Connection, chance: random.Random) -> None:
    run(connection, "DELETE FROM audit WHERE seq > :seq", seq=chance.randint(0, LINES))


def forge(connection: Connection, chance: random.Random) -> None:
    run(
        connection,
        "INSERT INTO audit (seq, at, who, what, subject, mac) VALUES (:seq, :at, 'web:x', 'signed_in', '', :mac)",
        seq=LINES + 2, at=NOW.isoformat(), mac=f"{chance.getrandbits(256):064x}",
    )  # fmt: skip


def rewrite_history(connection: Connection, chance: random.Random) -> None:
    seq = chance.choice(connection.execute(text("SELECT seq FROM changes")).scalars().all())
    column = chance.choice(["center_id", "field", "old", "new", "who", "at", "edition"])
    new = {"at": "2020-01-01T00:00:00+00:00", "edition": 77}.get(column, "other")
    run(connection, f"UPDATE changes SET {column} = :new WHERE seq = :seq", new=new, seq=seq)


def forget_history(connection: Connection, chance: random.Random) -> None:
    seq = chance.choice(connection.execute(text("SELECT seq FROM changes")).scalars().all())
    run(connection, "DELETE FROM changes WHERE seq = :seq", seq=seq)


def rewrite_an_act(connection: Connection, chance: random.Random) -> None:
    act = chance.choice([act.id for act in history.all_acts(connection)])
    run(connection, f"UPDATE acts SET {chance.choice(['who', 'subject', 'kind'])} = 'other' WHERE id = :id", id=act)


def invent_an_act(connection: Connection, chance: random.Random) -> None:
    act = Act(id="x", kind="import", who="web:x", at=NOW, edition=chance.randint(2, 90), subject="")
    history.add_act(connection, act)


TAMPERINGS = (
    edit, delete, delete_and_close_up, reorder, cut_tail, forge,
    rewrite_history, forget_history, rewrite_an_act, invent_an_act,
)  # fmt: skip


def missed(log: Store, files: AuditFiles, times: int) -> dict[str, int]:
    """How many of so many tamperings of each kind verify does not see."""
    found = {tampering.__name__: codes_after(log, files, tampering, times).count(set()) for tampering in TAMPERINGS}
    return {name: count for name, count in found.items() if count}


def test_every_one_of_100_random_tamperings_of_each_kind_is_found(log: Store, files: AuditFiles) -> None:
    # the chain is the same on either engine; what could differ is how rows come back
    assert missed(log, files, 100 if log.is_sqlite else 10) == {}


@pytest.mark.long
def test_every_one_of_1000_random_tamperings_of_each_kind_is_found(log: Store, files: AuditFiles) -> None:
    assert missed(log, files, 1000) == {}


def test_a_log_that_nobody_touched_is_never_accused(log: Store, files: AuditFiles) -> None:
    assert codes_after(log, files, lambda _connection, _chance: None, 1) == [set()]
    for number in range(8):
        with log.writing() as connection:
            act_on(connection) if number % 3 else audit.add(connection, who="", what="signin_failed", now=NOW)
        assert audit_check.verify(log)[1] == []
        assert audit_check.verify_end(log) == []


@sqlite_alone
def test_a_crash_before_the_head_is_written_accuses_nobody(log: Store, files: AuditFiles) -> None:
    before = files.head.read_bytes()
    with log.writing() as connection:
        audit.add(connection, who="web:x", what="signed_in", now=NOW)
    files.head.write_bytes(before)  # as a kill between the two leaves it
    assert audit_check.verify(log)[1] == []
    with log.writing() as connection:
        audit.add(connection, who="web:x", what="signed_out", now=NOW)
    said = head.read(files.head)
    assert said
    assert said.count == LINES + 3


@sqlite_alone
def test_a_transaction_that_fails_leaves_no_line_and_no_head(log: Store, files: AuditFiles) -> None:
    before = files.head.read_bytes()

    def fail() -> None:
        with log.writing() as connection:
            audit.add(connection, who="web:x", what="signed_in", now=NOW)
            raise _Back

    with pytest.raises(_Back):
        fail()
    assert files.head.read_bytes() == before
    assert audit_check.verify(log) == (LINES + 1, [])


@sqlite_alone
def test_a_head_that_is_gone_or_broken_is_told(log: Store, files: AuditFiles) -> None:
    for content, code in ((b"{}", "audit_head_broken"), (b"\xff", "audit_head_broken"), (None, "audit_head_missing")):
        files.head.write_bytes(content) if content else files.head.unlink()
        assert {problem.code for problem in audit_check.verify(log)[1]} == {code}
        assert {problem.code for problem in audit_check.verify_end(log)} == {code}


def test_the_quick_look_finds_a_cut_tail_and_a_changed_last_line(log: Store) -> None:
    for statement in (
        "DELETE FROM audit WHERE seq > 9",
        "UPDATE audit SET who = 'x' WHERE seq = 17",
        "DELETE FROM audit",
    ):
        with log.writing() as connection, connection.begin_nested() as inner:
            without_triggers(connection, log.is_sqlite)
            run(connection, statement)
            assert audit_check.problems_of_end(connection, audit_check.Outside.of(log)), statement
            inner.rollback()


@sqlite_alone
def test_another_key_does_not_pass_for_the_right_one(log: Store, files: AuditFiles) -> None:
    files.key.write_bytes(b"o" * 44)
    assert "audit_line_changed" in {problem.code for problem in audit_check.verify(log)[1]}


@sqlite_alone
@pytest.mark.parametrize(("spoil", "code"), [("missing", "key_missing"), ("open", "key_open"), ("short", "key_broken")])
def test_without_a_good_key_nothing_is_done(log: Store, files: AuditFiles, spoil: str, code: str) -> None:
    match spoil:
        case "missing":
            files.key.unlink()
        case "open":
            files.key.chmod(0o640)
        case _:
            files.key.write_bytes(b"short")

    def act() -> None:
        with log.writing() as connection:
            act_on(connection)

    with pytest.raises(KeyFault) as fault:
        act()
    assert fault.value.code == code
    with log.reading() as connection:
        assert counters.value(connection, "edition") == 3


def test_the_database_itself_refuses_to_rewrite_the_audit(log: Store) -> None:
    for statement in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with pytest.raises(StoreError, match="append-only"), log.writing() as connection:
            connection.execute(text(statement))


def test_processes_that_write_at_once_make_one_chain(log: Store, files: AuditFiles) -> None:
    children = []
    for number in range(4):
        if (child := os.fork()) == 0:
            code = 1
            try:
                for _ in range(10):
                    with log.writing() as connection:
                        audit.add(connection, who=f"web:{number}", what="signed_in", now=NOW)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    ended: list[int] = []
    while len(ended) < len(children):
        assert audit_check.verify(log)[1] == [], "a line written while we look is not one that was cut off"
        assert audit_check.verify_end(log) == []
        child, status = os.waitpid(children[len(ended)], os.WNOHANG)
        ended += [os.waitstatus_to_exitcode(status)] if child else []
    assert ended == [0] * 4
    assert audit_check.verify(log) == (LINES + 41, [])
    said = head.read(files.head)
    assert said
    assert said.count == LINES + 41
