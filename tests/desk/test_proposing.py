"""Two people: what loosens, removes or changes many waits for a second one; what tightens never does."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from legalmap.desk import plan_text, proposing
from legalmap.desk.known import known
from legalmap.desk.outcome import Report
from legalmap.desk.proposing import Decided, NotYours, TooNew
from legalmap.model import Act
from legalmap.people import accounts, passwords
from legalmap.people.accounts import By
from legalmap.store import history, proposals, users
from legalmap.store.proposals import Proposal
from tests.desk.conftest import NOW, TestDesk

HEAD = "id,kind,name_ru,oblast,settlement,phones,show_location,status\n"
HIDDEN = HEAD + "s1,shelter,Тихий дом,KG-N,,0555123456,no,active\ns2,flac,Центр,KG-N,Нарын,114,yes,suspended\n"
WIDER = HEAD + "s1,shelter,Тихий дом,KG-N,Нарын,0555123456,settlement,active\n"
HASH = passwords.hashed("жарык тоо суусу 2026")


@pytest.fixture
def desk(desk: TestDesk) -> TestDesk:
    """A desk as the web has it, with hidden and suspended centers; aida acts."""
    desk.bring(HIDDEN)
    desk.desk = replace(desk.desk, two_people=True, who="web:aida")
    return desk


def admins(desk: TestDesk, *names: str) -> None:
    by = By(who="test", now=NOW)
    with desk.desk.store.writing() as connection:
        for name in names:
            accounts.add(connection, by, name=name, role="admin", lang="ky", password=HASH)


def waiting(desk: TestDesk, report: Report) -> Proposal:
    with desk.desk.store.reading() as connection:
        found = proposals.find(connection, report.proposal)
    assert found
    return found


def approve(desk: TestDesk, report: Report, who: str, now: dt.datetime = NOW) -> Act | None:
    with desk.desk.store.writing() as connection:
        gazetteer = known(connection)
        return proposing.approve(connection, report.proposal, who=who, now=now, gazetteer=gazetteer)


def shown(desk: TestDesk, center: str = "s1") -> str:
    return desk.records[center].cells["show_location"]


def test_what_loosens_waits_for_another_admin_and_then_is_just_what_was_asked(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    report = desk.bring(WIDER, accept=("all",))
    assert (report.applied, report.act, shown(desk)) == (True, None, "no")
    assert waiting(desk, report).reasons == ("widens",)
    with pytest.raises(NotYours):
        approve(desk, report, "web:aida", NOW + dt.timedelta(days=30))
    act = approve(desk, report, "web:bek")
    assert act
    assert (act.who, shown(desk), waiting(desk, report).decided_by) == ("web:aida", "settlement", "web:bek")
    with pytest.raises(Decided):
        approve(desk, report, "web:bek")


def test_a_center_that_opens_again_waits_too(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    report = desk.bring(HEAD + "s2,flac,Центр,KG-N,Нарын,115,yes,active\n")
    assert (report.act, desk.records["s2"].cells["status"]) == (None, "suspended")


@pytest.mark.parametrize("cell", ["no,active", "yes,closed", "yes,suspended"])
def test_what_tightens_never_waits(desk: TestDesk, cell: str) -> None:
    admins(desk, "aida", "bek")
    desk.desk = replace(desk.desk, two_people=False)
    desk.bring(HEAD + "s2,flac,Центр,KG-N,Нарын,114,yes,active\n")
    desk.desk = replace(desk.desk, two_people=True)
    report = desk.bring(HEAD + f"s2,flac,Центр,KG-N,Нарын,114,{cell}\n", accept=("all",))
    assert (bool(report.act), report.proposal) == (True, "")


def test_of_one_row_the_tightening_goes_in_and_the_loosening_waits(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    report = desk.bring(WIDER.replace("active", "suspended"), accept=("all",))
    cells = desk.records["s1"].cells
    assert (cells["status"], cells["show_location"], bool(report.act)) == ("suspended", "no", True)
    assert approve(desk, report, "web:bek")
    assert shown(desk) == "settlement"


def test_an_edit_after_it_was_asked_for_makes_it_void(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    report = desk.bring(WIDER, accept=("all",))
    other = replace(desk.desk, two_people=False, who="web:bek")
    desk.desk = other
    desk.bring(HEAD + "s1,,,,Кочкор,,,\n")
    assert approve(desk, report, "web:bek") is None
    assert (waiting(desk, report).state, shown(desk)) == ("void", "no")


def test_with_one_admin_only_what_loosens_waits_and_only_a_day(desk: TestDesk) -> None:
    admins(desk, "aida")
    report = desk.bring(WIDER, accept=("all",))
    with pytest.raises(NotYours):
        approve(desk, report, "web:aida", NOW + dt.timedelta(hours=23))
    assert approve(desk, report, "web:aida", NOW + dt.timedelta(hours=24))
    gone = desk.bring(HEAD + "s1,shelter,Тихий дом,KG-N,,0555123456,,\n", replace_all=True, accept=("all",))
    assert (gone.proposal, desk.records["s2"].cells["status"]) == ("", "closed")


def test_removals_and_a_great_part_of_the_phones_wait_and_an_undo_does_not(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    gone = desk.bring(HEAD + "s1,,,,,,,\n", replace_all=True, accept=("all",))
    assert (waiting(desk, gone).reasons, desk.records["s2"].cells["status"]) == (("removals",), "suspended")
    many = "".join(f"m{n},flac,Центр {n},KG-N,Нарын,0555 10 10 {n:02},yes,active\n" for n in range(21))
    made = desk.bring(HEAD + many, accept=("all",))
    assert (made.proposal, len(desk.records)) == ("", 23), "new centers loosen nothing"
    phones = desk.bring(HEAD + many.replace("0555", "0556"), accept=("all",))
    assert waiting(desk, phones).reasons == ("phones",)
    assert desk.bring(HEAD + many.replace("0555", "0557").split("m20")[0], accept=("all",)).proposal == ""
    assert approve(desk, phones, "web:bek") is None, "twenty of them have other numbers now"
    assert made.act
    undone = desk.desk.undo(made.act.id, apply=True, accept=frozenset())
    assert undone.proposal == ""


def test_a_proposal_is_refused_once(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    report = desk.bring(WIDER, accept=("all",))
    with desk.desk.store.writing() as connection:
        proposing.refuse(connection, report.proposal, who="web:aida", now=NOW)
    with pytest.raises(Decided):
        approve(desk, report, "web:bek")
    assert (waiting(desk, report).state, shown(desk)) == ("refused", "no")


def test_the_command_line_is_its_own_second_person(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    desk.desk = replace(desk.desk, two_people=False)
    assert desk.bring(WIDER, accept=("all",)).act
    assert shown(desk) == "settlement"


def test_who_agrees_to_show_an_address_agrees_to_that_one(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    asked = "id,show_location\ns1,yes\n"
    report = desk.bring(asked, accept=("all",))
    shows = plan_text.read(waiting(desk, report).content).plan.changes[0].fields
    assert (shows["address"], shows["show_location"]) == (("", ""), ("no", "yes"))
    desk.desk = replace(desk.desk, two_people=False, who="web:bek")
    desk.bring("id,address\ns1,Жашыл 7\n")
    assert approve(desk, report, "web:bek") is None, "nobody agreed to this address"
    desk.desk = replace(desk.desk, two_people=True, who="web:aida")
    again = desk.bring(asked, accept=("all",))
    act = approve(desk, again, "web:bek")
    assert act
    with desk.desk.store.reading() as connection:
        assert [one.field for one in history.changes_of_act(connection, act.id)] == ["show_location"]


def test_a_row_that_hides_goes_in_with_the_texts_that_told_the_place(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    many = "".join(f"m{n},flac,Центр Нарын {n},KG-N,Нарын,0555 10 10 {n:02},yes,active\n" for n in range(21))
    desk.bring(HEAD + many, accept=("all",))
    changed = many.replace("0555", "0556").replace("Центр Нарын 0,KG-N,Нарын", "Тихий дом,KG-N,Нарын", 1)
    report = desk.bring(HEAD + changed.replace(",yes,", ",no,", 1), accept=("all",))
    cells = desk.records["m0"].cells
    assert (cells["show_location"], cells["name_ru"], cells["phones"]) == ("no", "Тихий дом", "+996555101000")
    assert waiting(desk, report).reasons == ("phones",)


def test_a_second_admin_who_came_or_went_meanwhile_counts(desk: TestDesk) -> None:
    admins(desk, "aida")
    report = desk.bring(WIDER, accept=("all",))
    admins(desk, "bek")
    with pytest.raises(NotYours):
        approve(desk, report, "web:aida", NOW + dt.timedelta(hours=25))
    with desk.desk.store.writing() as connection:
        bek = users.by_name(connection, "bek")
        assert bek
        users.change(connection, bek.id, disabled=True)
    assert approve(desk, report, "web:aida", NOW + dt.timedelta(hours=25))


def test_nobody_makes_their_own_second_person(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    report = desk.bring(WIDER, accept=("all",))
    by = By(who="web:aida", now=NOW)
    with desk.desk.store.writing() as connection:
        accounts.add(connection, by, name="sock", role="admin", lang="ky", password=HASH)
        accounts.reset(connection, by, accounts.named(connection, "bek"), HASH)
    for name in ("sock", "bek"):
        with pytest.raises(TooNew):
            approve(desk, report, f"web:{name}", NOW + dt.timedelta(hours=23))
    assert approve(desk, report, "web:bek", NOW + dt.timedelta(hours=24))


def test_a_text_with_a_word_of_an_address_that_was_emptied_before_waits(desk: TestDesk) -> None:
    admins(desk, "aida", "bek")
    desk.bring("id,address\ns1,Токтосунова 5\n", accept=("all",))
    assert desk.bring("id,address\ns1,-\n", accept=("all",)).act
    told = desk.bring("id,bring_ru,note_ru\ns1,Токтосунова 5,тихо\n", accept=("all",))
    assert (told.act, waiting(desk, told).reasons, desk.records["s1"].cells["bring_ru"]) == (None, ("widens",), "")
    plain = desk.bring("id,bring_ru\ns1,паспорт\n", accept=("all",))
    assert (plain.proposal, desk.records["s1"].cells["bring_ru"]) == ("", "паспорт")
