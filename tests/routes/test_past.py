"""History, acts and editions on the web: what is told, what is kept back, and who may go back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.desk.plan import apply
from legalmap.model import Change, Plan
from legalmap.store import audit, history, past
from tests.desk.conftest import NOW, TestDesk
from tests.desk.test_import import row, rows
from tests.staff import form_token, staff_client

SECRET = "Токтог"
ADMIN = "/ky/staff/admin"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[TestDesk, Flask]:
    """A directory with a past: a shelter that was shown and then hidden, and a phone that changed."""
    desk = TestDesk(tmp_path_factory.mktemp("past") / "instance", https=False)
    shelter = row(id="s1", kind="shelter", name_ru="Дом на Токтогула", settlement="Нарын", address_ru="Токтогула 5")
    desk.bring(rows(row(phones="0555123456"), shelter))
    desk.bring(rows(row(phones="0777999888", fee="free"), {"id": "s1", "show_location": "no", "name_ru": "Дом"}))
    return desk, create_app(desk.settings)


@pytest.fixture(scope="module")
def admin(told: tuple[TestDesk, Flask]) -> FlaskClient:
    return staff_client(told[1], "admin")


def lines(desk: TestDesk, what: str) -> int:
    with desk.desk.store.reading() as connection:
        return sum(entry.what == what for entry in audit.entries(connection))


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


def agree(client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    """Opens a plan and sends its form."""
    page = client.get(path).text
    sent = {"csrf_token": form_token(page), "seen": field(page, "seen"), **fields}
    answer = client.post(path, data=sent, headers={"Referer": f"http://localhost{path}"})
    return answer.status_code, answer.text


def test_history_tells_who_changed_what_and_looking_at_a_hidden_one_is_kept(
    told: tuple[TestDesk, Flask], admin: FlaskClient
) -> None:
    desk = told[0]
    before = lines(desk, "hidden_viewed")
    page = admin.get(f"{ADMIN}/history/1001").text
    assert "+996 555 12 34 56" in page
    assert "+996 777 99 98 88" in page
    assert "+996" not in admin.get(f"{ADMIN}/history/1001?field=fee").text
    assert lines(desk, "hidden_viewed") == before
    assert SECRET in admin.get(f"{ADMIN}/history/1002").text
    assert lines(desk, "hidden_viewed") == before + 1
    # a name that told the street before it was hidden tells it here too
    assert SECRET in admin.get(f"{ADMIN}/history/1002?field=name_ru").text
    assert lines(desk, "hidden_viewed") == before + 2


def test_a_form_that_nobody_opened_tells_nothing_hidden_without_a_line(told: tuple[TestDesk, Flask]) -> None:
    desk, app = told
    other = staff_client(app, "editor", "Бөтөн")
    with desk.desk.store.reading() as connection:
        made = next(one for one in history.changes_of_center(connection, "s1") if one.field == "address_ru")
    before = lines(desk, "hidden_viewed")
    sent = {"csrf_token": form_token(other.get(f"{ADMIN}/acts").text), "seen": "x"}
    assert other.post(f"{ADMIN}/history/1002/restore/{made.seq}", data=sent).status_code == 200
    assert lines(desk, "hidden_viewed") == before + 1


def test_only_the_desk_is_told_of_publishing_whose_fault_may_name_a_place(told: tuple[TestDesk, Flask]) -> None:
    desk, app = told
    try:
        (desk.settings.editions / "current").rename(desk.settings.editions / "away")
        pages = [staff_client(app, role).get("/ky/staff/signin/account").text for role in ("editor", "committee")]
        assert ['class="publishing' in page for page in pages] == [True, False]
    finally:
        (desk.settings.editions / "away").rename(desk.settings.editions / "current")


def test_lists_and_comparisons_never_tell_what_a_center_hides(told: tuple[TestDesk, Flask], admin: FlaskClient) -> None:
    desk = told[0]
    with desk.desk.store.reading() as connection:
        found, _ = past.page_of_acts(connection)
    paths = [f"/acts/{act.id}" for act in found] + [f"/acts/{act.id}/undo" for act in found]
    paths += [
        "/acts",
        "/editions",
        "/editions/compare?old=1&new=2",
        "/editions/compare?old=2&new=1",
        "/editions/1/back",
    ]
    before = lines(desk, "hidden_viewed")
    for path in paths:
        answer = admin.get(ADMIN + path)
        assert (answer.status_code, SECRET in answer.text) == (200, False), path
        assert answer.headers["Cache-Control"] == "no-store"
    assert lines(desk, "hidden_viewed") == before


def test_an_editor_undoes_own_acts_and_never_goes_back_to_an_edition(told: tuple[TestDesk, Flask]) -> None:
    desk, app = told
    editor = staff_client(app, "editor")
    with desk.desk.store.reading() as connection:
        others = past.page_of_acts(connection, who="test")[0][0]
    for path in (f"{ADMIN}/acts/{others.id}/undo", f"{ADMIN}/editions/1/back"):
        token = form_token(editor.get(f"{ADMIN}/acts").text)
        assert editor.get(path).status_code == 403
        assert editor.post(path, data={"csrf_token": token}).status_code == 403
    with desk.desk.store.reading() as connection:
        changes, _ = past.changes_of(connection, "a1", field="fee")
    status, _ = agree(editor, f"{ADMIN}/history/1001/restore/{changes[0].seq}", accept="restore_widens")
    assert (status, desk.records["a1"].cells["fee"]) == (303, "")
    with desk.desk.store.reading() as connection:
        own = past.page_of_acts(connection, who="web:test-editor")[0][0]
    assert f"{own.id}/undo" in editor.get(f"{ADMIN}/acts").text
    assert agree(editor, f"{ADMIN}/acts/{own.id}/undo", accept="rollback_widens:a1")[0] == 303
    assert desk.records["a1"].cells["fee"] == "free"


def test_going_back_leaves_hidden_what_was_hidden_unless_that_center_is_named(
    told: tuple[TestDesk, Flask], admin: FlaskClient
) -> None:
    desk = told[0]
    status, page = agree(admin, f"{ADMIN}/editions/1/back", seen="0" * 64)
    assert (status, desk.records["a1"].cells["phones"]) == (200, "+996777999888")
    assert 'role="alert"' in page
    assert agree(admin, f"{ADMIN}/editions/1/back", accept="rollback_widens_facts")[0] == 303
    assert desk.records["a1"].cells["phones"] == "+996555123456"
    assert desk.records["s1"].cells["show_location"] == "no"
    assert agree(admin, f"{ADMIN}/editions/1/back")[0] == 200  # nothing is left that may go back by itself
    assert desk.records["s1"].cells["show_location"] == "no"


@pytest.mark.parametrize(
    "path", ["/history/999", f"/history/{10**20}", "/acts/nobody", "/editions/99/back", "/editions/compare?old=0&new=x"]
)
def test_what_is_not_there_is_not_found(admin: FlaskClient, path: str) -> None:
    assert admin.get(ADMIN + path).status_code == 404


def test_an_empty_directory_has_its_pages(tmp_path: Path) -> None:
    client = staff_client(TestDesk(tmp_path / "instance", https=False).settings)
    for path in ("/acts", "/editions", "/users", "/audit"):
        assert client.get(ADMIN + path).status_code == 200


def test_ten_thousand_changes_and_a_hostile_name_stay_pages_of_words(tmp_path: Path) -> None:
    desk = TestDesk(tmp_path / "instance", https=False)
    name = "<script>alert(1)</script>{{7*7}}\u202e'\"&"
    with desk.desk.store.writing() as connection:
        born = tuple(
            Change(id=f"c{n}", change="new", fields={"name_ky": ("", name), "show_location": ("", "yes")})
            for n in range(3_000)
        )
        apply(connection, Plan(changes=born), kind=name, who=f"web:{name}", subject=name, now=NOW)
        for n in range(100):
            many = {f"{stem}_{lang}": (str(n), name) for stem in ("note", "bring", "services") for lang in ("ky", "ru")}
            apply(
                connection, Plan(changes=(Change(id="c1", change="changed", fields=many),)), kind="edit", who="web:a",
                subject="", now=NOW,
            )  # fmt: skip
    client = staff_client(desk.settings)
    with desk.desk.store.reading() as connection:
        first = past.page_of_acts(connection, kind=name)[0][0]
    for path in (
        "/history/1002", "/history/1002?page=11", "/acts", "/acts?page=3", f"/acts/{first.id}?page=9", "/editions",
        "/editions/compare?old=1&new=101", "/editions/1/back",
    ):  # fmt: skip
        answer = client.get(ADMIN + path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text
        assert len(answer.data) < 400_000, path
