"""One center from a form: judged as an import does, no newer word lost, hidden at once whatever else is wrong."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from legalmap.desk.acts import Report
from legalmap.desk.edit import FORM_COLUMNS, Edit, Stale, answer_key, base_of
from legalmap.model import Record
from legalmap.visibility import COLUMNS
from tests import databases
from tests.desk.conftest import TestDesk, codes

ROWS = """id,kind,name_ky,name_ru,oblast,settlement,address,lat,lon,show_location,phones,hours,note_ky,verified_on,verified_by
a,flac,Нарын борбору,Нарынский центр,KG-N,Нарын,"Ленин көчөсү, 1",41.43,75.99,yes,0312 65-10-10,Mo-Fr 09:00-18:00,,2026-10-12,phone
b,shelter,Үмүт,Умут в Кочкоре,KG-N,Кочкор,"Талаа көчөсү, 7",42.2168,75.7548,settlement,0555 123 456 (Кочкор),,Кочкордогу үй,,
"""  # noqa: E501


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edit") / "instance"
    assert TestDesk(folder).bring(ROWS, accept=("all",)).applied
    return folder


@pytest.fixture
def brought(template: Path, tmp_path: Path) -> TestDesk:
    """A desk of its own with the two centers; what it does is published when a test says so."""
    if databases.EVERYWHERE:
        desk = TestDesk(tmp_path / "instance")
        assert desk.bring(ROWS, accept=("all",)).applied
    else:
        desk = TestDesk(shutil.copytree(template, tmp_path / "instance"))
    desk.desk = replace(desk.desk, publish_later=lambda: None)
    return desk


def base(desk: TestDesk, center_id: str) -> int:
    with desk.desk.store.reading() as connection:
        return base_of(connection, center_id)


def form(record: Record, **typed: str) -> Mapping[str, str]:
    return {column: record.cells[column] for column in FORM_COLUMNS} | typed


def save(desk: TestDesk, center_id: str, apply: bool = True, **typed: str) -> Report:
    edit = Edit(id=center_id, cells=form(desk.records[center_id], **typed), base=base(desk, center_id))
    return desk.desk.edit(edit, apply=apply)


TYPED = (
    {"phones": "0312 65-10-11 (кабылдама)", "hours": "пн-пт 9-18"},
    {"phones": "12", "website": "javascript:alert(1)", "lat": "99"},
    {"lat": "42.8746", "lon": "74.5698"},
    {"name_ru": "{{ 7*7 }}", "note_ky": "<script>alert(1)</script>"},
    {"settlement": "Ак-Суу", "lat": "-", "lon": "-"},
    {"show_location": "no", "name_ru": "Нарын"},
    {"kind": "shelter", "hours": "=1+1"},
    {"rayon": "Ат-Башы", "topics": "family; чоң", "fee": "акысыз", "source_date": "12.10.2025"},
)


@pytest.mark.parametrize("typed", TYPED)
def test_an_edit_is_judged_just_like_a_row_of_a_table(brought: TestDesk, typed: Mapping[str, str]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", *typed])
    writer.writerow(["a", *typed.values()])
    imported = brought.bring(out.getvalue(), apply=False).plan
    edited = save(brought, "a", apply=False, **typed).plan
    assert edited.changes == imported.changes
    assert edited.problems == imported.problems
    assert edited.refused == imported.refused
    assert edited.changes or edited.problems


def test_a_new_center_is_judged_just_like_a_row_of_a_table(brought: TestDesk) -> None:
    typed = {"kind": "notary", "name_ky": "Нотариус Асанов", "oblast": "KG-B", "phones": "0700 100 200"}
    header, row = ",".join(typed), ",".join(typed.values())
    edit = Edit(cells=dict.fromkeys(FORM_COLUMNS, "") | typed)
    shown = brought.desk.edit(edit, apply=False).plan
    imported = brought.bring(f"{header}\n{row}\n", apply=False).plan
    assert (shown.changes, shown.problems) == (imported.changes, imported.problems)
    assert brought.desk.edit(edit, apply=True).applied
    assert brought.records["lm-1003"].cells["name_ky"] == "Нотариус Асанов"


def test_a_form_sent_as_it_was_opened_changes_nothing_and_an_emptied_field_is_emptied(brought: TestDesk) -> None:
    assert save(brought, "a").act is None
    report = save(brought, "a", hours="", address=" \r\n")
    assert set(report.plan.changes[0].fields) == {"hours", "address"}
    assert brought.records["a"].cells["hours"] == ""
    assert report.act is not None
    assert (report.act.kind, report.act.subject) == ("edit", "a")


def test_a_stale_save_writes_nothing_and_shows_both_values(brought: TestDesk) -> None:
    opened, old = base(brought, "a"), brought.records["a"]
    save(brought, "a", phones="0700 100 200", hours="Mo-Fr 10:00-17:00")
    mine = Edit(id="a", cells=form(old, phones="0700 100 201", note_ky="жаңы"), base=opened)
    with pytest.raises(Stale) as stale:
        brought.desk.edit(mine, apply=True)
    assert brought.records["a"].cells["phones"] == "+996700100200"
    fields = stale.value.fields
    assert {column: one.keeps for column, one in fields.items()} == {"phones": "", "hours": "theirs", "note_ky": "mine"}
    phones = fields["phones"]
    assert (phones.opened, phones.now, phones.sent) == ("+996312651010", "+996700100200", "+996700100201")
    assert phones.who == "test"
    again = Edit(id="a", cells={**mine.cells, "hours": fields["hours"].now}, base=stale.value.base)
    assert brought.desk.edit(again, apply=True).applied
    assert brought.records["a"].cells["phones"] == "+996700100201"
    assert brought.records["a"].cells["hours"] == "Mo-Fr 10:00-17:00"


def test_another_center_that_changed_makes_no_save_stale(brought: TestDesk) -> None:
    opened = base(brought, "a")
    brought.desk.together("suspend", ["b"], apply=True)
    edit = Edit(id="a", cells={"note_ky": "жаңы"}, base=opened)
    assert brought.desk.edit(edit, apply=True).applied


def test_each_question_is_answered_by_itself(brought: TestDesk) -> None:
    typed = {"show_location": "no", "name_ky": "Борбор", "name_ru": "Центр", "phones": "0312 65-10-10; 0312 65-10-11"}
    asked = save(brought, "a", apply=False, **typed).plan.at("question")
    assert [problem.code for problem in asked] == ["landline_shows_town"] * 2
    edit = Edit(id="a", cells=typed, base=base(brought, "a"), answers=frozenset({answer_key(asked[0])}))
    assert not brought.desk.edit(edit, apply=True).applied
    edit = Edit(id="a", cells=typed, base=edit.base, answers=frozenset(map(answer_key, asked)))
    assert brought.desk.edit(edit, apply=True).applied


def test_what_was_verified_is_kept_by_group_with_who_and_goes_back(brought: TestDesk) -> None:
    edit = Edit(id="a", cells={}, base=base(brought, "a"), groups=frozenset({"phones"}), on="2026-11-20", way="on_site")
    report = brought.desk.edit(edit, apply=True)
    assert report.act
    record = brought.records["a"]
    assert record.verified["phones"] == "2026-11-20 on_site"
    assert record.cells["verified_on"] == "2026-10-12"  # the oldest of all groups
    assert brought.desk.undo(report.act.id, apply=True, accept=frozenset()).applied
    assert brought.records["a"].verified["phones"] == "2026-10-12 phone"


@pytest.mark.parametrize(
    ("on", "way", "code"),
    [("2027-01-01", "phone", "date_in_future"), ("soon", "phone", "date_unreadable"), ("", "", "verified_way_missing")],
)
def test_a_verification_needs_a_day_and_a_way(brought: TestDesk, on: str, way: str, code: str) -> None:
    edit = Edit(id="a", cells={}, base=base(brought, "a"), groups=frozenset({"name"}), on=on, way=way)
    assert codes(brought.desk.edit(edit, apply=True), "error") == [code]


def test_hiding_takes_out_what_would_tell_the_place_in_the_same_act(brought: TestDesk) -> None:
    report = brought.desk.together("hide", ["b"], apply=True)
    record = brought.records["b"]
    assert record.cells["show_location"] == "no"
    assert record.cells["name_ru"] == "Временное жильё"
    assert record.cells["phones"] == "+996555123456"
    assert record.cells["address"] == "Талаа көчөсү, 7"  # still known to the desk
    assert {problem.column for problem in report.plan.problems} == {"name_ru", "phones"}
    brought.desk.publish()
    (center,) = [one for one in brought.directory.centers if one.id == "b"]
    assert "очкор" not in repr(center)
    assert center.point is None


def test_hiding_is_never_stopped_by_what_else_is_wrong_even_an_id_that_tells_the_place(desk: TestDesk) -> None:
    desk.bring(ROWS.replace("\nb,", "\nkochkor-1,"), accept=("all",))
    assert desk.desk.together("hide", ["kochkor-1"], apply=True).edition is not None
    record = desk.records["kochkor-1"]
    assert (record.cells["settlement"], record.cells["lat"]) == ("", "")
    assert "Кочкор, Талаа көчөсү, 7" in record.cells["internal_note"]


def test_many_are_verified_by_phone_today_in_one_act_that_one_undo_takes_back(brought: TestDesk) -> None:
    report = brought.desk.together("verify", ["a", "b"], apply=True)
    assert {record.cells["verified_on"] for record in brought.records.values()} == {"2026-11-22"}
    assert brought.desk.together("verify", ["a", "b"], apply=True).act is None
    assert report.act
    assert brought.desk.undo(report.act.id, apply=True, accept=frozenset()).applied
    assert [record.cells["verified_on"] for record in brought.records.values()] == ["2026-10-12", ""]


def test_a_word_taken_back_today_can_be_given_again_today(brought: TestDesk) -> None:
    brought.desk.together("verify", ["a"], apply=True)
    save(brought, "a", hours="Mo-Fr 10:00-17:00")
    assert brought.records["a"].hours_verified_on == ""
    brought.desk.together("verify", ["a"], apply=True)
    assert brought.records["a"].hours_verified_on == "2026-11-22"


def test_what_is_not_there_is_said(brought: TestDesk) -> None:
    with pytest.raises(LookupError):
        brought.desk.together("hide", ["a", "nobody"], apply=True)
    with pytest.raises(LookupError):
        brought.desk.edit(Edit(id="nobody", cells={}), apply=True)
    assert set(FORM_COLUMNS) == set(COLUMNS) - {"id", "verified_on", "verified_by"}
