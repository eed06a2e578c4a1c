"""A center's side of a referral: every state with every act, and what other centers see of it."""

from __future__ import annotations

import datetime as dt

import pytest

from legalmap.referrals import Referrals, codes, kept, moves, received
from legalmap.referrals.sights import STATES, Received, Wanted
from tests.referrals.test_kept import NOW

CENTER, OTHER = 1042, 1043
WHOLE = {
    "open": {"accept": "accepted", "decline": "declined", "arrive": "arrived"},
    "accepted": {"decline": "declined", "arrive": "arrived"},
    "declined": {"accept": "accepted", "arrive": "arrived"},
    "arrived": {"close": "closed"},
}
"""All that may be said; every other pair changes nothing."""


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", [*moves.ACTS, "withdraw", ""])
def test_every_state_and_every_act(state: str, act: str) -> None:
    then = moves.after(state, act)
    assert then == WHOLE.get(state, {}).get(act, state)
    assert moves.after(then, act) == then, "a second press changes nothing"
    assert (act in moves.acts(state)) == (then != state)


def test_nobody_unsays_that_somebody_arrived() -> None:
    reached = {"arrived"}
    for _ in STATES:
        reached |= {moves.after(state, act) for state in reached for act in moves.ACTS}
    assert reached == {"arrived", "closed"}


def made(referrals: Referrals, token: str = "t" * 43) -> str:
    wanted = Wanted(
        first=CENTER, second=OTHER, needs=frozenset({"shelter"}), urgency="3d", oblast="KG-N", lang="ky",
    )  # fmt: skip
    with referrals.writing() as connection:
        code, _seen = kept.create(connection, referrals.keys, "member", "c1", token, wanted, NOW)
    return codes.handle_of(referrals.keys, code)


def say(
    referrals: Referrals, handle: str, act: str, reason: str = "", *, center: int = CENTER, at: dt.datetime = NOW
) -> Received | None:
    with referrals.writing() as connection:
        return received.answer(connection, center, handle, act, reason, at)


def of_member(referrals: Referrals, handle: str, at: dt.datetime = NOW) -> kept.Referral:
    with referrals.reading() as connection:
        found = kept.one(connection, referrals.keys, "member", handle, at)
    assert found
    return found


def test_the_member_sees_what_the_center_said_and_why(referrals: Referrals) -> None:
    handle, later = made(referrals), NOW + dt.timedelta(hours=30)
    told = say(referrals, handle, "decline", "conditions", at=later)
    assert told
    assert (told.state, told.reason) == ("declined", "conditions")
    seen = of_member(referrals, handle)
    assert (seen.state, seen.reason, seen.answer) == ("declined", "conditions", "3d"), "how long, coarsely"
    assert say(referrals, handle, "decline", "area") == told, "the first reason stays"
    assert say(referrals, handle, "accept")
    assert of_member(referrals, handle).reason == ""
    for act in ("arrive", "arrive", "decline", "accept"):
        say(referrals, handle, act, "other" if act == "decline" else "")
        assert of_member(referrals, handle).state == "arrived"
    assert of_member(referrals, handle).answer == "3d", "how long it took is the first answer's"
    closed = say(referrals, handle, "close", at=later)
    assert closed
    assert closed.expires <= later + dt.timedelta(days=8)


def test_an_end_never_gives_more_time(referrals: Referrals) -> None:
    handle = made(referrals)
    say(referrals, handle, "arrive")
    before = of_member(referrals, handle).expires
    last = before - dt.timedelta(hours=1)
    closed = say(referrals, handle, "close", at=last)
    assert closed
    assert closed.expires == before


def test_only_the_center_that_it_leads_to(referrals: Referrals) -> None:
    handle = made(referrals)
    unknown = ("0" * 64, "", "x", handle.upper(), handle + "\n")
    with referrals.reading() as connection:
        assert received.one(connection, CENTER, handle, NOW)
        for center, name in ((OTHER, handle), (0, handle), *((CENTER, name) for name in unknown)):
            assert received.one(connection, center, name, NOW) is None
        assert received.one(connection, CENTER, handle, NOW + dt.timedelta(days=40)) is None
    assert say(referrals, handle, "accept", center=OTHER) is None
    for act, reason in (("withdraw", ""), ("decline", ""), ("decline", "because"), ("accept", "other"), ("", "")):
        told = say(referrals, handle, act, reason)
        assert told
        assert told.state == "open", (act, reason)


def test_passed_on_it_is_the_next_centers_alone(referrals: Referrals) -> None:
    handle = made(referrals)
    say(referrals, handle, "decline", "no_places")
    with referrals.writing() as connection:
        assert kept.pass_on(connection, referrals.keys, "member", handle, NOW)
    assert say(referrals, handle, "accept") is None
    told = say(referrals, handle, "accept", center=OTHER)
    assert told
    assert (told.state, told.reason) == ("accepted", "")


def test_what_a_center_sees_says_nothing_of_member_committee_or_the_other_center(referrals: Referrals) -> None:
    handle = made(referrals)
    with referrals.reading() as connection:
        seen = received.one(connection, CENTER, handle, NOW)
    assert seen
    told = {name: getattr(seen, name) for name in Received.__dataclass_fields__}
    assert set(told) == {"label", "needs", "urgency", "due", "state", "reason", "expires"}
    assert not {"member", "c1", handle, OTHER} & {value for value in told.values() if isinstance(value, str | int)}


def test_consent_taken_back_at_the_center_leaves_no_row_and_elsewhere_takes_nothing(referrals: Referrals) -> None:
    handle = made(referrals)
    with referrals.writing() as connection:
        assert not received.withdraw(connection, OTHER, handle, NOW)
        assert not received.withdraw(connection, CENTER, handle, NOW + dt.timedelta(days=40))
        assert received.withdraw(connection, CENTER, handle, NOW)
        assert not received.withdraw(connection, CENTER, handle, NOW)
        assert kept.one(connection, referrals.keys, "member", handle, NOW) is None
