"""What is over is gone: rows, bytes and all, by itself, never early, and counted without being tied to anybody."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import text

from legalmap.hours import BISHKEK
from legalmap.referrals import Referrals, counted, kept, purge
from legalmap.referrals.purge import Purged
from legalmap.referrals.sights import Wanted
from legalmap.store import StoreError
from legalmap.store import referrals as rows
from legalmap.store.referrals import Row
from tests.people.test_delays import in_processes
from tests.referrals.conftest import make_referrals
from tests.referrals.test_kept import COMMITTEE, MEMBER, NOW, find, make, on_sqlite
from tests.store.conftest import NewUrl

DAY = dt.timedelta(days=1)


def count(referrals: Referrals, table: str = "referrals") -> int:
    with referrals.reading() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0)


def counts(referrals: Referrals) -> dict[tuple[str, ...], int]:
    with referrals.reading() as connection:
        found = connection.execute(text('SELECT quarter, "of", name, outcome, count FROM counts'))
        return {(when, of, name, outcome): number for when, of, name, outcome, number in found}


def set_state(referrals: Referrals, handle: str, **values: str | int) -> None:
    with referrals.writing() as connection:
        rows.change(connection, handle, **values)


def test_what_is_over_is_gone_at_its_moment_and_not_before(referrals: Referrals) -> None:
    made = make(referrals)[1]
    assert purge.run(referrals.store, made.expires - dt.timedelta(seconds=1)).rows == 0
    assert count(referrals) == 1
    assert purge.run(referrals.store, made.expires).rows == 1
    assert count(referrals) == 0
    assert purge.run(referrals.store, made.expires) == Purged(0, 0.0)


def test_tries_of_centers_do_not_outlive_the_minute_by_more_than_a_purge(referrals: Referrals) -> None:
    find(referrals, "123456789012")
    assert count(referrals, "tries") == 1
    purge.run(referrals.store, NOW + dt.timedelta(hours=1))
    assert count(referrals, "tries") == 0


def test_every_row_is_counted_once_as_it_goes(referrals: Referrals) -> None:
    states = ("open", "accepted", "declined", "arrived", "closed")
    for state in states:
        set_state(referrals, make(referrals)[1].handle, state=state)
    taken_back = make(referrals)[1]
    assert counts(referrals) == {}, "what lives is in no count"
    with referrals.writing() as connection:
        kept.withdraw(connection, referrals.keys, MEMBER, taken_back.handle, NOW)
    assert counts(referrals) == {}, "what was taken back leaves nothing, not even a number"
    purge.run(referrals.store, NOW + 31 * DAY)
    purge.run(referrals.store, NOW + 32 * DAY)
    outcomes = ("expired", *states[1:])
    assert counts(referrals) == {
        **{("2026-Q4", "need", need, outcome): 1 for outcome in outcomes for need in ("legal", "shelter")},
        ("2026-Q4", "oblast", "KG-N", ""): 5,
        ("2026-Q4", "committee", COMMITTEE, ""): 5,
    }


def test_an_old_form_sent_again_counts_what_it_replaces(referrals: Referrals) -> None:
    made = make(referrals, token="t")[1]
    make(referrals, token="t", now=made.expires)
    assert counts(referrals)["2026-Q4", "committee", COMMITTEE, ""] == 1


@on_sqlite
def test_counts_and_rows_go_together_or_not_at_all(referrals: Referrals) -> None:
    """The database itself fails in the middle: after the counts, before the rows went."""
    make(referrals)
    with referrals.writing() as connection:
        connection.execute(text("CREATE TRIGGER no BEFORE DELETE ON referrals BEGIN SELECT RAISE(ABORT, 'no'); END"))
    with pytest.raises(StoreError):
        purge.run(referrals.store, NOW + 31 * DAY)
    assert (count(referrals), counts(referrals), purge.last(referrals.store)) == (1, {}, None)


def test_a_quarter_is_that_of_the_weeks_thursday_and_settles_when_nothing_of_it_can_be_left() -> None:
    assert [counted.quarter(week) for week in ("2026-W01", "2026-W53", "2027-W01", "2026-W14", "2026-W40")] == [
        "2026-Q1", "2026-Q4", "2027-Q1", "2026-Q2", "2026-Q4",
    ]  # fmt: skip
    assert [counted.quarter(week) for week in ("", "2026", "2026-W00", "2027-W53", "x")] == [""] * 5
    moment = dt.datetime(2027, 1, 1, tzinfo=BISHKEK) + 45 * DAY
    assert counted.settled("2026-Q4", int(moment.timestamp()))
    assert not counted.settled("2026-Q4", int(moment.timestamp()) - 1)
    assert not counted.settled("2026-Q4", None)


def test_a_row_that_comes_too_late_changes_no_count_that_is_shown(referrals: Referrals) -> None:
    """A clock that was far back made it."""
    purge.run(referrals.store, NOW)
    made = make(referrals, now=NOW - 200 * DAY)[1]
    assert purge.run(referrals.store, NOW).rows == 1
    assert counts(referrals) == {}
    assert made.expires < NOW


def test_one_of_many_processes_does_it(referrals: Referrals, tmp_path: Path) -> None:
    make(referrals)
    now = NOW + 31 * DAY

    def look(_worker: int) -> int:
        return sum(purge.run_if_due(referrals.store, now) is not None for _ in range(5))

    assert sum(in_processes(4, look, tmp_path)) == 1
    assert purge.run_if_due(referrals.store, now + dt.timedelta(minutes=59)) is None
    assert purge.run_if_due(referrals.store, now + dt.timedelta(minutes=60)) == Purged(0, 0.0)
    assert counts(referrals)["2026-Q4", "committee", COMMITTEE, ""] == 1


def test_a_clock_that_jumped_deletes_nothing_until_somebody_vouches_for_it(referrals: Referrals) -> None:
    purge.run(referrals.store, NOW)
    made = make(referrals)[1]
    for wrong in (NOW + 3650 * DAY, NOW + 46 * DAY, NOW - 46 * DAY):
        with pytest.raises(StoreError) as fault:
            purge.run_if_due(referrals.store, wrong)
        assert (fault.value.code, fault.value.detail) == ("referrals_clock", "2026-11-22")
    assert count(referrals) == 1
    assert purge.run(referrals.store, NOW - DAY).rows == 0, "a clock back by a day deletes nothing"
    assert count(referrals) == 1
    assert purge.run(referrals.store, NOW + 50 * DAY, by_hand=True).rows == 1
    assert made.expires < NOW + 50 * DAY


def test_what_a_clock_in_the_future_made_does_not_stay_until_then(referrals: Referrals) -> None:
    purge.run(referrals.store, NOW)
    make(referrals, now=NOW + 3650 * DAY)
    make(referrals)
    assert purge.run(referrals.store, NOW + dt.timedelta(hours=1)).rows == 1
    assert count(referrals) == 1
    assert counts(referrals) == {}


def test_a_database_put_back_from_a_copy_shows_nothing_that_is_over_and_is_purged(referrals: Referrals) -> None:
    code, made = make(referrals)
    late = made.expires + 5 * DAY  # the copy was taken while it lived; nothing has purged it since
    with referrals.writing() as connection:
        assert kept.mine(connection, referrals.keys, MEMBER, COMMITTEE, late) == []
        assert kept.of_committee(connection, COMMITTEE, late) == []
        assert kept.one(connection, referrals.keys, MEMBER, made.handle, late) is None
    assert find(referrals, code, now=late).referral is None
    assert purge.run_if_due(referrals.store, late) is not None
    assert count(referrals) == 0


@on_sqlite
def test_no_byte_of_a_purged_row_is_in_the_file(made_url: NewUrl, tmp_path: Path) -> None:
    referrals = make_referrals(made_url(), tmp_path)
    path = Path(referrals.store.engine.url.database or "")
    canaries = [f"canary-of-{field.name}-7q" for field in dataclasses.fields(Row) if field.type == "str"]
    living = make(referrals, now=NOW + 20 * DAY)[1]
    with referrals.writing() as connection:
        for number in range(300):
            values: dict[str, str | int] = {name.split("-")[2]: f"{name}-{number}" for name in canaries}
            numbers = {"first": 7_654_321, "second": 7_654_322, "due": 7_654_323, "expires": 1}
            rows.add(connection, Row(**{**values, **numbers}))  # type: ignore[arg-type]
    raw = path.read_bytes()
    assert all(canary.encode() in raw for canary in canaries)
    before = len(raw)
    done = purge.run(referrals.store, NOW)
    assert (done.rows, done.vacuum > 0) == (300, True)
    assert [file for file in path.parent.iterdir() if file.name.startswith(path.name)] == [path]
    raw = path.read_bytes()
    assert [canary for canary in canaries if canary.encode() in raw] == []
    assert [n for n in (7_654_321, 7_654_322, 7_654_323) if n.to_bytes(3, "big") in raw] == []
    assert len(raw) < before / 2
    assert living.handle.encode() in raw


@pytest.mark.parametrize("new_url", ["postgresql"], indirect=True)
def test_on_postgresql_no_byte_is_in_its_files_nor_in_the_wal_once_its_segments_went_by(
    referrals: Referrals,
) -> None:
    data = Path(str(referrals.store.engine.url.query["host"])) / "data"
    canary = "canary-of-postgresql-7q"

    def run(statement: str) -> None:
        with referrals.store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(statement))

    def found(folder: str) -> bool:
        files = [path for path in (data / folder).rglob("*") if path.is_file()]
        return any(canary.encode() in path.read_bytes() for path in files)

    with referrals.writing() as connection:
        for number in range(300):
            rows.add(connection, row_of(f"{canary}-{number}"))
    run("CHECKPOINT")
    assert (found("base"), found("pg_wal")) == (True, True)
    assert purge.run(referrals.store, NOW).rows == 300
    run("CHECKPOINT")
    assert (found("base"), found("pg_wal")) == (False, True)
    kept_ready = len(list((data / "pg_wal").glob("0*")))
    for _segment in range(kept_ready + 2):  # as archive_timeout makes them go by, old ones are written over
        run("SELECT pg_switch_wal()")
        run("CHECKPOINT")
    assert not found(".")


def row_of(told: str) -> Row:
    """A row whose time is over, with `told` in all its words."""
    words = {field.name: told for field in dataclasses.fields(Row) if field.type == "str"}
    return Row(**{**words, "first": 1, "second": 2, "due": 3, "expires": 4})  # type: ignore[arg-type]


def test_needs_that_are_none_and_weeks_that_are_none_are_not_counted(referrals: Referrals) -> None:
    wanted = Wanted(first=1, needs=frozenset(), urgency="now", oblast="KG-B", lang="ky")
    handle = make(referrals, wanted=wanted)[1].handle
    set_state(referrals, handle, week="")
    purge.run(referrals.store, NOW + 31 * DAY)
    assert counts(referrals) == {}
