"""New rows that may be centers the directory has already: found by phone, or by name in one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from legalmap import letters
from legalmap.desk.entry import Entry
from legalmap.desk.known import meters_between
from legalmap.desk.reading import phones
from legalmap.directory.names import ONE_TYPO, TWO_TYPOS
from legalmap.model import Point, Record

NEIGHBORS_WITHIN = 150.0
"""Meters; two centers of one name so near are one."""
CROWD = 50
"""Centers of one place up to which names are compared letter by letter; beyond, only equal names are found."""
SHARED_BY = 3
"""A phone of so many centers is a switchboard and tells nothing."""
_ADDRESS = ("address", "address_ky", "address_ru", "address_en")
_Place = tuple[str, str]


def ask(entries: Sequence[Entry], known: Mapping[str, Record]) -> None:
    """Ask about each new row that is likely a center of `known` or an earlier new row."""
    new = [entry for entry in entries if entry.known is None and not entry.refused]
    if not new:
        return
    seen = _Index()
    for center_id, record in known.items():
        if record.cells["status"] != "closed":
            seen.add(_look(center_id, record.cells))
    for entry in new:
        looks = _look(entry.id or f"line {entry.line}", entry.cells)
        if other := seen.likely(looks, named=bool(entry.id)):
            entry.say("likely_duplicate", "question", "id", entry.id or None, other=other)
        seen.add(looks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looks:
    """What two centers are compared by. `names`: the sorted words of each language's name; `street`: the words of the
    address; `figures`: those of them with digits."""

    id: str
    names: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...]
    oblast: str
    settlement: str
    figures: frozenset[str]
    street: bool
    point: Point | None

    def places(self, around: int = 0) -> Iterator[_Place]:
        """Where the center is: oblast and settlement, and the square kilometer of its point with `around` more to each
        side."""
        if self.settlement or self.oblast:
            yield self.oblast, self.settlement
        if self.point:
            north, east = round(self.point.lat * 100), round(self.point.lon * 100)
            steps = range(-around, around + 1)
            yield from ((str(north + dn), str(east + de)) for dn in steps for de in steps)


def _look(center_id: str, cells: Mapping[str, str]) -> _Looks:
    street = letters.search_key(" ".join(cells[column] for column in _ADDRESS)).split()
    names = (cells[column] for column in ("name_ky", "name_ru", "name_en"))
    return _Looks(
        id=center_id,
        names=tuple(tuple(sorted(letters.search_key(name).split())) for name in names),
        # whole numbers: a short code is everybody's
        numbers=tuple(phone.number for phone in phones.read(cells["phones"]) if phone.number.startswith("+")),
        oblast=cells["oblast"],
        settlement=letters.search_key(cells["settlement"]),
        figures=frozenset(word for word in street if any(map(str.isdigit, word))),
        street=bool(street),
        point=Point(lat=float(cells["lat"]), lon=float(cells["lon"])) if cells["lat"] and cells["lon"] else None,
    )


class _Index:
    """Centers by number, by place, and by name in a place; grows by the rows of the file as they come."""

    def __init__(self) -> None:
        self._by_phone: dict[str, list[_Looks]] = defaultdict(list)
        self._by_place: dict[_Place, list[_Looks]] = defaultdict(list)
        self._by_name: dict[tuple[_Place, tuple[str, ...]], list[_Looks]] = defaultdict(list)

    def add(self, looks: _Looks) -> None:
        for number in looks.numbers:
            self._by_phone[number].append(looks)
        for place in looks.places():
            self._by_place[place].append(looks)
            for name in {name for name in looks.names if name}:
                self._by_name[place, name].append(looks)

    def likely(self, looks: _Looks, *, named: bool) -> str:
        """The id of the center that `looks` may be, "" when none is likely. `named`: the row has an id of its own, so
        that a name without a settlement is not enough."""
        for number in looks.numbers:
            sharing = self._by_phone.get(number, [])
            if len(sharing) < SHARED_BY and (other := next((one for one in sharing if _near(looks, one, named)), None)):
                return other.id
        for place in looks.places(around=1):
            same = [one for name in looks.names if name for one in self._by_name.get((place, name), ())]
            beside = self._by_place.get(place, [])
            alike = [one for one in beside if _alike(looks, one)] if len(beside) <= CROWD else []
            if other := next((one for one in (*same, *alike) if _near(looks, one, named)), None):
                return other.id
        return ""


def _near(one: _Looks, other: _Looks, named: bool) -> bool:
    """Whether the two can stand in one place: not where both have a point and these are apart, nor in two houses."""
    if one.point and other.point:
        return meters_between(one.point, other.point) <= NEIGHBORS_WITHIN
    if not (one.settlement or other.settlement):
        return not named
    if one.street and other.street and one.figures != other.figures:
        return False
    return one.settlement == other.settlement


def _alike(one: _Looks, other: _Looks) -> bool:
    """Whether two names differ by typing errors only: a word more or another one is another center."""
    return any(
        mine and len(mine) == len(its) and all(_mistyped(a, b) for a, b in zip(mine, its, strict=True))
        for mine, its in zip(one.names, other.names, strict=True)
    )


def _mistyped(word: str, other: str) -> bool:
    if word == other:
        return True
    most = (len(word) >= ONE_TYPO) + (len(word) >= TWO_TYPOS)
    if abs(len(word) - len(other)) > most or any(map(str.isdigit, word + other)):
        return False
    return letters.typos(word, other, most) <= most
