"""Two people on the web: what loosens waits on a page of its own, and only another admin's yes lets it in."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from flask import Flask
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.instance import make_instance
from legalmap.store import centers
from tests.conftest import ROOT, clean_environment
from tests.staff import form_token, staff_client

ROW = "id,kind,name_ru,oblast,settlement,show_location,phones\ns1,shelter,Тихий дом,KG-N,Нарын,no,0555123456\n"


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("two")
    settings = Settings(instance=folder / "instance", https=False)
    make_instance(settings)
    (folder / "rows.csv").write_text(ROW, encoding="utf-8")
    command = [sys.executable, "-m", "legalmap.cli", "import", str(folder / "rows.csv"), "--apply", "--accept", "all"]
    subprocess.run(command, cwd=ROOT, env=clean_environment(settings.instance), check=True, capture_output=True)
    return create_app(settings)


def shown(app: Flask) -> str:
    with app.extensions["store"].reading() as connection:
        return centers.records(connection)["s1"].cells["show_location"]


def test_showing_more_waits_for_another_admin_everywhere(app: Flask) -> None:
    aida, bek, editor = (
        staff_client(app, "admin", "aida"),
        staff_client(app, "admin", "bek"),
        staff_client(app, "editor"),
    )
    form = "/ru/staff/admin/centers/1001"
    page = aida.get(form).text
    base = re.search(r'name="base" value="(\d+)"', page)
    assert base, page
    wider = {"show_location": "settlement", "end": "1", "step": "apply"}
    fields = {"csrf_token": form_token(page), "base": base[1], **wider}
    answers = re.findall(r'name="answer" value="([^"]+)"', aida.post(form, data={**fields, "step": "check"}).text)
    assert answers, "a shelter that shows its town is asked about"
    saved = aida.post(form, data={**fields, "answer": [one.replace("&#34;", '"') for one in answers]})
    assert (saved.status_code, shown(app)) == (303, "no")
    path = saved.headers["Location"]
    assert "/proposals/" in path
    assert "другой администратор" in aida.get(path).text
    assert "Согласиться" not in editor.get(path).text
    assert editor.post(f"{path}/approve", data={"csrf_token": form_token(editor.get(path).text)}).status_code == 403
    aida.post(f"{path}/approve", data={"csrf_token": form_token(aida.get(path).text)})
    assert shown(app) == "no", "nobody is their own second person"
    assert "(1)" in bek.get("/ru/staff/admin/centers").text
    agreed = bek.post(f"{path}/approve", data={"csrf_token": form_token(bek.get(path).text)})
    assert (agreed.status_code, shown(app)) == (303, "settlement")
    assert "уже решено" in _after(bek, f"{path}/refuse", path)


def _after(client: FlaskClient, action: str, page: str) -> str:
    answer = client.post(action, data={"csrf_token": form_token(client.get(page).text)})
    return client.get(answer.headers["Location"]).text
