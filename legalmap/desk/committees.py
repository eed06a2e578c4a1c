"""A table of local committees -> what it would make of those we know: whole or not at all, and what went out comes
back with no change."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from legalmap import letters
from legalmap.config import Settings
from legalmap.desk import spreadsheet
from legalmap.desk.confined import TooHeavy, confined
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.problems import Refused
from legalmap.desk.reading import flaws, oblasts, reader
from legalmap.desk.reading.cells import CLEAR
from legalmap.desk.reading.formulas import guarded, unguarded
from legalmap.desk.reading.table import Choice, Row, Table
from legalmap.model import LANGS, Problem
from legalmap.people import committees as rules
from legalmap.store.committees import Committee
from legalmap.wording import label

COLUMNS = ("id", "name_ky", "name_ru", "name_en", "oblast", "rayon", "places")
MOST_ROWS, MOST_BYTES = 1_000, 1_000_000
_PLACES = frozenset({
    "places", "жерлер", "айылдар", "калктуу конуштар", "места", "населенные пункты", "села", "охват", "villages",
})  # fmt: skip
"""What people call the column of places, as `_header` leaves it."""
_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteesPlan:
    """What a table would do. `changed`: (before, after). With a problem of level error nothing can go in."""

    new: Sequence[Committee] = ()
    changed: Sequence[tuple[Committee, Committee]] = ()
    unchanged: int = 0
    problems: Sequence[Problem] = ()

    @property
    def refused(self) -> bool:
        """Nothing of it can go in."""
        return any(problem.level != "notice" for problem in self.problems)

    @property
    def changes(self) -> Sequence[Committee]:
        """Every committee as it would be, of those that are new or changed."""
        return () if self.refused else [*self.new, *(after for _, after in self.changed)]


def read(data: bytes, name: str, settings: Settings) -> Table:
    """The table in a CSV or a workbook, read in a process of its own with limits. Never raises on odd bytes."""
    limits = replace(settings, import_max_rows=MOST_ROWS, import_max_bytes=MOST_BYTES)
    try:
        return confined(lambda _tell: _read(data, name, limits))
    except TooHeavy:
        return replace(reader.read(b"", name, limits), problems=(Problem(code="file_too_heavy", level="error"),))


def _read(data: bytes, name: str, settings: Settings) -> Table:
    table = reader.read(data, name, settings)
    headings = [_header(cell) for cell, _column in table.info.header]
    at = next((place for place, heading in enumerate(headings) if heading in _PLACES), None)
    if at is None:
        return table
    return reader.read(data, name, settings, Choice(columns={at: "places"}))


def _header(cell: str) -> str:
    text = re.sub(r"\([^)]*\)", " ", letters.repair(cell)).casefold().replace("ё", "е").replace("_", " ")
    return " ".join(text.split())


def plan(table: Table, known: Mapping[str, Committee], gazetteer: Gazetteer) -> CommitteesPlan:
    """What the table would do to the committees in `known`. An empty cell leaves what is there, `-` empties it, a row
    without an id is the committee that is just the same, else a new one. Raises nothing."""
    problems = list(table.problems)
    made: dict[str, Committee] = {}
    for row in () if table.unusable else table.rows:
        committee = _committee(row, {**known, **made}, known, gazetteer, problems)
        if committee.id in made:
            problems.append(_problem(row, "committee_repeated", "id", committee.id))
        made[committee.id] = committee
    after = [one for one in made.values() if one != known.get(one.id)]
    return CommitteesPlan(
        new=[one for one in after if one.id not in known],
        changed=[(known[one.id], one) for one in after if one.id in known],
        unchanged=len(made) - len(after),
        problems=problems,
    )


def _problem(row: Row, code: str, column: str, value: str, **params: str | int) -> Problem:
    return Problem(code=code, level="error", line=row.line, column=column, value=value[:_SHOWN], params=params)


def _committee(
    row: Row, taken: Mapping[str, Committee], known: Mapping[str, Committee], gazetteer: Gazetteer,
    problems: list[Problem],
) -> Committee:  # fmt: skip
    wrong = len(problems)
    cells = dict(_cells(row, problems))
    if row.surplus:
        problems.append(_problem(row, "row_too_long", "", "; ".join(row.surplus)))
    written = cells.pop("id", "")
    before = known.get(written) or (None if written else _twin(cells, known.values(), gazetteer))
    start = before or Committee(id=written or rules.next_id(taken))
    found = replace(start, **_said(row, start, cells, gazetteer, problems))
    if wrong == len(problems):
        for column, code, value in rules.faults(found, gazetteer.rayons, gazetteer.places.by_id):
            problems.append(_problem(row, code, column, value))
    return found


def _cells(row: Row, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """The cells that say something; each that a spreadsheet or a wrong encoding spoilt is a problem."""
    for column in COLUMNS:
        text = " ".join(letters.repair(unguarded(row.cells.get(column, "").strip())).split())
        flaw = flaws.flaw(column, text, row.flaws.get(column, ""))
        if flaw and text:
            problems.append(_problem(row, flaw, column, text))
        elif text:
            yield column, text


def _twin(cells: Mapping[str, str], known: Collection[Committee], gazetteer: Gazetteer) -> Committee | None:
    """The committee that a row without an id describes word for word."""
    for one in known:
        names = {f"name_{lang}": getattr(one, f"name_{lang}") for lang in LANGS}
        told = [column for column in names if cells.get(column)]
        if not told or any(cells[column] != names[column] for column in told):
            continue
        unspoken: list[Problem] = []
        if replace(one, **_said(Row(line=0, cells={}), one, cells, gazetteer, unspoken)) == one and not unspoken:
            return one
    return None


def _said(
    row: Row, start: Committee, cells: Mapping[str, str], gazetteer: Gazetteer, problems: list[Problem]
) -> dict[str, Any]:
    """Field -> what the cells make of it."""
    said: dict[str, Any] = {}
    oblast, rayon = start.oblast, start.rayon
    for column, text in cells.items():
        try:
            if text == CLEAR:
                said[column] = () if column == "places" else ""
            elif column == "oblast":
                said[column] = oblasts.code_of(text)
            elif column == "rayon":
                oblast = str(said.get("oblast", oblast))
                said[column] = gazetteer.rayon(text, oblast)
            elif column == "places":
                oblast, rayon = str(said.get("oblast", oblast)), str(said.get("rayon", rayon))
                said[column] = tuple(dict.fromkeys(_place(part, oblast, rayon, gazetteer) for part in _parts(text)))
            else:
                said[column] = text
        except Refused as fault:
            params = {"nearest": "", "choices": "", **fault.params}
            problems.append(
                Problem(
                    code=fault.code, level="error", line=row.line, column=column, value=text[:_SHOWN], params=params
                )
            )
    return said


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n|]", text) if part.strip()]


def _place(text: str, oblast: str, rayon: str, gazetteer: Gazetteer) -> str:
    """The id of the place that a part of a cell means. Raises Refused."""
    cells = {
        "settlement": text, "oblast": oblast, "rayon": rayon, "show_location": "no", "lat": "", "lon": "",
    }  # fmt: skip
    found = gazetteer.settlements(cells)
    if len(found) == 1:
        return found[0].id
    if found:
        raise Refused("committee_place_ambiguous", place=text[:_SHOWN], choices=gazetteer.described(found))
    raise Refused("committee_place_unknown", place=text[:_SHOWN])


def as_csv(committees: Collection[Committee], lang: str = "", delimiter: str = ",") -> str:
    """Every committee, closed ones too; begins with a BOM so that Excel reads the letters right."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([heading(column, lang) if lang else column for column in COLUMNS])
    writer.writerows([guarded(text) for text in _texts(one)] for one in committees)
    return "\ufeff" + out.getvalue()


def as_xlsx(committees: Collection[Committee], lang: str = "") -> bytes:
    """The same as a workbook for Excel, all cells texts."""
    headings = [heading(column, lang) if lang else column for column in COLUMNS]
    return spreadsheet.table("committees", COLUMNS, headings, ([*map(guarded, _texts(one))] for one in committees))


def heading(column: str, lang: str) -> str:
    """What a column is called in a language."""
    return label("committee_column" if column == "places" else "column", column, lang)


def _texts(one: Committee) -> list[str]:
    return [one.id, one.name_ky, one.name_ru, one.name_en, one.oblast, one.rayon, "; ".join(one.places)]
