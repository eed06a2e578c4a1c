"""Whatever bytes, cells and tables come: nothing raises, nothing is lost, and the same again changes nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legalmap.config import Settings
from legalmap.desk.gazetteer import Gazetteer, shipped
from legalmap.desk.plan import plan_import
from legalmap.desk.problems import Refused
from legalmap.desk.reading.cells import parse
from legalmap.desk.reading.reader import read
from legalmap.desk.reading.table import Table
from legalmap.model import Plan, Record
from legalmap.visibility import COLUMNS
from legalmap.wording import word
from tests.desk.test_corpus import CASES, CORPUS, MADE

TODAY = dt.date(2026, 11, 22)
SETTINGS = Settings()


@cache
def gazetteer() -> Gazetteer:
    return shipped()


def planned(table: Table, known: Mapping[str, Record]) -> Plan:
    return plan_import(table, known, gazetteer(), today=TODAY, last_number=1000 + len(known))


def after(plan: Plan, known: Mapping[str, Record]) -> dict[str, Record]:
    """The centers of the desk when the good rows of the plan went in."""
    found = dict(known)
    for number, change in enumerate(plan.changes, 1001 + len(known)):
        old = found[change.id].cells if change.id in found else dict.fromkeys(COLUMNS, "") | {"id": change.id}
        cells = {**old, **{column: new for column, (_, new) in change.fields.items()}}
        found[change.id] = Record(id=change.id, number=number, cells=cells)
    return found


def check_plan(table: Table) -> None:
    """What must hold of any table: counts add up, refused rows are named, problems have words, twice is once."""
    plan = planned(table, {})
    for problem in plan.problems:
        assert word(problem, "ky")
    if table.unusable or any(problem.line is None for problem in plan.at("error")):
        assert plan.changes == ()
        return
    assert len(plan.changes) + plan.refused == len(table.rows)
    assert len({problem.line for problem in plan.at("error")}) == plan.refused
    known = after(plan, {})
    again = planned(table, known)
    named = {change.line for change in again.changes if change.change == "new"}
    assert named <= {problem.line for problem in again.problems if problem.code == "likely_duplicate"}
    assert [change for change in again.changes if change.change == "changed"] == []


SAMPLES = [(CORPUS / case["file"]).read_bytes() for case in CASES if case["file"] not in MADE]


def any_bytes_are_read_or_refused(data: bytes, start: bytes) -> None:
    table = read(start + data, "x.csv", SETTINGS)
    assert read(start + data, "x.csv", SETTINGS) == table
    check_plan(table)


def a_table_that_was_damaged_on_the_way_is_read_or_refused(sample: bytes, data: st.DataObject) -> None:
    broken = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(broken) - 1, 0)))
        way = data.draw(st.sampled_from(["flip", "cut", "insert", "end"]))
        if way == "flip" and broken:
            broken[at] ^= data.draw(st.integers(1, 255))
        elif way == "cut":
            del broken[at : at + data.draw(st.integers(1, 20))]
        elif way == "insert":
            broken[at:at] = data.draw(st.binary(max_size=8))
        else:
            del broken[at:]
    check_plan(read(bytes(broken), "x.csv", SETTINGS))


MARKS = st.sampled_from(
    [*"абвөүңѳaeo019?!;,:.-–/()[]<>{}'\"|\\ \t\n\u00a0\u200b\u202e\ufffd\x07=+@#%&`$", "пн", "обед", "24/7", "9-18",
     "кроме", "42.87", "74,5", "°", "0312", "+996", "доб.", "E+11", "янв", "г.", "NaN", "инвалиды", "ooба",
     "yes", "no", "жок"]
)  # fmt: skip
CELLS = st.one_of(
    st.text(max_size=30), st.lists(MARKS, max_size=12).map("".join), st.lists(MARKS, max_size=8).map(" ".join)
)
WRITTEN = sorted(
    {cell for case in CASES if "=" in case["reads"] for cell in [case["reads"].split("|")[0].partition("=")[2]]}
)


def any_cell_is_read_or_refused_and_what_was_read_reads_the_same(column: str, written: str) -> None:
    try:
        once = parse(column, written, TODAY)
    except Refused:
        return
    assert parse(column, once.text, TODAY).text == once.text


def every_row_of_any_table_goes_in_or_is_named(columns: list[str], rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([columns, *(row[: len(columns)] for row in rows)])
    check_plan(read(out.getvalue().encode(errors="replace"), "x.csv", SETTINGS))


STARTS = st.sampled_from([b"", b"id,name_ru\n", b"\xff\xfe", b"PK\x03\x04", b"\xef\xbb\xbfid;name_ru\n"])
PROPERTIES = (
    (any_bytes_are_read_or_refused, (st.binary(max_size=300), STARTS), 120, 10_000),
    (a_table_that_was_damaged_on_the_way_is_read_or_refused, (st.sampled_from(SAMPLES), st.data()), 120, 10_000),
    (
        any_cell_is_read_or_refused_and_what_was_read_reads_the_same,
        (st.sampled_from(COLUMNS), st.one_of(CELLS, st.sampled_from(WRITTEN))), 600, 100_000,
    ),
    (
        every_row_of_any_table_goes_in_or_is_named,
        (
            st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=8, unique=True),
            st.lists(st.lists(CELLS, min_size=8, max_size=8), min_size=1, max_size=6),
        ), 60, 5_000,
    ),
)  # fmt: skip
"""A property, what it is tried with, how often always and how often in make test-long."""


def tried(check: Callable[..., None], drawn: tuple[st.SearchStrategy[object], ...], times: int) -> None:
    settings(max_examples=times, deadline=None, suppress_health_check=list(HealthCheck))(given(*drawn)(check))()


@pytest.mark.parametrize(("check", "drawn", "times", "_"), PROPERTIES, ids=lambda part: getattr(part, "__name__", ""))
def test_it_holds(check: Callable[..., None], drawn: tuple[st.SearchStrategy[object], ...], times: int, _: int) -> None:
    tried(check, drawn, times)


@pytest.mark.long
@pytest.mark.parametrize(("check", "drawn", "_", "times"), PROPERTIES, ids=lambda part: getattr(part, "__name__", ""))
def test_it_holds_longer(
    check: Callable[..., None], drawn: tuple[st.SearchStrategy[object], ...], _: int, times: int
) -> None:
    tried(check, drawn, times)
