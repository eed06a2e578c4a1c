"""New rows that may be centers the directory has already: found by phone, or by name in one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from legalmap import letters
from legalmap.desk import phones
from legalmap.desk.entry import Entry
from legalmap.directory.names import ONE_TYPO, TWO_TYPOS
from legalmap.directory.nearest import Nearest
from legalmap.model import Point, Record

NEIGHBORS_WITHIN = 150.0
"""Meters; two centers of one name so near are one."""
CROWD = 50
"""Centers of one place up to which names are compared letter by letter; beyond, only equal names are found."""
SHARED_BY = 3
"""A phone of so many centers is a switchboard and tells nothing."""


def ask(entries: Sequence[Entry], known: Mapping[str, Record]) -> None:
    """Ask about each new row that is likely a center of `known` or an earlier new row."""
    new = [entry for entry in entries if entry.known is None and not entry.refused]
    if not new:
        return
    index = _Index(
        {center_id: record.cells for center_id, record in known.items() if record.cells["status"] != "closed"}
    )
    for entry in new:
        other = index.likely(entry.cells, named=bool(entry.id))
        if other and not any(problem.code == "likely_duplicate" for problem in entry.problems):
            entry.say("likely_duplicate", "question", "id", entry.id or None, other=other)
        index.add(f"line {entry.line}" if not entry.id else entry.id, entry.cells)


_ADDRESS = ("address", "address_ky", "address_ru", "address_en")


class _Index:
    """Centers by number and by place; grows by the rows of the file as they come."""

    def __init__(self, cells: Mapping[str, Mapping[str, str]]) -> None:
        self._cells: dict[str, Mapping[str, str]] = {}
        self._by_phone: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[tuple[tuple[str, str], str], list[str]] = defaultdict(list)
        self._by_place: dict[tuple[str, str], list[str]] = defaultdict(list)
        for center_id, of_center in cells.items():
            self.add(center_id, of_center)

    def add(self, center_id: str, cells: Mapping[str, str]) -> None:
        self._cells[center_id] = cells
        for number in _numbers(cells):
            self._by_phone[number].append(center_id)
        for place in _places(cells):
            self._by_place[place].append(center_id)
            for name in _names(cells):
                self._by_name[place, name].append(center_id)

    def likely(self, cells: Mapping[str, str], *, named: bool) -> str:
        """The center that `cells` may be, "" when none is likely. `named`: the row has an id of its own, so that
        a name without a settlement is not enough."""
        for number in _numbers(cells):
            sharing = self._by_phone.get(number, [])
            if len(sharing) < SHARED_BY and (
                other := next((one for one in sharing if self._near(cells, one, named=named)), "")
            ):
                return other
        for place in _places(cells):
            same = [other for name in _names(cells) for other in self._by_name.get((place, name), ())]
            beside = self._by_place.get(place, [])
            alike = [other for other in beside if _alike(cells, self._cells[other])] if len(beside) <= CROWD else []
            if found := next((other for other in (*same, *alike) if self._near(cells, other, named=named)), ""):
                return found
        return ""

    def _near(self, cells: Mapping[str, str], other: str, *, named: bool) -> bool:
        """Whether the two can stand in one place: not where both have a point and these are apart."""
        points = [_point(cells), _point(self._cells[other])]
        if points[0] and points[1]:
            return Nearest([points[0]], [""]).find(points[1], 1)[0][1] <= NEIGHBORS_WITHIN
        places = [one["settlement"] for one in (cells, self._cells[other])]
        if not any(places):
            return not named
        streets = [letters.search_key(" ".join(one[name] for name in _ADDRESS)) for one in (cells, self._cells[other])]
        if all(streets) and _figures(streets[0]) != _figures(streets[1]):
            return False  # two houses
        return letters.search_key(places[0]) == letters.search_key(places[1])


def _figures(street: str) -> set[str]:
    return {word for word in street.split() if any(map(str.isdigit, word))}


def _numbers(cells: Mapping[str, str]) -> Iterator[str]:
    """Whole numbers: a short code is everybody's."""
    yield from (phone.number for phone in phones.read(cells["phones"]) if phone.number.startswith("+"))


def _places(cells: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Where the cells say the center is: oblast and settlement, and the square kilometers around its point."""
    if cells["settlement"] or cells["oblast"]:
        yield cells["oblast"], letters.search_key(cells["settlement"])
    point = _point(cells)
    if point:
        north, east = round(point.lat, 2), round(point.lon, 2)
        yield from ((f"{north + dn / 100:.2f}", f"{east + de / 100:.2f}") for dn in (-1, 0, 1) for de in (-1, 0, 1))


def _point(cells: Mapping[str, str]) -> Point | None:
    return Point(lat=float(cells["lat"]), lon=float(cells["lon"])) if cells["lat"] and cells["lon"] else None


def _names(cells: Mapping[str, str]) -> set[str]:
    return {letters.search_key(cells[column]) for column in ("name_ky", "name_ru", "name_en") if cells[column]}


def _alike(cells: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two names differ by typing errors only: a word more or another one is another center."""
    for column in ("name_ky", "name_ru", "name_en"):
        one, two = (sorted(letters.search_key(name[column]).split()) for name in (cells, other))
        if one and len(one) == len(two) and all(_mistyped(a, b) for a, b in zip(one, two, strict=True)):
            return True
    return False


def _mistyped(word: str, other: str) -> bool:
    if word == other:
        return True
    most = (len(word) >= ONE_TYPO) + (len(word) >= TWO_TYPOS)
    return not any(map(str.isdigit, word + other)) and letters.typos(word, other, most) <= most
