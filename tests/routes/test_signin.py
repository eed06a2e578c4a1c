"""Signing in: what a session is, when it ends, and what nobody gets in with."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import time
import unicodedata
from pathlib import Path

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.instance import make_instance
from legalmap.people import accounts, passwords, sessions
from legalmap.people.accounts import By
from legalmap.store import Store, audit, users
from legalmap.store import sessions as kept
from tests.staff import PASSWORD, SECRET, add_user, code_now, form_token, post, sign_in, staff_client

COOKIE = "__Host-staff"
ACCOUNT = "/ky/staff/signin/account"
FORM = "/ky/staff/signin"
BY = By(who="test", now=dt.datetime(2026, 11, 22, tzinfo=dt.UTC))


@pytest.fixture(scope="module")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    settings = Settings(instance=tmp_path_factory.mktemp("signin") / "instance")
    make_instance(settings)
    shutil.copytree(settings.instance, settings.instance.parent / "made")
    return create_app(settings)


@pytest.fixture
def app(one_app: Flask) -> Flask:
    """The application, with a database in which nobody is yet."""
    folder: Path = one_app.extensions["settings"].instance
    for name in ("desk.db", "audit.head"):
        shutil.copy(folder.parent / "made" / name, folder / name)
    return one_app


@pytest.fixture
def store(app: Flask) -> Store:
    found: Store = app.extensions["store"]
    return found


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    assert cookie
    return str(cookie.value)


def is_in(client: FlaskClient) -> bool:
    return client.get(ACCOUNT).status_code == 200


def with_token(app: Flask, token: str) -> FlaskClient:
    """Another browser that brings this token."""
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    return client


def lines(store: Store) -> list[str]:
    with store.reading() as connection:
        return [entry.what for entry in audit.entries(connection)]


def test_the_cookie_is_as_closed_as_a_cookie_can_be(app: Flask) -> None:
    said = app.test_client().get(FORM).headers["Set-Cookie"]
    name, token = said.split(";")[0].split("=")
    assert (name, len(token)) == (COOKIE, 43)
    assert {part.strip() for part in said.split(";")[1:]} == {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"}


def test_public_pages_are_the_same_bytes_for_staff_and_set_and_ask_no_cookie(app: Flask, instance: Path) -> None:
    public = create_app(Settings(instance=instance))
    plain, staff = public.test_client(), public.test_client()
    staff.set_cookie(COOKIE, sessions.new_token())
    for path in ("/", "/ky/", "/ru/places", "/en/centers/1001", "/ky/map", "/directory.json", "/ky/nowhere", "/livez"):
        one, other = plain.get(path), staff.get(path)
        assert one.data == other.data, path
        for answer in (one, other):
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")


def test_the_database_holds_only_the_hash_of_a_session(app: Flask, store: Store) -> None:
    client = staff_client(app, "committee")
    path = store.engine.url.database
    assert path
    assert token_of(client).encode() not in Path(path).read_bytes()
    with store.reading() as connection:
        assert kept.by_hash(connection, sessions.hash_of(token_of(client)))


def test_a_planted_token_is_not_the_one_that_is_signed_in(app: Flask) -> None:
    planted = sessions.new_token()
    victim = with_token(app, planted)
    sign_in(victim, add_user(app.extensions["store"], app.extensions["keys"], "editor"), PASSWORD)
    assert is_in(victim)
    assert token_of(victim) != planted
    assert not is_in(with_token(app, planted))


def test_the_half_way_token_is_not_the_one_that_is_signed_in(app: Flask, store: Store) -> None:
    client, name = app.test_client(), add_user(store, app.extensions["keys"], "admin")
    post(client, FORM, name=name, password=PASSWORD)
    half = token_of(client)
    assert not is_in(client)
    assert client.get("/ky/staff/admin/acts").headers["Location"] == f"{FORM}/code"
    post(client, f"{FORM}/code", code=code_now(store, name))
    assert is_in(client)
    assert not is_in(with_token(app, half))


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(app: Flask) -> None:
    client = staff_client(app, "committee")
    copy = with_token(app, token_of(client))
    assert is_in(copy)
    answer = post(client, f"{FORM}/out", page=ACCOUNT)
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert not is_in(copy)
    assert lines(app.extensions["store"])[-1] == "signed_out"


@pytest.mark.parametrize("what", ["disable", "reset", "role", "password"])
def test_every_session_ends_when_the_account_changes(app: Flask, store: Store, what: str) -> None:
    client = staff_client(app, "committee")
    with store.writing() as connection:
        user = accounts.named(connection, "test-committee")
        match what:
            case "disable":
                accounts.disable(connection, BY, user)
            case "reset":
                accounts.reset(connection, BY, user, passwords.hashed(PASSWORD))
            case "role":
                accounts.change_role(connection, BY, user, "editor")
            case _:
                accounts.change_password(connection, BY, user, passwords.hashed(PASSWORD))
    assert not is_in(client)


def test_nobody_comes_in_under_a_disabled_name_and_is_told_no_more_than_anybody(app: Flask, store: Store) -> None:
    name = add_user(store, app.extensions["keys"], "committee")
    with store.writing() as connection:
        accounts.disable(connection, BY, accounts.named(connection, name))
    answers = [
        post(app.test_client(), FORM, name=name, password=PASSWORD),
        post(app.test_client(), FORM, name="nobody-of-that-name", password=PASSWORD),
        post(app.test_client(), FORM, name="test-other", password="x" * 20),
    ]
    add_user(store, app.extensions["keys"], "committee", "test-other")
    answers.append(post(app.test_client(), FORM, name="test-other", password="x" * 20))
    pages = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(pages) == 1
    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.parametrize(
    ("role", "column", "seconds", "stays"),
    [
        ("editor", "seen", 14 * 60, True), ("editor", "seen", 16 * 60, False),
        ("committee", "seen", 59 * 60, True), ("committee", "seen", 61 * 60, False),
        ("committee", "started", 8 * 3600 - 60, True), ("committee", "started", 8 * 3600 + 60, False),
        ("editor", "seen", -3600, False),
    ],
)  # fmt: skip
def test_a_session_ends_by_itself(app: Flask, store: Store, role: str, column: str, seconds: int, stays: bool) -> None:
    client = staff_client(app, role)  # type: ignore[arg-type]
    moment = int(dt.datetime.now(dt.UTC).timestamp()) - seconds
    with store.writing() as connection:
        kept.change(connection, sessions.hash_of(token_of(client)), **{column: moment})
    assert is_in(client) is stays


def test_a_form_of_another_session_is_refused(app: Flask) -> None:
    mine, other = staff_client(app, "committee"), staff_client(app, "committee", "test-other")
    foreign = form_token(other.get(ACCOUNT).text)
    answer = mine.post(f"{FORM}/out", data={"csrf_token": foreign})
    assert answer.status_code == 400
    assert is_in(mine)
    before = form_token(app.test_client().get(FORM).text)
    assert app.test_client().post(FORM, data={"csrf_token": before, "name": "x", "password": "y"}).status_code == 400


def test_a_form_from_before_signing_in_is_refused_after(app: Flask) -> None:
    client = app.test_client()
    early = form_token(client.get(FORM).text)
    sign_in(client, add_user(app.extensions["store"], app.extensions["keys"], "committee"), PASSWORD)
    assert client.post(f"{FORM}/out", data={"csrf_token": early}).status_code == 400


@pytest.mark.parametrize(
    "password",
    ["", " ", "x" * 1_001, "ү" * 60_000, PASSWORD + "\0", "\0", PASSWORD[:-1], PASSWORD.upper(), "%00", "‮", "🦊" * 500],
)
def test_no_other_password_opens(app: Flask, store: Store, password: str) -> None:
    name = add_user(store, app.extensions["keys"], "committee")
    answer = post(app.test_client(), FORM, name=name, password=password)
    assert answer.status_code in {403, 413}


@pytest.mark.parametrize("name", ["Test-Committee", " test-committee ", "test-committee\0", "ＴＥＳＴ-committee"])
def test_a_name_is_known_in_any_case_and_width(app: Flask, store: Store, name: str) -> None:
    add_user(store, app.extensions["keys"], "committee")
    assert post(app.test_client(), FORM, name=name, password=PASSWORD).status_code == 303


@pytest.mark.parametrize("name", ["Айгүл", "Өмүрбек.Ң", "й-й", "Йүсүп"])
def test_kyrgyz_names_and_letters_composed_in_two_ways_are_the_same(app: Flask, store: Store, name: str) -> None:
    add_user(store, app.extensions["keys"], "committee", unicodedata.normalize("NFC", name))
    written = unicodedata.normalize("NFD", name)
    answer = post(app.test_client(), FORM, name=written, password=unicodedata.normalize("NFD", PASSWORD))
    assert answer.status_code == 303


@pytest.mark.parametrize("name", ["", "\0", "x" * 10_000, "'; DROP TABLE users; --", "{{ 7*7 }}", "<b>x</b>", "‮admin"])
def test_hostile_names_are_answered_like_any_wrong_name(app: Flask, name: str) -> None:
    answer = post(app.test_client(), FORM, name=name, password=PASSWORD)
    assert answer.status_code == 403
    assert "<b>x</b>" not in answer.text
    assert 'value="49"' not in answer.text


def test_who_wanted_a_page_comes_there_after_signing_in(app: Flask, store: Store) -> None:
    name = add_user(store, app.extensions["keys"], "editor")
    client = app.test_client()
    asked = client.get("/ru/staff/admin/acts")
    assert asked.headers["Location"] == "/ru/staff/signin/to/admin/acts"
    post(client, asked.headers["Location"], name=name, password=PASSWORD)
    assert (
        post(client, "/ru/staff/signin/code", code=code_now(store, name)).headers["Location"] == "/ru/staff/admin/acts"
    )


@pytest.mark.parametrize("back", ["admin/users", "nowhere", "signin/left", "..%2f..%2f", "admin/jobs/"])
def test_nobody_is_led_to_what_is_not_theirs_or_elsewhere(app: Flask, store: Store, back: str) -> None:
    name = add_user(store, app.extensions["keys"], "center")
    answer = post(app.test_client(), f"{FORM}/to/{back}", name=name, password=PASSWORD)
    assert answer.headers["Location"] == ACCOUNT


def test_before_a_dangerous_act_one_proves_oneself_and_comes_back(app: Flask, store: Store) -> None:
    client = staff_client(app, "editor")
    with store.writing() as connection:
        kept.change(
            connection, sessions.hash_of(token_of(client)), fresh=int(dt.datetime.now(dt.UTC).timestamp()) - 301
        )
    asked = post(client, f"{ACCOUNT}/codes", page=ACCOUNT)
    again = asked.headers["Location"]
    assert again == f"{FORM}/again/signin/account"
    assert post(client, again, proof="000000").status_code == 403
    assert client.get(f"{FORM}/setup").headers["Location"] == f"{FORM}/again/signin/setup"
    assert post(client, again, proof=code_now(store, "test-editor")).headers["Location"] == ACCOUNT
    assert post(client, f"{ACCOUNT}/codes", page=ACCOUNT).headers["Location"] == f"{FORM}/codes"


def test_the_own_password_is_changed_and_only_this_browser_stays(app: Flask, store: Store) -> None:
    client = staff_client(app, "committee")
    other = with_token(app, "x")
    sign_in(other, "test-committee", PASSWORD)
    before, new = token_of(client), "булут 17 кайыктар менен"

    def change(**fields: str) -> int:
        return post(client, f"{ACCOUNT}/password", page=ACCOUNT, **fields).status_code

    assert change(old=PASSWORD, new="short", repeated="short") == 400
    assert change(old=PASSWORD, new=new, repeated=new + "x") == 400
    assert change(old="wrong" * 5, new=new, repeated=new) == 403
    assert change(old=PASSWORD, new=new, repeated=new) == 303
    assert is_in(client)
    assert not is_in(other)
    assert not is_in(with_token(app, before))
    sign_in(app.test_client(), "test-committee", new)
    assert "password_changed" in lines(store)


def test_the_second_factor_is_set_up_at_the_first_sign_in_and_codes_are_shown_until_kept(
    app: Flask, store: Store
) -> None:
    name = add_user(store, app.extensions["keys"], "admin")
    with store.writing() as connection:
        users.change(connection, accounts.named(connection, name).id, factor="")
    client = app.test_client()
    assert post(client, FORM, name=name, password=PASSWORD).headers["Location"] == f"{FORM}/setup"
    assert client.get("/ky/staff/admin/acts").headers["Location"] == f"{FORM}/setup"
    page = client.get(f"{FORM}/setup").text
    secret = re.sub(r"\s", "", re.search(r'class="key"[^>]*>([A-Z2-7 ]+)<', page)[1])  # type: ignore[index]
    assert secret == re.sub(
        r"\s", "", re.search(r'class="key"[^>]*>([A-Z2-7 ]+)<', client.get(f"{FORM}/setup").text)[1]
    )  # type: ignore[index]  # noqa: E501
    hour_off = pyotp.TOTP(secret).at(dt.datetime.now(dt.UTC), counter_offset=120)
    wrong = post(client, f"{FORM}/setup", code=hour_off)
    assert wrong.status_code == 403
    assert "саат" in wrong.text
    assert post(client, f"{FORM}/setup", code=pyotp.TOTP(secret).now()).headers["Location"] == f"{FORM}/codes"
    shown = re.findall(r"<li>(\d{4}-\d{4}-\d{4})</li>", client.get(f"{FORM}/codes").text)
    assert len(set(shown)) == 10
    post(client, f"{FORM}/codes")
    assert client.get(f"{FORM}/codes").status_code == 303
    path = store.engine.url.database
    assert path
    content = Path(path).read_bytes()
    assert secret.encode() not in content
    assert not [one for one in shown if one.encode() in content or one.replace("-", "").encode() in content]
    _recovery_codes_open_once(app, name, shown)


def _recovery_codes_open_once(app: Flask, name: str, codes: list[str]) -> None:
    for code, status in ((codes[0], 303), (codes[0], 403), (codes[1].replace("-", " "), 303), ("0000-0000-0000", 403)):
        client = app.test_client()
        post(client, FORM, name=name, password=PASSWORD)
        assert post(client, f"{FORM}/code", code=code).status_code == status, code


def test_a_code_opens_once_and_only_within_half_a_minute_of_its_time(app: Flask, store: Store) -> None:
    name, totp = add_user(store, app.extensions["keys"], "editor"), pyotp.TOTP(SECRET)

    def try_(code: str) -> int:
        client = app.test_client()
        post(client, FORM, name=name, password=PASSWORD)
        return post(client, f"{FORM}/code", code=code).status_code

    # from the beginning of a step on: a code of the one before must not grow a step older while it is tried
    with time_machine.travel(time.time() // 30 * 30 + 30.5):
        now = dt.datetime.now(dt.UTC)
        before, here, far = (totp.at(now, counter_offset=offset) for offset in (-1, 0, 3))
        assert try_(far) == 403
        assert try_(before) == 303
        assert try_(here) == 303
        assert try_(here) == 403
        assert try_(before) == 403
        assert try_(f"{here[:3]} {here[3:]}") == 403


def test_what_was_kept_for_one_person_is_not_shown_to_the_next_in_the_same_browser(app: Flask, store: Store) -> None:
    client = staff_client(app, "editor")
    post(client, f"{ACCOUNT}/codes", page=ACCOUNT)
    shown = re.findall(r"\d{4}-\d{4}-\d{4}", client.get(f"{FORM}/codes").text)
    assert len(shown) == 10
    token = form_token(client.get(ACCOUNT).text)
    name = add_user(store, app.extensions["keys"], "committee", "test-next")
    client.post(FORM, data={"name": name, "password": PASSWORD, "csrf_token": token})
    assert name in client.get(ACCOUNT).text
    assert client.get(f"{FORM}/codes").status_code == 303


def test_after_a_wrong_password_the_other_languages_lead_to_the_same_form(app: Flask) -> None:
    page = post(app.test_client(), "/ky/staff/signin/to/admin/acts", name="x", password="y").text
    assert 'href="/ru/staff/signin/to/admin/acts"' in page
    assert 'href="/en/staff/signin/to/admin/acts"' in page
