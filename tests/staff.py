"""What tests of the staff's wing share: somebody who signed in through the real form."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from legalmap import create_app
from legalmap.config import Settings
from legalmap.people import accounts, committees, passwords
from legalmap.people.accounts import By
from legalmap.people.keys import Keys
from legalmap.people.rights import NEEDS_FACTOR, Role
from legalmap.store import Store, users
from legalmap.store.committees import Committee

PASSWORD = "жарык тоо суусу 2026"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
COMMITTEE = "test"


@cache
def hashed(password: str) -> str:
    """Argon2 takes its time: once for all tests of a process."""
    return passwords.hashed(password)


def add_user(
    store: Store, keys: Keys, role: Role, name: str = "", *, committee: str = COMMITTEE, coordinator: bool = False
) -> str:
    """A user of that role, made as the command line makes one, whose phone is set up already where the role asks for
    it; the name. One that is there already stays. A member is of `committee`, in Naryn, which is made if need be."""
    name = name or f"test-{role}"
    kept = hashed(PASSWORD)
    with store.writing() as connection:
        if users.by_name(connection, accounts.folded(name)) is None:
            by = By(who="test", now=dt.datetime.now(dt.UTC))
            own = committee if role == "committee" else ""
            if own:
                committees.keep(connection, by, Committee(id=own, name_ky=f"Комитет {own}", oblast="KG-N"))
            user = accounts.add(
                connection, by, name=name, role=role, lang="ky", password=kept, committee=own, coordinator=coordinator
            )
            if role in NEEDS_FACTOR:
                users.change(connection, user.id, factor=keys.seal(SECRET))
    return name


def code_now(store: Store, name: str) -> str:
    """What the app of a test's phone shows. It may be used again, as tests sign in faster than codes change."""
    with store.writing() as connection:
        users.change(connection, accounts.named(connection, name).id, factor_step=0)
    return pyotp.TOTP(SECRET).now()


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
    name = add_user(app.extensions["store"], app.extensions["keys"], role, name)
    sign_in(client, name, PASSWORD)
    return client


def sign_in(client: FlaskClient, name: str, password: str, lang: str = "ky") -> None:
    """Through the form, second factor included. Fails when the door stays shut."""
    path = f"/{lang}/staff/signin"
    answer = post(client, path, name=name, password=password)
    assert answer.status_code == 303, answer.text
    if answer.headers["Location"].endswith("/signin/code"):
        store: Store = client.application.extensions["store"]
        answer = post(client, answer.headers["Location"], code=code_now(store, name))
        assert answer.status_code == 303, answer.text


def post(client: FlaskClient, path: str, *, page: str = "", **fields: str) -> TestResponse:
    """Sends a form as a browser would: with the token of the page that it stands on (`page`, else `path`)."""
    token = form_token(client.get(page or path).text)
    return client.post(path, data={**fields, "csrf_token": token})
