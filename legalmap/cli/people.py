"""Commands that say who may sign in, and that make sure of the audit: user, audit."""

from __future__ import annotations

import datetime as dt
import json
import sys

import click

from legalmap.cli.options import as_json_option, in_words, language, now, operator
from legalmap.config import Settings
from legalmap.hours import BISHKEK
from legalmap.model import Lang
from legalmap.people import accounts, audit_check, passphrase, passwords, strength
from legalmap.people.accounts import By
from legalmap.people.rights import ROLES, Role
from legalmap.store import Store, StoreError, centers, users
from legalmap.wording import label, phrase, word

_from_stdin = click.option("--password-stdin", is_flag=True, help="Take the password from standard input, one line.")


@click.group()
def user() -> None:
    """Who may sign in."""


def _by() -> By:
    return By(who=operator(), now=now())


def _password(password_stdin: bool, name: str, lang: Lang, role: str) -> tuple[str, str]:
    """A password, and the same once more when it was made here and is to be shown."""
    if not password_stdin:
        made = passphrase.make(lang, role)
        return made, made
    given = sys.stdin.readline().rstrip("\r\n")
    if weakness := strength.weakness(given, name):
        raise StoreError(weakness)
    return given, ""


def _show_once(name: str, passphrase: str, lang: Lang) -> None:
    click.echo(name)
    if passphrase:
        click.echo(f"\n    {passphrase}\n")
        click.echo(phrase("passphrase_once", lang))


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What this person may do.")
@click.option("--committee", default="", metavar="ID", help="Of a member: the committee; see legalmap committees.")
@click.option("--coordinator", is_flag=True, help="A member who also keeps the committee's clock.")
@click.option("--center", type=click.IntRange(1, 9_999_999), metavar="NUMBER", help="The center they speak for.")
@_from_stdin
@language
@click.pass_obj
@in_words
def add(
    settings: Settings, name: str, role: Role, committee: str, coordinator: bool, center: int | None,
    password_stdin: bool, lang: Lang,
) -> None:  # fmt: skip
    """Let NAME sign in. Without --password-stdin a passphrase is made and shown once."""
    if center and role != "center":
        raise click.UsageError("--center needs --role center")
    password, made = _password(password_stdin, name, lang, role)
    kept = passwords.hashed(password)
    with Store.of(settings).writing() as connection:
        new = accounts.add(
            connection, _by(), name=name, role=role, lang=lang, password=kept, committee=committee,
            coordinator=coordinator,
        )  # fmt: skip
        if center:
            if not centers.id_of(connection, center):
                raise StoreError("center_number_unknown", str(center))
            accounts.assign_center(connection, _by(), new, center)
    _show_once(new.name, made, lang)


@user.command("list")
@language
@as_json_option
@click.pass_obj
@in_words
def list_(settings: Settings, lang: Lang, as_json: bool) -> None:
    """Everybody who may sign in: name, role, second factor, last time."""
    with Store.of(settings).reading() as connection:
        everybody = users.everybody(connection)
    rows = [
        {
            "name": one.name, "role": one.role, "committee": one.committee, "second_factor": one.has_factor,
            "disabled": one.disabled, "signed_in": _at(one.signed_in),
        }
        for one in everybody
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        marks = f"{'2FA' if row['second_factor'] else '-':4} {'disabled' if row['disabled'] else '':9}"
        click.echo(f"{row['name']:24} {label('role', str(row['role']), lang):20} {marks} {row['signed_in'] or '-'}")


def _at(moment: int) -> str | None:
    return dt.datetime.fromtimestamp(moment, BISHKEK).isoformat(" ", "minutes") if moment else None


@user.command("disable")
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let this person sign in again.")
@language
@click.pass_obj
@in_words
def disable(settings: Settings, name: str, undo: bool, lang: Lang) -> None:
    """Shut NAME out from this moment; what they did stays in history."""
    with Store.of(settings).writing() as connection:
        found = accounts.named(connection, name)
        accounts.disable(connection, _by(), found, disabled=not undo)
    click.echo(found.name)


@user.command("reset")
@click.argument("name")
@_from_stdin
@language
@click.pass_obj
@in_words
def reset(settings: Settings, name: str, password_stdin: bool, lang: Lang) -> None:
    """Give NAME a new passphrase; the second factor is off until set up anew, every session ends."""
    store = Store.of(settings)
    with store.reading() as connection:
        role = accounts.named(connection, name).role
    password, made = _password(password_stdin, name, lang, role)
    kept = passwords.hashed(password)
    with store.writing() as connection:
        found = accounts.named(connection, name)
        accounts.reset(connection, _by(), found, kept)
    _show_once(found.name, made, lang)


@click.group()
def audit() -> None:
    """The record of what was done by whom."""


@audit.command("verify")
@language
@click.pass_obj
@in_words
def verify(settings: Settings, lang: Lang) -> None:
    """Make sure that no line of the audit was changed, taken out, moved or cut off, nor history beside it. Exit 1 when
    one was."""
    count, problems = audit_check.verify(Store.of(settings))
    for problem in problems:
        click.echo(word(problem, lang), err=True)
    if any(problem.level == "error" for problem in problems):
        sys.exit(1)
    click.echo(phrase("audit_whole", lang, lines=count))


COMMANDS = (user, audit)
