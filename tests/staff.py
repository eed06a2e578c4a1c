"""What tests of the staff's wing share: somebody who signed in through the real form."""

from __future__ import annotations

import datetime as dt
import re

from flask import Flask
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from legalmap.people import accounts, passwords
from legalmap.people.accounts import By
from legalmap.people.rights import Role
from legalmap.store import Store, users

PASSWORD = "жарык тоо суусу 2026"  # noqa: S105 - of tests alone


def add_user(store: Store, role: Role, name: str = "") -> str:
    """A user of that role, made as the command line makes one; the name. One that is there already stays."""
    name = name or f"test-{role}"
    hashed = passwords.hashed(PASSWORD)
    with store.writing() as connection:
        if users.by_name(connection, accounts.folded(name)) is None:
            by = By(who="test", now=dt.datetime.now(dt.UTC))
            accounts.add(connection, by, name=name, role=role, lang="ky", password=hashed)
    return name


def form_token(page: str) -> str:
    """The token of the first form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page
    return found[1]


def staff_client(app: Flask | Settings, role: Role = "admin", name: str = "") -> FlaskClient:
    """A browser signed in with that role through the form, second factor included. `app`: the application, or the
    settings of an instance that `make_instance` made. Posts need `form_token(page)` as `csrf_token`."""
    if isinstance(app, Settings):
        app = create_app(app)
    client = app.test_client()
    name = add_user(app.extensions["store"], role, name)
    sign_in(client, name, PASSWORD)
    return client


def sign_in(client: FlaskClient, name: str, password: str, lang: str = "ky") -> None:
    """Through the form, second factor included. Fails when the door stays shut."""
    path = f"/{lang}/staff/signin"
    token = form_token(client.get(path).text)
    answer = client.post(path, data={"name": name, "password": password, "csrf_token": token})
    assert answer.status_code == 303, answer.text
