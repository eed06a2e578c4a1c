"""Store -> edition folder: built beside, fsynced, renamed; only then the pointer `current` moves."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from legalmap import resources
from legalmap.config import Settings
from legalmap.desk import sharing
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.desk.edition_folder import only_one, prune, write_whole
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.privacy import leak
from legalmap.desk.public_view import public_center
from legalmap.directory import columns, layers
from legalmap.directory import edition as editions
from legalmap.directory.content import content_sha256
from legalmap.directory.rows import Row, Text
from legalmap.model import Localized, Problem, Record
from legalmap.store import Connection, Store, centers, counters, shared_editions
from legalmap.visibility import COLUMNS, LOCATION_COLUMNS, SEVERAL_VALUES, shows_more

HOLIDAY_DAYS = 400
_WAYS_TO_SOMEBODY = (
    "show_location",
    "status",
    "settlement",
    "phones",
    "whatsapp",
    "email",
    "website",
    *sorted(LOCATION_COLUMNS),
)
"""What makes an older edition dangerous when it was taken away since."""


class PublishRefused(Exception):
    """Something hidden would become public; `problems` name the centers."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.value}: {problem.column}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The edition that is current now; `fresh`: this call made it so."""

    number: int
    fresh: bool


def check(known: Mapping[str, Record], gazetteer: Gazetteer) -> None:
    """Raises PublishRefused when a hidden word stands in a public field of any center."""
    found = []
    for center_id, record in known.items():
        spill = leak(record.cells, gazetteer)
        if spill:
            found.append(Problem(code="publish_hidden_word", level="error", column=spill[0], value=center_id))
    if found:
        raise PublishRefused(found)


def publish(
    store: Store,
    settings: Settings,
    gazetteer_of: Callable[[Connection], Gazetteer],
    now: dt.datetime,
    before: Callable[[], object] = lambda: None,
) -> Published:
    """Make the store's centers the current edition, one publisher at a time over all machines.

    Finishes an act that was applied but not published. Without one, takes the next number only if the content differs.
    `before`: called when no other publisher is at work, before the store is read. Raises PublishRefused, StoreError,
    OSError (disk full); then the current edition stays as it was.
    """
    with _only_publisher(store, settings.editions):
        before()
        content, last = _kept(store, gazetteer_of, now)
        shown, shown_digest = _shown(settings.editions)
        digest = content_sha256(content.tables)
        if last <= shown or not last:
            if shown_digest == digest:
                # of a publisher that was killed before it could
                sharing.share(store, settings.editions)
                prune(settings.editions, shown)
                return Published(number=shown, fresh=False)
            with store.writing() as connection:
                last = counters.take(connection, "edition")
        tightened = _tightens(settings.editions / str(shown), content) if shown else _any_edition(settings.editions)
        if tightened:
            # before the pointer moves: a worker that starts cold never falls back to an edition that shows more
            write_whole(settings.editions / editions.OLDEST, f"{last}\n")
        write_edition(settings.editions, last, content, digest, now)
        sharing.share(store, settings.editions)
        prune(settings.editions, last)
        return Published(number=last, fresh=True)


def _kept(
    store: Store, gazetteer_of: Callable[[Connection], Gazetteer], now: dt.datetime
) -> tuple[EditionContent, int]:
    """What the store's centers make public, and the number of the last act's edition. The records themselves, which
    need as much memory, are gone when this returns. Raises PublishRefused, StoreError."""
    with store.reading() as connection:
        known = centers.records(connection)
        last = counters.value(connection, "edition")
        gazetteer = gazetteer_of(connection)
    check(known, gazetteer)
    content = _content(known, gazetteer, now)
    towns = len({(center.place_id, center.settlement, center.oblast, center.rayon) for center in content.centers})
    if towns > columns.MOST:
        raise PublishRefused([Problem(code="publish_many_towns", level="error", value=str(towns))])
    return content, last


@contextmanager
def _only_publisher(store: Store, folder: Path) -> Iterator[None]:
    """Nobody else publishes, on this machine or another one, and the folder has what the others published."""
    with only_one(folder), shared_editions.only_publisher(store):
        sharing.bring(store, folder)
        yield


def _shown(folder: Path) -> tuple[int, str]:
    """Number and content hash of the current edition; (0, "") when there is no whole one, (its number, "") when
    its map is of another program."""
    try:
        number, manifest_sha256 = editions.read_pointer(folder)
        manifest = editions.verified_manifest(folder / str(number), manifest_sha256)
    except (editions.EditionError, OSError, ValueError, KeyError):
        return 0, ""
    mapped = set(layers.FILES) <= set(manifest["files"])
    return number, str(manifest["content_sha256"]) if mapped else ""


def _content(known: Mapping[str, Record], gazetteer: Gazetteer, now: dt.datetime) -> EditionContent:
    today = now.date()
    holidays = _holidays(today, today + dt.timedelta(days=HOLIDAY_DAYS))
    return EditionContent(
        centers=tuple(public_center(record, gazetteer, holidays) for record in known.values()),
        places=tuple(gazetteer.places.by_id.values()),
        texts=_texts(),
        rayons=tuple(gazetteer.rayons.values()),
    )


def _holidays(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """Public holidays between two days, from geodata/holidays.csv (`MM-DD` every year, or one date)."""
    found: set[dt.date] = set()
    for row in resources.geodata_rows("holidays.csv"):
        written = row["date"]
        years = range(first.year, last.year + 1)
        dates = [f"{year}-{written}" for year in years] if len(written) == 5 else [written]
        found |= {day for day in map(dt.date.fromisoformat, dates) if first <= day <= last}
    return tuple(sorted(found))


def _texts() -> tuple[Text, ...]:
    return tuple(
        Text(
            key=row["key"],
            text=Localized(ky=row["ky"], ru=row["ru"], en=row["en"]),
            source=row["source"],
            verified_on=row["verified_on"],
        )
        for row in resources.geodata_rows("texts.csv")
    )


def _tightens(folder: Path, content: EditionContent) -> bool:
    """Whether some center shows less in `content` than in the edition of `folder`; yes when that one,
    whole as it is, cannot be opened: then nobody knows."""
    coming = {row["id"]: row for row in content.tables["centers"]}
    try:
        return any(_shows_less(coming.get(row["id"]), row) for row in editions.center_rows(folder))
    except editions.EditionError:
        return True


def _any_edition(folder: Path) -> bool:
    """Whether there are editions although none can be compared with: then nobody knows what they show."""
    return any(path.name.isdigit() for path in folder.iterdir())


def _shows_less(new: Row | None, old: Row) -> bool:
    if new is None:
        return True
    if new == old:
        return False
    hides = new["show_location"] != "yes"  # then any text that was taken out may have told what is hidden
    looked_at = [name for name in COLUMNS if name in old] if hides else _WAYS_TO_SOMEBODY
    return any(shows_more(name, _cell(name, old), _cell(name, new)) for name in looked_at)


def _cell(name: str, row: Row) -> str:
    """A cell of edition.db as the desk writes it: a list of phones becomes their numbers."""
    text = "" if row[name] is None else str(row[name])
    if name not in SEVERAL_VALUES:
        return text
    return "; ".join(value["number"] if isinstance(value, dict) else str(value) for value in json.loads(text))
