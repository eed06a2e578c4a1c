"""The record of what was done by whom: each line is chained to the one before by a key that the database never sees."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from legalmap.model import Act
from legalmap.people import head
from legalmap.people.keys import read_key
from legalmap.store import Connection, Store, after_commit, audit_files, counters, history
from legalmap.store import audit as lines
from legalmap.store.audit import Entry

ACT, BEGAN, NEW_KEY = "act", "audit_began", "audit_new_key"
"""What lines say that are about the directory itself."""
START = "0" * 64
"""What the first line is chained to."""


def add(connection: Connection, *, who: str, what: str, subject: str = "", now: dt.datetime) -> None:
    """Leave a line in an open writing transaction. `who`: "web:name", "cli:name" or ""; `what`: a code; `subject`: an
    id, never a word of what was read. Raises StoreError when the key is missing: then nothing is done either.

    How far the audit has come is written outside the database once the transaction is kept.
    """
    files = audit_files(connection)
    key, last = read_key(files.key), lines.last(connection)
    at = now.astimezone(dt.UTC).isoformat()
    if last is None:
        # what was done before there was an audit is held fast by its first line
        edition = counters.value(connection, "edition")
        last = _chain(connection, key, None, at, ("", BEGAN, f"{edition} {history_until(connection, edition)}"))
    last = _chain(connection, key, last, at, (who, what, subject))
    seq, mac = last.seq, last.mac
    after_commit(connection, "audit head", lambda: head.write(files.head, seq, mac))


def begin(store: Store, *, new_key: bool = False) -> None:
    """Say outside the database that the audit of a new instance has no line yet; whoever then loses the head's file
    cannot be told from whoever took it away. `new_key`: the old one is lost, from here on another chain begins.
    Raises StoreError."""
    with store.reading() as connection:
        last = lines.last(connection)
    if last is None and store.audit and not store.audit.head.exists():
        head.write(store.audit.head, 0, START)
    if last is None or not new_key:
        return
    with store.writing() as connection:
        files = audit_files(connection)
        before = replace(lines.last(connection) or last, mac=START)
        now = dt.datetime.now(dt.UTC).isoformat()
        made = _chain(connection, read_key(files.key), before, now, ("", NEW_KEY, ""))
        after_commit(connection, "audit head", lambda: head.write(files.head, made.seq, made.mac))


def _chain(connection: Connection, key: bytes, last: Entry | None, at: str, said: tuple[str, str, str]) -> Entry:
    seq = last.seq + 1 if last else 1
    mac = chained(key, last.mac if last else START, seq, at, *said)
    entry = Entry(seq=seq, at=at, who=said[0], what=said[1], subject=said[2], mac=mac)
    lines.put(connection, entry)
    return entry


def history_until(connection: Connection, edition: int) -> str:
    """SHA-256 of all acts up to an edition and of what history says they changed."""
    acts = [list(_words(act)) for act in history.all_acts(connection) if act.edition <= edition]
    digest = hashlib.sha256(_json(sorted(acts)).encode("ascii"))
    # act by act, change by change: the first act of an instance may be an import of 100,000 changes
    for mark in sorted(_mark_of(act_id, made) for act_id, made in lines.changes_by_act(connection, up_to=edition)):
        digest.update(mark)
    return digest.hexdigest()


def _mark_of(act_id: str, made: Iterable[lines.Change]) -> bytes:
    digest = hashlib.sha256(act_id.encode())
    for one in sorted(made, key=lambda change: (change.center_id, change.field, change.old, change.new)):
        told = [one.center_id, one.field, one.old, one.new, one.at, one.who, one.edition]
        digest.update(_json(told).encode("ascii"))
    return digest.digest()


def _words(act: Act) -> tuple[str | int, ...]:
    return (act.id, act.kind, act.who, act.at.astimezone(dt.UTC).isoformat(), act.edition, act.subject)


def add_act(connection: Connection, act: Act, fields_of: Mapping[str, Mapping[str, tuple[str, str]]]) -> None:
    """Leave a line about an act of the directory: its id and the fingerprint of all that it changed, so that history
    cannot be rewritten beside the audit. Raises StoreError when the key is missing."""
    changes = [(center, field, *pair) for center, fields in fields_of.items() for field, pair in fields.items()]
    add(connection, who=act.who, what=ACT, subject=f"{act.id} {fingerprint(act, changes)}", now=act.at)


def fingerprint(act: Act, changes: Iterable[tuple[str, str, str, str]]) -> str:
    """SHA-256 of an act and of its changes (center, field, old, new), in whatever order they come."""
    digest = hashlib.sha256(f"[{_json(_words(act))},[".encode("ascii"))
    for place, change in enumerate(sorted(changes)):  # one by one: an import has 100,000 of them
        digest.update(f"{',' if place else ''}{_json(change)}".encode("ascii"))
    digest.update(b"]]")
    return digest.hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def chained(key: bytes, before: str, seq: int, at: str, who: str, what: str, subject: str) -> str:
    """The mark of a line: HMAC-SHA256 over it and the mark of the line before, 64 hex digits."""
    text = json.dumps([before, seq, at, who, what, subject], ensure_ascii=True, separators=(",", ":"))
    return hmac.digest(key, text.encode("ascii"), hashlib.sha256).hex()
