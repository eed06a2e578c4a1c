"""An empty table of centers to be filled in: a workbook that helps whoever never saw it, and a CSV."""

from __future__ import annotations

import csv
import io
import textwrap

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from legalmap.desk import spreadsheet
from legalmap.desk import template_columns as columns
from legalmap.desk.export import headings
from legalmap.desk.template_columns import CHOSEN, COLUMNS, NEEDED, TOGETHER
from legalmap.model import SHOW_LOCATION
from legalmap.wording import label

ROWS = 1_000
"""Empty rows whose cells are made texts one by one: not every program heeds the format of a whole column."""
_TEXTS = ("id", "lat", "lon", "phones", "whatsapp", "hours", "phone_hours", "rank", "source_date", "verified_on")
"""Columns whose cells a spreadsheet would take for numbers or dates."""
_LAST = 5_001
"""Row to which the drop-downs reach: as many rows as an import takes."""
_LISTS = "lists"
_RULES = ("row", "empty", "dash", "several", "show", "hidden", "invent", "check")
_WHITE, _FONT = "FFFFFF", "Calibri"
_HELP_WIDTHS = (34, 78, 44, 24)
_LINE = Border(bottom=Side(style="thin", color="C9CED6"))
_WRAPPED = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1)


def as_csv(lang: str) -> str:
    """The header alone, with `;` and a BOM as Excel with Russian settings wants it."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(headings(COLUMNS, lang))
    return "\ufeff" + out.getvalue()


def as_xlsx(lang: str) -> bytes:
    """A sheet to fill in, a sheet that says how, and a hidden one with the lists of the drop-downs."""
    book: Workbook = spreadsheet.workbook(write_only=False)
    table: Worksheet = book.active
    table.title = label("template", "sheet", lang)
    _draw_table(table, lang)
    _draw_help(book.create_sheet(label("template", "help", lang)), lang)
    lists = book.create_sheet(_LISTS)
    lists.sheet_state = "hidden"
    for place, column in enumerate(CHOSEN, 1):
        for row, text in enumerate((column, *columns.choices(column, lang)), 1):
            spreadsheet.write(lists.cell(row, place), text)
    for column in COLUMNS:
        table.add_data_validation(_guide(column, lang))
    return spreadsheet.saved(book)


def _draw_table(sheet: Worksheet, lang: str) -> None:
    spreadsheet.shape(sheet, COLUMNS)
    shades = {column: color for color, group in TOGETHER for column in group}
    for place, (column, text) in enumerate(zip(COLUMNS, headings(COLUMNS, lang), strict=True), 1):
        head = spreadsheet.write(sheet.cell(1, place), text)
        head.number_format = spreadsheet.TEXT
        head.font, head.fill = _colors(shades[column], strong=column in NEEDED)
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        head.border = Border(left=Side(style="thin", color=_WHITE), bottom=Side(style="thick", color=shades[column]))
        if column in _TEXTS:
            for row in range(2, ROWS + 2):
                sheet.cell(row, place).number_format = spreadsheet.TEXT
    sheet.row_dimensions[1].height = 64
    sheet.freeze_panes = "A2"
    sheet.sheet_view.zoomScale = 110


def _colors(color: str, *, strong: bool) -> tuple[Font, PatternFill]:
    """White on the color, or the color on a tint of it."""
    if strong:
        return Font(name=_FONT, bold=True, color=_WHITE), PatternFill("solid", fgColor=color)
    tint = "".join(f"{round(int(color[at : at + 2], 16) * 0.14 + 255 * 0.86):02X}" for at in (0, 2, 4))
    return Font(name=_FONT, bold=True, color=color), PatternFill("solid", fgColor=tint)


def _guide(column: str, lang: str) -> DataValidation:
    """What is said while a cell of the column is chosen, and its drop-down."""
    place = get_column_letter(COLUMNS.index(column) + 1)
    title = headings([column], lang)[0].partition(" (")[0][:32]
    guide = DataValidation(
        showInputMessage=True, promptTitle=title, prompt=columns.told(column, lang), sqref=f"{place}2:{place}{_LAST}"
    )
    if column not in CHOSEN:
        return guide
    at = get_column_letter(CHOSEN.index(column) + 1)
    guide.type, guide.formula1 = "list", f"{_LISTS}!${at}$2:${at}${len(columns.choices(column, lang)) + 1}"
    guide.allowBlank = guide.showErrorMessage = True
    guide.errorStyle = "warning"  # `-`, a former name and other spellings are understood too
    guide.errorTitle, guide.error = label("template", "choose", lang), label("template", "choose.text", lang)
    return guide


def _draw_help(sheet: Worksheet, lang: str) -> None:
    for place, width in zip("ABCD", _HELP_WIDTHS, strict=True):
        sheet.column_dimensions[place].width = width
    _line(sheet, 1, label("template", "title", lang))
    sheet["A1"].font, sheet["A1"].alignment = Font(name=_FONT, bold=True, size=18, color=TOGETHER[0][0]), Alignment()
    sheet.row_dimensions[1].height = 30
    _line(sheet, 2, label("template", "intro", lang))
    sheet["A2"].alignment = Alignment()
    shown = {value: columns.called("show_location", value, lang) for value in SHOW_LOCATION}
    row = 4
    for rule in _RULES:
        text = label("template", f"rule.{rule}.text", lang).format(**shown)
        _line(sheet, row, label("template", f"rule.{rule}", lang), text, "", "")
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=4)
        sheet.row_dimensions[row].height = _height((text, sum(_HELP_WIDTHS[1:])))
        color = TOGETHER[-1][0] if rule == "hidden" else TOGETHER[0][0]
        sheet.cell(row, 1).font = Font(name=_FONT, bold=True, color=color)
        row += 1
    row += 1
    _line(sheet, row, *(label("template", name, lang) for name in ("column", "what", "example", "need")))
    for cell in sheet[row]:
        cell.font, cell.fill = _colors(TOGETHER[0][0], strong=True)
    sheet.print_title_rows = f"{row}:{row}"
    for color, group in TOGETHER:
        for column in group:
            row += 1
            texts = (columns.told_at_length(column, lang), columns.example(column, lang), columns.need(column, lang))
            _line(sheet, row, *headings([column], lang), *texts)
            sheet.cell(row, 1).font, sheet.cell(row, 1).fill = _colors(color, strong=column in NEEDED)
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _line(sheet: Worksheet, row: int, *texts: str) -> None:
    for place, text in enumerate(texts, 1):
        cell = spreadsheet.write(sheet.cell(row, place), text)
        cell.alignment, cell.number_format, cell.font = _WRAPPED, spreadsheet.TEXT, Font(name=_FONT)
        if len(texts) > 1:
            cell.border = _LINE
    if len(texts) > 1:
        sheet.row_dimensions[row].height = _height(*zip(texts, _HELP_WIDTHS, strict=True))


def _height(*cells: tuple[str, int]) -> float:
    """Points that a row needs for texts in columns of so many letters: no program measures them in every file."""
    lines = (sum(len(textwrap.wrap(part, width - 2)) or 1 for part in text.split("\n")) for text, width in cells)
    return 15.0 * max(lines) + 5
