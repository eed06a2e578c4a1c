"""The store keeps what it is given, whole or not at all, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from legalmap.model import Act
from legalmap.store import Store, StoreError, _versions, centers, counters, history, need_rules, schema, verifications
from legalmap.store.referrals import ReferralStore
from tests.store.conftest import NewUrl

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)


def act(number: int = 1) -> Act:
    return Act(id=f"act{number}", kind="import", who="test", at=NOW, edition=number, subject="x")


def test_the_migrations_build_exactly_the_tables_of_the_schema(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with store.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    assert differences == []


def test_migrating_again_changes_nothing(store: Store) -> None:
    with store.writing() as connection:
        counters.take(connection, "edition")
    store.migrate()
    with store.reading() as connection:
        assert counters.value(connection, "edition") == 1


def test_a_center_comes_back_as_it_was_written_and_changed(store: Store) -> None:
    with store.writing() as connection:
        centers.add(connection, {"ө-1": {"name_ky": 'Өзгөн ‘x’ \n"', "show_location": "no"}}, 1001)
        centers.change(connection, "ө-1", {"name_ky": "Ү", "verified_on": "ignored: another table's"})
    with store.reading() as connection:
        record = centers.records(connection)["ө-1"]
    assert (record.number, record.cells["name_ky"], record.cells["show_location"]) == (1001, "Ү", "no")
    assert (record.cells["id"], record.cells["verified_on"], record.cells["address"]) == ("ө-1", "", "")


def test_a_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    def half() -> None:
        with store.writing() as connection:
            counters.take(connection, "edition")
            centers.add(connection, {"a": {}}, 1)
            centers.add(connection, {"b": {}}, 1)  # the number is taken

    with pytest.raises(StoreError):
        half()
    with store.reading() as connection:
        assert (centers.records(connection), counters.value(connection, "edition")) == ({}, 0)


@pytest.mark.parametrize("statement", ["UPDATE {} SET who = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["acts", "changes"])
def test_the_database_itself_refuses_to_rewrite_history(store: Store, table: str, statement: str) -> None:
    with store.writing() as connection:
        history.add_act(connection, act())
        history.add_changes(connection, act(), {"a": {"phones": ("1", "2")}})
    with pytest.raises(StoreError, match="append-only"), store.writing() as connection:
        connection.execute(text(statement.format(table)))


def test_changes_after_an_edition_come_newest_first(store: Store) -> None:
    with store.writing() as connection:
        for number in (1, 2, 3):
            history.add_act(connection, act(number))
            history.add_changes(connection, act(number), {"a": {"phones": (str(number - 1), str(number))}})
    with store.reading() as connection:
        later = history.changes_after(connection, 1)
        assert [(change.old, change.new, change.edition) for change in later] == [("2", "3", 3), ("1", "2", 2)]
        assert [known.id for known in history.all_acts(connection)] == ["act1", "act2", "act3"]


def test_verified_is_the_oldest_of_the_newest_words_of_all_groups(store: Store) -> None:
    with store.writing() as connection:
        history.add_act(connection, act())
        verifications.add(connection, "a", on="2026-01-01", by="x", way="phone", act_id="act1")
        verifications.add(connection, "a", on="2026-05-01", by="x", way="on_site", act_id="act1")
        verifications.add(connection, "b", on="2026-01-01", by="x", way="phone", act_id="act1")
        verifications.add(connection, "b", on="", by="x", way="", act_id="act1")
    with store.reading() as connection:
        known = verifications.latest(connection)
    assert (known["a"].on, known["a"].way, known["a"].hours_on) == ("2026-05-01", "on_site", "2026-05-01")
    assert (known["b"].on, known["b"].way) == ("", "")


def test_rules_of_needs_are_replaced_whole_and_come_back_in_order(store: Store) -> None:
    rules = [
        need_rules.Rule(need=need, rank=rank, kinds=("ngo", "flac"), topics=("violence",), note_ky="Ө\n'")
        for need in ("child", "legal") for rank in (2, 1)
    ]  # fmt: skip
    for put in (rules[:1], rules):
        with store.writing() as connection:
            need_rules.put(connection, put)
    with store.reading() as connection:
        assert need_rules.everything(connection) == [rules[3], rules[2], rules[1], rules[0]]
        assert need_rules.for_needs(connection, ("child", "police")) == {"child": (rules[1], rules[0]), "police": ()}


@pytest.mark.parametrize("new_url", ["postgresql"], indirect=True)  # a SQLite writer waits until the look is over
def test_a_look_at_the_database_does_not_change_while_others_write(new_url: NewUrl) -> None:
    store = Store(new_url())
    store.migrate()
    with store.reading() as connection:
        before = counters.value(connection, "number")
        with store.writing() as other:
            counters.take(other, "number")
        assert counters.value(connection, "number") == before


@pytest.mark.parametrize("url", ["nonsense", "mongodb://x/y", "oracle://x/y"])
def test_a_url_that_nothing_can_open_is_told_in_words(url: str) -> None:
    with pytest.raises(StoreError) as fault:
        Store(url)
    assert fault.value.code == "database_url"


def test_writers_wait_for_each_other_and_lose_no_number(store: Store) -> None:
    def take() -> None:
        for _ in range(10):
            with store.writing() as connection:
                seen = counters.value(connection, "number")
                assert counters.take(connection, "number") == seen + 1

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        assert counters.value(connection, "number") == 1040


def test_a_database_that_was_never_made_is_told_in_words(new_url: NewUrl) -> None:
    with pytest.raises(StoreError) as fault, Store(new_url()).reading():
        pass
    assert fault.value.code in {"database_empty", "database_missing"}


def stands_at(store: Store, version: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


@pytest.mark.parametrize("version", ["9999", "9999_9998", "9999_", "_"])
def test_a_newer_database_is_refused(store: Store, version: str) -> None:
    stands_at(store, version)
    with pytest.raises(StoreError) as fault, store.reading():
        pass
    assert fault.value.code == "database_newer"


def test_a_newer_database_that_says_so_goes_on_with_this_program(store: Store) -> None:
    """Machines are upgraded one after the other: the database first, by whichever comes first."""
    for oldest in _versions(store.migrations)[-2:]:
        stands_at(store, f"9999_{oldest}")
        with store.writing() as connection:
            assert counters.take(connection, "edition")
    stands_at(store, "0001_0001")
    with pytest.raises(StoreError) as fault, store.reading():
        pass
    assert fault.value.code == "database_older"


def test_a_missing_folder_and_a_broken_file_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"not a database at all, only words" * 100)
    for name, code in (("no/such.db", "database_missing"), ("broken.db", "database_corrupt")):
        with pytest.raises(StoreError) as fault, Store(f"sqlite:///{tmp_path / name}").reading():
            pass
        assert fault.value.code == code


@pytest.mark.parametrize("kind", [Store, ReferralStore])
def test_the_versions_known_without_alembic_are_those_that_it_knows(kind: type[Store]) -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(kind.migrations)).walk_revisions()
    assert list(_versions(kind.migrations)) == [script.revision[:4] for script in scripts][::-1]
