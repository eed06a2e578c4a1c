"""No sequence of acts lets anybody see a field of a referral that is not theirs to see."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from legalmap.referrals import codes, kept
from legalmap.referrals.sights import Referral, Wanted
from tests.referrals.conftest import make_referrals

NOW = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
COMMITTEE_OF = {"ann": "north", "bek": "north", "cem": "south"}
CENTERS = (1001, 1002)
MEMBERS = st.sampled_from(sorted(COMMITTEE_OF))
WANTED = st.builds(
    lambda first, needs, urgency, answered: Wanted(
        first=first, second=sum(CENTERS) - first, needs=frozenset(needs), urgency=urgency, oblast="KG-N", lang="ky",
        answered=answered,
    ),
    st.sampled_from(CENTERS), st.sets(st.sampled_from(["legal", "shelter", "child"])), st.sampled_from(["now", "2w"]),
    st.sampled_from(["", "expected", "no_places", "no_answer"]),
)  # fmt: skip


class Sights(RuleBasedStateMachine):
    """Three members of two committees, a coordinator of each, two centers; what each should see is kept beside."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.referrals = make_referrals(f"sqlite:///{self.folder.name}/r.db", Path(self.folder.name))
        self.now = NOW
        self.owner: dict[str, str] = {}
        self.true: dict[str, Referral] = {}
        self.codes: dict[str, str] = {}
        self.forms: dict[tuple[str, int], str] = {}
        self.handles = ["0" * 64, "x"]

    def teardown(self) -> None:
        self.folder.cleanup()

    def living(self) -> dict[str, Referral]:
        return {handle: seen for handle, seen in self.true.items() if seen.expires > self.now}

    @rule(member=MEMBERS, form=st.integers(0, 9), wanted=WANTED)
    def sends_a_form(self, member: str, form: int, wanted: Wanted) -> None:
        with self.referrals.writing() as connection:
            code, made = kept.create(
                connection, self.referrals.keys, member, COMMITTEE_OF[member], f"form {form}", wanted, self.now
            )
        known = self.living().get(made.handle)
        assert known is None or (self.owner[made.handle] == member and self.codes[made.handle] == code)
        if known is not None and known.first != wanted.first:
            assert made.label == known.label
            del self.true[made.handle]
            known = None
        if known is None:
            assert (made.first, made.needs) == (wanted.first, tuple(sorted(wanted.needs)))
            assert made.label not in {seen.label for seen in self.living().values() if self.shares(seen, member)}
            self.true[made.handle], self.owner[made.handle], self.codes[made.handle] = made, member, code
            self.handles.append(made.handle)
        else:
            assert (made.label, made.first, made.needs) == (known.label, known.first, known.needs)

    def shares(self, seen: Referral, member: str) -> bool:
        return COMMITTEE_OF[self.owner[seen.handle]] == COMMITTEE_OF[member]

    @rule(member=MEMBERS, data=st.data(), answer=st.sampled_from(["expected", "no_places", "no_answer"]))
    def says_what_the_center_said(self, member: str, data: st.DataObject, answer: str) -> None:
        handle = data.draw(st.sampled_from(self.handles))
        with self.referrals.writing() as connection:
            told = kept.record_answer(connection, self.referrals.keys, member, handle, answer, self.now)
        self.judge(member, handle, told)
        if told:
            assert answer == "no_answer" or told.state == kept.ANSWERS[answer]
            self.true[handle] = told

    @rule(member=MEMBERS, data=st.data())
    def opens_an_address(self, member: str, data: st.DataObject) -> None:
        handle = data.draw(st.sampled_from(self.handles))
        with self.referrals.reading() as connection:
            told = kept.one(connection, self.referrals.keys, member, handle, self.now)
        self.judge(member, handle, told)

    def judge(self, member: str, handle: str, told: Referral | None) -> None:
        own = handle in self.living() and self.owner[handle] == member
        assert (told is not None) == own
        if told:
            known = self.true[handle]
            assert (told.handle, told.label, told.first, told.needs) == (handle, known.label, known.first, known.needs)

    @rule(member=MEMBERS, data=st.data())
    def takes_consent_back(self, member: str, data: st.DataObject) -> None:
        handle = data.draw(st.sampled_from(self.handles))
        own = handle in self.living() and self.owner[handle] == member
        with self.referrals.writing() as connection:
            assert kept.withdraw(connection, self.referrals.keys, member, handle, self.now) == own
        if own:
            del self.true[handle]

    @rule(member=MEMBERS, data=st.data())
    def takes_consent_back_by_a_code(self, member: str, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from([codes.with_check("00000000000"), *self.codes.values()]))
        with self.referrals.writing() as connection:
            wait = kept.withdraw_by_code(connection, self.referrals.keys, member, code, self.now)
        if not wait:
            self.true = {handle: seen for handle, seen in self.true.items() if self.codes[handle] != code}

    @rule(center=st.sampled_from(CENTERS), data=st.data())
    def a_center_types_a_code(self, center: int, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from([codes.with_check("00000000000"), *self.codes.values()]))
        with self.referrals.writing() as connection:
            told = kept.find(connection, self.referrals.keys, center, code, self.now)
        if told.wait:
            assert told.referral is None
            return
        known = {self.codes[handle]: seen for handle, seen in self.living().items() if seen.first == center}
        assert (told.referral is not None) == (code in known)
        if told.referral:
            assert (told.referral.label, told.referral.needs) == (known[code].label, known[code].needs)

    @rule(hours=st.sampled_from([0, 1, 30, 24 * 31]))
    def time_goes_by(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours, minutes=1)

    @invariant()
    def lists_hold_the_own_and_coordinators_see_the_clock_alone(self) -> None:
        with self.referrals.reading() as connection:
            for member, committee in COMMITTEE_OF.items():
                told = kept.mine(connection, self.referrals.keys, member, committee, self.now)
                own = {handle for handle in self.living() if self.owner[handle] == member}
                assert {seen.handle for seen in told} == own
            for committee in set(COMMITTEE_OF.values()):
                clocks = kept.of_committee(connection, committee, self.now)
                there = [seen for handle, seen in self.living().items() if self.of(handle) == committee]
                assert sorted(map(astuple, clocks)) == sorted(
                    (seen.label, seen.state, seen.due, seen.state == "open" and seen.due <= self.now) for seen in there
                )
            kept_rows: Sequence[object] = connection.execute(text("SELECT code FROM referrals")).all()
        assert len(kept_rows) == len(self.true)

    def of(self, handle: str) -> str:
        return COMMITTEE_OF[self.owner[handle]]


def test_no_sequence_of_acts_shows_anothers_referral() -> None:
    run_state_machine_as_test(Sights, settings=given_settings(max_examples=12, stateful_step_count=20, deadline=None))


@pytest.mark.long
def test_no_sequence_of_two_thousand_acts_shows_anothers_referral() -> None:
    """In twenty sequences of a hundred: longer ones are more than hypothesis can draw at once."""
    run_state_machine_as_test(Sights, settings=given_settings(max_examples=20, stateful_step_count=100, deadline=None))
