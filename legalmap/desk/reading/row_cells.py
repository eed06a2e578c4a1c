"""The cells of one row -> an entry: what each says in canonical form, and every problem with its column."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache

from legalmap import letters
from legalmap.desk.entry import Entry
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.problems import QUESTIONS, Refused
from legalmap.desk.reading import cells as cell_rules
from legalmap.desk.reading import coordinates, flaws
from legalmap.desk.reading.formulas import unguarded
from legalmap.desk.reading.table import Row
from legalmap.model import Level, Record

_POINT = ("lat", "lon")
_CLOCK = re.compile(r"\d{1,2}\s*(?:[:.]\s*\d{2})?\s*(?:[-–—−]|до|чейин|to)\s*\d|\d[:.]\d{2}|24")
"""A text that holds a clock time was meant as a timetable: there an error is an error."""
_SAY_NOTHING = frozenset({
    "нет", "жок", "no", "none", "n a", "na", "нет данных", "неизвестно", "белгисиз", "маалымат жок", "не указан",
    "не указано", "не указаны", "unknown", "null", "nil", "нету", "0",
})  # fmt: skip
"""Words for an empty cell, as search keys, where only a number, an address or hours can stand."""
_MAY_SAY_NOTHING = (
    frozenset({"phones", "whatsapp", "email", "website", "lat", "lon", "rayon"}) | flaws.HOURS | flaws.DATES
)
_REMARK = re.compile(
    r"[\s,.;(]*\b(?:(?:только\s+)?по\s+(?:предварительн\w+\s+)?(?:запис\w+|звонку|договор[её]нности)|"
    r"алдын ала (?:жазыл\w+|чал\w+|макулдаш\w+)(?:\s+(?:менен|боюнча))?|by appointment(?: only)?)\b[\s).]*",
    re.IGNORECASE,
)
"""What people add to hours: it changes no time."""
_TEXTS = ("name", "address", "directions", "services", "bring", "note")
_SHOWN = 80
"""Letters of a cell that a problem repeats."""


_parse = lru_cache(maxsize=16_384)(cell_rules.parse)
"""Thousands of rows have the same hours, topics and kinds."""


def read_row(row: Row, known: Mapping[str, Record], gazetteer: Gazetteer, today: dt.date) -> Entry:
    """What a row says. `today` is what dates may not pass. A cell that stands in the row of a known center just as the
    desk has it is not read: it cannot be wrong again. Raises nothing."""
    entry = Entry(line=row.line, skipped=row.skipped)
    if row.surplus:
        entry.say("row_too_long", "error", value="; ".join(row.surplus)[:_SHOWN])
    center = known.get(unguarded(row.cells.get("id", "")).strip())
    if row.no_center and center is None:
        entry.no_center = True
        entry.say(row.no_center, "error", value=" ".join(" ".join(row.cells.values()).split())[:_SHOWN])
        return entry
    same = _as_known(row, center)
    if center:
        entry.given["id"] = center.id
    cells = _put_right(row, same, entry)
    for column, written in cells.items():
        flaw = flaws.flaw(column, written, row.flaws.get(column, ""))
        if flaw:
            entry.say(flaw, "error", column, written.strip()[:_SHOWN])
            entry.nameless = entry.nameless or column == "id"
        if column not in _POINT and (not flaw or flaw in flaws.SPOILT | flaws.DANGEROUS):
            _read_cell(entry, column, written, gazetteer, today, flaw)
    if not any(problem.column in _POINT for problem in entry.problems):
        _read_point(entry, {column: cells.get(column, "").strip() for column in _POINT})
    _name_rayon(entry, entry.given.get("oblast", center.cells["oblast"] if center else ""), gazetteer)
    return entry


def _as_known(row: Row, center: Record | None) -> frozenset[str]:
    """Columns of which the row says what the desk has already; a point only as a whole, since it is read so."""
    if center is None:
        return frozenset()
    same = {column for column, text in row.cells.items() if unguarded(text) == center.cells[column]} | {"id"}
    return frozenset(same if same.issuperset({*_POINT} & row.cells.keys()) else same.difference(_POINT))


def _put_right(row: Row, same: frozenset[str], entry: Entry) -> dict[str, str]:
    """The cells that say something new, without what a spreadsheet or an old font added; each change of letters is
    told."""
    old_font = _in_old_font(row.cells)
    cells = {}
    for column in [column for column in row.cells if column not in same]:
        cells[column] = unguarded(row.cells[column])
        if column in _MAY_SAY_NOTHING and letters.search_key(cells[column].replace("/", " ")) in _SAY_NOTHING:
            entry.say("read_as_empty", "notice", column, cells[column].strip())
            cells[column] = ""
        if old_font and (mended := letters.from_old_font(cells[column])) != cells[column]:
            written = cells[column].strip()[:_SHOWN]
            entry.say("old_font_repaired", "notice", column, written, read=mended.strip()[:_SHOWN])
            cells[column] = mended
    return cells


def _read_cell(entry: Entry, column: str, written: str, gazetteer: Gazetteer, today: dt.date, flaw: str = "") -> None:
    try:
        parsed = _parse(column, written, today)
        if column == "area" and parsed.text not in {"", cell_rules.CLEAR}:
            parsed = cell_rules.Parsed(gazetteer.area(parsed.text), parsed.notice, parsed.also)
    except Refused as fault:
        if column in flaws.HOURS and (rest := _without_words(entry, column, written, fault.code)) is not None:
            _read_cell(entry, column, rest, gazetteer, today)
            return
        if flaw in flaws.SPOILT:
            return  # one problem for one cell
        entry.say(fault.code, "error", column, written.strip()[:_SHOWN], **fault.params)
        entry.nameless = entry.nameless or column == "id"
        return
    for code in filter(None, (parsed.notice, *parsed.also)):
        entry.say(code, "notice", column, written.strip()[:_SHOWN], read=parsed.text[:_SHOWN])
    if column.startswith(_TEXTS) and (mixed := letters.of_two_scripts(parsed.text)):
        entry.say("mixed_scripts", "notice", column, written.strip()[:_SHOWN], word=", ".join(mixed)[:_SHOWN])
    if parsed.text:
        entry.given[column] = "" if parsed.text == cell_rules.CLEAR else parsed.text


def _without_words(entry: Entry, column: str, written: str, code: str) -> str | None:
    """What is left of hours that could not be read when words are kept as a note; None where that is no help."""
    remark = _REMARK.search(written)
    if code not in {"hours_unreadable", "hours_too_long"} or column in entry.prose:
        entry.prose.pop(column, None)
        return None
    if not _CLOCK.search(written):
        entry.prose[column] = cell_rules.plain(written)
        return ""
    if remark is None:
        return None
    entry.prose[column] = cell_rules.plain(remark[0]).strip(" ,.;()")
    return f"{written[: remark.start()]} {written[remark.end() :]}"


def _read_point(entry: Entry, written: Mapping[str, str]) -> None:
    """Latitude and longitude together: one cell may hold both, or each the other's."""
    texts = {column: cell_rules.plain(text) for column, text in written.items()}
    for column in [column for column, text in texts.items() if text == cell_rules.CLEAR]:
        entry.given[column] = texts[column] = ""
    try:
        pair = coordinates.pair(texts["lat"], texts["lon"])
    except Refused as fault:
        column = str(fault.params["column"])
        params = {name: value for name, value in fault.params.items() if name != "column"}
        entry.say(fault.code, "error", column, written[column][:_SHOWN], **params)
        return
    found = {"lat": pair.lat, "lon": pair.lon}
    for code in pair.notices:
        read = ", ".join(part.text for part in found.values() if part)
        entry.say(code, "notice", "lat", "; ".join(filter(None, written.values()))[:_SHOWN], read=read)
    for column, part in found.items():
        if part is None:
            continue
        entry.given[column] = part.text
        for code in part.notices:
            entry.say(code, "notice", column, written[column][:_SHOWN], read=part.text)
        if part.decimals <= coordinates.ROUGH:
            entry.say("coordinate_rough", "notice", column, written[column][:_SHOWN])


def _in_old_font(cells: Mapping[str, str]) -> bool:
    """Judged by the whole row: one Ukrainian or Uzbek letter in it, and the others are meant as well."""
    whole = " ".join(cells.values())
    kyrgyz = any(letters.in_old_font(text, kyrgyz=True) for column, text in cells.items() if column.endswith("_ky"))
    return letters.in_old_font(whole, kyrgyz=kyrgyz)


def _name_rayon(entry: Entry, oblast: str, gazetteer: Gazetteer) -> None:
    """A rayon is kept by its id, which its own oblast helps to find; a town that belongs to none leaves it empty."""
    written = entry.given.get("rayon", "")
    if not written or not gazetteer.rayons:
        return
    try:
        entry.given["rayon"] = gazetteer.rayon(written, oblast)
    except Refused as fault:
        del entry.given["rayon"]
        level: Level = "question" if fault.code in QUESTIONS else "error"
        entry.say(fault.code, level, "rayon", written[:_SHOWN], **fault.params)
    else:
        if not entry.given["rayon"]:
            entry.say("rayon_of_town", "notice", "rayon", written[:_SHOWN])
