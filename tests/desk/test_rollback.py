"""Back to an earlier edition, by history, and never showing more than is shown now."""

from __future__ import annotations

import pytest

from tests.desk.conftest import TestDesk, codes

HEADER = "id,kind,name_ru,oblast,settlement,phones,show_location,status,address\n"


def one(phones: str = "114", show: str = "yes", status: str = "active", address: str = "Ленина 1") -> str:
    return f"{HEADER}a1,flac,Центр,KG-N,Нарын,{phones},{show},{status},{address}\n"


def test_a_phone_goes_back_as_an_ordinary_act_with_its_own_edition(desk: TestDesk) -> None:
    desk.bring(one(phones="114"))
    desk.bring(one(phones="117"))
    report = desk.back_to(1)
    assert (report.outcome, report.applied, report.edition) == ("ok", True, 3)
    assert desk.directory.by_id["a1"].phones[0].number == "114"
    assert desk.back_to(2).applied
    assert desk.directory.by_id["a1"].phones[0].number == "117"


def test_the_plan_comes_first_and_writes_nothing(desk: TestDesk) -> None:
    desk.bring(one(phones="114"))
    desk.bring(one(phones="117"))
    report = desk.back_to(1, apply=False)
    assert report.plan.changes[0].fields == {"phones": ("117", "114")}
    assert desk.records["a1"].cells["phones"] == "117"


def test_a_center_born_since_is_closed_and_never_deleted(desk: TestDesk) -> None:
    desk.bring(one())
    desk.bring(one().replace("a1", "b2"), accept=("likely_duplicate",))
    report = desk.back_to(1)
    assert report.plan.count("removed") == 1
    assert desk.records["b2"].cells["status"] == "closed"


@pytest.mark.parametrize(
    ("tightened", "column"),
    [
        ({"show": "no"}, "show_location"),
        ({"show": "settlement"}, "show_location"),
        ({"status": "suspended"}, "status"),
        ({"status": "closed"}, "status"),
        ({"address": "-"}, "address"),
        ({"phones": "-"}, "phones"),
    ],
)
def test_what_was_tightened_since_stays_tight_without_a_separate_yes(
    desk: TestDesk, tightened: dict[str, str], column: str
) -> None:
    desk.bring(one())
    desk.bring(one(**tightened))
    tight = desk.records["a1"].cells[column]
    report = desk.back_to(1)
    assert codes(report) == ["rollback_held_back"]
    assert report.act is None
    assert desk.records["a1"].cells[column] == tight
    assert desk.back_to(1, accept=("rollback_widens",)).act is not None
    assert desk.records["a1"].cells[column] != tight


def test_a_rollback_may_always_show_less(desk: TestDesk) -> None:
    desk.bring(one(show="no"))
    desk.bring(one(show="yes"), accept=("show_wider",))
    assert desk.back_to(1).outcome == "ok"
    assert desk.directory.by_id["a1"].show_location == "no"
    assert not desk.directory.by_id["a1"].address


def test_a_field_that_would_give_a_hidden_address_away_is_held_back(desk: TestDesk) -> None:
    desk.bring(one(address="Ленина 1"))
    desk.bring(f"{HEADER}a1,flac,Центр на Токтогула,KG-N,Нарын,114,yes,active,Токтогула 5\n")
    desk.bring("id,name_ru,show_location,address\na1,Приёмная,no,Ленина 1\n")
    desk.bring("id,name_ru,address\na1,Центр,Токтогула 5\n")
    report = desk.back_to(2)
    assert (report.applied, report.act) == (True, None)
    assert "rollback_center_held_back" in codes(report)
    assert desk.records["a1"].cells["name_ru"] == "Центр"


def test_a_rollback_never_drops_the_tightening_that_hid_an_address(desk: TestDesk) -> None:
    header = "id,kind,name_ru,oblast,settlement,address_ru,phones,show_location\n"
    desk.bring(header + 'l1,ngo,Токтогул борбору,KG-J,Токтогул,"г. Токтогул, ул. Тайная 3",0700111222,settlement\n')
    desk.bring(header + 'l1,ngo,,KG-J,-,"ул. Видная 1",0700111222,yes\n', accept=("all",))
    report = desk.back_to(1)
    assert "rollback_center_held_back" in codes(report)
    assert desk.records["l1"].cells["address_ru"] == "ул. Видная 1"
    assert "Тайн" not in desk.directory.by_id["l1"].address.ru


def test_a_withdrawn_number_does_not_come_back_by_itself(desk: TestDesk) -> None:
    desk.bring(one(phones="0555123456; 0777999888"))
    desk.bring(one(phones="0555123456"))
    desk.back_to(1)
    assert [phone.number for phone in desk.directory.by_id["a1"].phones] == ["+996555123456"]


def test_a_number_that_another_replaced_goes_back(desk: TestDesk) -> None:
    desk.bring(one(phones="0555123456; 0777999888"))
    desk.bring(one(phones="0555123456; 0777999000"))
    desk.back_to(1)
    assert [phone.number for phone in desk.directory.by_id["a1"].phones] == ["+996555123456", "+996777999888"]


def test_rolling_back_to_now_changes_nothing_and_an_unknown_edition_is_named(desk: TestDesk) -> None:
    desk.bring(one())
    assert desk.back_to(1).act is None
    for number in (0, 2, -1):
        with pytest.raises(LookupError):
            desk.back_to(number)


def test_verification_goes_back_too(desk: TestDesk) -> None:
    desk.bring("id,name_ru,oblast,kind,show_location,verified_on,verified_by\na1,А,KG-N,flac,yes,2026-01-01,phone\n")
    desk.bring("id,verified_on,verified_by\na1,2026-11-01,on_site\n")
    desk.back_to(1)
    assert desk.records["a1"].cells["verified_on"] == "2026-01-01"
    assert desk.directory.by_id["a1"].verified_by == "phone"
