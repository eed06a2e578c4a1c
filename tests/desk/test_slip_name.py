"""The neutral name of a center on a slip says nothing of it, and nobody but the desk has it in a table."""

from __future__ import annotations

import csv
import io

import pytest

from legalmap.desk.export import as_csv
from legalmap.desk.reading.headers import column
from legalmap.desk.template_columns import COLUMNS, example, told
from legalmap.model import LANGS
from legalmap.visibility import INTERNAL_COLUMNS, PUBLIC_COLUMNS
from legalmap.wording import label, word
from tests.desk.conftest import TestDesk, codes

HEADER = "id,kind,name_ky,name_ru,oblast,settlement,address_ru,show_location,phones,slip_name\n"
ROW = "s1,shelter,Үмүт үйү,Центр Надежда,KG-N,Нарын,Ленина 15,no,0555123456,"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    """A desk that tests only look at plans with."""
    return TestDesk(tmp_path_factory.mktemp("slip") / "instance")


def planned(desk: TestDesk, name: str) -> list[str]:
    """What stands against a name; nothing is written."""
    return codes(desk.bring(f'{HEADER}{ROW}"{name}"\n', apply=False), "error")


def bring(desk: TestDesk, name: str) -> list[str]:
    return codes(desk.bring(f'{HEADER}{ROW}"{name}"\n', accept=("all",)), "error")


@pytest.mark.parametrize(
    "name",
    [
        "Надежда", "«Надежды» консультация", "Umut", "Үмүткө кеңеш", "ул. Ленина", "Нарын кеңеш", "Нарынский совет",
        "Кризисный центр", "Баш калкалоо", "Safe house", "Шелтер", "Помощь пострадавшим",
    ],
)  # fmt: skip
def test_a_name_that_says_what_or_where_it_is_is_refused_in_words(shared: TestDesk, name: str) -> None:
    report = shared.bring(f"{HEADER}{ROW}{name}\n", apply=False)
    problem = next(one for one in report.plan.problems if one.level == "error")
    assert (problem.code, problem.column) == ("slip_name_tells", "slip_name")
    assert len({word(problem, lang) for lang in LANGS}) == 3


@pytest.mark.parametrize("name", ["Кеңеш", "Консультация", "Advice", "Юрист Айнура", "Центр «Берёзка»", "Х" * 40])
def test_a_neutral_name_goes_in(shared: TestDesk, name: str) -> None:
    assert planned(shared, name) == []


def test_it_is_short_and_holds_no_code(shared: TestDesk) -> None:
    assert planned(shared, "Х" * 41) == ["text_too_long"]
    assert planned(shared, "{{ 7 * 7 }}") == ["template_marks"]


def test_a_later_name_of_the_center_may_not_meet_it(desk: TestDesk) -> None:
    bring(desk, "Кеңеш Ак шумкар")
    assert codes(desk.bring("id,name_ru\ns1,Ак шумкар\n"), "error") == ["slip_name_tells"]


def test_it_goes_out_and_comes_back_and_has_a_history_that_goes_back(desk: TestDesk) -> None:
    bring(desk, "Кеңеш")
    exported = as_csv(desk.records.values())
    assert next(csv.DictReader(io.StringIO(exported.lstrip("\ufeff"))))["slip_name"] == "Кеңеш"
    assert desk.bring(exported).plan.count("unchanged") == 1
    act = desk.bring("id,slip_name\ns1,Консультация\n").act
    assert act
    assert desk.desk.undo(act.id, apply=True, accept=frozenset()).applied
    assert desk.records["s1"].cells["slip_name"] == "Кеңеш"
    desk.bring("id,slip_name\ns1,-\n")
    assert desk.records["s1"].cells["slip_name"] == ""


@pytest.mark.parametrize(
    "header",
    [*(label("column", "slip_name", lang) for lang in LANGS), "Нейтральное название", "БАРАКТАГЫ АТЫ", "slip-name"],
)
def test_its_header_is_understood_in_each_language(header: str) -> None:
    assert column(header) == "slip_name"


def test_it_is_the_desks_alone() -> None:
    assert "slip_name" in INTERNAL_COLUMNS
    assert not any("slip_name" in columns for columns in PUBLIC_COLUMNS.values())
    assert "slip_name" in COLUMNS
    assert len({told("slip_name", lang) for lang in LANGS} | {example("slip_name", lang) for lang in LANGS}) == 6
