"""People and the audit: a passphrase is shown once, the last admin stays, a table that was taken stands in itself."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.people import accounts
from legalmap.store import audit, sessions, users
from legalmap.store.users import User
from tests.desk.conftest import TestDesk
from tests.desk.test_import import row, rows
from tests.routes.test_past import field
from tests.staff import form_token, sign_in, staff_client

ADMIN = "/ru/staff/admin"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    made = TestDesk(tmp_path_factory.mktemp("people") / "instance", https=False)
    made.bring(rows(row(phones="114")))
    return made


@pytest.fixture(scope="module")
def app(desk: TestDesk) -> Flask:
    return create_app(desk.settings)


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    return staff_client(app, "admin")


def named(desk: TestDesk, name: str) -> User:
    with desk.desk.store.reading() as connection:
        return accounts.named(connection, name)


def send(client: FlaskClient, path: str, page: str, **fields: str) -> tuple[int, str]:
    token = form_token(client.get(page).text)
    answer = client.post(path, data={"csrf_token": token, **fields})
    return answer.status_code, answer.text


def passphrase(page: str) -> str:
    found = re.search(r'class="passphrase"[^>]*>([^<]+)<', page)
    return found[1] if found else ""


def test_a_passphrase_is_shown_once_and_opens_the_door(desk: TestDesk, app: Flask, admin: FlaskClient) -> None:
    form, given = f"{ADMIN}/users/new", {"name": "Айдай", "role": "center", "lang": "ky"}
    status, page = send(admin, form, form, **given)
    secret = passphrase(page)
    assert (status, len(secret.split()) >= 4) == (200, True)
    status, page = send(admin, form, form, **given)  # as if the page were loaded again
    assert (status, passphrase(page), secret in page) == (409, "", False)
    sign_in(app.test_client(), "Айдай", secret)
    user = named(desk, "Айдай")
    here = f"{ADMIN}/users/{user.id}"
    seen = field(admin.get(here).text, "seen")
    first, again = (send(admin, f"{here}/reset", here, seen=seen) for _ in range(2))
    assert (first[0], bool(passphrase(first[1])), again[0], passphrase(again[1])) == (200, True, 409, "")


def test_an_admin_changes_roles_and_shuts_out_but_never_the_last_admin(
    desk: TestDesk, app: Flask, admin: FlaskClient
) -> None:
    other = staff_client(app, "editor", "Бакыт")
    user, oneself = named(desk, "Бакыт"), named(desk, "test-admin")

    def deed(what: str, whom: User, **fields: str) -> int:
        here = f"{ADMIN}/users/{whom.id}"
        return send(admin, f"{here}/{what}", here, seen=field(admin.get(here).text, "seen"), **fields)[0]

    assert deed("disable", user) == 303
    assert other.get(f"{ADMIN}/acts").status_code == 303
    assert deed("enable", user) == 303
    assert deed("role", user, role="committee") == 409  # of which?
    assert deed("role", user, role="center") == 303
    assert named(desk, "Бакыт").role == "center"
    assert (deed("disable", oneself), deed("role", oneself, role="editor")) == (409, 409)
    assert (named(desk, "test-admin").disabled, named(desk, "test-admin").role) == (False, "admin")


def test_who_proved_themselves_long_ago_does_it_again_first(desk: TestDesk, admin: FlaskClient) -> None:
    token = form_token(admin.get(f"{ADMIN}/audit").text)
    with desk.desk.store.writing() as connection:
        own = users.by_name(connection, "test-admin")
        assert own
        for session in sessions.of_user(connection, own.id):
            sessions.change(connection, session.hash, fresh=session.fresh - 600)
    answer = admin.get(f"{ADMIN}/users/new")
    assert (answer.status_code, "/signin/again/admin/users/new" in answer.headers["Location"]) == (303, True)
    answer = admin.post(f"{ADMIN}/audit/table", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"].endswith("/signin/again/admin/audit")) == (303, True)


@pytest.mark.parametrize("path", ["/users", "/users/new", "/audit"])
def test_editors_see_nothing_of_it(app: Flask, path: str) -> None:
    assert staff_client(app, "editor").get(ADMIN + path).status_code == 403


def test_the_audit_is_read_checked_and_taken_as_a_table_that_says_so(desk: TestDesk, admin: FlaskClient) -> None:
    page = admin.get(f"{ADMIN}/audit?what=act").text
    assert "/admin/acts/" in page
    assert "test-admin" not in page.split("<tbody>")[1].split("</table>")[0]
    here = f"{ADMIN}/audit"
    status, page = send(admin, f"{here}/verify", here)
    assert (status, 'class="done"' in page, 'class="wrong"' in page) == (200, True, False)
    answer = admin.post(f"{here}/table", data={"csrf_token": form_token(page)})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [line["seq"] for line in table] == [str(number) for number in range(1, len(table) + 1)]
    assert (table[-1]["what"], table[-1]["subject"], table[-1]["who"]) == ("exported", "audit", "web:test-admin")
    with desk.desk.store.reading() as connection:
        assert sum(1 for _ in audit.entries(connection)) == len(table)
