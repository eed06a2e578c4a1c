"""A table on the web, by the real forms and real jobs: sent, put right, applied, seen by all, undone."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.instance import make_instance
from legalmap.model import LANGS
from legalmap.store import Store, audit
from legalmap.store import imports as kept
from tests.staff import form_token, staff_client

HEAD = "id,kind,name_ru,oblast,settlement,phones,services,show_location\n"
GOOD = "w1,flac,Центр & «один»,KG-N,Нарын,114,,yes\n"
BAD = "w2,flac,Центр два,KG-N,Нарын,0312 12,,yes\n"
ASKS = "w3,flac,Центр три,KG-N,Нарын,0555112233,приют,\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    settings = Settings(instance=tmp_path_factory.mktemp("imports") / "instance", https=False, import_max_bytes=50_000)
    make_instance(settings)
    with staff_client(create_app(settings)) as client:
        yield client


class Web:
    """One file on its way, seen through the pages."""

    def __init__(self, client: FlaskClient, data: bytes, name: str = "table.csv", lang: str = "ru") -> None:
        self.client, self.start = client, f"/{lang}/staff/admin/imports"
        token = form_token(client.get(self.start).text)
        form = {"csrf_token": token, "file": (io.BytesIO(data), name)}
        self.sent = client.post(self.start, data=form, content_type="multipart/form-data")
        self.path = self.sent.headers.get("Location", "")
        if self.path:
            self.page = self.wait()

    def wait(self) -> str:
        """The page where the file's way goes on."""
        for _ in range(400):
            answer = self.client.get(self.path)
            if answer.status_code == 303:
                shown = self.client.get(answer.headers["Location"])
                if shown.status_code == 200:
                    return shown.text
            time.sleep(0.05)
        raise AssertionError(answer.text)

    def post(self, where: str, **fields: str) -> TestResponse:
        return self.client.post(f"{self.path}/{where}", data={"csrf_token": form_token(self.page), **fields})

    def choose(self, **fields: str) -> None:
        assert self.post("choose", **fields).status_code == 303
        self.page = self.wait()

    def apply(self, **fields: str) -> None:
        seen = re.search(r'name="seen" value="(\d+)"', self.page)
        assert seen, self.page
        assert self.post("apply", seen=seen[1], **fields).status_code == 303
        self.page = self.wait()


def public(client: FlaskClient, count: int) -> dict[str, str]:
    """Id and show_location of what everybody sees, once it is so many centers."""
    for _ in range(200):
        shown = client.get("/directory.json").json or {}
        if len(shown.get("centers", ())) == count:
            break
        time.sleep(0.05)
    return {one["id"]: one["show_location"] for one in shown["centers"]}


def test_a_table_is_put_right_on_the_page_applied_and_seen_by_all(client: FlaskClient) -> None:
    web = Web(client, (HEAD + GOOD + BAD + ASKS).encode())
    assert "0312 12" in web.page
    assert "Центр &amp; «один»" in web.page
    assert 'name="seen"' not in web.page, "an open question stops it"
    web.choose(**{"cell:3:phones": "0312 65 10 10", "was:3:phones": "0312 12"})
    web.choose(**{"answer:show_location_unclear|4|show_location": "yes"})
    assert "Применить: 3" in web.page
    web.apply()
    assert "Таблица применена" in web.page
    assert public(client, 3) == {"w1": "yes", "w2": "yes", "w3": "no"}
    undo = re.search(r'href="([^"]+/undo)"', web.page)
    assert undo
    assert client.get(undo[1]).status_code == 200


def test_good_rows_go_in_and_the_others_come_back_as_a_file_with_reasons(client: FlaskClient) -> None:
    web = Web(
        client, (HEAD + GOOD.replace("один", "иной") + BAD.replace("w2", "w9")).replace(",", ";").encode("utf-16")
    )
    answer = client.get(f"{web.path}/refused")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == ["id", "w9"]
    assert rows[0][-1] == "error"
    assert "0312 12" in rows[1][-1]
    again = Web(client, answer.data)
    assert "error" in again.page, "the column of reasons is named as one that is not read"
    assert 'name="seen"' not in again.page or "rows" in again.page
    web.apply(rows="good")
    assert "w9" not in public(client, 3)


def test_an_old_page_a_double_click_and_a_second_tab_do_nothing_twice(client: FlaskClient) -> None:
    web = Web(client, (HEAD + GOOD.replace("один", "снова") + GOOD.replace("w1", "w8")).encode())
    old = re.search(r'name="seen" value="(\d+)"', web.page)
    assert old
    web.choose(skip="3")
    web.post("apply", seen=old[1])
    assert "Вот как он выглядит сейчас" in web.wait()
    fresh = re.search(r'name="seen" value="(\d+)"', web.page)
    assert fresh
    for _ in range(2):
        assert web.post("apply", seen=fresh[1]).status_code == 303
    assert "Таблица применена" in web.wait()


def test_a_file_beyond_the_limit_and_no_file_are_told_in_words(client: FlaskClient) -> None:
    path, body = "/ru/staff/admin/imports", b"--x\r\n" + b"y" * 2_200_000
    large = client.post(path, data=body, content_type="multipart/form-data; boundary=x")
    assert large.status_code == 413
    assert "50000" in re.sub(r"\s|\xa0", "", large.text)
    none = Web(client, b"", name="")
    assert none.sent.status_code == 400
    assert "Сначала выберите файл" in none.sent.text
    broken = Web(client, b"PK\x03\x04oops")
    assert 'role="alert"' in broken.page
    store = Store.of(client.application.extensions["settings"])
    with store.writing() as connection:
        kept.forget(connection, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    for where in ("", "/preview"):
        answer = client.get(broken.path + where, follow_redirects=True)
        assert (answer.status_code, "Файл больше не хранится" in answer.text) == (410, True)


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_table_is_given_in_each_language(client: FlaskClient, lang: str) -> None:
    answer = client.get(f"/{lang}/staff/admin/imports/template.xlsx")
    assert answer.data.startswith(b"PK")
    assert f"centers-{lang}.xlsx" in answer.headers["Content-Disposition"]
    assert client.get(f"/{lang}/staff/admin/imports/template.csv").data.startswith("\ufeff".encode())


def test_looking_at_hidden_rows_leaves_a_line(client: FlaskClient) -> None:
    Web(client, ASKS.replace("112233", "112234").join((HEAD, "")).encode())  # it is hidden since the first test
    with Store.of(client.application.extensions["settings"]).reading() as connection:
        assert "hidden_viewed" in {entry.what for entry in audit.newest(connection, 5)}


def test_names_of_files_are_never_markup(client: FlaskClient) -> None:
    page = client.get("/ru/staff/admin/imports").text
    form = {"csrf_token": form_token(page), "file": (io.BytesIO((HEAD + GOOD).encode()), "../<script>.csv")}
    client.post("/ru/staff/admin/imports", data=form, content_type="multipart/form-data")
    shown = client.get("/ru/staff/admin/imports").text
    assert "&lt;script&gt;.csv" in shown
    assert "<script>.csv" not in shown
    assert "../" not in shown
