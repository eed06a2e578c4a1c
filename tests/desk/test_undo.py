"""One act is taken back by another, without touching what somebody did since and without showing more."""

from __future__ import annotations

import pytest

from tests.desk.conftest import TestDesk, codes
from tests.desk.test_import import row, rows


def test_undo_restores_every_row_the_act_touched_and_is_itself_an_act(desk: TestDesk) -> None:
    desk.bring(rows(row(phones="114"), row(id="b2", name_ru="Б", phones="114")))
    act = desk.bring(rows(row(phones="117", fee="free"), row(id="b2", name_ru="Б", phones="117"))).act
    assert act is not None
    before = desk.desk.undo(act.id, apply=False, accept=frozenset())
    assert (before.applied, desk.records["a1"].cells["phones"]) == (False, "117")
    # a fee that was not there before is taken away again; phones that were replaced go back
    report = desk.desk.undo(act.id[:12], apply=True, accept=frozenset())
    assert (report.applied, codes(report)) == (True, [])
    assert {name: record.cells["phones"] for name, record in desk.records.items()} == {"a1": "114", "b2": "114"}
    assert desk.records["a1"].cells["fee"] == ""
    assert desk.directory.by_id["a1"].phones[0].number == "114"
    assert report.act is not None
    assert report.act.kind == "undo"
    again = desk.desk.undo(report.act.id, apply=True, accept=frozenset({"rollback_widens"}))
    assert again.applied
    assert desk.records["a1"].cells["phones"] == "117"


def test_what_was_changed_since_stays_and_is_named(desk: TestDesk) -> None:
    desk.bring(rows(row(phones="114", fee="paid")))
    act = desk.bring(rows(row(phones="117", fee="free"))).act
    desk.bring(rows(row(phones="112")))
    assert act is not None
    report = desk.desk.undo(act.id, apply=True, accept=frozenset())
    assert codes(report) == ["undo_edited_since"]
    assert report.plan.problems[0].params == {"id": "a1", "columns": "phones"}
    assert (desk.records["a1"].cells["phones"], desk.records["a1"].cells["fee"]) == ("112", "paid")


def test_centers_the_act_brought_are_closed_unless_somebody_edited_them(desk: TestDesk) -> None:
    act = desk.bring(rows(row(), row(id="b2", name_ru="Б"))).act
    desk.bring(rows(row(id="b2", name_ru="Б", phones="112")))
    assert act is not None
    report = desk.desk.undo(act.id, apply=True, accept=frozenset())
    assert {name: record.cells["status"] for name, record in desk.records.items()} == {"a1": "closed", "b2": "active"}
    assert "undo_edited_since" in codes(report)


def test_undo_never_shows_more_without_a_separate_yes(desk: TestDesk) -> None:
    desk.bring(rows(row(address="Тайная 5", settlement="Нарын")))
    act = desk.bring(rows(row(show_location="no"))).act
    assert act is not None
    report = desk.desk.undo(act.id, apply=True, accept=frozenset())
    assert codes(report) == ["rollback_held_back"]
    assert desk.directory.by_id["a1"].show_location == "no"
    assert desk.desk.undo(act.id, apply=True, accept=frozenset({"rollback_widens"})).applied
    assert desk.directory.by_id["a1"].show_location == "yes"


@pytest.mark.parametrize("act", ["", "nobody", "%"])
def test_an_act_that_is_not_there_is_told(desk: TestDesk, act: str) -> None:
    desk.bring(rows(row()))
    with pytest.raises(LookupError):
        desk.desk.undo(act, apply=True, accept=frozenset())
