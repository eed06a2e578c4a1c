"""Rows of a table -> what each would make of which center, with every problem at once."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from legalmap import letters
from legalmap.desk import cells as cell_rules
from legalmap.desk import rules
from legalmap.desk.entry import Entry
from legalmap.desk.formulas import unguarded
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.problems import QUESTIONS, Refused
from legalmap.desk.reader import Row, Table
from legalmap.model import Level, Record
from legalmap.visibility import COLUMNS

NEVER_EMPTY = frozenset({"id", "kind", "status"})
"""Columns that `-` does not empty: a center always has them."""


def validate(table: Table, known: Mapping[str, Record], gazetteer: Gazetteer, today: dt.date) -> list[Entry]:
    """What each row of the table would do to the centers in `known`. Writes nothing, raises nothing."""
    entries = [_read(row, gazetteer, today) for row in table.rows]
    _identify(entries, known)
    for entry in entries:
        _merge(entry)
        if entry.known and not entry.fields and not entry.refused:
            entry.problems = []  # an unchanged row asks and says nothing
            continue
        rules.check(entry, gazetteer)
    return entries


def _read(row: Row, gazetteer: Gazetteer, today: dt.date) -> Entry:
    entry = Entry(line=row.line)
    if row.surplus:
        entry.say("row_too_long", "error", value="; ".join(row.surplus)[:80])
    old_font = _in_old_font(row.cells)
    for column, guarded in row.cells.items():
        written = unguarded(guarded)
        if old_font and (mended := letters.from_old_font(written)) != written:
            entry.say("old_font_repaired", "notice", column, written.strip()[:80], read=mended.strip()[:80])
            written = mended
        if column in NEVER_EMPTY and written.strip() == cell_rules.CLEAR:
            entry.say("cannot_be_empty", "error", column, written.strip())
            continue
        try:
            parsed = cell_rules.parse(column, written, today)
            if column == "area" and parsed.text not in {"", cell_rules.CLEAR}:
                parsed = cell_rules.Parsed(gazetteer.area(parsed.text), parsed.notice, parsed.also)
        except Refused as fault:
            entry.say(fault.code, "error", column, written.strip()[:80], **fault.params)
            entry.nameless = entry.nameless or column == "id"
            continue
        for code in filter(None, (parsed.notice, *parsed.also)):
            entry.say(code, "notice", column, written.strip()[:80], read=parsed.text[:80])
        if parsed.text:
            entry.given[column] = "" if parsed.text == cell_rules.CLEAR else parsed.text
    _name_rayon(entry, gazetteer)
    return entry


def _in_old_font(cells: Mapping[str, str]) -> bool:
    """Judged by the whole row: one Ukrainian or Uzbek letter in it, and the others are meant as well."""
    whole = " ".join(cells.values())
    kyrgyz = any(letters.in_old_font(text, kyrgyz=True) for column, text in cells.items() if column.endswith("_ky"))
    return letters.in_old_font(whole, kyrgyz=kyrgyz)


def _name_rayon(entry: Entry, gazetteer: Gazetteer) -> None:
    """A rayon is kept by its id, which its own oblast helps to find; a town that belongs to none leaves it empty."""
    written = entry.given.get("rayon", "")
    if not written or not gazetteer.rayons:
        return
    try:
        entry.given["rayon"] = gazetteer.rayon(written, entry.given.get("oblast", ""))
    except Refused as fault:
        del entry.given["rayon"]
        level: Level = "question" if fault.code in QUESTIONS else "error"
        entry.say(fault.code, level, "rayon", written[:80], **fault.params)
    else:
        if not entry.given["rayon"]:
            entry.say("rayon_of_town", "notice", "rayon", written[:80])


def _identify(entries: list[Entry], known: Mapping[str, Record]) -> None:
    """Find the center each row means: by id, or, without one, by being just the same."""
    repeated = Counter(entry.given.get("id", "") for entry in entries)
    similar = Counter(_fold(center_id) for center_id in {*repeated, *known} if center_id)
    by_name = _by_name(known)
    taken: set[str] = set()
    for entry in entries:
        written = entry.given.pop("id", "")
        if written:
            entry.id = written
            entry.known = known.get(written)
            if repeated[written] > 1:
                entry.say("id_repeated", "error", "id", written)
            elif entry.known is None and similar[_fold(written)] > 1:
                key = _fold(written)
                other = next(name for name in (*known, *repeated) if name != written and _fold(name) == key)
                entry.say("id_similar", "question", "id", written, other=other)
            if not re.fullmatch(r"[\w.:-]{1,64}(?: [\w.:-]+)*", written) or ".." in written:
                entry.say("id_unreadable", "error", "id", written)
            continue
        twins = [
            center_id for key in _names(entry.given) for center_id in by_name.get(key, ()) if center_id not in taken
        ]
        same = next((center_id for center_id in twins if _agrees(entry.given, known[center_id].cells)), None)
        if same is not None:
            entry.id, entry.known = same, known[same]
            taken.add(same)
        elif near := next((center_id for center_id in twins if _near(entry.given, known[center_id].cells)), None):
            entry.say("likely_duplicate", "question", "id", None, other=near)
    _ask_about_doubles(entries)


def _ask_about_doubles(entries: Iterable[Entry]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for entry in entries:
        if entry.id or not _names(entry.given):
            continue
        key = (*sorted(_names(entry.given)), entry.given.get("oblast", ""), entry.given.get("settlement", ""))
        if key in seen:
            entry.say("likely_duplicate", "question", "id", None, other=f"line {seen[key]}")
        seen.setdefault(key, entry.line)


def _fold(center_id: str) -> str:
    """007, 7 and 7.0 are one id to a person, and so are "A 1" and "a1"."""
    key = re.sub(r"\s+", "", center_id.casefold())
    return re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"\.0+$", "", key))


def _names(cells: Mapping[str, str]) -> set[str]:
    return {letters.search_key(cells[column]) for column in ("name_ky", "name_ru", "name_en") if cells.get(column)}


def _by_name(known: Mapping[str, Record]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for center_id, record in known.items():
        for key in _names(record.cells):
            found.setdefault(key, []).append(center_id)
    return found


def _agrees(given: Mapping[str, str], cells: Mapping[str, str]) -> bool:
    return all(cells[column] == text for column, text in given.items())


def _near(given: Mapping[str, str], cells: Mapping[str, str]) -> bool:
    return all(given.get(column, "") == cells[column] for column in ("oblast", "settlement"))


def _merge(entry: Entry) -> None:
    if entry.known:
        entry.cells = {**entry.known.cells, **entry.given}
        return
    entry.cells = dict.fromkeys(COLUMNS, "") | entry.given | {"id": entry.id}
    rules.fill_defaults(entry.cells, entry.say, refused=entry.refused)
