"""The one way to referrals: who may see which part of which row is decided here, on an open connection."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import replace

from legalmap.people.keys import Keys
from legalmap.referrals import clock, codes, counted, labels
from legalmap.referrals.sights import ANSWERS, REASON_OF, Clock, Found, Received, Referral, Wanted
from legalmap.store import Connection
from legalmap.store import referrals as rows
from legalmap.store.referrals import Row

_NOBODY = Row(
    code="", label="", member="", committee="", first=0, second=0, needs="", urgency="now", due=0, week="", oblast="",
    state="open", answer="", expires=0,
)  # fmt: skip


def create(
    connection: Connection, keys: Keys, member_id: str, committee_id: str, token: str, wanted: Wanted, now: dt.datetime
) -> tuple[str, Referral]:
    """A new referral and its code (12 digits), which from now on only the form can tell. `token`: random, made with it;
    the same form sent again gives what there is and changes nothing. With another center it is that one's instead,
    unless somebody arrived where it led. In a writing transaction."""
    code, known = _of_token(connection, keys, member_id, token)
    hashed, label = codes.handle_of(keys, code), ""
    if known and _lives(known, now):
        if known.first == wanted.first or known.state in {"arrived", "closed"}:
            return code, _referral(known, now)
        label = known.label
        rows.drop(connection, hashed)
    elif known:
        counted.went(connection, (known,))
        rows.drop(connection, hashed)  # what is not shown is not there
    state = ANSWERS.get(wanted.answered, "open")
    row = Row(
        code=hashed, label=label or labels.choose(wanted.lang, _labels(connection, committee_id, now)),
        member=_member(keys, member_id, hashed), committee=committee_id, first=wanted.first, second=wanted.second,
        needs=" ".join(sorted(wanted.needs)), urgency=wanted.urgency, due=clock.due(wanted.urgency, now),
        week=clock.week(now), oblast=wanted.oblast, state=state, answer="" if state == "open" else "hour",
        expires=clock.expires(state, now), reason=REASON_OF.get(wanted.answered, ""),
    )  # fmt: skip
    rows.add(connection, row)
    return code, _referral(row, now)


def lives(connection: Connection, keys: Keys, member_id: str, token: str, now: dt.datetime) -> bool:
    """Whether there is a referral of that form."""
    _code, known = _of_token(connection, keys, member_id, token)
    return known is not None and _lives(known, now)


def mine(connection: Connection, keys: Keys, member_id: str, committee_id: str, now: dt.datetime) -> Sequence[Referral]:
    """What a member made, soonest due first. The rows of a committee are walked: whose each is, only the key tells."""
    own = _own(keys, member_id)
    all_ = rows.members(connection, committee_id, int(now.timestamp()))
    codes_ = [code for code, member in all_ if hmac.compare_digest(_with(own, code), member)]
    return [_referral(row, now) for row in rows.of_codes(connection, codes_)]


def one(connection: Connection, keys: Keys, member_id: str, handle: str, now: dt.datetime) -> Referral | None:
    """A member's own referral; None for another's, an unknown, withdrawn or expired one alike."""
    row = _row(connection, keys, member_id, handle, now)
    return _referral(row, now) if row else None


def of_committee(connection: Connection, committee_id: str, now: dt.datetime) -> Sequence[Clock]:
    """Label, state and clock of what a committee has, soonest due first."""
    seen = int(now.timestamp())
    return [
        Clock(label=label, state=state, due=_at(due), rang=_rang(state, due, now))
        for label, state, due in rows.clocks(connection, committee_id, seen)
    ]


def record_answer(
    connection: Connection, keys: Keys, member_id: str, handle: str, answer: str, now: dt.datetime
) -> Referral | None:
    """What the first center said to the member, one of ANSWERS; None as in `one`. What the center itself has said since
    stays: nobody unsays that somebody arrived. In a writing transaction."""
    state = ANSWERS[answer]
    row = _row(connection, keys, member_id, handle, now)
    if row is None or row.state in {"arrived", "closed"} or state in {row.state, "open"}:
        return _referral(row, now) if row else None
    took, why = row.answer or clock.bucket(row.urgency, row.due, now), REASON_OF.get(answer, "")
    rows.change(connection, row.code, state=state, reason=why, answer=took)
    return _referral(replace(row, state=state, reason=why, answer=took), now)


def pass_on(connection: Connection, keys: Keys, member_id: str, handle: str, now: dt.datetime) -> Referral | None:
    """To the second choice, once the first said no or let the clock ring; the person agreed to that center too. The
    code stays, the clock starts anew. None as in `one`. In a writing transaction."""
    row = _row(connection, keys, member_id, handle, now)
    if row is None or not may_pass_on(_referral(row, now)):
        return _referral(row, now) if row else None
    changed: dict[str, str | int] = {
        "first": row.second, "second": 0, "state": "open", "reason": "", "answer": "",
        "due": clock.due(row.urgency, now),
    }  # fmt: skip
    rows.change(connection, row.code, **changed)
    return one(connection, keys, member_id, handle, now)


def may_pass_on(referral: Referral) -> bool:
    """Whether the second choice is offered."""
    return referral.second > 0 and (referral.rang or referral.state == "declined")


def withdraw(connection: Connection, keys: Keys, member_id: str, handle: str, now: dt.datetime) -> bool:
    """Consent is taken back: the row is gone at once; whether there was one, as in `one`. In a writing transaction."""
    row = _row(connection, keys, member_id, handle, now)
    if row is not None:
        rows.drop(connection, row.code)
    return row is not None


def withdraw_by_code(connection: Connection, keys: Keys, member_id: str, code: str, now: dt.datetime) -> int:
    """Consent is taken back by the code (12 digits) at any member, whoever made the slip. 0: nothing is kept under it
    any more, whether there was something or not, after the same work; else seconds until that member may try again. In
    a writing transaction, which counts the try."""
    tries_of = -1 - int(keys.mac("tries of a member", member_id), 16) % 2**31
    wait = rows.take_try(connection, tries_of, int(now.timestamp()))
    if not wait:
        rows.drop(connection, codes.handle_of(keys, code))
    return wait


def find(connection: Connection, keys: Keys, center: int, code: str, now: dt.datetime) -> Found:
    """What a code (12 digits, as `codes.read` gives it) says to the center of that number. Unknown, withdrawn, expired
    and another center's are one answer after the same work. In a writing transaction, which counts the try before it is
    judged, for all workers."""
    if wait := rows.take_try(connection, center, int(now.timestamp())):
        return Found(wait=wait)
    row = rows.by_code(connection, codes.handle_of(keys, code)) or _NOBODY
    seen = received(row)
    return Found(referral=seen if _lives(row, now) & (row.first == center) else None)


def received(row: Row) -> Received:
    """What the center of a row may know."""
    return Received(
        label=row.label, needs=tuple(row.needs.split()), urgency=row.urgency, due=_at(row.due), state=row.state,
        reason=row.reason, expires=_at(row.expires),
    )  # fmt: skip


def _of_token(connection: Connection, keys: Keys, member_id: str, token: str) -> tuple[str, Row | None]:
    """The code that a form stands for, and the row under it; one that somebody else has already is passed over."""
    code = ""
    for place in range(20):
        code = codes.from_token(keys, member_id, token, place)
        known = rows.by_code(connection, codes.handle_of(keys, code))
        if known is None or _is_of(keys, member_id, known):
            return code, known
    return code, None


def _row(connection: Connection, keys: Keys, member_id: str, handle: str, now: dt.datetime) -> Row | None:
    """The row of that handle, if it is this member's and lives."""
    asked = handle if re.fullmatch("[0-9a-f]{64}", handle) else ""
    row = rows.by_code(connection, asked) or _NOBODY
    return row if _is_of(keys, member_id, row) & _lives(row, now) else None


def _own(keys: Keys, member_id: str) -> bytes:
    """A member's own key: derived once for many rows."""
    return bytes.fromhex(keys.mac("member of a referral", member_id))


def _with(own: bytes, hashed: str) -> str:
    return hmac.digest(own, hashed.encode("ascii"), hashlib.sha256).hex()


def _member(keys: Keys, member_id: str, hashed: str) -> str:
    """Another one for each row, so that rows of one member cannot be linked without the key."""
    return _with(_own(keys, member_id), hashed)


def _is_of(keys: Keys, member_id: str, row: Row) -> bool:
    return hmac.compare_digest(_member(keys, member_id, row.code), row.member)


def _lives(row: Row, now: dt.datetime) -> bool:
    return row.expires > now.timestamp()


def _rang(state: str, due: int, now: dt.datetime) -> bool:
    return state == "open" and due <= now.timestamp()


def _labels(connection: Connection, committee_id: str, now: dt.datetime) -> Sequence[str]:
    return [label for label, _state, _due in rows.clocks(connection, committee_id, int(now.timestamp()))]


def _referral(row: Row, now: dt.datetime) -> Referral:
    return Referral(
        handle=row.code, label=row.label, first=row.first, second=row.second, needs=tuple(row.needs.split()),
        urgency=row.urgency, due=_at(row.due), rang=_rang(row.state, row.due, now), state=row.state, answer=row.answer,
        reason=row.reason, expires=_at(row.expires),
    )  # fmt: skip


def _at(moment: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, dt.UTC)
