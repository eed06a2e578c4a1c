"""Makes sure that nobody rewrote the audit, nor history beside it: every line, the end, and every act it speaks of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from legalmap.model import Act, Problem
from legalmap.people import head
from legalmap.people.audit import ACT, BEGAN, NEW_KEY, START, chained, fingerprint, history_until
from legalmap.people.keys import read_key
from legalmap.store import Connection, Store, StoreError, history
from legalmap.store import audit as lines
from legalmap.store.audit import Change, Entry

Found = tuple[str, dict[str, str | int]]
"""A problem's code and what it speaks of."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the audit keeps outside the database: its key, and how far it had come. `head` is the code of a problem when
    it cannot be read; `path`: where it lies."""

    key: bytes
    head: head.Head | str
    path: str

    @classmethod
    def of(cls, store: Store) -> Outside:
        """As it is now. To be read before the database: a line that is written between the two is then one more than
        the head tells of, and not one that was cut off. Raises StoreError when the key cannot be read."""
        if store.audit is None:
            raise StoreError("audit_key_missing")
        key, path = read_key(store.audit.key), store.audit.head
        try:
            return cls(key, head.read(path) or "audit_head_missing", str(path))
        except (OSError, ValueError):
            return cls(key, "audit_head_broken", str(path))


def verify(store: Store) -> tuple[int, Sequence[Problem]]:
    """The number of lines, and what is wrong with them. Raises StoreError when they or the key cannot be read."""
    outside = Outside.of(store)
    with store.reading() as connection:
        return problems_of(connection, outside)


def verify_end(store: Store) -> Sequence[Problem]:
    """Only the last two lines and the head outside: quick, for a look now and then. Raises StoreError."""
    outside = Outside.of(store)
    with store.reading() as connection:
        return problems_of_end(connection, outside)


def problems_of(connection: Connection, outside: Outside) -> tuple[int, Sequence[Problem]]:
    """`verify` within a transaction that began after `outside` was read."""
    entries = list(lines.entries(connection))
    found = [*_chain(outside.key, entries), *_end(outside, entries), *_acts(connection, entries)]
    return len(entries), [_problem(code, params) for code, params in found]


def problems_of_end(connection: Connection, outside: Outside) -> Sequence[Problem]:
    """`verify_end` within a transaction that began after `outside` was read."""
    key, said = outside.key, outside.head
    entries = list(reversed(lines.newest(connection, 2)))
    before, last = entries[0] if len(entries) > 1 else None, entries[-1] if entries else None
    good = last is None or last.mac == _mark(key, before.mac if before and last.what != NEW_KEY else START, last)
    found: list[Found] = [] if good or last is None else [("audit_line_changed", {"seq": last.seq})]
    if isinstance(said, str):
        found.append((said, {"path": outside.path}))
    elif said.count > (last.seq if last else 0):
        found.append(("audit_cut", {"lines": last.seq if last else 0, "said": said.count}))
    return [_problem(code, params) for code, params in found]


def _problem(code: str, params: dict[str, str | int]) -> Problem:
    return Problem(code=code, level="notice" if code == "audit_older_key" else "error", params=params)


def _mark(key: bytes, before: str, entry: Entry) -> str:
    return chained(key, before, entry.seq, entry.at, entry.who, entry.what, entry.subject)


def _chain(key: bytes, entries: Sequence[Entry]) -> Iterator[Found]:
    # only who has the key can write a line that begins a chain: what is older cannot be proved any more
    begins = [entry.seq for entry in entries if entry.what == NEW_KEY and entry.mac == _mark(key, START, entry)]
    begin = begins[-1] if begins else 0
    if begin:
        yield "audit_older_key", {"seq": begin - 1}
    before, expected = START, 1
    for entry in entries:
        if entry.seq == begin:
            before = START
        if entry.seq != expected:
            yield "audit_line_missing", {"seq": expected, "next": entry.seq}
        elif entry.seq >= begin and entry.mac != _mark(key, before, entry):
            yield "audit_line_changed", {"seq": entry.seq}
        before, expected = entry.mac, entry.seq + 1


def _end(outside: Outside, entries: Sequence[Entry]) -> Iterator[Found]:
    """The head may be behind, as a crash leaves it, but never ahead, and what it names must be there."""
    said = outside.head
    if isinstance(said, str):
        if entries or said != "audit_head_missing":
            yield said, {"path": outside.path}
    elif said.count > len(entries):
        yield "audit_cut", {"lines": len(entries), "said": said.count}
    elif said.count and entries[said.count - 1].mac != said.mac:
        yield "audit_replaced", {"seq": said.count}


def _acts(connection: Connection, entries: Sequence[Entry]) -> Iterator[Found]:
    try:
        acts = {act.id: act for act in history.all_acts(connection)}
    except ValueError:  # a time that is none
        yield "audit_act_changed", {"act": "?"}
        return
    changes = dict(lines.changes_by_act(connection))
    told = dict(entry.subject.split(" ") for entry in entries if entry.what == ACT and entry.subject.count(" ") == 1)
    began = next((entry for entry in entries if entry.what == BEGAN), None)
    edition, digest = began.subject.split(" ") if began and began.subject.count(" ") == 1 else ("0", "")
    until = int(edition) if edition.isdigit() else 0
    if digest and history_until(connection, until) != digest:
        yield "audit_past_changed", {"edition": until}
    for act_id in sorted({*acts, *changes, *told}):
        act = acts.get(act_id)
        if act is None:
            yield "audit_act_gone" if act_id in told else "audit_act_strange", {"act": act_id}
        elif act_id not in told:
            if entries and act.edition > until:
                yield "audit_act_strange", {"act": act_id}
        elif not _agree(act, changes.get(act_id, ()), told[act_id]):
            yield "audit_act_changed", {"act": act_id}


def _agree(act: Act, made: Sequence[Change], said: str) -> bool:
    own = {(act.who, act.at, act.edition)}
    try:
        if {(one.who, dt.datetime.fromisoformat(one.at), one.edition) for one in made} - own:
            return False
    except ValueError:  # a time that is none
        return False
    return fingerprint(act, [(one.center_id, one.field, one.old, one.new) for one in made]) == said
