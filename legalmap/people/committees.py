"""Local committees come, change and close, and members are given one: what must hold is told here, once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from legalmap.model import OBLASTS, Place, Rayon
from legalmap.people import accounts, audit
from legalmap.people.accounts import By
from legalmap.store import Connection, StoreError, committees, users
from legalmap.store.committees import Committee
from legalmap.store.users import User

LONGEST_NAME = 200
MOST_PLACES = 200
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def faults(
    committee: Committee, rayons: Mapping[str, Rayon], places: Mapping[str, Place]
) -> Iterator[tuple[str, str, str]]:
    """(column, code, value) of everything that is wrong with a committee: it needs a name and an oblast; its rayon and
    its places are ones that we know, of that oblast. Where no rayon is known (no geodata), none is judged."""
    names = (committee.name_ky, committee.name_ru, committee.name_en)
    if not any(names):
        yield "name_ky", "committee_name", ""
    for column, name in zip(("name_ky", "name_ru", "name_en"), names, strict=True):
        if len(name) > LONGEST_NAME:
            yield column, "committee_name_long", name[:40]
    if not _ID.fullmatch(committee.id):
        yield "id", "committee_id", committee.id[:40]
    if committee.oblast not in OBLASTS:
        yield "oblast", "committee_oblast", committee.oblast[:40]
        return
    if committee.rayon and rayons and (rayon := rayons.get(committee.rayon)) is None:
        yield "rayon", "rayon_unknown_id", committee.rayon[:40]
    elif committee.rayon and rayons and rayon and rayon.oblast != committee.oblast:
        yield "rayon", "committee_rayon_elsewhere", committee.rayon
    if len(committee.places) > MOST_PLACES:
        yield "places", "committee_places_many", str(len(committee.places))
    for place_id in committee.places:
        place = places.get(place_id)
        if places and (place is None or place.oblast != committee.oblast):
            yield "places", "committee_place_elsewhere" if place else "committee_place_unknown", place_id[:40]


def named(connection: Connection, committee_id: str) -> Committee:
    """The committee of that id. Raises StoreError `committee_unknown`."""
    found = committees.by_id(connection, committee_id)
    if found is None:
        raise StoreError("committee_unknown", committee_id)
    return found


def next_id(known: Sequence[Committee] | Mapping[str, Committee]) -> str:
    """An id that no committee has: c1, c2 ..."""
    ids = set(known) if isinstance(known, Mapping) else {one.id for one in known}
    return next(f"c{number}" for number in range(1, len(ids) + 2) if f"c{number}" not in ids)


def keep(connection: Connection, by: By, committee: Committee) -> bool:
    """A new committee, or what is known of one from now on (not whether it is closed); whether that is anything new.
    `committee` has no `faults`."""
    before = committees.by_id(connection, committee.id)
    if before is None:
        committees.add(connection, committee)
    elif (committee := replace(committee, closed=before.closed)) == before:
        return False
    else:
        committees.put(connection, committee)
    what = "committee_changed" if before else "committee_added"
    audit.add(connection, who=by.who, what=what, subject=committee.id, now=by.now)
    return True


def close(connection: Connection, by: By, committee: Committee, *, closed: bool = True) -> None:
    """Its members are signed out and come in no more, or may again; nothing is deleted."""
    if committee.closed == closed:
        return
    committees.put(connection, replace(committee, closed=closed))
    for member in users.members(connection, committee.id):
        accounts.turn_out(connection, member)
    what = "committee_closed" if closed else "committee_opened"
    audit.add(connection, who=by.who, what=what, subject=committee.id, now=by.now)


def assign(connection: Connection, by: By, user: User, committee_id: str, *, coordinator: bool) -> None:
    """A member belongs to this committee from the next sign-in on; phones are forgotten. Raises StoreError
    `committee_needed`, `committee_unknown`, `committee_is_closed`."""
    accounts.check_committee(connection, user.role, committee_id)
    if (user.committee, user.coordinator) == (committee_id, coordinator):
        return
    users.change(connection, user.id, committee=committee_id, coordinator=coordinator)
    accounts.turn_out(connection, user)
    what = "made_coordinator" if coordinator else "made_member"
    audit.add(connection, who=by.who, what=what, subject=f"{user.name} {committee_id}", now=by.now)


def member(connection: Connection, user_id: str) -> User | None:
    """The member of that id; None for nobody, and for whoever is of no committee."""
    found = users.by_id(connection, user_id)
    return found if found and found.role == "committee" else None
