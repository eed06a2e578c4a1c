"""Admins send another table of needs: it is shown first, taken whole, and the delivered one is one press away."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from legalmap import create_app
from legalmap.cli import main
from legalmap.desk import need_rules
from legalmap.model import LANGS
from legalmap.store import audit
from legalmap.store import need_rules as kept
from legalmap.store.need_rules import Rule
from tests.conftest import clean_environment
from tests.desk.conftest import TestDesk
from tests.staff import form_token, staff_client

PATH = "/ru/staff/admin/needs"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    return TestDesk(tmp_path_factory.mktemp("needs") / "instance", https=False)


@pytest.fixture(scope="module")
def admin(desk: TestDesk) -> FlaskClient:
    return staff_client(create_app(desk.settings), "admin")


def rules(desk: TestDesk) -> list[Rule]:
    with desk.desk.store.reading() as connection:
        return list(kept.everything(connection))


def send(admin: FlaskClient, table: str, path: str = PATH) -> TestResponse:
    token = form_token(admin.get(path).text)
    data = {"csrf_token": token, "file": (io.BytesIO(table.encode()), "needs.csv")}
    return admin.post(f"{path}/preview", data=data, content_type="multipart/form-data")


def press(admin: FlaskClient, shown: str) -> TestResponse:
    """Presses "Apply" on a preview, with what the page's form holds."""
    table = re.search(r'<textarea name="table" hidden>\n?(.*?)</textarea>', shown, re.DOTALL)
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert table
    assert seen
    data = {"csrf_token": form_token(shown), "table": html.unescape(table[1]), "seen": seen[1]}
    return admin.post(f"{PATH}/apply", data=data, content_type="multipart/form-data")


def without_legal_aid(desk: TestDesk) -> str:
    own = [rule for rule in rules(desk) if (rule.need, rule.rank) != ("legal", 3)]
    return need_rules.as_csv(own)


def test_a_table_is_shown_then_taken_then_the_delivered_one_comes_back(desk: TestDesk, admin: FlaskClient) -> None:
    before = rules(desk)
    shown = send(admin, without_legal_aid(desk))
    assert shown.status_code == 200
    assert "Юрист" in shown.text
    assert rules(desk) == before
    answer = press(admin, shown.text)
    assert (answer.status_code, len(rules(desk))) == (303, len(before) - 1)
    with desk.desk.store.reading() as connection:
        last = list(audit.entries(connection))[-1]
    assert (last.who, last.what, last.subject) == ("web:test-admin", "needs_changed", "legal")
    token = form_token(admin.get(PATH).text)
    back = admin.post(f"{PATH}/preview", data={"csrf_token": token, "delivered": "1"})
    assert press(admin, back.text).status_code == 303
    assert rules(desk) == before


@pytest.mark.parametrize("lang", LANGS)
def test_the_table_that_was_taken_changes_nothing_when_it_is_sent_back(admin: FlaskClient, lang: str) -> None:
    path = PATH.replace("/ru/", f"/{lang}/")
    table = admin.get(f"{path}/table")
    assert table.headers["Content-Disposition"] == f'attachment; filename="needs-{lang}.csv"'
    assert send(admin, table.text, path).headers["Location"].endswith("/admin/needs")


def test_a_bad_table_is_refused_whole_with_every_problem_by_line_and_column(desk: TestDesk, admin: FlaskClient) -> None:
    before = rules(desk)
    table = need_rules.as_csv(before).replace("police,1,police", "police,1,aksakal_court").replace("child,2", "child,x")
    answer = send(admin, table)
    assert answer.status_code == 422
    told = re.findall(r'<th scope="row">Строка (\d+)</th><td data-name="Столбец">([^<]+)</td>', answer.text)
    assert told == [("11", "Виды центров"), ("15", "Очерёдность")]
    assert "Пострадавших никогда не направляют в суд аксакалов" in answer.text
    assert rules(desk) == before
    large = send(admin, "x" * 300_000)
    assert (large.status_code, "50" in large.text) == (413, True)
    assert send(admin, "").status_code == 422


def test_what_somebody_else_changed_meanwhile_is_shown_before_anything_is_taken(
    desk: TestDesk, admin: FlaskClient
) -> None:
    shown = send(admin, without_legal_aid(desk)).text
    other = [Rule(need=rule.need, rank=rule.rank, kinds=("ngo",)) for rule in rules(desk)]
    with desk.desk.store.writing() as connection:
        kept.put(connection, other)
    again = press(admin, shown)
    assert again.status_code == 200
    assert "изменил кто-то другой" in again.text
    assert rules(desk) == other
    assert press(admin, again.text).status_code == 303
    assert len(rules(desk)) == len(other) - 1


def test_a_note_stays_a_text_on_every_page(desk: TestDesk, admin: FlaskClient) -> None:
    with desk.desk.store.writing() as connection:
        kept.put(connection, [Rule(need="legal", rank=1, kinds=("ngo",), note_ru="<i>x</i></textarea>{{ 7*7 }}")])
    shown = admin.get(PATH).text
    assert "&lt;i&gt;x&lt;/i&gt;" in shown
    assert "<i>x" not in shown
    with desk.desk.store.writing() as connection:
        kept.put(connection, need_rules.delivered())


@pytest.mark.own_files
def test_the_command_line_takes_it_out_and_in(desk: TestDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in clean_environment(desk.settings.instance).items():
        monkeypatch.setenv(name, value)
    before, file = rules(desk), tmp_path / "needs.csv"
    run = CliRunner().invoke
    assert run(main, ["needs", "export", "-o", str(file)]).exit_code == 0
    assert (
        run(main, ["needs", "import", str(file), "--lang", "en"]).output == "Needs whose answers are others now: 0.\n"
    )
    file.write_text(without_legal_aid(desk), encoding="utf-8")
    looked = run(main, ["needs", "import", str(file), "--check", "--lang", "en"])
    assert looked.output == "Lawyer: 3 -> 2\nNeeds whose answers would be others: 1.\n"
    assert rules(desk) == before
    file.write_text(file.read_text(encoding="utf-8").replace("ngo", "aksakal_court"), encoding="utf-8")
    refused = run(main, ["needs", "import", str(file), "--lang", "ky"])
    assert (refused.exit_code, rules(desk)) == (1, before)
    assert "аксакалдар сотуна жиберилбейт" in refused.output
