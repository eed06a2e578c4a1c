"""What is kept of a referral is little, is seen by whom it concerns, and is gone when it is taken back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from pathlib import Path

import pytest
from sqlalchemy import event, text

from legalmap.hours import BISHKEK
from legalmap.model import NEEDS
from legalmap.referrals import Referrals, clock, codes, kept, received
from legalmap.referrals.sights import Found, Referral, Wanted
from legalmap.store import referrals_schema
from legalmap.store.referrals import ReferralStore
from tests.people.test_delays import in_processes
from tests.referrals.conftest import make_referrals
from tests.store.conftest import NewUrl

NOW = dt.datetime(2026, 11, 22, 15, 17, tzinfo=dt.UTC)
MEMBER, OTHER, COMMITTEE = "member-canary-7f", "member-canary-8e", "committee-1"
WANTED = Wanted(
    first=1010, second=1011, needs=frozenset({"shelter", "legal"}), urgency="3d", oblast="KG-N", lang="ky"
)  # fmt: skip

on_sqlite = pytest.mark.parametrize("new_url", ["sqlite"], indirect=True)
"""For rules that no engine can change."""


def make(
    referrals: Referrals, member: str = MEMBER, token: str = "", wanted: Wanted = WANTED, now: dt.datetime = NOW
) -> tuple[str, Referral]:
    with referrals.writing() as connection:
        return kept.create(
            connection, referrals.keys, member, COMMITTEE, token or secrets.token_hex(16), wanted, now
        )  # fmt: skip


def find(referrals: Referrals, code: str, center: int = 1010, now: dt.datetime = NOW) -> Found:
    with referrals.writing() as connection:
        return kept.find(connection, referrals.keys, center, code, now)


def one(referrals: Referrals, handle: str, member: str = MEMBER, now: dt.datetime = NOW) -> Referral | None:
    with referrals.reading() as connection:
        return kept.one(connection, referrals.keys, member, handle, now)


def test_the_migrations_build_exactly_the_tables_of_the_schema(referrals: Referrals) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    referrals.store.migrate()
    with referrals.store.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, referrals_schema.metadata) == []


def test_nothing_is_kept_but_these_columns(referrals: Referrals) -> None:
    told = {name: {column.name for column in table.c} for name, table in referrals_schema.metadata.tables.items()}
    assert told == {
        "referrals": {
            "code", "label", "member", "committee", "first", "second", "needs", "urgency", "due", "week", "oblast",
            "state", "answer", "expires", "reason",
        },
        "tries": {"center", "place", "at"},
        "counts": {"quarter", "of", "name", "outcome", "count"},
        "purged": {"at"},
        "key_mark": {"mark"},
    }  # fmt: skip
    code, made = make(referrals)
    with referrals.reading() as connection:
        row = connection.execute(text("SELECT * FROM referrals")).mappings().one()
    assert {**row, "code": "", "member": "", "label": ""} == {
        "code": "", "label": "", "member": "", "committee": COMMITTEE, "first": 1010, "second": 1011,
        "needs": "legal shelter", "urgency": "3d", "due": 1_795_629_600, "week": "2026-W47", "oblast": "KG-N",
        "state": "open", "answer": "", "expires": 1_797_962_400, "reason": "",
    }  # fmt: skip
    assert (row["code"], row["label"]) == (made.handle, made.label)
    assert code not in str(dict(row))


def test_times_are_coarse() -> None:
    for minutes in range(0, 15 * 24 * 60, 97):
        now = NOW + dt.timedelta(minutes=minutes)
        for urgency in clock.URGENCIES:
            due = clock.due(urgency, now)
            assert due % (6 * 3600) == 0
            assert 0 <= due - now.timestamp() - clock.SPANS[urgency] < 6 * 3600
        ends = dt.datetime.fromtimestamp(clock.expires("open", now), BISHKEK)
        assert (ends.hour, ends.minute) == (0, 0)
        assert 30 <= (ends - now).total_seconds() / 86_400 < 31
    assert clock.week(dt.datetime(2026, 11, 22, 17, 59, tzinfo=dt.UTC)) == "2026-W47"
    assert clock.week(dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC)) == "2026-W48"


def test_a_form_sent_again_gives_what_there_is_and_changes_nothing(referrals: Referrals) -> None:
    code, made = make(referrals, token="t")
    other = Wanted(first=1010, needs=frozenset(NEEDS), urgency="now", oblast="KG-B", lang="en", answered="expected")
    assert make(referrals, token="t", wanted=other, now=NOW + dt.timedelta(hours=9)) == (code, made)
    assert one(referrals, made.handle) == made
    assert make(referrals, OTHER, token="t")[0] != code


def test_with_another_center_it_is_that_ones_instead_unless_somebody_arrived(referrals: Referrals) -> None:
    code, made = make(referrals, token="t")
    other = dataclasses.replace(WANTED, first=1, second=0, answered="expected")
    again, moved = make(referrals, token="t", wanted=other, now=NOW + dt.timedelta(minutes=5))
    assert (again, moved.label, moved.first, moved.second, moved.state) == (code, made.label, 1, 0, "accepted")
    assert find(referrals, code).referral is None, "the first center knows nothing of it any more"
    assert find(referrals, code, 1).referral
    with referrals.writing() as connection:
        assert received.answer(connection, 1, moved.handle, "arrive", "", NOW)
        assert kept.lives(connection, referrals.keys, MEMBER, "t", NOW)
        assert not kept.lives(connection, referrals.keys, OTHER, "t", NOW)
    assert make(referrals, token="t")[1].first == 1


@on_sqlite
def test_a_code_that_another_has_already_is_passed_over_and_nobody_learns_it(
    referrals: Referrals, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = codes.from_token
    monkeypatch.setattr(codes, "from_token", lambda keys, member, token, place=0: true(keys, "", "", place))
    (first, made), (second, others) = make(referrals), make(referrals, OTHER)
    assert len({first, second, made.handle, others.handle}) == 4
    assert one(referrals, made.handle, OTHER) is None
    assert find(referrals, first).referral
    assert find(referrals, second).referral


def test_only_who_made_it_sees_it(referrals: Referrals) -> None:
    made = [make(referrals)[1] for _ in range(3)]
    foreign = make(referrals, OTHER)[1]
    with referrals.reading() as connection:
        listed = kept.mine(connection, referrals.keys, MEMBER, COMMITTEE, NOW)
        assert {mine.handle: mine for mine in listed} == {mine.handle: mine for mine in made}
        assert kept.mine(connection, referrals.keys, MEMBER, "another", NOW) == []
        clocks = kept.of_committee(connection, COMMITTEE, NOW)
    assert {(seen.label, seen.state) for seen in clocks} == {(mine.label, "open") for mine in [*made, foreign]}
    assert set(type(clocks[0]).__slots__) == {"label", "state", "due", "rang"}
    for handle in (foreign.handle, "0" * 64, "", "x", "\0", "ө" * 64, made[0].handle.upper()):
        assert one(referrals, handle) is None
        with referrals.writing() as connection:
            assert kept.record_answer(connection, referrals.keys, MEMBER, handle, "expected", NOW) is None
            assert kept.withdraw(connection, referrals.keys, MEMBER, handle, NOW) is False
    assert one(referrals, foreign.handle, OTHER) == foreign


@on_sqlite
def test_rows_of_one_member_have_nothing_in_common_without_the_key(referrals: Referrals) -> None:
    for _ in range(3):
        make(referrals)
    with referrals.reading() as connection:
        found = connection.execute(text("SELECT code, member FROM referrals")).all()
    assert len({word for row in found for word in row}) == 6


@on_sqlite
@pytest.mark.parametrize(
    ("said", "state"), [("expected", "accepted"), ("no_places", "declined"), ("no_answer", "open")]
)
def test_what_the_center_said_makes_the_state(referrals: Referrals, said: str, state: str) -> None:
    handle = make(referrals)[1].handle
    with referrals.writing() as connection:
        now = NOW + dt.timedelta(days=2)
        told = kept.record_answer(connection, referrals.keys, MEMBER, handle, said, now)
    assert told == one(referrals, handle)
    assert told
    assert (told.state, told.answer) == (state, "" if state == "open" else "3d")
    at_once = Wanted(first=7, needs=frozenset(), urgency="now", oblast="KG-N", lang="ru", answered=said)
    made = make(referrals, wanted=at_once)[1]
    assert (made.state, made.answer) == (state, "" if state == "open" else "hour")


@on_sqlite
def test_who_arrived_is_not_unsaid_by_a_member(referrals: Referrals) -> None:
    handle = make(referrals)[1].handle
    with referrals.writing() as connection:
        connection.execute(text("UPDATE referrals SET state = 'arrived'"))
        told = kept.record_answer(connection, referrals.keys, MEMBER, handle, "no_places", NOW)
    assert told
    assert told.state == "arrived"


@on_sqlite
def test_the_clock_rings_when_nobody_answered_in_time(referrals: Referrals) -> None:
    handle = make(referrals)[1].handle
    due = dt.datetime.fromtimestamp(clock.due("3d", NOW), dt.UTC)
    early, late = one(referrals, handle, now=due - dt.timedelta(seconds=1)), one(referrals, handle, now=due)
    assert early
    assert late
    assert (early.rang, late.rang) == (False, True)
    with referrals.writing() as connection:
        kept.record_answer(connection, referrals.keys, MEMBER, handle, "expected", late.due)
        assert [seen.rang for seen in kept.of_committee(connection, COMMITTEE, due)] == [False]


def test_a_center_finds_what_leads_to_it_and_every_other_code_is_one_answer_after_the_same_work(
    referrals: Referrals,
) -> None:
    code, made = make(referrals)
    gone, taken_back = make(referrals)
    late = NOW + dt.timedelta(days=40)
    with referrals.writing() as connection:
        assert kept.withdraw(connection, referrals.keys, MEMBER, taken_back.handle, NOW)
    found = find(referrals, code).referral
    assert found
    assert (found.label, found.needs, found.state) == (made.label, ("legal", "shelter"), "open")
    work: list[str] = []

    @event.listens_for(referrals.store.engine, "before_cursor_execute")
    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        work.append(statement)

    told = []
    unknown = codes.with_check("12345678901")
    for asked, center, now in (
        (code, 2001, NOW), (code, 1011, NOW), (gone, 2002, NOW), (unknown, 2003, NOW), (code, 2004, late),
    ):  # fmt: skip
        work.clear()
        told.append((find(referrals, asked, center, now), tuple(work)))
    assert {answer for answer, _work in told} == {Found()}
    assert len({work for _answer, work in told}) == 1


def test_five_tries_a_minute_are_judged_whatever_is_tried(referrals: Referrals) -> None:
    code = make(referrals)[0]
    unknown = codes.with_check("12345678901")
    for second in range(5):
        assert find(referrals, unknown, now=NOW + dt.timedelta(seconds=second)) == Found()
    assert find(referrals, code, now=NOW + dt.timedelta(seconds=10)) == Found(wait=50)
    assert find(referrals, code, 1011, NOW + dt.timedelta(seconds=10)) == Found()
    assert find(referrals, code, now=NOW + dt.timedelta(seconds=60)).referral
    assert find(referrals, code, now=NOW + dt.timedelta(seconds=60)).wait == 1
    assert find(referrals, code, now=NOW - dt.timedelta(days=3)).referral, "a clock that went back holds nobody"


def test_consent_is_taken_back_by_the_code_at_any_member_five_times_a_minute(referrals: Referrals) -> None:
    code, made = make(referrals)
    unknown = codes.with_check("12345678901")

    def take_back(typed: str, member: str = OTHER, now: dt.datetime = NOW) -> int:
        with referrals.writing() as connection:
            return kept.withdraw_by_code(connection, referrals.keys, member, typed, now)

    work: list[list[str]] = []

    @event.listens_for(referrals.store.engine, "before_cursor_execute")
    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        work[-1].append(statement)

    for typed in (unknown, code, unknown):
        work.append([])
        assert take_back(typed) == 0
    assert work[0] == work[1] == work[2], "nobody learns whether there was something"
    assert one(referrals, made.handle) is None
    other, mine = make(referrals)
    assert [take_back(unknown) for _ in range(3)] == [0, 0, 60]
    assert take_back(other) == 60
    assert one(referrals, mine.handle), "a try too many deletes nothing"
    assert take_back(other, MEMBER) == 0, "each member has tries of their own"
    assert one(referrals, mine.handle) is None


def test_five_tries_a_minute_over_four_workers(referrals: Referrals, tmp_path: Path) -> None:
    unknown = codes.with_check("12345678901")

    def tries(_worker: int) -> int:
        return sum(find(referrals, unknown).wait == 0 for _ in range(15))

    assert sum(in_processes(4, tries, tmp_path)) == 5


def test_forms_sent_at_once_make_one_referral_and_no_label_twice(referrals: Referrals, tmp_path: Path) -> None:
    def send(worker: int) -> int:
        for number in range(10):
            make(referrals, token=f"form {number}")
        return worker

    in_processes(4, send, tmp_path)
    with referrals.reading() as connection:
        labels = [frozenset(seen.label.split()) for seen in kept.of_committee(connection, COMMITTEE, NOW)]
    assert len(labels) == len(set(labels)) == 10


def test_an_expired_row_is_never_shown_nor_found_purged_or_not(referrals: Referrals) -> None:
    code, made = make(referrals, token="t")
    last, after = made.expires - dt.timedelta(seconds=1), made.expires
    assert find(referrals, code, now=last).referral
    assert find(referrals, code, now=after + dt.timedelta(hours=1)) == Found()
    assert one(referrals, made.handle, now=last)
    assert one(referrals, made.handle, now=after) is None
    with referrals.writing() as connection:
        assert kept.mine(connection, referrals.keys, MEMBER, COMMITTEE, after) == []
        assert kept.of_committee(connection, COMMITTEE, after) == []
        assert kept.withdraw(connection, referrals.keys, MEMBER, made.handle, after) is False
    again, anew = make(referrals, token="t", now=after)
    assert (again, anew.expires > after) == (code, True), "an old form works again"


@on_sqlite
def test_the_file_holds_no_more_than_the_columns_and_forgets_at_once(made_url: NewUrl, tmp_path: Path) -> None:
    referrals = make_referrals(made_url(), tmp_path)
    path = Path(referrals.store.engine.url.database or "")
    code, made = make(referrals, token="token-canary")
    stays = make(referrals, OTHER)[1]
    with referrals.writing() as connection:
        kept.record_answer(connection, referrals.keys, MEMBER, made.handle, "no_places", NOW)
    find(referrals, code)
    raw = path.read_bytes()
    for canary in (MEMBER, OTHER, code, codes.shown(code), "token-canary"):
        assert canary.encode() not in raw
    for there in (made.handle, made.label, stays.handle):
        assert there.encode() in raw
    with referrals.writing() as connection:
        member = connection.execute(text("SELECT member FROM referrals WHERE code = :c"), {"c": made.handle}).scalar()
        kept.withdraw(connection, referrals.keys, MEMBER, made.handle, NOW)
    files = list(path.parent.glob(f"{path.name}*"))
    assert files == [path], "nothing lies beside the database that could hold what was deleted"
    raw = path.read_bytes()
    for gone in (made.handle, made.label, str(member), "declined"):
        assert gone.encode() not in raw
    assert stays.handle.encode() in raw


@pytest.mark.parametrize("wrong", ["first", "second", "needs", "urgency", "oblast", "answered"])
def test_what_no_form_of_ours_can_send_is_refused(wrong: str) -> None:
    values: dict[str, object] = {
        "first": 1, "second": 2, "needs": frozenset({"legal"}), "urgency": "now", "oblast": "KG-N", "lang": "ky",
        "answered": "",
    }  # fmt: skip
    bad = {"first": 0, "second": 1, "needs": frozenset({"name"}), "urgency": "1d", "oblast": "N", "answered": "yes"}
    with pytest.raises(ValueError, match="no such referral"):
        Wanted(**values | {wrong: bad[wrong]})  # type: ignore[arg-type]


@pytest.mark.parametrize("new_url", ["postgresql"], indirect=True)
def test_on_postgresql_it_has_a_schema_of_its_own_beside_the_desk(new_url: NewUrl, tmp_path: Path) -> None:
    from legalmap.store import Store

    url = new_url()
    desk = Store(url)
    desk.migrate()
    referrals = make_referrals(url, tmp_path)
    make(referrals)
    desk.migrate()
    ReferralStore(url).migrate()
    with desk.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM referrals.referrals")).scalar() == 1
        schemas = connection.execute(
            text("SELECT table_schema FROM information_schema.tables WHERE table_name = 'users'")
        )
        assert [schema for (schema,) in schemas] == ["public"]
