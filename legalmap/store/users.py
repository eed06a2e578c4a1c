"""Who may sign in: names, roles, and what proves that it is they."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from legalmap.store.schema import recovery_codes, users


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody of the staff. `name`: as shown; `has_factor`: a second factor is set up; `made`, `signed_in`: Unix
    seconds, 0 for never; `committee`: the id of the committee that a member belongs to; `coordinator`: who keeps its
    clock; `center`: the number of the center that somebody of that role speaks for, 0 for none."""

    id: str
    name: str
    role: str
    lang: str
    disabled: bool = False
    has_factor: bool = False
    made: int = 0
    signed_in: int = 0
    committee: str = ""
    coordinator: bool = False
    center: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """What a user is known by. `password`: Argon2's own text; `factor`: the sealed key of the second factor, "" for
    none; `step`: the last time step whose code was taken."""

    password: str = field(repr=False)
    factor: str = field(repr=False)
    step: int


def add(connection: Connection, user: User, folded: str, password: str) -> None:
    """A new user. `folded`: the name as it is looked up; no two users share it (IntegrityError in words)."""
    connection.execute(
        insert(users).values(
            id=user.id, name=user.name, folded=folded, role=user.role, lang=user.lang, disabled=user.disabled,
            password=password, factor="", factor_step=0, made=user.made, signed_in=0,
            committee=user.committee, coordinator=user.coordinator, center=user.center,
        )
    )  # fmt: skip


def everybody(connection: Connection) -> Sequence[User]:
    """All users by name, disabled ones too."""
    return _read(connection, users.c.id == users.c.id)


def by_id(connection: Connection, user_id: str) -> User | None:
    """The user of that id."""
    return next(iter(_read(connection, users.c.id == user_id)), None)


def by_name(connection: Connection, folded: str) -> User | None:
    """The user whose folded name is `folded`."""
    return next(iter(_read(connection, users.c.folded == folded)), None)


def _read(connection: Connection, which: ColumnElement[bool]) -> Sequence[User]:
    rows = connection.execute(select(users).where(which).order_by(users.c.folded)).mappings()
    return [
        User(
            id=row["id"], name=row["name"], role=row["role"], lang=row["lang"], disabled=row["disabled"],
            has_factor=bool(row["factor"]), made=row["made"], signed_in=row["signed_in"],
            committee=row["committee"], coordinator=row["coordinator"], center=row["center"],
        )
        for row in rows
    ]  # fmt: skip


def members(connection: Connection, committee: str) -> Sequence[User]:
    """The users of a committee by name, disabled ones too."""
    return _read(connection, users.c.committee == committee)


def proofs(connection: Connection, user_id: str) -> Proofs:
    """What the user is known by. Raises LookupError for nobody."""
    row = connection.execute(select(users).where(users.c.id == user_id)).mappings().first()
    if row is None:
        raise LookupError(user_id)
    return Proofs(password=row["password"], factor=row["factor"], step=row["factor_step"])


def change(connection: Connection, user_id: str, **values: str | int | bool) -> None:
    """Set columns of a user: role, lang, disabled, password, factor, factor_step, signed_in, committee,
    coordinator, center."""
    connection.execute(update(users).where(users.c.id == user_id).values(**values))


def set_recovery_codes(connection: Connection, user_id: str, hashes: Iterable[str]) -> None:
    """These codes instead of all earlier ones."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    rows = [{"hash": one, "user_id": user_id} for one in hashes]
    if rows:
        connection.execute(insert(recovery_codes), rows)


def take_recovery_code(connection: Connection, user_id: str, hash_: str) -> bool:
    """Use up a code; whether there was one."""
    which = (recovery_codes.c.user_id == user_id) & (recovery_codes.c.hash == hash_)
    return connection.execute(delete(recovery_codes).where(which)).rowcount == 1


def recovery_codes_left(connection: Connection, user_id: str) -> int:
    """How many codes were not used yet."""
    found = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.user_id == user_id)
    return int(connection.execute(found).scalar_one())
