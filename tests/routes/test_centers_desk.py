"""The desk's pages of centers: nothing typed is lost, nothing hidden is told, nothing is written unasked."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from legalmap.desk.edit import FORM_COLUMNS, Edit, base_of
from legalmap.desk.plan_file import Wanted
from legalmap.model import Record
from legalmap.routes.staff.centers import _workbook
from legalmap.store import audit, centers
from legalmap.visibility import COLUMNS
from tests.desk.conftest import TestDesk
from tests.staff import form_token, staff_client

ROWS = """id,kind,name_ky,name_ru,oblast,settlement,address,lat,lon,show_location,phones,hours,note_ky,internal_note
open,flac,Нарын борбору,Нарынский центр,KG-N,Нарын,"Ленин көчөсү, 1",41.43,75.99,yes,0312 65-10-10,Mo-Fr 09:00-18:00,,
quiet,shelter,Үмүт,Умут,KG-N,Кочкор,"Талаа көчөсү, 7",42.2168,75.7548,no,0555 123 456,,,ачкыч коңшуда
odd,ngo,Кызык,Странный,KG-B,,,,,yes,0700 100 200,,,
"""
LIST = "/ky/staff/admin/centers"
HOSTILE = "\"><img src=x onerror=alert(1)>'`{{7*7}}</textarea><script>alert(2)</script>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    made = TestDesk(tmp_path_factory.mktemp("centers") / "instance", https=False)
    assert made.bring(ROWS, accept=("all",)).applied
    return made


@pytest.fixture(scope="module")
def client(desk: TestDesk) -> Iterator[FlaskClient]:
    with staff_client(replace(desk.settings, https=False), "editor") as signed_in:
        yield signed_in


def number(desk: TestDesk, center_id: str) -> int:
    return desk.records[center_id].number


def path(desk: TestDesk, center_id: str) -> str:
    return f"{LIST}/{number(desk, center_id)}"


def sent(page: str, **typed: str) -> MultiDict[str, str]:
    """The form of a page as a browser would send it, with some fields typed anew."""
    whole = page[page.index('id="center"') :] if 'id="center"' in page else page[page.index('class="sheet"') :]
    fields: MultiDict[str, str] = MultiDict()
    for tag in re.findall(r"<input [^>]*>", whole):
        about = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if about.get("type") not in {"checkbox", "radio"} or " checked" in tag:
            fields.add(about.get("name", ""), html.unescape(about.get("value", "")))
    for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', whole, re.DOTALL):
        fields.add(name, html.unescape(text))
    for name, options in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', whole, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        first = re.search(r'<option value="([^"]*)"', options)
        fields.add(name, html.unescape((chosen or first)[1]))  # type: ignore[index]
    for name, text in typed.items():
        fields[name.replace("__", ".")] = text
    return fields


def lines(desk: TestDesk) -> list[tuple[str, str]]:
    with desk.desk.store.reading() as connection:
        return [(entry.what, entry.subject) for entry in audit.entries(connection)]


def test_the_list_finds_filters_and_tells_no_hidden_place(client: FlaskClient) -> None:
    everything = client.get(LIST).text
    assert everything.count('name="id"') == 3
    assert "Кочкор" not in everything
    assert "Талаа" not in everything
    assert "ачкыч" not in everything
    assert client.get(f"{LIST}?q=naryn").text.count('name="id"') == 2  # the town's and the oblast's
    assert client.get(f"{LIST}?state=hidden&kind=shelter&sort=place&down=1").text.count('name="id"') == 1
    every_column = "&".join(f"col={column}" for column in re.findall(r'name="col" value="(\w+)"', everything))
    assert "Кочкор" not in client.get(f"{LIST}?{every_column}").text


@pytest.mark.parametrize(
    "query", ["page=-1", "page=99999999", "sort=address", "state=x&kind=y&oblast=z", "q=%00%27%22"]
)
def test_an_odd_address_of_the_list_is_still_a_list(client: FlaskClient, query: str) -> None:
    assert client.get(f"{LIST}?{query}").status_code == 200


def test_opening_what_is_hidden_is_kept_in_the_audit_and_what_is_open_is_not(
    desk: TestDesk, client: FlaskClient
) -> None:
    before = lines(desk)
    client.get(path(desk, "open"))
    assert lines(desk) == before
    assert "Талаа көчөсү, 7" in client.get(path(desk, "quiet")).text
    assert lines(desk)[len(before) :] == [("hidden_viewed", "quiet")]


def test_no_way_around_the_audit_leads_to_what_is_hidden(desk: TestDesk) -> None:
    """Somebody else, who never opened the form: a post alone shows what stands there."""
    with staff_client(replace(desk.settings, https=False), "editor", "Бөтөн") as other:
        bare = {"end": "1", "of": "quiet", "csrf_token": form_token(other.get(LIST).text)}
        before = lines(desk)
        told = other.post(f"{LIST}/understood", data=bare)
        assert "Кочкор" in told.get_json()["settlement"]["said"]
        assert lines(desk)[len(before) :] == [("hidden_viewed", "quiet")]
        assert "Талаа" in other.post(path(desk, "quiet"), data={**bare, "step": "form"}).text
        assert lines(desk)[len(before) :] == [("hidden_viewed", "quiet")]  # once for one sitting
        assert "Кочкор" not in other.get(f"{LIST}?q=кочкор").text.partition("<table")[2]


def test_every_column_stands_in_the_form_with_help_in_every_language(client: FlaskClient) -> None:
    bare = {"directions", "services", "bring", "note"}  # shown where an import left one
    for lang in ("ky", "ru", "en"):
        page = client.get(f"/{lang}/staff/admin/centers/new").text
        named = set(re.findall(r'name="(\w+)"', page))
        assert set(FORM_COLUMNS) - named == bare
        assert {"id", "verified", "verified_on", "verified_by"} <= named
        helps = dict(re.findall(r'<p class="help" id="help-(\w+)">([^<]*)</p>', page))
        assert all(helps.values())
        assert set(re.findall(r"help-(\w+)", page)) == set(helps)


def test_a_form_sent_back_as_it_came_changes_nothing(desk: TestDesk, client: FlaskClient) -> None:
    for center_id in ("open", "quiet", "odd"):
        page = client.get(path(desk, center_id)).text
        answer = client.post(path(desk, center_id), data=sent(page))
        assert "Формада эч нерсе өзгөргөн жок" in answer.text, center_id


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(desk: TestDesk, client: FlaskClient) -> None:
    page = client.get(path(desk, "open")).text
    answer = client.post(path(desk, "open"), data=sent(page, phones="12", note_ky="Жаңы <b>", hours="качандыр 99:99"))
    assert 'value="12"' in answer.text
    assert "Жаңы &lt;b&gt;" in answer.text
    assert answer.text.count("autofocus") == 1
    assert re.search(r'name="phones" value="12" id="f-phones"[^>]*aria-invalid="true" autofocus', answer.text)
    for column in ("phones", "note_ky", "hours"):
        assert f'<a href="#f-{column}">' in answer.text
        assert f'id="fault-{column}"' in answer.text
    assert desk.records["open"].cells["phones"] == "+996312651010"


def test_a_save_is_shown_first_and_written_by_a_second_press(desk: TestDesk, client: FlaskClient) -> None:
    page = client.get(path(desk, "odd")).text
    plan = client.post(path(desk, "odd"), data=sent(page, phones="0700 100 201", hours="дш-жм 9-17")).text
    assert "+996 700 10 02 01" in plan
    assert desk.records["odd"].cells["phones"] == "+996700100200"
    back = client.post(path(desk, "odd"), data=sent(plan, step="form")).text
    assert 'value="0700 100 201"' in back
    answer = client.post(path(desk, "odd"), data=sent(plan, step="apply"))
    assert answer.status_code == 303
    landed = client.get(answer.headers["Location"]).text
    assert "Сакталды" in landed
    assert desk.records["odd"].cells["hours"] == "Mo-Fr 09:00-17:00"


def test_fields_that_the_form_has_not_change_nothing(desk: TestDesk, client: FlaskClient) -> None:
    before = desk.records["odd"]
    more = {"id": "open", "number": "9", "hours_verified_on": "2026-11-01", "verified.phones": "2026-11-01 phone",
            "who": "somebody", "now": "2020-01-01", "edition": "1", "act": "1"}  # fmt: skip
    plan = client.post(path(desk, "odd"), data=sent(client.get(path(desk, "odd")).text, phones="0700100203", **more))
    assert client.post(path(desk, "odd"), data=sent(plan.text, step="apply", **more)).status_code == 303
    after = desk.records["odd"]
    assert after.cells == {**before.cells, "phones": "+996700100203"}
    assert (after.number, after.hours_verified_on, set(after.verified.values())) == (before.number, "", {""})
    with desk.desk.store.reading() as connection:
        assert not [entry for entry in audit.entries(connection) if "somebody" in entry.who]


def test_a_form_full_of_long_texts_is_taken(desk: TestDesk, client: FlaskClient) -> None:
    page = client.get(path(desk, "odd")).text
    long = {
        f"{stem}_{lang}": "ң" * 2000
        for stem in ("services", "bring", "note", "directions")
        for lang in ("ky", "ru", "en")
    }
    answer = client.post(path(desk, "odd"), data=sent(page, **long, internal_note="ө" * 2000))
    assert answer.status_code == 200
    assert answer.text.count("ң" * 2000) >= 12


def test_a_form_cut_off_on_its_way_empties_nothing(desk: TestDesk, client: FlaskClient) -> None:
    fields = sent(client.get(path(desk, "open")).text, step="apply")
    del fields["end"]
    assert client.post(path(desk, "open"), data=fields).status_code == 400
    assert desk.records["open"].cells["hours"] == "Mo-Fr 09:00-18:00"


def test_a_stale_save_shows_both_and_takes_what_was_chosen(desk: TestDesk, client: FlaskClient) -> None:
    page = client.get(path(desk, "odd")).text
    with desk.desk.store.reading() as connection:
        base = base_of(connection, "odd")
    other = Edit(id="odd", cells={"email": "other@example.org", "whatsapp": "0700 999 888"}, base=base)
    assert desk.desk.edit(other, apply=True).applied
    typed = sent(page, email="mine@example.org", website="example.org", step="apply")
    stale = client.post(path(desk, "odd"), data=typed).text
    assert "mine@example.org" in stale
    assert "other@example.org" in stale
    assert desk.records["odd"].cells["email"] == "other@example.org"
    unanswered = client.post(path(desk, "odd"), data=sent(stale, step="apply")).text
    assert 'name="keep.email"' in unanswered  # both changed it: nobody may guess
    plan = client.post(path(desk, "odd"), data=sent(stale, keep__email="mine", step="check")).text
    assert client.post(path(desk, "odd"), data=sent(plan, step="apply")).status_code == 303
    cells = desk.records["odd"].cells
    assert (cells["email"], cells["website"]) == ("mine@example.org", "https://example.org")
    assert cells["whatsapp"] == "+996700999888"


@pytest.mark.parametrize("base", ["", "²", "-1", "9" * 5000, "x"])
def test_a_form_without_a_good_base_is_stale_and_never_a_fault(desk: TestDesk, client: FlaskClient, base: str) -> None:
    page = client.get(path(desk, "odd")).text
    answer = client.post(path(desk, "odd"), data=sent(page, email="base@example.org", base=base, step="apply"))
    assert answer.status_code == 200 or base.startswith("9")
    assert desk.records["odd"].cells["email"] != "base@example.org"


def test_enter_in_a_field_never_presses_the_button_that_hides(desk: TestDesk, client: FlaskClient) -> None:
    page = client.get(path(desk, "open")).text.partition("<main")[2]
    assert "/hide" in page
    # a browser takes the first button of the form in the order of the page
    assert 'value="check"' in re.findall(r'<button[^>]* form="center"[^>]*>', page)[0]


def test_one_press_hides_whatever_else_is_wrong(desk: TestDesk, client: FlaskClient) -> None:
    token = form_token(client.get(path(desk, "open")).text)
    answer = client.post(f"{path(desk, 'open')}/hide", data={"csrf_token": token})
    assert answer.status_code == 303
    cells = desk.records["open"].cells
    assert cells["show_location"] == "no"
    assert "Нарын" not in cells["name_ky"]
    assert "Дареги жашырылды" in client.get(answer.headers["Location"]).text


def test_hiding_keeps_what_is_typed_and_unsaved(desk: TestDesk, client: FlaskClient) -> None:
    page = client.get(path(desk, "odd")).text
    typed = sent(page, note_ky="Али сактала элек", name_ru="Другой")
    answer = client.post(f"{path(desk, 'odd')}/hide", data=typed)
    assert answer.status_code == 200
    assert "Али сактала элек" in answer.text
    cells = desk.records["odd"].cells
    assert (cells["show_location"], cells["note_ky"], cells["name_ru"]) == ("no", "", "Странный")
    plan = client.post(path(desk, "odd"), data=sent(answer.text))  # not stale by one's own press
    assert "Али сактала элек" in plan.text
    assert 'name="differs"' not in plan.text
    opened = sent(plan.text, show_location="yes", step="form")
    assert 'value="yes" selected' in client.post(path(desk, "odd"), data=opened).text


def test_many_are_changed_only_after_they_were_shown(desk: TestDesk, client: FlaskClient) -> None:
    token = form_token(client.get(LIST).text)
    chosen = MultiDict([("csrf_token", token), ("what", "verify"), ("id", "odd"), ("id", "quiet")])
    assert "Үмүт" in client.post(f"{LIST}/together", data=chosen).text
    assert desk.records["quiet"].cells["verified_on"] == ""
    answer = client.post(f"{LIST}/together", data=MultiDict([*chosen.items(multi=True), ("step", "apply")]))
    assert answer.status_code == 303
    assert desk.records["quiet"].cells["verified_by"] == "phone"
    nobody = {"csrf_token": token, "what": "hide", "id": "nobody"}
    assert client.post(f"{LIST}/together", data=nobody).status_code == 404


def test_the_preview_is_the_public_page_and_says_what_stays_hidden(desk: TestDesk, client: FlaskClient) -> None:
    page = client.get(path(desk, "quiet")).text
    answer = client.post(path(desk, "quiet"), data=sent(page, name_ky="Жаңы үмүт", step="preview"))
    public, _aside, hidden = answer.text.partition('<aside class="side kept-back"')
    assert "Жаңы үмүт" in public
    for secret in ("Талаа", "Кочкор", "ачкыч", "42.2168"):
        assert secret not in public
        assert secret in hidden
    assert desk.records["quiet"].cells["name_ky"] == "Үмүт"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_hostile_text_stays_a_text_on_every_page(desk: TestDesk, client: FlaskClient) -> None:
    """No import takes it; still, whatever came into the database is only ever shown."""
    with desk.desk.store.writing() as connection:
        centers.change(connection, "odd", {"name_ky": HOSTILE, "services_ky": HOSTILE, "rayon": HOSTILE})
    client.post(f"{path(desk, 'quiet')}/hide", data={"csrf_token": form_token(client.get(LIST).text)})
    page = client.get(path(desk, "odd")).text
    pages = [page, client.get(LIST).text]
    pages.append(client.post(path(desk, "odd"), data=sent(page, email="new@example.org")).text)
    pages.append(client.post(path(desk, "odd"), data=sent(page, step="preview")).text)
    for text in pages:
        assert "<img src=x" not in text
        assert "<script>alert" not in text
        assert "49" not in re.findall(r"&#39;`(.*?)&lt;/textarea", text)


def test_no_other_host_is_asked_for_the_streets_around_a_hidden_place(desk: TestDesk, client: FlaskClient) -> None:
    page = client.get(path(desk, "quiet")).text
    assert "map-show" in page
    assert "map-streets" not in page


def test_a_new_center_comes_by_the_same_form(desk: TestDesk, client: FlaskClient) -> None:
    page = client.get(f"{LIST}/new").text
    typed = sent(
        page, kind="notary", name_ky="Нотариус Асанов", oblast="KG-B", phones="0700 555 111", show_location="yes"
    )
    plan = client.post(f"{LIST}/new", data=typed).text
    answer = client.post(f"{LIST}/new", data=sent(plan, step="apply"))
    assert answer.status_code == 303
    assert "Нотариус Асанов" in client.get(answer.headers["Location"]).text


def test_the_form_says_how_it_was_understood(desk: TestDesk, client: FlaskClient) -> None:
    fields = sent(client.get(path(desk, "odd")).text, hours="пн-пт 9-18", phones="0312 65-10-10 (кабылдама)", lat="99")
    told = client.post(f"{LIST}/understood", data=fields).get_json()
    assert "09:00–18:00" in told["hours"]["said"]
    assert told["phones"]["calls"] == [["+996312651010", "+996 312 65 10 10", "кабылдама"]]
    assert told["point"]["faults"]


def test_an_export_is_in_the_audit_and_comes_back_with_no_change(desk: TestDesk, client: FlaskClient) -> None:
    with desk.desk.store.writing() as connection:
        centers.change(connection, "odd", {"name_ky": "Кызык", "services_ky": "", "rayon": ""})
    token = form_token(client.get(LIST).text)
    for kind in ("csv", "xlsx"):
        answer = client.post(f"{LIST}/export", data={"csrf_token": token, "format": kind})
        assert lines(desk)[-1] == ("exported", kind)
        plan = desk.desk.import_file(answer.data, f"centers.{kind}", Wanted()).plan
        assert plan.count("unchanged") == len(desk.records)


def test_a_large_workbook_is_written_by_a_process_of_its_own() -> None:
    record = Record(id="a", number=1, cells=dict.fromkeys(COLUMNS, ""))
    many = [replace(record, id=f"c{n}", cells={**record.cells, "id": f"c{n}"}) for n in range(301)]
    sheet = openpyxl.load_workbook(io.BytesIO(_workbook(many, "ky")), read_only=True).active
    assert [row[0] for row in sheet.iter_rows(min_row=300, values_only=True)] == ["c298", "c299", "c300"]
