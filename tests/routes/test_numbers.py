"""Numbers as admins and members see them: what is hidden is hidden on the page and in the file alike."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.model import LANGS, NEEDS, OBLASTS
from legalmap.referrals import Referrals
from legalmap.store import referrals_gone as gone
from tests.committee import a_desk, join, settings_of
from tests.staff import COMMITTEE, PASSWORD, form_token, sign_in, staff_client

ADMIN = "/ky/staff/admin/numbers"


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> tuple[FlaskClient, FlaskClient, FlaskClient]:
    """An admin, a member and a coordinator of an instance with one large quarter and one small."""
    folder: Path = tmp_path_factory.mktemp("numbers")
    desk = a_desk(folder / "instance")
    app = create_app(settings_of(desk))
    cells: Counter[gone.Cell] = Counter()
    for quarter, many in (("2026-Q4", 60), ("2027-Q1", 7)):
        cells.update({(quarter, "oblast", oblast, ""): many for oblast in OBLASTS[:7]})
        cells.update({(quarter, "oblast", OBLASTS[7], ""): 3, (quarter, "committee", COMMITTEE, ""): many // 6 + 2})
        cells.update({(quarter, "need", need, "closed"): many * 2 for need in NEEDS[:6]})
    with Referrals.of(desk.settings).store.writing() as connection:
        gone.add(connection, cells)
        gone.set_purged(connection, int(dt.datetime(2027, 8, 20, tzinfo=dt.UTC).timestamp()))
    admin, member = staff_client(app, "admin"), staff_client(app, "committee")
    join(app.extensions["store"], "head", COMMITTEE, coordinator=True)
    coordinator = app.test_client()
    sign_in(coordinator, "head", PASSWORD)
    return admin, member, coordinator


def test_page_and_file_show_the_same_cells_and_no_small_one(
    clients: tuple[FlaskClient, FlaskClient, FlaskClient],
) -> None:
    admin = clients[0]
    page = admin.get(ADMIN)
    assert page.status_code == 200
    first, second = page.text.index("2027-Q1"), page.text.index("2026-Q4")
    assert 'id="h-2027-Q2"' in page.text, "over for 45 days, and so all of it is small"
    assert "&lt;5" in page.text[first:second]
    assert ">3<" not in page.text
    answer = admin.post(f"{ADMIN}/table", data={"csrf_token": form_token(page.text)})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    told = {(row["quarter"], row["oblast"]): row["count"] for row in rows if row["oblast"]}
    assert [told["2026-Q4", name] for name in dict.fromkeys(row["oblast"] for row in rows if row["oblast"])] == [
        *["60"] * 7, "<5", "<5",
    ]  # fmt: skip
    assert all(row["count"] == "<5" or int(row["count"]) >= 5 for row in rows)
    assert len([row for row in rows if row["quarter"] == "2026-Q4" and row["need"]]) == 35
    assert "numbers" in admin.get("/ky/staff/admin/audit").text


def test_a_member_sees_the_own_committees_year_and_a_coordinator_what_is_open(
    clients: tuple[FlaskClient, FlaskClient, FlaskClient],
) -> None:
    _admin, member, coordinator = clients
    for lang in LANGS:
        assert member.get(f"/{lang}/staff/committee/numbers").status_code == 200
    page = member.get("/en/staff/committee/numbers").text
    assert "Made in 2026, up to 2026-Q4" in page
    assert "12 or a little more" in page
    assert "Made in 2027, up to 2027-Q2" in page
    assert "<b>&lt;5</b>" in page, "the 3 of 2027"
    assert "Without an answer in the whole committee" not in page
    assert "Without an answer in the whole committee" in coordinator.get("/en/staff/committee/numbers").text
    assert member.get(ADMIN).status_code == 403
