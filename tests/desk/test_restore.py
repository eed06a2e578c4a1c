"""One field goes back by itself, judged by today's rules, and only as the person saw it."""

from __future__ import annotations

import datetime as dt

import pytest

from legalmap.desk.going_back import may_undo
from legalmap.desk.outcome import Report
from legalmap.model import Act
from legalmap.store import history
from tests.desk.conftest import NOW, TestDesk, codes
from tests.desk.test_import import row, rows


def seq_of(desk: TestDesk, field: str, new: str, center_id: str = "a1") -> int:
    """The change that gave `field` that value."""
    with desk.desk.store.reading() as connection:
        made = history.changes_of_center(connection, center_id)
    return next(change.seq for change in made if change.field == field and change.new == new)


def restore(desk: TestDesk, seq: int, *accept: str, apply: bool = True, seen: str = "") -> Report:
    return desk.desk.restore("a1", seq, apply=apply, accept=frozenset(accept), seen=seen)


def test_only_the_chosen_field_goes_back_as_an_act_of_its_own(desk: TestDesk) -> None:
    desk.bring(rows(row(phones="114", fee="paid", name_en="'@home")))
    desk.bring(rows(row(phones="117", fee="free", name_en="B")))
    seq = seq_of(desk, "phones", "117")
    assert restore(desk, seq, apply=False).plan.changes[0].fields == {"phones": ("117", "114")}
    report = restore(desk, seq)
    assert report.act
    assert (report.act.kind, desk.records["a1"].cells["phones"], desk.records["a1"].cells["fee"]) == (
        "restore", "114", "free",
    )  # fmt: skip
    assert restore(desk, seq_of(desk, "name_en", "B")).act
    assert desk.records["a1"].cells["name_en"] == "@home"


def test_halves_of_a_point_go_back_together(desk: TestDesk) -> None:
    desk.bring(rows(row(lat="41.43", lon="75.99")))
    desk.bring(rows(row(lat="41.44", lon="75.98")))
    desk.bring(rows(row(lat="41.44", lon="75.97")))
    restore(desk, seq_of(desk, "lat", "41.44"))
    cells = desk.records["a1"].cells
    assert (cells["lat"], cells["lon"]) == ("41.43", "75.99")


@pytest.mark.parametrize(
    ("before", "after", "asks"),
    [
        ({"phones": "0555123456"}, {"phones": "-"}, "restore_widens"),
        ({"show_location": "yes", "address": "Тайная 5"}, {"show_location": "no"}, "show_wider"),
        ({"address_ru": "Токтогула 5"}, {"address_ru": "-"}, "restore_widens"),
    ],
)
def test_what_would_show_more_needs_a_yes_of_its_own(
    desk: TestDesk, before: dict[str, str], after: dict[str, str], asks: str
) -> None:
    desk.bring(rows(row(**before)))
    desk.bring(rows(row(**after)))
    field = next(iter(after))
    seq = seq_of(desk, field, desk.records["a1"].cells[field])
    tight = desk.records["a1"].cells
    report = restore(desk, seq)
    assert (codes(report, "question"), report.act, desk.records["a1"].cells) == ([asks], None, tight)
    assert restore(desk, seq, asks).act
    assert desk.records["a1"].cells[field] != tight[field]


def test_a_value_that_would_tell_a_hidden_address_is_refused_like_in_a_table(desk: TestDesk) -> None:
    desk.bring(rows(row(name_ru="Центр на Токтогула")))
    desk.bring(rows(row(name_ru="Центр")))
    desk.bring(rows(row(name_ru="Центр", show_location="no", address_ru="Токтогула 5", settlement="Нарын")))
    report = restore(desk, seq_of(desk, "name_ru", "Центр"), "restore_widens")
    assert (codes(report, "error"), report.act) == (["hidden_word_public"], None)


def test_a_plan_that_is_no_longer_what_the_person_saw_is_not_carried_out(desk: TestDesk) -> None:
    desk.bring(rows(row(phones="114", fee="paid")))
    act = desk.bring(rows(row(phones="117", fee="free"))).act
    assert act
    seen = {
        "restore": restore(desk, seq_of(desk, "phones", "117"), apply=False).seen,
        "undo": desk.desk.undo(act.id, apply=False, accept=frozenset()).seen,
        "rollback": desk.back_to(1, apply=False).seen,
    }
    desk.bring(rows(row(phones="112")))
    nobody = frozenset[str]()
    for report in (
        restore(desk, seq_of(desk, "phones", "117"), seen=seen["restore"]),
        desk.desk.undo(act.id, apply=True, accept=nobody, seen=seen["undo"]),
        desk.desk.roll_back(1, apply=True, accept=nobody, seen=seen["rollback"]),
    ):
        assert (report.act, codes(report)[:1]) == (None, ["plan_changed"])
    assert desk.records["a1"].cells["phones"] == "112"
    again = desk.back_to(1, apply=False).seen
    assert desk.desk.roll_back(1, apply=True, accept=nobody, seen=again).act


@pytest.mark.parametrize("field", ["id", "nothing"])
def test_what_cannot_go_back_by_itself_is_told(desk: TestDesk, field: str) -> None:
    desk.bring(rows(row()))
    with pytest.raises(LookupError):
        restore(desk, seq_of(desk, "id", "a1") if field == "id" else 10**6)


def test_each_center_that_would_show_more_has_its_own_yes(desk: TestDesk) -> None:
    desk.bring(rows(row(address="Тайная 5"), row(id="b2", name_ru="Б", phones="0555123456")))
    desk.bring(rows(row(show_location="no"), row(id="b2", name_ru="Б", phones="-")))
    shown = desk.back_to(1, apply=False)
    assert {change.id: set(change.fields) for change in shown.held} == {"a1": {"show_location"}, "b2": {"phones"}}
    desk.back_to(1, accept=("rollback_widens_facts",))
    assert (desk.records["a1"].cells["show_location"], desk.records["b2"].cells["phones"]) == ("no", "+996555123456")
    assert desk.back_to(1, accept=("rollback_widens:b2",)).act is None
    assert desk.back_to(1, accept=("rollback_widens:a1",)).act
    assert desk.records["a1"].cells["show_location"] == "yes"


def test_ones_own_act_may_be_undone_for_a_day_and_any_by_an_admin() -> None:
    act = Act(id="x", kind="edit", who="web:a", at=NOW, edition=1)
    late = NOW + dt.timedelta(hours=25)
    assert may_undo(act, who="web:a", any_act=False, now=NOW + dt.timedelta(hours=23))
    assert not may_undo(act, who="web:a", any_act=False, now=late)
    assert not may_undo(act, who="web:b", any_act=False, now=NOW)
    assert may_undo(act, who="web:b", any_act=True, now=late)
