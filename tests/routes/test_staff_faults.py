"""When something is missing or wrong staff are told so in words, and the public pages go on."""

from __future__ import annotations

import base64
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings, SettingsError
from legalmap.desk.doctor import examine
from tests.conftest import ROOT, clean_environment
from tests.staff import PASSWORD, add_user, form_token, post, sign_in, staff_client

FORM = "/ru/staff/signin"
ACCOUNT = f"{FORM}/account"


@pytest.fixture
def settings(instance: Path, tmp_path: Path) -> Settings:
    """A copy of the sample that may be spoilt."""
    return Settings(instance=Path(shutil.copytree(instance, tmp_path / "instance")))


def public_goes_on(client: FlaskClient) -> bool:
    return all(client.get(path).status_code == 200 for path in ("/ky/", "/ru/centers/1001", "/readyz"))


def told(client: FlaskClient, path: str = ACCOUNT) -> str:
    """What staff read in place of a page."""
    answer = client.get(path)
    assert answer.status_code == 503
    assert "Кабинет сейчас недоступен" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


@pytest.mark.parametrize("spoil", ["gone", "empty", "garbage"])
def test_without_a_database_the_public_goes_on(settings: Settings, spoil: str) -> None:
    client = staff_client(settings, "committee")
    path = settings.instance / "desk.db"
    path.unlink()
    if spoil != "gone":
        path.write_bytes(b"" if spoil == "empty" else b"\xff" * 8192)
    page = told(client)
    assert str(settings.instance) not in page
    assert public_goes_on(client)


def test_a_database_that_cannot_be_written_lets_nobody_in_and_the_public_goes_on(settings: Settings) -> None:
    app = create_app(settings)
    client, name = app.test_client(), add_user(app.extensions["store"], app.extensions["keys"], "committee")
    token = form_token(client.get(FORM).text)
    # where a transaction's journal should be: nobody can write, not even root
    (settings.instance / "desk.db-journal").mkdir()
    (settings.instance / "desk.db-wal").mkdir()
    answer = client.post(FORM, data={"name": name, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 503
    assert "Кабинет сейчас недоступен" in answer.text
    assert public_goes_on(client)


@pytest.mark.parametrize("spoil", ["people.key", "audit.key"])
def test_without_a_key_staff_wait_and_the_public_goes_on(settings: Settings, spoil: str) -> None:
    (settings.instance / "keys" / spoil).unlink()
    app = create_app(settings)
    client = app.test_client()
    assert public_goes_on(client)
    if spoil == "people.key":
        assert "ключ" in told(client, FORM)
    else:
        answer = post(client, FORM, name="x", password=PASSWORD)
        assert answer.status_code == 503
        assert str(settings.instance) not in answer.text


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
@pytest.mark.parametrize("name", ["people.key", "audit.key"])
def test_a_key_that_others_can_read_stops_the_start(settings: Settings, name: str, mode: int) -> None:
    (settings.instance / "keys" / name).chmod(mode)
    with pytest.raises(SettingsError, match=rf"Others can read .*{name}"):
        create_app(settings)


def test_gunicorn_says_why_it_does_not_start(settings: Settings) -> None:
    settings.people_key.chmod(0o644)
    told = subprocess.run(
        [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", "127.0.0.1:0"],
        cwd=ROOT, env=clean_environment(settings.instance), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert told.returncode != 0
    assert "Legalmap does not start. Others can read" in told.stderr
    assert "Traceback" not in told.stderr


def test_another_key_opens_no_second_factor(settings: Settings) -> None:
    app = create_app(settings)
    name = add_user(app.extensions["store"], app.extensions["keys"], "editor")
    settings.people_key.write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
    client = create_app(settings).test_client()
    post(client, FORM, name=name, password=PASSWORD)
    answer = post(client, f"{FORM}/code", code="123456")
    assert answer.status_code == 503
    assert "другим ключом" in answer.text


def test_the_doctor_looks_at_keys_and_audit(settings: Settings) -> None:
    good = {check.name: check.ok for check in examine(settings)}
    assert good["keys of staff"]
    assert good["audit"]
    settings.people_key.chmod(0o644)
    settings.audit_head_file.write_text('{"count": 999, "mac": "0"}')
    bad = {check.name: check.ok for check in examine(settings)}
    assert not bad["keys of staff"]
    assert not bad["audit"]


@pytest.fixture
def without_https(settings: Settings) -> Flask:
    return create_app(Settings(instance=settings.instance, https=False))


def test_without_https_staff_of_this_machine_alone_come_in(without_https: Flask) -> None:
    client = without_https.test_client()
    name = add_user(without_https.extensions["store"], without_https.extensions["keys"], "committee")
    sign_in(client, name, PASSWORD)
    cookie = client.get_cookie("staff")
    assert cookie
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (False, True, "Strict")
    for far in (
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
        {"environ_base": {"REMOTE_ADDR": ""}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
    ):
        answer = client.get(ACCOUNT, **far)  # type: ignore[arg-type]
        assert answer.status_code == 403, far
        assert "https" in answer.text
        assert name not in answer.text
        assert client.get("/ky/", **far).status_code == 200  # type: ignore[arg-type]
    assert client.get(ACCOUNT, environ_base={"REMOTE_ADDR": "::1"}).status_code == 200


def test_without_https_the_start_warns_aloud(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("legalmap.faults")
    log.propagate = True
    try:
        create_app(Settings(instance=settings.instance, https=False))
    finally:
        log.propagate = False
    assert "LEGALMAP_HTTPS=off" in caplog.text


@pytest.mark.parametrize(
    ("proxies", "said", "network"),
    [
        (0, "198.51.100.9", "192.0.2.0/24"),
        (1, "198.51.100.9", "198.51.100.0/24"),
        (1, "203.0.113.1, 198.51.100.9", "198.51.100.0/24"),
        (2, "203.0.113.1, 198.51.100.9", "203.0.113.0/24"),
        (2, "198.51.100.9", "192.0.2.0/24"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:198.51.100.9", "198.51.100.0/24"),
        (1, "nonsense", ""),
        (1, "", "192.0.2.0/24"),
    ],
)
def test_only_as_many_proxies_are_believed_as_there_are(
    settings: Settings, proxies: int, said: str, network: str
) -> None:
    from legalmap.routes.staff import door

    app = create_app(Settings(instance=settings.instance, proxies=proxies))
    with app.test_request_context(FORM, headers={"X-Forwarded-For": said}, environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        assert door.network() == network
