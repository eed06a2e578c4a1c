"""The list of centers as an admin looks through it: found by any spelling, told apart by what has to be done."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.lookup import Kept, Lookup
from legalmap.desk.reading.cells import values
from legalmap.directory.search import STALE_YEARS
from legalmap.letters import sort_key
from legalmap.model import PHONE_KINDS, Localized, Record
from legalmap.store import Connection, Store, centers, counters, history
from legalmap.visibility import COLUMNS, PUBLIC_COLUMNS
from legalmap.wording import label

STATES = ("no_point", "never_verified", "overdue", "hidden", "hidden_no_phone", "suspended", "closed")
"""What a list is narrowed by; nothing is due for a closed center."""
VERIFY_EVERY = dt.timedelta(days=365)
"""After so long a verified center is overdue. One that nobody verified is when the public is told that it may be out of
date: its source is over STALE_YEARS old or undated."""
PAGE = 50
_NEVER_SHOWN = frozenset(COLUMNS) - PUBLIC_COLUMNS["yes"]
CHOICE = (
    "id", "kind", "place", "show_location", "phones", "whatsapp", "email", "website", "hours", "languages", "topics",
    "needs", "groups", "fee", "access", "area", "source", "source_date", "verified_on",
)  # fmt: skip
"""Columns that the list can show beside number, name and states; `place` is oblast and settlement."""
USUAL = ("kind", "place", "phones", "verified_on")
SORTS = ("number", "name", *CHOICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which centers, in which order: `states` all hold; `kind`, `oblast` "" = any. Pages count from 1."""

    text: str = ""
    states: frozenset[str] = frozenset()
    kind: str = ""
    oblast: str = ""
    sort: str = "name"
    down: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A center in the list. `states`: those that hold whatever the day is; `due`: the day (ISO) from which on it is
    overdue, "" never."""

    record: Record
    states: frozenset[str]
    due: str

    def all_states(self, today: str) -> frozenset[str]:
        """The states on the day `today` (ISO)."""
        return self.states | {"overdue"} if self.due and self.due <= today else self.states

    def shown(self, column: str) -> str | None:
        """The text of a column; None where it stays hidden: the list names no hidden place."""
        cells = self.record.cells
        allowed = PUBLIC_COLUMNS.get(cells["show_location"], PUBLIC_COLUMNS["no"])
        return cells[column] if column in allowed or not cells[column] else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was asked for: the rows of one page, how many there are, and how many each filter would leave."""

    rows: Sequence[Row]
    total: int
    page: int
    pages: int
    states: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    oblasts: Mapping[str, int] = field(default_factory=dict)


class Overview:
    """All centers as they stood when the edition number `edition` was the last that an act took. Read-only."""

    def __init__(self, edition: int, gazetteer: Gazetteer, rows: Mapping[str, Row], words: Kept | None = None) -> None:
        self._words = words
        self.edition = edition
        self.gazetteer = gazetteer
        self.rows = rows
        self._orders: dict[tuple[str, str], dict[str, int]] = {}

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup((row.record for row in self.rows.values()), self.gazetteer, self._words)

    def look(self, asked: Asked, lang: str, today: dt.date) -> Found:
        """The page that was asked for, names sorted as `lang` does; a page past the last is the last."""
        day = today.isoformat()
        ids = self._lookup.find(asked.text) if asked.text.strip() else self.rows.keys()
        stated = [(row, row.all_states(day)) for key in ids for row in (self.rows[key],)]
        chosen = [(row, states) for row, states in stated if states >= asked.states]

        def fits(row: Row, kind: str, oblast: str) -> bool:
            cells = row.record.cells
            return (not kind or cells["kind"] == kind) and (not oblast or cells["oblast"] == oblast)

        found = [(row, states) for row, states in chosen if fits(row, asked.kind, asked.oblast)]
        order = self._order(asked.sort, lang)
        rows = sorted((row for row, _ in found), key=lambda row: order[row.record.id], reverse=asked.down)
        pages = max(1, -(-len(rows) // PAGE))
        page = min(max(1, asked.page), pages)
        return Found(
            rows=rows[(page - 1) * PAGE : page * PAGE],
            total=len(rows),
            page=page,
            pages=pages,
            states=Counter(state for _, states in found for state in states),
            kinds=Counter(row.record.cells["kind"] for row, _ in chosen if fits(row, "", asked.oblast)),
            oblasts=Counter(row.record.cells["oblast"] for row, _ in chosen if fits(row, asked.kind, "")),
        )

    def _order(self, column: str, lang: str) -> dict[str, int]:
        """Where each center stands, by id: worked out once for a column and language."""
        if (column, lang) not in self._orders:
            key = _key_of(column, lang)
            ids = sorted(self.rows, key=lambda one: (key(self.rows[one]), _named(self.rows[one].record, lang), one))
            self._orders[column, lang] = {one: place for place, one in enumerate(ids)}
        return self._orders[column, lang]


class Overviews:
    """The newest overview of a store. After an act only the centers that it changed are read again."""

    def __init__(self, store: Store, gazetteer_of: Callable[[Connection], Gazetteer]) -> None:
        self._store = store
        self._gazetteer_of = gazetteer_of
        self._last: Overview | None = None
        self._words: Kept = {}

    def current(self) -> Overview:
        """The overview of this moment. Raises StoreError."""
        with self._store.reading() as connection:
            edition = counters.value(connection, "edition")
            last = self._last
            if last is None or last.edition != edition:
                # one reference swapped: requests beside this one keep theirs
                self._last = last = self._read(connection, edition, last)
        return last

    def _read(self, connection: Connection, edition: int, last: Overview | None) -> Overview:
        gazetteer = self._gazetteer_of(connection)
        if last is None or last.gazetteer is not gazetteer or edition < last.edition:
            changed, kept, self._words = centers.records(connection), {}, {}
        else:
            touched = {change.center_id for change in history.changes_after(connection, last.edition)}
            changed, kept = centers.records(connection, touched), dict(last.rows)
        rows = {key: row_of(record, gazetteer) for key, record in changed.items()}
        return Overview(edition, gazetteer, kept | rows, self._words)


def row_of(record: Record, gazetteer: Gazetteer) -> Row:
    """The center with what has to be done about it."""
    cells = record.cells
    if cells["status"] == "closed":
        return Row(record=record, states=frozenset({"closed"}), due="")
    states = {"suspended"} if cells["status"] == "suspended" else set()
    if cells["show_location"] == "no":
        states |= {"hidden"} if cells["phones"] else {"hidden", "hidden_no_phone"}
    if not cells["verified_on"]:
        states.add("never_verified")
    if _wants_point(cells, gazetteer):
        states.add("no_point")
    return Row(record=record, states=frozenset(states), due=_due(cells))


def _wants_point(cells: Mapping[str, str], gazetteer: Gazetteer) -> bool:
    """A point of its own where the address is public; at least that of its settlement where only this is."""
    if cells["kind"] in PHONE_KINDS or cells["show_location"] == "no" or cells["lat"]:
        return False
    return cells["show_location"] == "yes" or len(gazetteer.settlements(cells)) != 1


def _due(cells: Mapping[str, str]) -> str:
    if cells["verified_on"]:
        return (_first_day(cells["verified_on"]) + VERIFY_EVERY).isoformat()
    if not cells["source_date"]:
        return dt.date.min.isoformat()
    return f"{int(cells['source_date'][:4]) + STALE_YEARS:04}{_first_day(cells['source_date']).isoformat()[4:]}"


def _first_day(partial: str) -> dt.date:
    """A partial date counts from its first day."""
    return dt.date.fromisoformat((partial + "-01-01")[:10])


def name_of(record: Record, lang: str) -> str:
    """The center's name in `lang`, else in another language; its id where it has none."""
    cells = record.cells
    names = Localized(ky=cells["name_ky"], ru=cells["name_ru"], en=cells["name_en"])
    return names.in_lang(lang)[0] or record.id


# texts stay while records come and go: an act must not sort thousands of names anew
_sorted_as = lru_cache(maxsize=65_536)(sort_key)


def _named(record: Record, lang: str) -> object:
    return _sorted_as(name_of(record, lang), lang)


def _key_of(column: str, lang: str) -> Callable[[Row], object]:
    """What rows are sorted by; empty ones first, as there something has to be done."""
    if column in {"number", "name"}:
        return lambda row: row.record.number if column == "number" else ()
    if column == "place":
        return lambda row: _sorted_as(
            f"{label('oblast', row.record.cells['oblast'], lang)} {row.shown('settlement') or ''}", lang
        )
    if column in {"kind", "show_location", "fee"}:
        return lambda row: _sorted_as(label(column, row.record.cells[column], lang) if row.shown(column) else "", lang)
    if column in _NEVER_SHOWN:
        raise ValueError(column)
    if column in {"verified_on", "source_date"}:
        return lambda row: row.shown(column) or ""
    return lambda row: _sorted_as("; ".join(values(row.shown(column) or "")), lang)
