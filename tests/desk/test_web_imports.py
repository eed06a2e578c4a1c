"""A file sent on the web: checked by a job, shown again and again, applied just as it was shown, forgotten in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalmap.desk import imports, jobs, plan_text
from legalmap.desk.outcome import Report
from legalmap.desk.plan_file import Wanted
from legalmap.desk.reading.table import Choice
from legalmap.store import history
from legalmap.store import imports as kept
from legalmap.store import jobs as store_jobs
from legalmap.store.imports import Import
from tests.desk.conftest import TestDesk, codes

HEAD = "id,kind,name_ru,oblast,settlement,phones,show_location\n"
TWO = HEAD + "w1,flac,Центр один,KG-N,Нарын,114,yes\nw2,flac,Центр два,KG-N,Нарын,12,yes\n"


class Sent:
    """One file on its way, as staff see it."""

    def __init__(self, desk: TestDesk, text: str | bytes, name: str = "../../etc/table.csv") -> None:
        self.desk, self.store = desk, desk.desk.store
        data = text if isinstance(text, bytes) else text.encode()
        self.id, job_id = imports.begin(self.store, "web:test", data, name)
        self.do(job_id)

    @property
    def now(self) -> Import:
        with self.store.reading() as connection:
            found = kept.find(connection, self.id)
        assert found
        return found

    @property
    def report(self) -> Report:
        return plan_text.read(self.now.plan)

    def do(self, job_id: str) -> None:
        """The work of a job, in this process."""
        jobs.do(job_id, self.store, self.desk.settings, {"check": imports.check, "apply": imports.apply})

    def choose(self, **changes: object) -> None:
        wanted = replace(imports.read(self.now.wanted), **changes)  # type: ignore[arg-type]
        self.do(imports.choose(self.store, self.now, wanted, "web:test"))

    def confirm(self, *, good_rows: bool = False) -> None:
        self.do(imports.confirm(self.store, self.now, "web:test", good_rows=good_rows))

    @property
    def acts(self) -> set[str]:
        with self.store.reading() as connection:
            return {act.id for act in history.all_acts(connection)}


def test_a_file_is_checked_shown_applied_and_public(desk: TestDesk) -> None:
    sent = Sent(desk, TWO)
    assert (sent.now.name, sent.now.state) == ("table.csv", "checked")
    assert codes(sent.report, "error") == ["phone_impossible"]
    with pytest.raises(ValueError, match=sent.id):
        sent.confirm()
    sent.choose(cells={(3, "phones"): "0312 66 12 34"})
    assert sent.report.plan.count("new") == 2
    sent.confirm()
    assert desk.directory.by_id["w2"].phones[0].number == "+996312661234"
    assert sent.acts == {sent.now.act_id}
    with pytest.raises(imports.Moved):
        imports.choose(sent.store, sent.now, Wanted(), "web:test")


def test_good_rows_go_in_and_a_row_left_out_counts_as_refused(desk: TestDesk) -> None:
    sent = Sent(desk, TWO)
    sent.choose(skip=frozenset({2}))
    report = sent.report
    assert (report.plan.count("new"), report.plan.refused) == (0, 2)
    sent.choose(skip=frozenset())
    sent.confirm(good_rows=True)
    assert set(desk.records) == {"w1"}


def test_what_somebody_else_did_meanwhile_is_shown_before_anything_is_applied(desk: TestDesk) -> None:
    sent = Sent(desk, HEAD + "w1,flac,Центр один,KG-N,Нарын,114,yes\n")
    desk.bring(HEAD + "w1,flac,Другой,KG-N,Нарын,115,yes\n")
    first = sent.now
    sent.confirm()
    assert sent.now.version == first.version + 1
    assert (sent.now.state, desk.records["w1"].cells["name_ru"]) == ("checked", "Другой")
    assert imports.read(sent.now.wanted).apply, "so that the page can say why it stands there again"
    assert sent.report.plan.changes[0].fields["name_ru"] == ("Другой", "Центр один")
    sent.confirm()
    assert (sent.now.state, desk.records["w1"].cells["name_ru"]) == ("done", "Центр один")


def test_two_tabs_and_a_double_click_do_it_once(desk: TestDesk) -> None:
    sent = Sent(desk, HEAD + "w1,flac,Центр один,KG-N,Нарын,114,yes\n")
    seen = sent.now
    job_id = imports.confirm(sent.store, seen, "web:test", good_rows=False)
    with pytest.raises(imports.Moved):
        imports.confirm(sent.store, seen, "web:test", good_rows=False)
    with pytest.raises(imports.Moved):
        imports.choose(sent.store, seen, Wanted(replace_all=True), "web:other")
    sent.do(job_id)
    with pytest.raises(jobs.NoJob):
        sent.do(job_id)
    assert len(sent.acts) == 1


def test_who_presses_twice_sends_once(desk: TestDesk) -> None:
    sent = Sent(desk, TWO)
    again, job_id = imports.begin(sent.store, "web:test", TWO.encode(), "table.csv")
    assert (again, job_id) == (sent.id, "")
    other, _job = imports.begin(sent.store, "web:other", TWO.encode(), "table.csv")
    assert other != sent.id
    sent.choose(skip=frozenset({3}))
    assert imports.begin(sent.store, "web:test", TWO.encode(), "table.csv")[0] != sent.id, "decided on already"


def test_an_apply_whose_process_failed_is_checked_again(desk: TestDesk) -> None:
    sent = Sent(desk, HEAD + "w1,flac,Центр один,KG-N,Нарын,114,yes\n")
    job_id = imports.confirm(sent.store, sent.now, "web:test", good_rows=False)
    with pytest.raises(imports.Moved):
        imports.choose(sent.store, sent.now, Wanted(), "web:test")
    with sent.store.writing() as connection:
        store_jobs.end(connection, job_id, "failed", '{"code": "job_died"}', dt.datetime.now(dt.UTC))
    sent.choose()
    assert (sent.now.state, imports.read(sent.now.wanted).apply, sent.acts) == ("checked", False, set())


def test_cells_to_put_right_come_whole_and_a_point_with_both_its_halves(desk: TestDesk) -> None:
    long = "Слово\nи " * 40 + "{{"
    rows = f'w1,Центр,KG-N,43.2389,76.8897,114,\nw2,Центр,KG-N,,,114,"{long}"\nw3,Хороший,KG-N,,,114,\n'
    sent = Sent(desk, "id,name_ru,oblast,lat,lon,phones,note\n" + rows)
    assert sent.report.file
    assert sent.report.file.wrong == {2: {"lat": "43.2389", "lon": "76.8897"}, 3: {"note": long}}


def test_what_was_chosen_later_is_what_is_shown(desk: TestDesk) -> None:
    sent = Sent(desk, TWO)
    first = imports.choose(sent.store, sent.now, Wanted(skip=frozenset({2})), "web:test")
    sent.choose(skip=frozenset({2, 3}))
    sent.do(first)  # nobody waits for it any more
    assert (sent.now.version, sent.report.plan.refused) == (3, 2)


def test_a_column_is_read_as_a_person_says(desk: TestDesk) -> None:
    sent = Sent(desk, "Ф1;Ф2;Ф3\nЦентр;KG-N;114\n")
    assert codes(sent.report) == ["file_without_header"]
    sent.choose(choice=Choice(delimiter=";", columns={0: "name_ru", 1: "oblast", 2: "phones"}))
    assert sent.report.file
    assert sent.report.file.header == (("Ф1", "name_ru"), ("Ф2", "oblast"), ("Ф3", "phones"))
    assert sent.report.plan.count("new") == 1


def test_one_question_is_answered_without_the_others(desk: TestDesk) -> None:
    rows = "q1,flac,А,KG-N,приют для женщин,114\nq2,flac,Б,KG-N,кризисный приют,114\n"
    sent = Sent(desk, f"id,kind,name_ru,oblast,services,phones\n{rows}")
    keys = ["show_location_unclear|2|show_location", "show_location_unclear|3|show_location"]
    sent.choose(accept=frozenset(keys[:1]))
    assert [problem.line for problem in sent.report.plan.at("question")] == [3]
    sent.choose(accept=frozenset(keys))
    assert not sent.report.plan.at("question")


def test_a_skipped_row_spares_its_center_when_all_is_replaced(desk: TestDesk) -> None:
    desk.bring(TWO.replace(",12,", ",115,"))
    sent = Sent(desk, HEAD + "w1,flac,Иначе,KG-N,Нарын,114,yes\n")
    sent.choose(replace_all=True, skip=frozenset({2}), accept=frozenset({"replace_all_many"}))
    assert {(one.id, one.change) for one in sent.report.plan.changes} == {("w2", "removed")}


def test_a_file_is_forgotten_when_its_days_are_over(desk: TestDesk) -> None:
    sent = Sent(desk, TWO)
    imports.forget(sent.store, desk.settings)
    assert sent.now.data is not None
    with sent.store.writing() as connection:
        four_days_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=4)
        assert kept.change(connection, sent.now, sent=four_days_ago.isoformat())
    imports.forget(sent.store, replace(desk.settings, uploads_days=5))
    assert sent.now.data is not None
    imports.forget(sent.store, desk.settings)
    assert (sent.now.data, sent.now.plan, sent.now.wanted) == (None, "", "")
    with pytest.raises(imports.Moved):
        imports.choose(sent.store, sent.now, Wanted(), "web:test")


TEXTS = st.text(max_size=8)


@given(
    accept=st.frozensets(TEXTS), skip=st.frozensets(st.integers(1, 9)), sheet=TEXTS,
    cells=st.dictionaries(st.tuples(st.integers(1, 9), TEXTS), TEXTS),
    columns=st.dictionaries(st.integers(0, 9), TEXTS),
)  # fmt: skip
def test_what_was_chosen_comes_back_from_its_text(
    accept: frozenset[str], skip: frozenset[int], sheet: str, cells: dict[tuple[int, str], str], columns: dict[int, str]
) -> None:
    wanted = Wanted(accept=accept, skip=skip, cells=cells, choice=Choice(sheet=sheet, columns=columns))
    assert imports.read(imports.written(wanted)) == wanted
