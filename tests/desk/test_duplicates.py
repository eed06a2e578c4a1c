"""A new row that may be a center the directory has already is asked about; offices that only resemble are not."""

from __future__ import annotations

import pytest

from tests.desk.conftest import TestDesk, codes
from tests.desk.test_import import row, rows

NARYN = {"settlement": "Нарын", "name_ru": "Центр правовой помощи «Адилет»", "phones": "0555123456"}


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"name_ru": "Центр правовой помощи Адилет"},
        {"name_ru": "Центр правовой помошщи «Адилет»", "phones": ""},
        {"name_ru": "Совсем другое имя"},  # the same mobile phone in the same town
        {"settlement": "г. Нарын"} | {"phones": "0700111222"},
    ],
)
def test_a_likely_duplicate_is_asked_about(desk: TestDesk, cells: dict[str, str]) -> None:
    desk.bring(rows(row(**NARYN)))
    file = rows(row(id="", **{**NARYN, **cells, "settlement": "Нарын"}) | {"fee": "free"})
    report = desk.bring(file)
    assert (codes(report, "question"), report.applied) == (["likely_duplicate"], False)
    assert report.plan.at("question")[0].params["other"] == "a1"
    assert desk.bring(file, accept=("likely_duplicate",)).applied
    assert len(desk.records) == 2


@pytest.mark.parametrize(
    "cells",
    [
        {"phones": "", "settlement": "Ат-Башы"},
        {"phones": "", "name_ru": "Центр правовой помощи «Адилет» при мэрии"},
        {"phones": "", "name_ru": "Центр правовой помощи № 2"},
        {"phones": "", "address": "Ленина 7"},
        {"phones": "114"},
    ],
)
def test_what_only_resembles_goes_in(desk: TestDesk, cells: dict[str, str]) -> None:
    first = {**NARYN, "address": "Ленина 5", "phones": "0555123456; 114"}
    if "114" in cells.get("phones", ""):
        cells = {**cells, "name_ru": "Другой"}
    desk.bring(rows(row(**first)))
    report = desk.bring(rows(row(id="b2", **{**NARYN, **cells})))
    assert (codes(report, "question"), report.applied) == ([], True)


def test_points_decide_where_both_have_one(desk: TestDesk) -> None:
    desk.bring(rows(row(**NARYN, lat="41.4300", lon="75.9900")))
    near = rows(row(id="", **{**NARYN, "phones": ""}, lat="41.4305", lon="75.9905", fee="free"))
    far = rows(row(id="", **{**NARYN, "phones": ""}, lat="41.4400", lon="75.9900", fee="free"))
    assert codes(desk.bring(near, apply=False), "question") == ["likely_duplicate"]
    assert codes(desk.bring(far, apply=False), "question") == []


def test_rows_of_one_file_are_compared_too(desk: TestDesk) -> None:
    report = desk.bring(rows(row(id="", **NARYN), row(id="", **NARYN, fee="free")))
    (problem,) = report.plan.at("question")
    assert (problem.line, problem.params["other"]) == (3, "line 2")


def test_a_switchboard_tells_nothing(desk: TestDesk) -> None:
    names = ("Суд", "Прокуратура", "Нотариус", "Адвокат")
    three = [row(id=f"n{n}", name_ru=name, settlement="Нарын", phones="0312510263") for n, name in enumerate(names)]
    desk.bring(rows(*three[:3]), accept=("likely_duplicate",))
    assert codes(desk.bring(rows(three[3])), "question") == []
