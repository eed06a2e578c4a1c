"""Members of committees: let in by a link that only a tap uses, known by their phone, turned out when it is over."""

from __future__ import annotations

import re
import secrets
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.instance import make_instance
from legalmap.people import accounts, sessions
from legalmap.store import Store, audit, invitations, phones, users
from legalmap.store import committees as kept
from legalmap.store import sessions as kept_sessions
from tests.routes.test_past import field
from tests.staff import PASSWORD, SECRET, add_user, code_now, form_token, post, sign_in, staff_client

OF_ADMIN, DOOR = "/ky/staff/admin/committees", "/ky/staff/signin"
PIN, WRONG = "902714", "902715"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    settings = Settings(instance=tmp_path_factory.mktemp("members") / "instance", https=False)
    make_instance(settings)
    return create_app(settings)


@pytest.fixture(scope="module")
def store(app: Flask) -> Store:
    found: Store = app.extensions["store"]
    return found


@pytest.fixture(scope="module")
def admin(app: Flask) -> FlaskClient:
    return staff_client(app, "admin")


@pytest.fixture
def own(app: Flask) -> str:
    """The name of a member of a committee of their own."""
    name = f"m{secrets.token_hex(4)}"
    return add_user(app.extensions["store"], app.extensions["keys"], "committee", name, committee=f"c-{name}")


def link_in(answer: TestResponse) -> str:
    found = re.search(r"/(?:ky|ru|en)/staff/signin/invited/[\w-]{43}", answer.text)
    assert found, answer.text
    return found[0]


def words_in(answer: TestResponse) -> str:
    found = re.search(r'class="passphrase"[^>]*>([^<]+)<', answer.text)
    assert found, answer.text
    return unescape(found[1])


def invite(admin: FlaskClient, committee: str, name: str, **fields: str) -> TestResponse:
    page = f"{OF_ADMIN}/of/{committee}"
    return post(admin, f"{page}/invite", page=page, name=name, **{"lang": "ky", "way": "link", **fields})


def user_of(store: Store, name: str) -> users.User:
    with store.reading() as connection:
        return accounts.named(connection, name)


def audited(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return [(line.what, line.subject) for line in audit.entries(connection)]


def known_phone(app: Flask, name: str) -> FlaskClient:
    """A browser signed in as that member, known by PIN."""
    client = app.test_client()
    sign_in(client, name, PASSWORD)
    assert post(client, f"{DOOR}/phone", pin=PIN, repeated=PIN).status_code == 303
    assert client.get_cookie("phone")
    return client


def test_an_invitation_is_looked_at_by_anybody_and_used_by_one_tap(
    app: Flask, store: Store, admin: FlaskClient, own: str
) -> None:
    name = f"new-{own}"
    link = link_in(invite(admin, f"c-{own}", name))
    assert f"c-{own}" not in link
    with store.reading() as connection:
        before = list(audit.entries(connection))
        assert link.rpartition("/")[2] not in repr(before)
    messenger = app.test_client()
    pages = []
    for token in (link[-43:], "A" * 43):
        seen = messenger.get(link[:-43] + token)
        assert seen.status_code == 200
        pages.append(re.sub(r'value="[^"]+"', "", seen.text.replace(token, "")).splitlines())
    assert pages[0] == pages[1], "a good link looks as any other"
    assert not any(name in line or f"c-{own}" in line for line in pages[0])
    for method in ("HEAD", "OPTIONS"):
        messenger.open(link, method=method)
    with store.reading() as connection:
        assert list(audit.entries(connection)) == before
    member = app.test_client()
    welcome = post(member, link)
    secret = words_in(welcome)
    assert (welcome.status_code, len(secret.split()), name in welcome.text) == (200, 4, True)
    assert welcome.headers["Cache-Control"] == "no-store"
    assert member.get(f"{DOOR}/account").status_code == 200
    again = post(app.test_client(), link)
    assert (again.status_code, secret in again.text, name in again.text) == (403, False, False)
    sign_in(app.test_client(), name, secret)
    told = audited(store)
    assert {("invited", name), ("invitation_accepted", "")} <= set(told)


def test_a_link_is_void_after_another_after_its_time_and_for_whoever_is_shut_out(
    app: Flask, store: Store, admin: FlaskClient, own: str
) -> None:
    name = f"new-{own}"
    first = link_in(invite(admin, f"c-{own}", name))
    user, page = user_of(store, name), f"{OF_ADMIN}/of/c-{own}"
    second = link_in(post(admin, f"{page}/invite/{user.id}", page=page))
    with store.writing() as connection:
        hash_ = sessions.hash_of(second.rpartition("/")[2])
        assert not invitations.whose(connection, hash_, user.made + 72 * 3600 + 60)
    assert post(app.test_client(), first).status_code == 403
    assert post(app.test_client(), DOOR, name=name, password="").status_code == 403
    assert post(app.test_client(), DOOR, name=name, password=PASSWORD).status_code == 403, "no password yet"
    here = f"/ky/staff/admin/users/{user.id}"
    post(admin, f"{here}/disable", page=here, seen=field(admin.get(here).text, "seen"))
    assert post(app.test_client(), second).status_code == 403


def test_four_words_on_a_sheet_that_says_nothing_of_what_it_is_for(app: Flask, admin: FlaskClient, own: str) -> None:
    name = f"new-{own}"
    answer = invite(admin, f"c-{own}", name, way="paper", lang="ru")
    words = re.findall(r'<b class="line"[^>]*>([^<]+)</b>', answer.text)
    assert (words[0], words[1], len(words[2].split())) == ("http://localhost/ru/staff/signin", name, 4)
    assert "Как войти" in answer.text
    assert not re.search(r"насили|зордук|комитет|violence|committee-", answer.text, re.IGNORECASE)
    sign_in(app.test_client(), name, words[2])
    assert invite(admin, f"c-{own}", name, way="paper").status_code == 409, "loading the page again brings nothing"


def test_a_coordinator_lets_members_in_and_opens_nothing_that_is_theirs(app: Flask, store: Store, own: str) -> None:
    keys, members = app.extensions["keys"], "/ky/staff/committee/members"
    lead = add_user(store, keys, "committee", f"lead-{own}", committee=f"c-{own}", coordinator=True)
    other = add_user(store, keys, "committee", f"other-{own}", committee=f"d-{own}")
    client, plain = app.test_client(), app.test_client()
    sign_in(client, lead, PASSWORD)
    sign_in(plain, own, PASSWORD)
    link = link_in(post(client, f"{members}/invite", page=members, name=f"new-{own}", lang="ky"))
    made = user_of(store, f"new-{own}")
    assert (made.committee, made.coordinator, made.role) == (f"c-{own}", False, "committee")
    for field_, value in (("coordinator", "1"), ("way", "paper")):
        refused = post(client, f"{members}/invite", page=members, name=f"x-{own}", lang="ky", **{field_: value})
        assert refused.status_code == 403, field_
    more = {"role": "admin", "committee": f"d-{own}", "committee_id": f"d-{own}", "disabled": "", "id": lead}
    link_in(post(client, f"{members}/invite", page=members, name=f"more-{own}", lang="ky", **more))
    given = user_of(store, f"more-{own}")
    assert (given.role, given.committee, given.coordinator) == ("committee", f"c-{own}", False)
    second = link_in(post(client, f"{members}/invite/{made.id}", page=members))
    assert post(app.test_client(), link).status_code == 403
    assert post(app.test_client(), second).status_code == 200
    for name in (own, other, lead, made.name):  # who came in once, and whoever is of another committee
        answer = post(client, f"{members}/invite/{user_of(store, name).id}", page=members)
        assert answer.status_code == 404, name
    assert (other in client.get(members).text, own in client.get(members).text) == (False, True)
    token = form_token(plain.get(f"{DOOR}/account").text)
    assert plain.get(members).status_code == 403
    for path in ("invite", f"invite/{made.id}"):
        fields = {"csrf_token": token, "name": "y", "lang": "ky"}
        assert plain.post(f"{members}/{path}", data=fields).status_code == 403


def test_a_closed_committee_lets_nobody_in_and_says_so_to_its_own_alone(
    app: Flask, store: Store, admin: FlaskClient, own: str
) -> None:
    client = known_phone(app, own)
    page = f"{OF_ADMIN}/of/c-{own}"
    seen = field(admin.get(page).text, "seen")
    assert post(admin, f"{page}/close", page=page, seen=seen).status_code == 303
    assert post(admin, f"{page}/open", page=page, seen=seen).status_code == 409, "a stale form"
    assert client.get(f"{DOOR}/account").status_code == 303
    right, wrong = (post(app.test_client(), DOOR, name=own, password=said) for said in (PASSWORD, "x" * 20))
    assert ("Комитетиңиз бул жерде жабылган" in right.text, right.status_code) == (True, 403)
    assert "жабылган" not in wrong.text
    assert invite(admin, f"c-{own}", f"new-{own}").status_code == 409
    with store.reading() as connection:
        assert len(users.members(connection, f"c-{own}")) == 1, "nothing is deleted"
        assert phones.of_user(connection, user_of(store, own).id) == []
    seen = field(admin.get(page).text, "seen")
    assert post(admin, f"{page}/open", page=page, seen=seen).status_code == 303
    sign_in(app.test_client(), own, PASSWORD)


def test_a_member_without_a_committee_sees_that_alone(app: Flask, store: Store, admin: FlaskClient, own: str) -> None:
    with store.writing() as connection:
        users.change(connection, accounts.named(connection, own).id, committee="")
    client = app.test_client()
    assert post(client, DOOR, name=own, password=PASSWORD).headers["Location"] == f"{DOOR}/waiting"
    assert "Комитетиңизди админ тандашы керек" in client.get(f"{DOOR}/waiting").text
    for path in ("/ky/staff", f"{DOOR}/account", "/ky/staff/committee", "/ky/staff/committee/members"):
        assert client.get(path).headers["Location"] == f"{DOOR}/waiting", path
    user = user_of(store, own)
    here = f"/ky/staff/admin/users/{user.id}"
    assert own in admin.get(OF_ADMIN).text
    seen = field(admin.get(here).text, "seen")
    assert post(admin, f"{here}/committee", page=here, seen=seen, committee="").status_code == 409
    assert post(admin, f"{here}/committee", page=here, seen=seen, committee=f"c-{own}").status_code == 303
    assert (user_of(store, own).committee, user_of(store, own).coordinator) == (f"c-{own}", False)
    sign_in(app.test_client(), own, PASSWORD)


def test_a_known_phone_asks_for_its_pin_alone_and_five_wrong_ones_end_that(app: Flask, store: Store, own: str) -> None:
    client = known_phone(app, own)
    cookie = client.get_cookie("phone")
    assert cookie
    assert (cookie.http_only, cookie.same_site, cookie.path, cookie.max_age) == (True, "Strict", "/", 90 * 86400)
    with store.reading() as connection:
        assert cookie.value not in repr(phones.of_user(connection, user_of(store, own).id))
    locked = post(client, f"{DOOR}/lock", page=f"{DOOR}/account")
    assert (locked.headers["Location"], locked.headers["Clear-Site-Data"]) == (DOOR, '"cache"')
    assert client.get(f"{DOOR}/account").status_code == 303
    asked = client.get(DOOR).text
    assert ('name="pin"' in asked, 'name="password"' in asked, own in asked) == (True, False, False)
    assert 'name="password"' in client.get(f"{DOOR}/name").text
    assert post(client, f"{DOOR}/pin", page=DOOR, pin=WRONG).status_code == 403
    came = post(client, f"{DOOR}/pin/to/signin/account", page=DOOR, pin=PIN)
    assert came.status_code == 303
    assert client.get(f"{DOOR}/account").status_code == 200
    assert "/signin/again/" in client.get(f"{DOOR}/phone").headers["Location"], "a PIN proves not enough for that"
    post(client, f"{DOOR}/lock", page=f"{DOOR}/account")
    last = [post(client, f"{DOOR}/pin", page=DOOR, pin=WRONG) for _ in range(4)][-1]
    assert "1 аракет" in last.text
    gone = post(client, f"{DOOR}/pin", page=DOOR, pin=WRONG)
    assert (gone.status_code, 'name="password"' in gone.text, client.get_cookie("phone")) == (403, True, None)
    client.set_cookie("phone", cookie.value)
    assert 'name="pin"' not in client.get(DOOR).text
    told = [what for what, subject in audited(store) if subject == own]
    assert (told.count("pin_failed"), told.count("phone_forgotten"), told.count("phone_remembered")) == (6, 1, 1)


def test_a_pin_that_anybody_would_try_first_is_refused(app: Flask, own: str) -> None:
    client = app.test_client()
    sign_in(client, own, PASSWORD)
    for pin, repeated in (("123456", "123456"), (PIN, WRONG), ("", "")):
        assert post(client, f"{DOOR}/phone", pin=pin, repeated=repeated).status_code == 400
        assert client.get_cookie("phone") is None


@pytest.mark.parametrize("what", ["password", "reset", "disable", "role", "committee", "forget"])
def test_every_phone_is_forgotten_when_the_account_changes(
    app: Flask, store: Store, admin: FlaskClient, own: str, what: str
) -> None:
    client, user = known_phone(app, own), user_of(store, own)
    here = f"/ky/staff/admin/users/{user.id}"
    if what == "password":
        new = "алма дарак көпүрө тоо суу"
        post(client, f"{DOOR}/account/password", page=f"{DOOR}/account", old=PASSWORD, new=new, repeated=new)
    elif what == "forget":
        post(client, f"{DOOR}/account/phones", page=f"{DOOR}/account", which="this")
    else:
        add_user(store, app.extensions["keys"], "committee", f"z-{own}", committee=f"z-{own}")
        seen = field(admin.get(here).text, "seen")
        fields = {"role": "center"} if what == "role" else {"committee": f"z-{own}"} if what == "committee" else {}
        assert post(admin, f"{here}/{what}", page=here, seen=seen, **fields).status_code in {200, 303}
    with store.reading() as connection:
        assert phones.of_user(connection, user.id) == []
    client.delete_cookie("staff")
    assert 'name="pin"' not in client.get(DOOR).text


def test_others_phones_are_forgotten_and_this_one_stays(app: Flask, store: Store, own: str) -> None:
    first, second = known_phone(app, own), known_phone(app, own)
    post(second, f"{DOOR}/account/phones", page=f"{DOOR}/account", which="others")
    for client, known in ((first, False), (second, True)):
        client.delete_cookie("staff")
        assert ('name="pin"' in client.get(DOOR).text) is known


def test_a_second_factor_is_a_members_choice_and_asked_for_after_the_pin(app: Flask, store: Store, own: str) -> None:
    client = known_phone(app, own)
    with store.writing() as connection:
        user = accounts.named(connection, own)
        assert not user.has_factor
        users.change(connection, user.id, factor=app.extensions["keys"].seal(SECRET))
    post(client, f"{DOOR}/lock", page=f"{DOOR}/account")
    assert post(client, f"{DOOR}/pin", page=DOOR, pin=PIN).headers["Location"] == f"{DOOR}/code"
    assert client.get("/ky/staff/committee/members").headers["Location"] == f"{DOOR}/code"
    assert post(client, f"{DOOR}/code", code=code_now(store, own)).status_code == 303
    assert client.get(f"{DOOR}/account").status_code == 200


def test_signing_out_of_a_known_phone_keeps_it_known(app: Flask, own: str) -> None:
    client = known_phone(app, own)
    left = post(client, f"{DOOR}/out", page=f"{DOOR}/account")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert 'name="pin"' in client.get(DOOR).text


def test_no_cookie_of_a_phone_outside_the_staffs_wing(app: Flask, own: str) -> None:
    client = known_phone(app, own)
    for path in ("/", "/ky/", "/ky/privacy", "/ky/nowhere"):
        assert "Set-Cookie" not in client.get(path).headers


def test_a_locked_session_is_over_for_every_copy_of_its_cookie(app: Flask, store: Store, own: str) -> None:
    client = app.test_client()
    sign_in(client, own, PASSWORD)
    copy = client.get_cookie("staff")
    assert copy
    post(client, f"{DOOR}/lock", page=f"{DOOR}/account")
    thief = app.test_client()
    thief.set_cookie("staff", copy.value)
    assert thief.get(f"{DOOR}/account").status_code == 303
    with store.reading() as connection:
        assert kept_sessions.of_user(connection, user_of(store, own).id) == []
    assert ("locked", "") in audited(store)


def test_a_committee_needs_a_name_an_oblast_and_what_lies_in_it(store: Store, admin: FlaskClient) -> None:
    page, good = f"{OF_ADMIN}/new", {"name_ky": "ҮЗАК <b>{{7*7}}</b>", "oblast": "KG-N", "rayon": "naryn"}
    for wrong in ({"name_ky": ""}, {"oblast": ""}, {"oblast": "KG-X"}, {"rayon": "batken"}, {"rayon": "nowhere"},
                  {"places": "1"}, {"places": "1222554"}, {"name_ky": "x" * 201}):  # fmt: skip
        assert post(admin, page, **{**good, **wrong}).status_code == 400, wrong
    made = post(admin, page, **good)
    assert made.status_code == 303
    shown = admin.get(made.headers["Location"]).text
    assert "<b>{{7*7}}</b>" not in shown
    assert "{{7*7}}" in shown
    with store.reading() as connection:
        found = kept.by_id(connection, made.headers["Location"].rpartition("/")[2])
    assert found
    assert (found.oblast, found.rayon, found.closed) == ("KG-N", "naryn", False)
