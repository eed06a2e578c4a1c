"""What is exported comes back: no change, no problem, whatever the desk holds, as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from legalmap.desk.export import as_csv, as_xlsx, left_out
from legalmap.desk.reading.formulas import guarded, unguarded
from legalmap.desk.spreadsheet import LONGEST_CELL, escaped, unescaped
from legalmap.model import LANGS, Record
from legalmap.store import centers
from legalmap.visibility import COLUMNS
from tests.desk.conftest import TestDesk

IDS = ("a1", "007", "Мектеп 5", "=1+1", "total")
FORMS: Mapping[str, Callable[[TestDesk], bytes]] = {
    "csv": lambda desk: as_csv(desk.records.values()).encode(),
    "csv ru ;": lambda desk: as_csv(desk.records.values(), "ru", ";").encode(),
    "csv ky tab": lambda desk: as_csv(desk.records.values(), "ky", "\t").encode(),
    "csv en |": lambda desk: as_csv(desk.records.values(), "en", "|").encode(),
    "xlsx": lambda desk: as_xlsx(desk.records.values()),
    **{f"xlsx {lang}": lambda desk, lang=lang: as_xlsx(desk.records.values(), lang) for lang in LANGS},
}
ODD = (
    "=1+1", "'=1+1", "''", "'", "+1+cmd|' /C calc'!A0", "@SUM(A1)", "-", "--", "-5", "＝1", "\t=1", "\r\n=x", "#N/A",
    "#ДЕЛ/0!", "а?б ш?й??", "???", "РќР°СЂС‹РЅ", "Íàðûí", "Ємїрбек", "<b>x</b>", "&#60;", "javascript:1", "{{7*7}}",
    "нет", "0", "00123", "1.10", "12-13", "9-18", "01.02.2026", "2026-13-45", "1E5", "9,96E+11", "+996312651010 (x)",
    "_x000D_", "_x005F_x000D_", "_X000d_", "_x", "_xD83D_", "_x0000_", "a_x0041_b", "a\r\nb\rc\n", " a  b ", "\u00a0",
    "\x01", "\x1f", "\x7f", "\x85", "\u2028", "\u202e", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\U0001f600", "e\u0301",
    "id,kind", "sep=;", 'a"b', '"', "итого", "TRUE", "yes", "41,43", "a;b;c", "a|b", "a,b",
)  # fmt: skip
LETTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
CELL = st.one_of(st.sampled_from(ODD), st.text(LETTERS, max_size=12), st.lists(st.sampled_from(ODD)).map("".join))
CELLS = st.fixed_dictionaries({}, optional={column: CELL for column in COLUMNS if column not in {"id", "verified_by"}})


def keep(desk: TestDesk, kept: Mapping[str, Mapping[str, str]]) -> None:
    """Put cells into the store past every rule, as an older program's rules may have left them there."""
    with desk.desk.store.writing() as connection:
        for center, cells in kept.items():
            centers.change(connection, center, dict.fromkeys(COLUMNS, "") | cells)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    desk = TestDesk(tmp_path_factory.mktemp("export") / "instance")
    with desk.desk.store.writing() as connection:
        centers.add(connection, {center: {} for center in IDS}, 1001)
    return desk


def assert_it_comes_back(desk: TestDesk, form: str) -> None:
    report = desk.bring(FORMS[form](desk), apply=False, name=f"test.{form.split()[0]}")
    assert (report.outcome, report.plan.problems) == ("ok", ())
    assert report.plan.count("unchanged") == len(IDS)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to make a failing desk smaller takes minutes
)
@given(cells=st.fixed_dictionaries(dict.fromkeys(IDS, CELLS)), form=st.sampled_from([*FORMS]))
def test_whatever_the_desk_holds_comes_back_with_no_change(
    kept: TestDesk, cells: dict[str, dict[str, str]], form: str
) -> None:
    keep(kept, cells)
    assert_it_comes_back(kept, form)


@pytest.mark.parametrize("form", FORMS)
def test_every_odd_text_comes_back_from_every_column(kept: TestDesk, form: str) -> None:
    for start in range(0, len(ODD), len(IDS)):
        odd = dict(zip(IDS, ODD[start : start + len(IDS)], strict=False))
        keep(kept, {center: dict.fromkeys(COLUMNS, text) for center, text in odd.items()})
        assert_it_comes_back(kept, form)


@pytest.mark.parametrize("form", FORMS)
def test_the_longest_cell_of_a_spreadsheet_comes_back(kept: TestDesk, form: str) -> None:
    keep(kept, {"a1": {"note": "ө" * LONGEST_CELL, "services": "=" + "x" * (LONGEST_CELL - 2)}})
    assert [*left_out(kept.records.values())] == []
    assert_it_comes_back(kept, form)


@pytest.mark.parametrize("text", ["ө" * (LONGEST_CELL + 1), "=" * LONGEST_CELL, "\r" * 5_000], ids=len)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_text_too_long_for_a_cell_is_named_and_left_as_it_is(kept: TestDesk, text: str, form: str) -> None:
    keep(kept, {"a1": {"note_ru": text}})
    assert [*left_out(kept.records.values())] == [("a1", "note_ru")]
    assert_it_comes_back(kept, form)


@given(st.one_of(CELL, st.text(alphabet="_x0005FDd8", max_size=20), st.text(alphabet="'=+- \u2028\t1", max_size=6)))
def test_guard_and_escape_are_taken_away_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert unescaped(escaped(text)) == text
    assert not re.search("[\x00-\x08\x0b-\x1f\ufffe\uffff]", escaped(text))


def test_a_workbook_holds_only_texts_and_no_text_that_would_run_were_it_saved_as_csv(kept: TestDesk) -> None:
    keep(kept, {center: dict.fromkeys(COLUMNS, text) for center, text in zip(IDS, ODD, strict=False)})
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(kept.records.values(), "ru"))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert {sheet.column_dimensions[name].number_format for name in "ABZ"} == {"@"}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", f"A1:{get_column_letter(len(COLUMNS))}1")
    assert [cell.value for cell in sheet[1]][:2] == ["Код (не менять; новый – пусто)", "Вид"]
    runs = re.compile(r"\s*[=+\-@＝＋－＠](?!\d*$)")
    assert [cell.value for cell in cells if runs.match(cell.value)] == []


def test_a_cell_that_was_changed_is_read_by_todays_rules_and_its_neighbors_are_not(kept: TestDesk) -> None:
    keep(
        kept, {"a1": {"name_ru": "Борб?р {{x}}", "oblast": "KG-N", "note": "<b>", "show_location": "no", "kind": "ngo"}}
    )
    lines = [*csv.DictReader(io.StringIO(as_csv(kept.records.values()).removeprefix("\ufeff")))]
    row = {**next(line for line in lines if line["id"] == "a1"), "rayon": "Кочкор", "note_ru": "{{y}}"}
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerow(row)
    report = kept.bring(out.getvalue(), apply=False)
    assert [(one.code, one.column) for one in report.plan.problems] == [("template_marks", "note_ru")]


def test_half_a_point_that_was_changed_is_read_with_its_other_half(desk: TestDesk) -> None:
    desk.bring("id,kind,name_ru,lat,lon,show_location\na1,flac,А,41.43,75.99,yes\n")
    report = desk.bring("id,lat,lon\na1,41.43,75.98\n")
    assert [change.fields for change in report.plan.changes] == [{"lon": ("75.99", "75.98")}]
    assert desk.bring("id,lat,lon\na1,75.98,41.43\n").plan.count("unchanged") == 1


def test_a_workbook_of_excels_own_hands_carriage_returns_over_as_line_breaks(desk: TestDesk, tmp_path: Path) -> None:
    """Excel keeps `\\r` as `_x000D_`, and a text that looks so as `_x005F_x000D_`."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["id", "kind", "name_ru", "oblast", "show_location", "note"])
    book.active.append(["a1", "flac", "А", "KG-N", "yes", "один_x000D_\nдва _x005F_x000D_"])
    book.save(tmp_path / "excel.xlsx")
    desk.bring((tmp_path / "excel.xlsx").read_bytes(), name="excel.xlsx")
    assert desk.records["a1"].cells["note"] == "один\nдва _x000D_"


def test_records_alone_suffice() -> None:
    record = Record(id="x", number=1, cells=dict.fromkeys(COLUMNS, "") | {"id": "x"})
    assert as_csv([record]).count("\r\n") == 2
    assert as_xlsx([]).startswith(b"PK")
