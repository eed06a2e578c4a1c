"""Users and the audit by command line: what is shown once, what is refused in words, what is found."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from legalmap import create_app
from legalmap.cli import main
from legalmap.config import Settings
from legalmap.desk.instance import make_instance
from tests.staff import post, sign_in

LONG = "менин узун сырсөзүм\n"


class Line:
    """Runs `legalmap` on an instance of its own, in this process."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(instance=folder / "instance")
        make_instance(self.settings)

    def run(self, *words: str, given: str = "", code: int = 0) -> Result:
        environment = {"LEGALMAP_INSTANCE": str(self.settings.instance), "LC_ALL": "C.UTF-8"}
        result = CliRunner().invoke(main, words, input=given, env=environment)
        assert result.exit_code == code, result.output
        return result

    def passphrase(self, *words: str) -> str:
        shown = re.search(r"^    (\S.*)$", self.run(*words).stdout, re.MULTILINE)
        assert shown
        return shown[1]


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    for name in ("LEGALMAP_DATABASE", "LEGALMAP_AUDIT_HEAD"):
        monkeypatch.delenv(name, raising=False)
    return Line(tmp_path)


def test_a_new_user_signs_in_with_the_passphrase_that_is_shown_once(line: Line) -> None:
    shown = line.passphrase("user", "add", "Айгүл", "--role", "center", "--lang", "ky")
    assert len(shown.split()) == 6
    sign_in(create_app(line.settings).test_client(), "айгүл", shown)
    database = (line.settings.instance / "desk.db").read_bytes()
    assert shown.encode() not in database
    assert shown not in line.run("user", "list").stdout


def test_reset_gives_another_and_the_old_one_opens_nothing(line: Line) -> None:
    old = line.passphrase("user", "add", "test", "--role", "center", "--lang", "en")
    new = line.passphrase("user", "reset", "TEST", "--lang", "en")
    client = create_app(line.settings).test_client()
    assert post(client, "/ky/staff/signin", name="test", password=old).status_code == 403
    sign_in(client, "test", new)


def test_disable_shuts_out_and_can_be_undone(line: Line) -> None:
    line.run("user", "add", "test", "--role", "center", "--password-stdin", given=LONG)
    line.run("user", "disable", "test")
    client = create_app(line.settings).test_client()
    assert post(client, "/ky/staff/signin", name="test", password=LONG.strip()).status_code == 403
    assert json.loads(line.run("user", "list", "--json").stdout)[0]["disabled"] is True
    line.run("user", "disable", "test", "--undo")
    sign_in(client, "test", LONG.strip())
    row = json.loads(line.run("user", "list", "--json").stdout)[0]
    assert (row["disabled"], row["second_factor"], row["role"]) == (False, False, "center")
    assert row["signed_in"].startswith("20")


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (("add", "б", "--role", "admin"), "", "2–40"),
        (("add", "a b", "--role", "admin"), "", "2–40"),
        (("add", "{{ 7*7 }}", "--role", "admin"), "", "2–40"),
        (("add", "x" * 41, "--role", "admin"), "", "2–40"),
        (("add", "ТЕСТ", "--role", "admin"), "", "ТЕСТ"),
        (("add", "other", "--role", "admin", "--password-stdin"), "short\n", "15"),
        (("add", "other", "--role", "admin", "--password-stdin"), "", "15"),
        (("add", "other", "--role", "admin", "--password-stdin"), "parol-parol-2026!\n", "пробуют"),
        (("reset", "nobody"), "", "nobody"),
        (("disable", "nobody"), "", "nobody"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(line: Line, words: tuple[str, ...], given: str, said: str) -> None:
    line.run("user", "add", "тест", "--role", "center", "--password-stdin", given=LONG)
    assert said in line.run("user", *words, "--lang", "ru", given=given, code=2).output


def test_the_audit_is_made_sure_of_and_a_change_is_told_in_three_languages(line: Line) -> None:
    line.run("user", "add", "test", "--role", "center", "--password-stdin", given=LONG)
    assert "2" in line.run("audit", "verify", "--lang", "ky").stdout
    with sqlite3.connect(line.settings.instance / "desk.db") as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET who = 'cli:somebody' WHERE seq = 2")
    database.close()
    told = {line.run("audit", "verify", "--lang", lang, code=1).stderr for lang in ("ky", "ru", "en")}
    assert len(told) == 3
    assert all("2" in one for one in told)


def test_the_head_of_the_audit_can_lie_elsewhere(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGALMAP_AUDIT_HEAD", str(tmp_path / "elsewhere.head"))
    line.run("user", "add", "test", "--role", "center", "--password-stdin", given=LONG)
    assert json.loads((tmp_path / "elsewhere.head").read_text(encoding="ascii"))["count"] == 2
    assert json.loads((line.settings.instance / "audit.head").read_text(encoding="ascii"))["count"] == 0
    line.run("audit", "verify")


def test_an_export_of_hidden_fields_leaves_a_line_and_one_of_the_public_does_not(line: Line, tmp_path: Path) -> None:
    line.run("publish")
    for form in ("csv", "xlsx", "geojson"):
        line.run("export", "--format", form, "-o", str(tmp_path / f"out.{form}"))
    with sqlite3.connect(line.settings.instance / "desk.db") as database:
        rows = database.execute("SELECT what, subject FROM audit WHERE what = 'exported' ORDER BY seq").fetchall()
    database.close()
    assert rows == [("exported", "csv"), ("exported", "xlsx")]


def test_a_lost_key_is_never_replaced_in_silence(line: Line) -> None:
    line.run("user", "add", "test", "--role", "center", "--password-stdin", given=LONG)
    line.settings.audit_key.unlink()
    assert "--new-keys" in line.run("init", "--lang", "ru", code=2).output
    assert not line.settings.audit_key.exists()
    line.run("init", "--new-keys")
    line.run("user", "disable", "test")
    told = line.run("audit", "verify", "--lang", "en")
    assert "up to 2 were written under a key that is lost" in told.stderr
    with sqlite3.connect(line.settings.instance / "desk.db") as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET who = 'cli:somebody' WHERE seq = 4")
    database.close()
    line.run("audit", "verify", code=1)


def test_a_forged_new_beginning_of_the_audit_is_found(line: Line) -> None:
    line.run("user", "add", "test", "--role", "center", "--password-stdin", given=LONG)
    with sqlite3.connect(line.settings.instance / "desk.db") as database:
        row = (3, "2026-11-22T00:00:00+00:00", "", "audit_new_key", "", "0" * 64)
        database.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", row)
    database.close()
    line.run("audit", "verify", code=1)


def test_a_user_of_a_center_is_given_one_that_there_is(line: Line) -> None:
    line.run("init", "--sample")
    with sqlite3.connect(line.settings.instance / "desk.db") as desk:
        (number,) = desk.execute("SELECT min(number) FROM centers").fetchone()
    add = ("user", "add", "test", "--password-stdin", "--role")
    assert "--role center" in line.run(*add, "editor", "--center", str(number), given=LONG, code=2).output
    assert "9999999" in line.run(*add, "center", "--center", "9999999", given=LONG, code=2).output
    assert json.loads(line.run("user", "list", "--json").stdout) == []
    line.run(*add, "center", "--center", str(number), given=LONG)
    with sqlite3.connect(line.settings.instance / "desk.db") as desk:
        assert desk.execute("SELECT center FROM users").fetchall() == [(number,)]
