"""The template leads whoever fills it in to a table that goes in without a problem, in each language."""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from legalmap.cli import main
from legalmap.desk import template
from legalmap.desk import template_columns as columns
from legalmap.desk.reading import headers
from legalmap.desk.template_columns import CHOSEN, COLUMNS
from legalmap.model import LANGS
from legalmap.visibility import COLUMNS as ALL
from legalmap.wording import label
from tests.desk.conftest import TestDesk, codes

EVERY_LANGUAGE = pytest.mark.parametrize("lang", LANGS)


def opened(lang: str) -> tuple[Workbook, Worksheet]:
    book = openpyxl.load_workbook(io.BytesIO(template.as_xlsx(lang)))
    assert isinstance(book.active, Worksheet)
    return book, book.active


def filled(lang: str, *rows: Mapping[str, str]) -> bytes:
    """The template with `rows` typed into it, saved by another program."""
    book, sheet = opened(lang)
    for line, row in enumerate(rows, 2):
        for column, text in row.items():
            sheet.cell(line, COLUMNS.index(column) + 1).value = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def offered(book: Workbook, sheet: Worksheet, column: str) -> list[str]:
    """What the drop-down of a column shows."""
    letter = openpyxl.utils.get_column_letter(COLUMNS.index(column) + 1)
    (choice,) = [
        one
        for one in sheet.data_validations.dataValidation
        if one.type == "list" and str(one.sqref).startswith(f"{letter}2:")
    ]
    name, cells = choice.formula1.split("!")
    return [str(row[0].value) for row in book[name][cells.replace("$", "")]]


@EVERY_LANGUAGE
def test_the_headers_are_ours_and_numbers_and_dates_stay_texts(lang: str) -> None:
    _, sheet = opened(lang)
    assert [headers.column(str(cell.value)) for cell in sheet[1]] == [*COLUMNS]
    assert [cell.value for cell in sheet[1]] == [label("column", column, lang) for column in COLUMNS]
    for column in ("id", "phones", "whatsapp", "hours", "phone_hours", "lat", "lon", "source_date", "verified_on"):
        at = COLUMNS.index(column) + 1
        assert {sheet.cell(row, at).number_format for row in (2, 500, 1_001)} == {"@"}
    assert (sheet.freeze_panes, sheet.max_row) == ("A2", 1_001)


def test_only_texts_without_a_language_are_left_out() -> None:
    assert set(ALL) - set(COLUMNS) == {
        "directions",
        "services",
        "bring",
        "note",
        "address_ky",
        "address_ru",
        "address_en",
    }
    assert len(COLUMNS) == len(set(COLUMNS))


@EVERY_LANGUAGE
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_empty_template_is_told_to_have_no_rows(desk: TestDesk, lang: str, form: str) -> None:
    made: Callable[[str], bytes] = template.as_xlsx if form == "xlsx" else lambda lang: template.as_csv(lang).encode()
    report = desk.bring(made(lang), name=f"template.{form}")
    assert (report.outcome, codes(report)) == ("file_error", ["file_without_rows"])


@EVERY_LANGUAGE
def test_the_examples_together_are_a_center_that_goes_in_without_a_problem(desk: TestDesk, lang: str) -> None:
    row = {column: text for column in COLUMNS if (text := columns.example(column, lang))}
    report = desk.bring(filled(lang, row), name="t.xlsx")
    assert ([(one.code, one.column) for one in report.plan.problems], report.outcome) == ([], "ok")
    (record,) = desk.records.values()
    assert (record.cells["kind"], record.cells["oblast"], record.cells["rayon"]) == ("flac", "KG-N", "kochkor")
    assert (record.cells["phones"][:13], record.cells["admission"]) == ("+996312651010", "with_children; boys_up_to_12")
    assert {column for column in COLUMNS if not record.cells[column]} <= {"rank"}
    assert desk.directory.by_id[record.id].hours is not None


@EVERY_LANGUAGE
def test_every_choice_of_every_drop_down_is_understood(desk: TestDesk, lang: str) -> None:
    book, sheet = opened(lang)
    plain = {"kind": "flac", "show_location": label("show_location", "yes", lang), "phones": "114", "area": "country"}
    rows: list[dict[str, str]] = []
    for column in CHOSEN:
        found = offered(book, sheet, column)
        assert found == columns.choices(column, lang)
        for text in found:
            dated = {"verified_on": "2026-11-01"} if column == "verified_by" else {}
            rows.append({**plain, "name_ru": f"Центр {len(rows)}", column: text, **dated})
    report = desk.bring(filled(lang, *rows), name="t.xlsx")
    assert [(one.code, one.value) for one in report.plan.problems] == []
    assert report.plan.count("new") == len(rows) > 80
    assert {record.cells["kind"] for record in desk.records.values()} == {*columns.KINDS}
    assert len({record.cells["rayon"] for record in desk.records.values()}) == len(columns.choices("rayon", lang)) + 1


@EVERY_LANGUAGE
def test_the_sheet_that_helps_names_every_column_and_every_value(lang: str) -> None:
    book, _ = opened(lang)
    help_sheet = book[label("template", "help", lang)]
    said = {str(row[0]): [str(part) for part in row[1:4]] for row in help_sheet.iter_rows(values_only=True) if row[1]}
    for column in COLUMNS:
        what, _, need = said[label("column", column, lang)]
        assert len(what) > 5
        assert need != "None"
        assert columns.told(column, lang) not in {column, columns.stem(column)[0]}
    assert columns.called("need", "psychological", lang) in said[label("column", "needs", lang)][0]
    hidden = label("show_location", "no", lang)
    assert hidden in said[label("template", "rule.hidden", lang)][0]
    assert not any("{" in text or text.startswith(("rule.", "need.")) for texts in said.values() for text in texts)


@EVERY_LANGUAGE
def test_what_excel_limits_is_kept_to(lang: str) -> None:
    """ECMA-376 and Excel: a message of 255 letters, a title of 32, a sheet's name of 31."""
    book, sheet = opened(lang)
    messages = sheet.data_validations.dataValidation
    assert len(messages) == len(COLUMNS)
    for one in messages:
        assert 0 < len(one.prompt or "") <= 255
        assert 0 < len(one.promptTitle or "") <= 32
        assert len(one.error or "") <= 225
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert [one.sheet_state for one in book.worksheets] == ["visible", "visible", "hidden"]


@EVERY_LANGUAGE
def test_the_workbook_has_no_formula_and_no_text_cell_without_a_text(lang: str) -> None:
    """Excel offers to repair a file whose cells are not what they say they are."""
    with zipfile.ZipFile(io.BytesIO(template.as_xlsx(lang))) as package:
        sheets = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 3
    for sheet in sheets:
        assert not re.search(r"<f>|<f |t=\"inlineStr\" ?/>", sheet)
        assert sheet.count('t="inlineStr"') == sheet.count("<is>") > 10


@EVERY_LANGUAGE
def test_the_csv_is_a_header_for_excel_with_russian_settings(lang: str) -> None:
    text = template.as_csv(lang)
    assert text.startswith("\ufeff")
    (header,) = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert [headers.column(cell) for cell in header] == [*COLUMNS]


def test_the_command_needs_no_instance_and_goes_by_the_name_of_the_file(tmp_path: Path) -> None:
    env = {**os.environ, "LEGALMAP_INSTANCE": str(tmp_path / "none"), "LC_ALL": "ru_RU.UTF-8"}
    for name, begins in (("t.xlsx", b"PK"), ("t.csv", b'\xef\xbb\xbf"'), ("t", b"PK")):
        done = CliRunner().invoke(main, ["template", "-o", str(tmp_path / name)], env=env)
        assert done.exit_code == 0, done.output
        assert (tmp_path / name).read_bytes().startswith(begins)
    told = CliRunner().invoke(main, ["template", "--format", "csv", "--lang", "ky"], env=env)
    assert told.output.startswith('\ufeff"Коду')
    assert not (tmp_path / "none").exists()
