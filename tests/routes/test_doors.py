"""Every door is closed: each route, method and way somebody can stand before it, against the one table of rights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.instance import make_instance
from legalmap.people import center_keys
from legalmap.people.accounts import By
from legalmap.people.rights import RIGHTS, ROLES, STANDINGS, may
from legalmap.routes import page
from legalmap.routes.staff import door
from legalmap.store import users
from tests.staff import PASSWORD, add_user, form_token, post, staff_client

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PUBLIC = {"public", "places", "map", "near", "calendar", "keep", "notices", "pack", "streets", "cards", "sheet", "api",
          "static"}  # fmt: skip
"""Blueprints of pages for everybody; whatever is in none of them must be named in the table of rights."""
Browsers = Mapping[str, FlaskClient]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = Settings(instance=tmp_path_factory.mktemp("doors") / "instance")
    make_instance(made)
    return made


@pytest.fixture(scope="module")
def app(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture(scope="module")
def visitors(app: Flask) -> Browsers:
    return browsers(app)


def browsers(app: Flask) -> Browsers:
    """A browser for each way of standing before a door, brought there through the forms."""
    found = {"nobody": app.test_client(), **{role: staff_client(app, role) for role in ROLES}}
    store, keys = app.extensions["store"], app.extensions["keys"]
    for standing in ("factor", "setup", "waiting"):
        name = add_user(store, keys, "committee" if standing == "waiting" else "admin", f"half-{standing}")
        without: dict[str, str] = {"setup": "factor", "waiting": "committee"}
        if standing in without:
            with store.writing() as connection:
                user = users.by_name(connection, name)
                assert user
                users.change(connection, user.id, **{without[standing]: ""})
        found[standing] = app.test_client()
        answer = post(found[standing], "/ky/staff/signin", name=name, password=PASSWORD)
        onward = {"factor": "/signin/code", "setup": "/signin/setup", "waiting": "/signin/waiting"}[standing]
        assert answer.headers["Location"].endswith(onward)
    found["center_key"] = app.test_client()
    by = By(who="test", now=dt.datetime.now(dt.UTC))
    with store.writing() as connection:
        secret = center_keys.make(connection, by, keys, 1, way="link", scope="answer", days=30)
    assert post(found["center_key"], f"/ky/staff/signin/center/{secret}").headers["Location"] == "/ky/staff/center"
    assert set(found) == set(STANDINGS)
    return found


def path_of(rule: Rule) -> str:
    """An address that the rule takes."""
    values = {name: _value(rule._converters[name]) for name in rule.arguments} | {"lang": "ky"}
    built = rule.build(values, append_unknown=False)
    assert built
    return built[1]


def _value(converter: BaseConverter) -> str:
    return min(converter.items) if isinstance(converter, AnyConverter) else "1"


def leaks(
    app: Flask, visitors: Browsers, of: str = "", *, every_method: bool = False
) -> Iterator[tuple[str, str, str, int]]:
    """Endpoint, method, standing and status of every answer that the table does not name and that is not a refusal
    or the way to the sign-in. `of`: only endpoints that begin so. Whoever stands before a door tries its own methods;
    those that it does not take, HEAD and OPTIONS are tried by one visitor, or with `every_method` by all."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] in PUBLIC or not rule.endpoint.startswith(of):
            continue
        for standing, browser in visitors.items():
            own = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            methods = METHODS if every_method or standing == "nobody" else own
            for method in () if may(standing, rule.endpoint) else methods:
                answer = browser.open(path_of(rule), method=method)
                to_the_door = answer.headers.get("Location", "").startswith("/ky/staff/signin")
                if answer.status_code < 400 and not (answer.status_code == 303 and to_the_door):
                    yield rule.endpoint, method, standing, answer.status_code


def test_no_route_opens_to_whom_the_table_does_not_name(app: Flask, visitors: Browsers) -> None:
    assert list(leaks(app, visitors)) == []


@pytest.mark.long
def test_no_route_opens_to_anybody_by_any_method(app: Flask, visitors: Browsers) -> None:
    assert list(leaks(app, visitors, every_method=True)) == []


def test_the_table_names_every_route_of_staff_and_no_other(app: Flask) -> None:
    assert {name for name in app.view_functions if name.split(".")[0] not in PUBLIC} == set(RIGHTS)
    assert all(who and who <= set(STANDINGS) for who in RIGHTS.values())


def test_every_role_has_a_page_to_begin_with(visitors: Browsers) -> None:
    for role, browser in visitors.items():
        if role in ROLES:
            answer = browser.get("/ky/staff", follow_redirects=True)
            # what a member begins with needs an edition, as every page does that shows centers
            assert answer.status_code == (503 if role == "committee" else 200), role
            assert may(role, "signin.account")


def test_a_new_open_route_is_noticed(settings: Settings) -> None:
    """Once beside the door, where nothing guards it, and once behind it, where it stays closed by itself."""
    app = create_app(settings)
    beside = Blueprint("admin_open", __name__, url_prefix=f"{page.LANG_PATH}/desk")
    beside.get("/secret")(_secret)
    behind = door.guarded("admin_new", __name__, "/admin/new")
    behind.get("")(_secret)
    app.register_blueprint(beside)
    app.register_blueprint(behind)
    comers = {"nobody": app.test_client(), "admin": staff_client(app, "admin")}
    assert {(method, standing) for _, method, standing, _ in leaks(app, comers, "admin_open", every_method=True)} == {
        (method, standing) for method in ("GET", "HEAD", "OPTIONS") for standing in comers
    }
    assert list(leaks(app, comers, of="admin_new")) == []


def _secret() -> str:
    return "secret"


def test_a_right_given_by_mistake_is_noticed(app: Flask) -> None:
    """The walk looks at answers, not at the table: a door that lets in more than its name says is found."""
    somebody_else = {"committee": staff_client(app, "editor")}
    assert list(leaks(app, somebody_else, of="admin_acts")) != []


def test_no_form_of_staff_can_be_sent_without_its_token(app: Flask, visitors: Browsers) -> None:
    sent = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in RIGHTS and "POST" in (rule.methods or ()):
            for standing in RIGHTS[rule.endpoint]:
                answer = visitors[standing].post(path_of(rule), data={"csrf_token": "x"})
                assert answer.status_code == 400, (rule.endpoint, standing)
                sent += 1
    assert sent > 20


def test_a_process_for_the_public_alone_has_no_staff_pages(settings: Settings, tmp_path: Path) -> None:
    app = create_app(Settings(instance=settings.instance, roles=frozenset({"public"})))
    assert app.test_client().get("/ky/staff/signin").status_code == 404
    assert not [name for name in app.view_functions if name.split(".")[0] not in PUBLIC]


ODD = (
    ("$", "%0A"),
    ("/1", "/1%0A"),
    ("/staff", "//staff"),
    ("$", "/"),
    ("/staff/", "/staff%2F"),
    ("/staff/", "/staff/./"),
)
"""What is put into a path, and for what of it ("$": its end): a line break, slashes, a dot."""


def test_no_odd_path_finds_a_way_past_the_guard(app: Flask, visitors: Browsers) -> None:
    tried = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in RIGHTS or may("nobody", rule.endpoint):
            continue
        for part, odd in ODD:
            path = path_of(rule)
            path = path + odd if part == "$" else path.replace(part, odd)
            answer = visitors["nobody"].get(path)
            assert answer.status_code in {303, 308} or answer.status_code >= 400, path
            tried += 1
    assert tried > 100


def test_a_form_sent_by_another_site_is_refused_even_with_its_token(app: Flask) -> None:
    client = staff_client(app, "committee")
    token = form_token(client.get("/ky/staff/signin/account").text)
    for site, status in (("cross-site", 400), ("same-site", 400), ("same-origin", 303)):
        answer = client.post("/ky/staff/signin/out", data={"csrf_token": token}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == status, site


def test_behind_https_without_a_referer_forms_work(app: Flask) -> None:
    client, name = app.test_client(), add_user(app.extensions["store"], app.extensions["keys"], "center")
    page = client.get("/ky/staff/signin", base_url="https://jakyn.example").text
    fields = {"name": name, "password": PASSWORD, "csrf_token": form_token(page)}
    answer = client.post("/ky/staff/signin", data=fields, base_url="https://jakyn.example")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/ky/staff/signin/account"
