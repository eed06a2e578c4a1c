"""A center answers by its own key: through the real forms, from the admin's press to what the member sees."""

from __future__ import annotations

import datetime as dt
import re
import resource
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from legalmap import create_app
from legalmap.config import environment_of
from legalmap.desk import notices
from legalmap.desk.doctor import Check, examine
from legalmap.directory.notices import Notice, Notices, written
from legalmap.hours import BISHKEK
from legalmap.people import center_keys
from legalmap.referrals import codes
from legalmap.store import Store, attempts, audit, users
from tests.committee import HIDDEN, Walk, a_desk, join, settings_of
from tests.desk.conftest import TestDesk
from tests.staff import add_user, form_token, post, staff_client
from tests.test_cli import Terminal

WING, DOOR = "/ky/staff/center", "/ky/staff/signin/center"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    return a_desk(tmp_path_factory.mktemp("wing") / "instance")


@pytest.fixture(scope="module")
def app(desk: TestDesk) -> Flask:
    return create_app(settings_of(desk))


@pytest.fixture(scope="module")
def store(app: Flask) -> Store:
    found: Store = app.extensions["store"]
    return found


@pytest.fixture(scope="module")
def admin(app: Flask) -> FlaskClient:
    return staff_client(app, "admin")


@pytest.fixture(scope="module")
def center(desk: TestDesk) -> int:
    """The number of the center whose address is hidden."""
    return desk.records["quiet"].number


@pytest.fixture(scope="module")
def member(app: Flask) -> FlaskClient:
    join(app.extensions["store"], "aigul", "kochkor")
    return staff_client(app, "committee", "aigul")


def a_slip(member: FlaskClient, center: int) -> Walk:
    """Somebody is sent to that center, without a call."""
    return Walk(member).to_cards().to_slip("chosen", center=center)


def make(admin: FlaskClient, center: int, way: str = "link", **more: str) -> TestResponse:
    path = f"/ky/staff/admin/centers/{center}/keys"
    return post(admin, path, **{"way": way, "days": "90", "scope": "answer", **more})


def link_of(answer: TestResponse) -> str:
    found = re.search(r"/ky/staff/signin/center/[\w-]{43}", answer.text)
    assert found, answer.text
    return found[0]


def pin_of(answer: TestResponse) -> str:
    found = re.search(r'class="passphrase"[^>]*>(\d{6})<', answer.text)
    assert found, answer.text
    return found[1]


def came_in(app: Flask, admin: FlaskClient, center: int, scope: str = "answer") -> FlaskClient:
    """A browser that has the center's key, by a link."""
    browser = app.test_client()
    answer = post(browser, link_of(make(admin, center, scope=scope)))
    assert (answer.status_code, answer.headers["Location"]) == (303, WING)
    return browser


def asked(browser: FlaskClient, code: str) -> TestResponse:
    return post(browser, f"{WING}/find", page=WING, code=code)


def said(browser: FlaskClient, address: str, act: str, reason: str = "") -> str:
    """What the page says after the center said something."""
    answer = post(browser, address, act=act, **({"reason": reason} if reason else {}))
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["Location"]).text


def audited(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as connection:
        return [(line.who, line.what, line.subject) for line in audit.entries(connection)]


def test_a_center_answers_and_the_member_sees_it(
    app: Flask, store: Store, admin: FlaskClient, member: FlaskClient, center: int
) -> None:
    walk, browser = a_slip(member, center), came_in(app, admin, center)
    label = re.search(r'<dd class="label">([^<]+)<', walk.page)
    assert label
    found = asked(browser, f" {walk.code} ")
    assert found.status_code == 303
    address = found.headers["Location"]
    assert walk.code.replace("-", "") not in address
    page = browser.get(address).text
    assert "Жашай турган жай" in page
    assert "Азыр (24 саат)" in page
    for word in (label[1], "aigul", "kochkor", "Комитет", *HIDDEN):
        assert word not in page.replace(address[-64:], ""), word
    page = said(browser, address, "decline", "not_now")
    assert "Убактылуу иштебейт" in page
    assert "Убактылуу иштебейт" in member.get(walk.handle).text
    assert "Күтүп жатышат" in said(browser, address, "accept")
    for _ in range(2):
        page = said(browser, address, "arrive")
        assert "Жетип барды" in page
        assert 'value="decline"' not in page
    said(browser, address, "decline", "area")
    assert "Жетип барды" in member.get(walk.handle).text, "nobody unsays that somebody arrived"
    assert "Аяктады" in said(browser, address, "close")
    for bad in (
        {"act": "withdraw"},
        {"act": "decline"},
        {"act": "decline", "reason": "x"},
        {"act": "accept", "reason": "area"},
    ):
        assert browser.post(address, data={**bad, "csrf_token": token(browser)}).status_code == 400
    lines = [line for line in audited(store) if line[1].startswith("center_")]
    assert (f"key:{center}", "center_answered", "") in lines
    assert [line for line in lines if line[1] == "center_viewed"] == [(f"key:{center}", "center_viewed", "")]
    code = walk.code.replace("-", "")
    assert not any(code in part or address[-64:] in part for line in lines for part in line)


def test_consent_taken_back_at_the_center_is_gone_everywhere(
    app: Flask, admin: FlaskClient, member: FlaskClient, center: int
) -> None:
    walk, browser = a_slip(member, center), came_in(app, admin, center)
    address, handle = asked(browser, walk.code).headers["Location"], walk.handle
    assert "Адам макулдугун кайтарып алат" in browser.get(address).text
    assert post(browser, f"{address}/withdraw", page=address).headers["Location"] == WING
    assert browser.get(address).status_code == 404
    assert member.get(handle).status_code == 404
    assert browser.post(f"{address}/withdraw", data={"csrf_token": token(browser)}).status_code == 404


def token(browser: FlaskClient) -> str:
    return form_token(browser.get(WING).text)


def test_unknown_another_centers_and_expired_are_one_answer_and_tries_are_few(
    app: Flask, desk: TestDesk, admin: FlaskClient, member: FlaskClient, center: int
) -> None:
    walk, other = a_slip(member, center), desk.records["near"].number
    browser = came_in(app, admin, other)
    answers = [asked(browser, code) for code in (walk.code, codes.with_check("12345678901"))]
    assert [answer.status_code for answer in answers] == [404, 404]
    said_ = [re.search(r'role="alert"[^>]*>([^<]+)<', answer.text) for answer in answers]
    assert said_[0]
    assert said_[1]
    assert said_[0][1] == said_[1][1]
    assert asked(browser, "12").status_code == 400, "what cannot be a number is no try"
    statuses = [asked(browser, walk.code).status_code for _ in range(4)]
    assert statuses == [404, 404, 404, 429]
    mine = asked(came_in(app, admin, center), walk.code).headers["Location"]
    assert browser.get(mine).status_code == 404
    assert browser.post(mine, data={"act": "accept", "csrf_token": token(browser)}).status_code == 404


def test_a_link_opens_once_and_looking_uses_nothing_up(app: Flask, admin: FlaskClient, center: int) -> None:
    made = make(admin, center, "link")
    link, browser = link_of(made), app.test_client()
    assert browser.get(link).text.count("csrf_token") == 1
    looked = browser.get(link)
    assert not [cookie for cookie in looked.headers.getlist("Set-Cookie") if cookie.startswith("center=")]
    assert link not in admin.get(f"/ky/staff/admin/centers/{center}/keys").text, "shown this once"
    answer = post(browser, link, stay="1")
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("center=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Max-Age=2592000" in cookie
    assert browser.get(WING).status_code == 200
    late = app.test_client()
    assert post(late, link).status_code == 403
    assert late.get(WING).headers["Location"] == DOOR


def test_without_the_choice_the_cookie_ends_with_the_browser_and_https_names_it_so(
    app: Flask, desk: TestDesk, admin: FlaskClient, center: int
) -> None:
    link, browser = (
        link_of(make(admin, center, "link")),
        create_app(replace(desk.settings, https=True)).test_client(),
    )
    page = browser.get(link, base_url="https://jakyn.example").text
    answer = browser.post(link, data={"csrf_token": form_token(page)}, base_url="https://jakyn.example")
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if "center=" in one]
    assert cookie.startswith("__Host-center=")
    assert "Secure" in cookie
    assert "Max-Age" not in cookie


def test_wrong_pins_wait_and_a_new_pin_ends_the_one_before(
    app: Flask, store: Store, admin: FlaskClient, desk: TestDesk
) -> None:
    number = desk.records["town"].number
    first, second = (pin_of(make(admin, number, "pin")) for _ in range(2))
    browser = app.test_client()
    assert post(browser, DOOR, number=str(number), pin=second).headers["Location"] == WING
    assert post(app.test_client(), DOOR, number=f"№ {number}", pin=f"{second[:3]} {second[3:]}").status_code == 303
    wrong = first if first != second else "000000"
    assert [post(app.test_client(), DOOR, number=str(number), pin=wrong).status_code for _ in range(6)] == [403] * 5 + [
        429
    ]
    assert post(app.test_client(), DOOR, number=str(number), pin=second).status_code == 429, "the right one waits too"
    assert post(app.test_client(), DOOR, number="999", pin=wrong).status_code == 403, "another center is not held"
    assert browser.get(WING).status_code == 200, "who is in stays in"
    assert ("", "center_pin_failed", str(number)) in audited(store)
    with store.writing() as connection:
        attempts.forget(connection, 2**40)
    for odd in ("", "x", "1" * 30, "٣", "-1", "0"):
        assert post(app.test_client(), DOOR, number=odd, pin=second).status_code in {403, 429}, odd


def test_ending_a_key_ends_it_in_every_browser_at_once(app: Flask, admin: FlaskClient, desk: TestDesk) -> None:
    number = desk.records["milit"].number
    browser, page = came_in(app, admin, number), f"/ky/staff/admin/centers/{number}/keys"
    (ending,) = re.findall(rf'action="({page}/\w+/end)"', admin.get(page).text)
    other = ending.replace(f"/{number}/", f"/{desk.records['near'].number}/")
    assert post(admin, other, page=page).status_code == 404, "only from its own center's page"
    assert browser.get(WING).status_code == 200
    assert post(admin, ending, page=page).status_code == 303
    assert browser.get(WING).headers["Location"] == DOOR
    assert post(admin, ending, page=page).status_code == 404


def test_who_gives_the_key_back_is_out(app: Flask, admin: FlaskClient, center: int) -> None:
    browser = came_in(app, admin, center)
    kept = browser.get_cookie("center")
    assert kept
    assert post(browser, f"{WING}/leave", page=WING).status_code == 303
    browser.set_cookie("center", kept.value)
    assert browser.get(WING).headers["Location"] == DOOR, "the token itself is worth nothing any more"


def test_a_key_is_nothing_elsewhere_and_goes_before_who_is_signed_in(
    app: Flask, admin: FlaskClient, center: int
) -> None:
    browser = came_in(app, admin, center)
    for path in ("", "/admin/centers", "/committee", "/signin/account", f"/admin/centers/{center}/keys"):
        answer = browser.get(f"/ky/staff{path}")
        assert answer.status_code == 303, path
        assert "/staff/signin" in answer.headers["Location"]
    both = staff_client(app, "editor")
    assert both.get(WING).status_code == 403
    post(both, link_of(make(admin, center, "link")))
    assert "№ " + str(center) in both.get(WING).text
    assert both.get("/ky/staff/admin/centers").status_code == 200
    assert "/signin/center" in app.test_client().get(WING).headers["Location"]
    assert "center" not in str(app.test_client().get("/ky/").headers.getlist("Set-Cookie"))


def test_a_user_speaks_for_the_center_that_an_admin_chose(
    app: Flask, store: Store, admin: FlaskClient, member: FlaskClient, center: int
) -> None:
    name = add_user(store, app.extensions["keys"], "center", "quiet-desk")
    with store.reading() as connection:
        (user,) = [one for one in users.everybody(connection) if one.name == name]
    browser, walk = staff_client(app, "center", name), a_slip(member, center)
    assert "code" not in re.findall(r'name="(\w+)"', browser.get(WING).text)
    assert browser.post(f"{WING}/find", data={"code": walk.code, "csrf_token": token(browser)}).status_code == 403
    page = f"/ky/staff/admin/users/{user.id}"
    for number, status in ((str(center), 303), ("777", 409), ("x", 400)):
        seen = re.search(r'name="seen" value="([^"]+)"', admin.get(page).text)
        assert seen
        assert post(admin, f"{page}/center", page=page, seen=seen[1], center=number).status_code == status
    browser = staff_client(app, "center", name)
    address = asked(browser, walk.code).headers["Location"]
    assert "Күтүп жатышат" in said(browser, address, "accept")
    assert (f"web:{name}", "center_answered", "") in audited(store)


@pytest.mark.parametrize("more", [{"way": "x"}, {"days": "3650"}, {"scope": "all"}])
def test_a_bent_form_makes_no_key(admin: FlaskClient, center: int, more: dict[str, str]) -> None:
    assert make(admin, center, **more).status_code == 400


def test_no_key_for_a_number_that_is_nobodys(admin: FlaskClient) -> None:
    assert admin.get("/ky/staff/admin/centers/424242/keys").status_code == 404


def test_the_wait_after_wrong_pins_grows() -> None:
    waits = [center_keys.wait_after(failed) for failed in range(5, 14)]
    assert [center_keys.wait_after(failed) for failed in range(5)] == [0] * 5
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_not_today_is_shown_at_once_without_a_publish_and_ends_by_itself(
    app: Flask, desk: TestDesk, admin: FlaskClient, member: FlaskClient, store: Store
) -> None:
    near, quiet = desk.records["near"].number, desk.records["quiet"].number
    browser, page = came_in(app, admin, near, scope="notice"), f"{WING}/notice"
    assert browser.post(f"{WING}/find", data={"csrf_token": form_token(browser.get(page).text)}).status_code == 403
    public = create_app(replace(desk.settings, roles=frozenset({"public"}))).test_client()
    before = public.get(f"/ky/centers/{near}").text
    assert post(browser, page, what="lawyer_away", until="tomorrow").status_code == 303
    results = re.search(r'href="(/ky/places/[^"]+)"', before)
    assert results
    for path in (f"/ky/centers/{near}", "/ky/sheet/kochkor", results[1]):
        assert "Юрист азыр жок · акыркы күнү:" in public.get(path).text, path
    assert "Юриста сейчас нет · последний день:" in public.get(f"/ru/centers/{near}").text
    post(came_in(app, admin, quiet, scope="notice"), page, what="no_places", until="today")
    hidden = re.sub("<!--.*?-->", "", public.get(f"/ky/centers/{quiet}").text, flags=re.DOTALL)
    assert "Орун жок · акыркы күнү:" in hidden
    assert not [word for word in HIDDEN[1:-1] if word in hidden]
    cards = Walk(member).to_cards(("legal",)).page
    assert cards.index("Нарын борбору") < cards.index("Кочкор кеңеш борбору"), "such a center stands behind the others"
    assert "Юрист азыр жок" in cards
    notices = app.extensions["notices"]
    after = dt.datetime.now(BISHKEK).date() + dt.timedelta(days=2)
    assert (set(notices.current(after - dt.timedelta(days=1))), set(notices.current(after))) == ({near}, set())
    listed = admin.get("/ky/staff/admin/notices").text
    assert f"№ {near}" in listed
    assert f"№ {quiet}" in listed
    for number in (near, quiet):
        assert post(admin, f"/ky/staff/admin/notices/{number}/end", page="/ky/staff/admin/notices").status_code == 303
    assert public.get(f"/ky/centers/{near}").text == before
    lines = audited(store)
    assert (f"key:{near}", "notice_set", f"{near} lawyer_away") in lines
    assert ("web:test-admin", "notice_ended", str(near)) in lines


def test_notices_are_few_bounded_and_taken_back(app: Flask, desk: TestDesk, admin: FlaskClient) -> None:
    number, page = desk.records["milit"].number, f"{WING}/notice"
    browser, today = came_in(app, admin, number, scope="notice"), dt.datetime.now(BISHKEK).date()
    for day in ("", "x", "2026-02-30", str(today - dt.timedelta(days=1)), str(today + dt.timedelta(days=31))):
        assert post(browser, page, what="closed", until="day", day=day).status_code == 409, day
    assert post(browser, page, what="moved", until="today").status_code == 400
    for _ in range(3):
        assert (
            post(browser, page, what="closed", until="day", day=str(today + dt.timedelta(days=30))).status_code == 303
        )
    said = [post(browser, page, what=what, until="today").status_code for what in ("no_places", "closed") * 3]
    assert said == [303] * 4 + [409, 303], "the same once more is no change, and no try"
    assert post(browser, f"{page}/end", page=page).status_code == 303
    assert number not in app.extensions["notices"].current(today)
    assert came_in(app, admin, number).get(page).status_code == 403, "this key is for answers"


def test_admins_see_what_was_said_and_set_again_what_was_ended(
    app: Flask, desk: TestDesk, admin: FlaskClient, store: Store
) -> None:
    number, page, path = desk.records["town"].number, f"{WING}/notice", "/ky/staff/admin/notices"
    browser, today = came_in(app, admin, number, scope="notice"), dt.datetime.now(BISHKEK).date()
    shown: Notices = app.extensions["notices"]
    assert post(browser, page, what="closed", until="tomorrow").status_code == 303
    assert post(admin, f"{path}/{number}/end", page=path).status_code == 303
    assert number not in shown.current(today)
    listed = admin.get(path).text
    assert f"№ {number}" in listed[listed.index("Мурункулар") :]
    assert "Токтотулду" in listed
    rows = re.findall(r"<tr>.*?</tr>", listed, re.DOTALL)
    again = next(re.search(r'action="([^"]+/again/\w+)"', row) for row in rows if f"№ {number} " in row)
    assert again
    for _press in range(2):
        assert post(admin, again[1], page=path).status_code == 303
        assert shown.current(today)[number].what == "closed"
        assert again[1] not in admin.get(path).text, "while it says something nothing else is set"
    assert post(admin, f"{path}/again/nothing", page=path).status_code == 303
    assert not notices.differs(store, desk.settings.editions, dt.datetime.now(dt.UTC))


def test_a_file_put_back_is_told_by_the_doctor_and_written_anew_by_a_publish(
    app: Flask, desk: TestDesk, admin: FlaskClient
) -> None:
    number, page = desk.records["near"].number, f"{WING}/notice"
    browser, today = came_in(app, admin, number, scope="notice"), dt.datetime.now(BISHKEK).date()
    file = desk.settings.editions / "notices.json"
    post(browser, page, what="closed", until="tomorrow")
    old = file.read_bytes()
    post(browser, f"{page}/end", page=page)

    def told() -> Check:
        return next(check for check in examine(desk.settings) if check.name == "notices")

    assert told().ok
    for other in (old, b"half"):
        file.write_bytes(other)
        if other == old:
            assert not told().ok
        terminal = Terminal(desk.settings.instance.parent)
        terminal.environment |= environment_of(desk.settings)
        terminal.run("publish")
        assert told().ok
        assert number not in app.extensions["notices"].current(today)


@pytest.mark.own_files
def test_a_full_disk_leaves_the_file_as_it_was_and_no_other(desk: TestDesk, store: Store) -> None:
    folder, now = desk.settings.editions, dt.datetime.now(dt.UTC)
    notices.show(store, folder, now)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
        with pytest.raises(OSError, match="File too large"):
            notices.show(store, folder, now)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"sha256": "", "notices": []}',
        b"[" * 100_000,
        b'{"notices": 1, "sha256": 2}',
        b"\xff",
    ],
)
def test_a_broken_file_is_no_notices_and_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: bytes
) -> None:
    shown, today = Notices(tmp_path), dt.date(2026, 11, 22)
    assert shown.current(today) == {}
    assert not caplog.records, "an instance that never had one is whole"
    good = written([Notice(center=7, what="closed", until=today)])
    for data in (broken, good[:-9], good.replace(b"7", b"8")):
        (tmp_path / "new").write_bytes(data)
        (tmp_path / "new").replace(tmp_path / "notices.json")
        caplog.clear()
        assert [shown.current(today) for _ in range(3)] == [{}] * 3
        assert len(caplog.records) == 1
    (tmp_path / "new").write_bytes(good)
    (tmp_path / "new").replace(tmp_path / "notices.json")
    assert set(shown.current(today)) == {7}
    assert shown.current(today + dt.timedelta(days=1)) == {}
