"""Commands that say who may sign in, and that make sure of the audit: user, audit."""

from __future__ import annotations

import sys

import click

from legalmap.cli.options import in_words, language, now, operator
from legalmap.config import Settings
from legalmap.model import Lang
from legalmap.people import accounts, passphrase, passwords, strength
from legalmap.people.accounts import By
from legalmap.people.rights import ROLES, Role
from legalmap.store import Store, StoreError

by_hand = click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")


@click.group()
def user() -> None:
    """Who may sign in."""


def _by() -> By:
    return By(who=operator(), now=now())


def _password(from_stdin: bool, name: str, lang: Lang) -> tuple[str, bool]:
    """A password and whether it was made here and must be shown."""
    if not from_stdin:
        return passphrase.make(lang), True
    given = sys.stdin.readline().rstrip("\r\n")
    if weakness := strength.weakness(given, name):
        raise StoreError(weakness, "")
    return given, False


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What this person may do.")
@by_hand
@language
@click.pass_obj
@in_words
def add(settings: Settings, name: str, role: Role, password_stdin: bool, lang: Lang) -> None:
    """Let NAME sign in. Without --password-stdin a passphrase is made and shown once."""
    password, made = _password(password_stdin, name, lang)
    hashed = passwords.hashed(password)
    with Store.of(settings).writing() as connection:
        user = accounts.add(connection, _by(), name=name, role=role, lang=lang, password=hashed)
    _tell(user.name, password if made else "")


def _tell(name: str, password: str) -> None:
    click.echo(f"name:       {name}")
    if password:
        click.echo(f"passphrase: {password}")


COMMANDS = (user,)
