"""What a checked file asks for: whole cells to put right, buttons that fit, answers that do what they say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from legalmap.desk import plan_text, refused
from legalmap.desk.outcome import Report
from legalmap.desk.plan_file import Basis, Wanted, plan_file
from legalmap.model import LANGS
from legalmap.routes.staff import asking, choosing, proposed
from legalmap.store import Store
from tests.desk.conftest import NOW, TestDesk

HEAD = "id,kind,name_ru,oblast,settlement,address,phones,show_location,lat,lon,note\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    return TestDesk(tmp_path_factory.mktemp("choosing") / "instance")


@pytest.fixture(autouse=True)
def _in_russian(app: Flask) -> Iterator[None]:
    with app.test_request_context("/ru/"):
        yield


def looked_at(desk: TestDesk, rows: str, wanted: Wanted | None = None) -> Report:
    """The report as the page reads it, after a way through the store's text."""
    store: Store = desk.desk.store
    with store.reading() as connection:
        basis = Basis(records={}, gazetteer=desk.desk.gazetteer(connection), last_number=0, last_edition=0)
    data = (HEAD + rows).encode()
    info, unusable, plan = plan_file(data, "t.csv", 0, wanted or Wanted(), basis, desk.settings, NOW.date())
    return plan_text.read(plan_text.written(Report(plan=plan, file=info, unusable=unusable)))


def fields(report: Report) -> list[tuple[str, str]]:
    rows, _count = proposed.to_correct(report, {})
    return [(column, text) for row in rows for _said, cells, _text in row.faults for column, _name, text in cells]


def chosen(report: Report, *pairs: tuple[str, str], before: Wanted | None = None) -> Wanted:
    return choosing.chosen(before or Wanted(), MultiDict(pairs), report.plan.at("question"))


def test_the_cell_itself_is_put_right_and_not_the_word_or_the_beginning_that_a_problem_repeats(desk: TestDesk) -> None:
    hidden = "a,shelter,Приют на Жашыл,KG-N,Нарын,ул. Жашыл 7,0555112233,no,,,\n"
    assert fields(looked_at(desk, hidden)) == [("name_ru", "Приют на Жашыл")]
    long = "слово " * 30 + "{{"
    assert fields(looked_at(desk, f"a,flac,Центр,KG-N,Нарын,,114,yes,,,{long}\n")) == [("note", long)]
    abroad = "a,flac,Центр,KG-N,Нарын,,114,yes,43.2389,76.8897,\n"
    assert fields(looked_at(desk, abroad)) == [("lat", "43.2389"), ("lon", "76.8897")]
    assert fields(looked_at(desk, "a,flac,<b>{{1}},KG-N,Нарын,,114,yes,,,\n")) == [("name_ru", "<b>{{1}}")], "once"


def test_a_point_is_put_right_on_the_page(desk: TestDesk) -> None:
    report = looked_at(desk, "a,flac,Центр,KG-N,Нарын,,114,yes,43.2389,76.8897,\n")
    typed = [("cell:2:lat", "41.43"), ("was:2:lat", "43.2389"), ("cell:2:lon", "75.99"), ("was:2:lon", "76.8897")]
    assert not looked_at(desk, "a,flac,Центр,KG-N,Нарын,,114,yes,43.2389,76.8897,\n", chosen(report, *typed)).plan.at(
        "error"
    )


def test_each_answer_settles_its_question(desk: TestDesk) -> None:
    rows = (
        "a,flac,А,KG-N,Нарын,,114,yes,41.2,74.9,\nb,flac,Б,,Ак-Суу,,114,yes,,,\nc,ngo,Приют,KG-N,,,0555112233,,,,\n"
        "d,shelter,Тынч,KG-N,,,0312651010,no,,,\ne,shelter,Үй,KG-N,Кочкор,,0555112234,settlement,,,\n"
        "f,flac,В,KG-N,Нарын,,0555112235,yes,,,\n,flac,В,KG-N,Нарын,,0555112235,yes,,,\n"
    )
    report = looked_at(desk, rows)
    kinds = asking.to_answer(report, {})
    assert len(kinds) >= 6
    for kind in kinds:
        for one in kind.questions:
            assert len(one.options) > 1
            for answer, _words in one.options:
                after = looked_at(desk, rows, chosen(report, (f"answer:{one.key}", answer)))
                assert not any(one.key == other.key for k in asking.to_answer(after, {}) for other in k.questions)
                assert not after.plan.at("error"), (one.key, answer)


def test_cells_that_were_not_touched_stay_and_one_that_stands_twice_is_taken_where_it_changed(desk: TestDesk) -> None:
    report = looked_at(desk, "a,flac,Центр,KG-N,Нарын,,114,yes,41.2,74.9,\n")
    form = [
        ("cell:2:note", "а\r\nб"),
        ("was:2:note", "а\nб"),
        ("cell:2:lat", "41"),
        ("cell:2:lat", "42"),
        ("was:2:lat", "41"),
    ]
    assert chosen(report, *form).cells == {(2, "lat"): "42"}
    forged = [
        ("cell:2:password", "x"),
        ("cell:99999999999:note", "x"),
        ("cell:٣:note", "x"),
        ("skip", "-1"),
        ("cell:", ""),
    ]
    assert chosen(report, *forged) == Wanted()


def test_rows_that_come_back_run_no_formula_and_read_the_same_again(desk: TestDesk) -> None:
    data = (HEAD + 'a,flac,"=HYPERLINK(""http://x"";""Центр"")",KG-N,Нарын,-,+996555112233,yes,,,\n').encode()
    wanted = Wanted()
    with desk.desk.store.reading() as connection:
        basis = Basis(records={}, gazetteer=desk.desk.gazetteer(connection), last_number=0, last_edition=0)
    info, _unusable, plan = plan_file(data, "t.csv", 0, wanted, basis, desk.settings, NOW.date())
    body, _ending = refused.refused_rows(data, info, wanted, plan, "ru")
    row = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))[1]
    assert (row[2][:2], row[5], row[6]) == ("'=", "'-", "+996555112233")
    again = plan_file(body, "t.csv", 0, wanted, basis, desk.settings, NOW.date())[2]
    assert [one.code for one in again.at("error")] == [one.code for one in plan.at("error")] == ["formula_text"]


def test_another_encoding_is_one_button(desk: TestDesk) -> None:
    old = (HEAD + "a,flac,Юридический центр,KG-N,Нарын,,114,yes,,,\n").encode("cp1251")
    with desk.desk.store.reading() as connection:
        basis = Basis(records={}, gazetteer=desk.desk.gazetteer(connection), last_number=0, last_edition=0)
    _info, _unusable, plan = plan_file(old, "t.csv", 0, Wanted(), basis, desk.settings, NOW.date())
    question = asking.to_answer(Report(plan=plan), {})[0].questions[0]
    assert "encoding:koi8-r" in dict(question.options)
    wanted = chosen(
        Report(plan=plan), (f"answer:{question.key}", "encoding:koi8-r"), before=Wanted(skip=frozenset({2}))
    )
    assert (wanted.choice.encoding, wanted.skip) == ("koi8-r", frozenset())


@pytest.mark.parametrize("lang", LANGS)
def test_problems_are_said_without_codes_of_columns(app: Flask, desk: TestDesk, lang: str) -> None:
    report = looked_at(
        desk,
        "a,flac,,KG-N,Нарын,,114,yes,41.2,,\nb,flac,В,KG-N,Нарын,,0555112235,yes,,,\n,flac,В,KG-N,Нарын,,0555112235,yes,,,\n",
    )
    with app.test_request_context(f"/{lang}/"):
        told = " ".join(proposed.said(problem) for problem in report.plan.problems if problem.level != "notice")
    assert not any(code in told for code in ("name_ru", "lon", "line "))
