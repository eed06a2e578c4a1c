"""Rows of a table -> what each would make of which center, with every problem at once."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from legalmap import letters
from legalmap.desk import duplicates, rules
from legalmap.desk.confined import Tell
from legalmap.desk.entry import Entry
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.reading.flaws import DANGEROUS, SPOILT
from legalmap.desk.reading.row_cells import read_row
from legalmap.desk.reading.table import Table
from legalmap.model import Problem, Record
from legalmap.visibility import COLUMNS

_ID = re.compile(r"(?!.*\.\.)[\w.:-]{1,64}(?: [\w.:-]+)*")
OF_TEXTS = SPOILT | DANGEROUS | {"mixed_scripts"}
"""What stays with a text that the desk has already: told when it changes, not ever again."""
_TOLD_EVERY = 250
SPOILT_SHARE = 0.1
"""From this share of rows with lost letters on, the whole file was saved wrongly."""


def validate(
    table: Table, known: Mapping[str, Record], gazetteer: Gazetteer, today: dt.date, tell: Tell = lambda _: None
) -> list[Entry]:
    """What each row of the table would do to the centers in `known`. Writes nothing, raises nothing; `tell` hears how
    far it is."""
    entries = []
    for count, row in enumerate(table.rows):
        if count % _TOLD_EVERY == 0:
            tell(f"checking {count}/{len(table.rows)}")
        entries.append(read_row(row, known, gazetteer, today))
    tell("comparing")
    _identify(entries, known)
    for entry in entries:
        _merge(entry)
        if entry.known:
            entry.problems = [one for one in entry.problems if one.code not in OF_TEXTS or one.column in entry.fields]
        if entry.skipped:
            continue
        if entry.known and not entry.fields and not entry.refused:
            entry.problems = []  # an unchanged row asks and says nothing
            continue
        if not entry.no_center:
            rules.check(entry, gazetteer)
    duplicates.ask(entries, known)
    for entry in entries:
        if entry.skipped:
            entry.nameless = entry.nameless or not entry.id  # it may be any center's row
            entry.problems = []
            entry.say("row_skipped", "notice")
    return entries


def refuse_spoilt(entries: Sequence[Entry]) -> Problem | None:
    """The problem of a file whose letters were lost or garbled in so many rows that it was saved wrongly."""
    spoilt = [problem for entry in entries for problem in entry.problems if problem.code in SPOILT]
    lines = {problem.line for problem in spoilt}
    if not spoilt or len(lines) <= SPOILT_SHARE * len(entries):
        return None
    return Problem(code=f"file_{spoilt[0].code}", level="error", value=spoilt[0].value, params={"count": len(lines)})


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
            if entry.known is None and not _ID.fullmatch(written):
                entry.say("id_unreadable", "error", "id", written)
            continue
        twins = [
            center_id for key in _names(entry.given) for center_id in by_name.get(key, ()) if center_id not in taken
        ]
        same = next((center_id for center_id in twins if _agrees(entry.given, known[center_id].cells)), None)
        if same is not None:
            entry.id, entry.known = same, known[same]
            taken.add(same)


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


def _merge(entry: Entry) -> None:
    before = entry.known.cells if entry.known else dict.fromkeys(COLUMNS, "")
    for column, words in entry.prose.items():
        note = entry.given.get("note", before["note"])
        entry.given["note"] = note if words in note else f"{note}\n{words}".strip()
        code = "hours_remark_kept" if column in entry.given else "hours_kept_as_note"
        entry.given.setdefault(column, "")
        entry.say(code, "notice", column, words[:80])
    if entry.known:
        entry.cells = {**before, **entry.given}
        return
    entry.cells = dict.fromkeys(COLUMNS, "") | entry.given | {"id": entry.id}
    rules.fill_defaults(entry.cells, entry.say, refused=entry.refused)
