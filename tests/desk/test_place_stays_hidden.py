"""Where a hidden center is passes into no public text, by whatever way two acts are put together."""

from __future__ import annotations

from legalmap.desk.edit import Edit, base_of
from legalmap.desk.outcome import Report
from legalmap.store import history
from tests.desk.conftest import TestDesk, codes

HEADER = "id,kind,name_ru,oblast,settlement,address,phones,show_location\n"
STREET = "Зумрадова"


def brought(desk: TestDesk, center_id: str = "a1", name: str = "Дом", show: str = "no") -> None:
    desk.bring(f'{HEADER}{center_id},ngo,{name},KG-N,Нарын,"ул. {STREET}, 77",0555777123,{show}\n')
    assert center_id in desk.records


def edit(desk: TestDesk, **cells: str) -> Report:
    with desk.desk.store.reading() as connection:
        base = base_of(connection, "a1")
    return desk.desk.edit(Edit(id="a1", cells=cells, base=base), apply=True)


def told(desk: TestDesk, center_id: str = "a1") -> bool:
    return STREET in str(desk.directory.by_id[center_id])


def hidden_under_a_telling_id(desk: TestDesk) -> None:
    brought(desk, "zumradova-77", name=f"Дом на {STREET}", show="yes")
    assert told(desk, "zumradova-77")
    assert desk.desk.together("hide", ["zumradova-77"], apply=True).act


def test_hiding_takes_the_place_out_of_the_name_though_the_id_tells_it_too(desk: TestDesk) -> None:
    hidden_under_a_telling_id(desk)
    assert not told(desk, "zumradova-77")
    assert STREET in desk.records["zumradova-77"].cells["internal_note"]


def test_an_edit_does_not_move_the_address_into_a_public_text(desk: TestDesk) -> None:
    brought(desk)
    assert codes(edit(desk, address="", bring=f"Приходите на {STREET}, 77")) == ["hidden_word_public"]
    assert edit(desk, address="", bring="Паспорт").act
    assert not told(desk)


def test_who_hides_a_center_and_empties_its_address_at_once_is_told_what_still_says_it(desk: TestDesk) -> None:
    brought(desk, name=f"Дом на {STREET}", show="yes")
    assert codes(edit(desk, address="", show_location="no")) == ["hidden_word_public"]
    assert edit(desk, address="", show_location="no", name_ru="Дом").act


def test_a_name_that_told_the_place_does_not_go_back_with_its_edition(desk: TestDesk) -> None:
    hidden_under_a_telling_id(desk)
    report = desk.back_to(1)
    assert "rollback_center_held_back" in codes(report)
    assert not told(desk, "zumradova-77")


def test_a_name_that_told_the_place_goes_back_only_with_a_yes(desk: TestDesk) -> None:
    hidden_under_a_telling_id(desk)
    with desk.desk.store.reading() as connection:
        made = history.changes_of_center(connection, "zumradova-77")
    seq = next(change.seq for change in made if change.field == "name_ru")
    report = desk.desk.restore("zumradova-77", seq, apply=True, accept=frozenset())
    assert ("restore_widens" in codes(report), report.act) == (True, None)
    assert not told(desk, "zumradova-77")


def test_a_point_in_any_writing_is_a_hidden_word_and_other_figures_are_not(desk: TestDesk) -> None:
    brought(desk)
    for point in ("41°25′52″N 75°59′28″E", "CXJR+FF Naryn", "8JH5CXJR+FF", "ya.ru/maps"):
        assert codes(edit(desk, bring=point)) == ["hidden_word_public"], point
    assert edit(desk, bring="-20°, 24/7, C++, 2345+66, 0555+996").act
