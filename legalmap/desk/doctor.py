"""The program's own health check: what an operator would look at, one line each."""

from __future__ import annotations

import datetime as dt
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from legalmap import resources
from legalmap.config import Settings
from legalmap.desk import backup, node, notices
from legalmap.desk.known import known
from legalmap.directory import node_status
from legalmap.directory.editions import Editions, NoEdition
from legalmap.model import LANGS, NEEDS
from legalmap.people import audit_check
from legalmap.people.keys import read_key
from legalmap.referrals import Referrals, purge
from legalmap.store import Store, StoreError, centers, counters, history, need_rules, places
from legalmap.store.referrals import ReferralStore
from legalmap.streets import ArchiveError, open_archive
from legalmap.wording import catalog, word

FREE_SHARE = 0.05
BACKUP_LATE = dt.timedelta(hours=26)
"""Past this a night was left out."""
_GEODATA = ("places.csv", "rayons.csv", "texts.csv", "holidays.csv", "needs.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at; `ok` False needs a person, `detail` says what was seen."""

    name: str
    ok: bool
    detail: str


def examine(settings: Settings) -> Iterator[Check]:
    """Every check in turn; a check that fails never stops the others."""
    looks: tuple[tuple[str, Callable[[Settings], tuple[bool, str]]], ...] = (
        ("instance", _instance),
        ("sealing key", _key),
        ("database", _database),
        ("keys of staff", _keys_of_staff),
        ("audit", _audit),
        ("referrals", _referrals),
        ("purge", _purge),
        ("needs", _needs),
        ("places", _places),
        ("edition", _edition),
        ("node", _node),
        ("notices", _notices),
        ("disk", _disk),
        ("backup", _backup),
        ("geodata", _geodata),
        ("streets", _streets),
        ("translations", _translations),
    )
    for name, look in looks:
        try:
            ok, detail = look(settings)
        except (OSError, StoreError) as fault:
            ok, detail = False, str(fault)
        yield Check(name=name, ok=ok, detail=detail)


def _instance(settings: Settings) -> tuple[bool, str]:
    mode = stat.S_IMODE(settings.instance.stat().st_mode)
    return mode & 0o077 == 0, f"{settings.instance.resolve()} mode {mode:o} (should be readable by its owner only)"


def _key(settings: Settings) -> tuple[bool, str]:
    mode = stat.S_IMODE(settings.sealing_key.stat().st_mode)
    size = len(settings.sealing_key.read_bytes().strip())
    return mode & 0o077 == 0 and size == 44, f"{size} characters, mode {mode:o}"


def _keys_of_staff(settings: Settings) -> tuple[bool, str]:
    paths = (settings.people_key, settings.audit_key)
    for path in paths:
        read_key(path)
    return True, ", ".join(path.name for path in paths)


def _audit(settings: Settings) -> tuple[bool, str]:
    store = Store.of(settings)
    problems = audit_check.verify_end(store)
    if problems:
        return False, " ".join(word(problem, "en") for problem in problems)
    return True, f"its end is whole; legalmap audit verify looks at all of it; head in {settings.audit_head_file}"


def _referrals(settings: Settings) -> tuple[bool, str]:
    referrals = Referrals.of(settings)
    with referrals.reading():
        pass  # how many there are is nobody's concern here
    path = referrals.store.engine.url.database if referrals.store.is_sqlite else None
    mode = stat.S_IMODE(Path(path).stat().st_mode) if path else 0o600
    kept = f"SQLite, mode {mode:o}" if path else f"PostgreSQL, schema {referrals.store.own_schema}"
    return mode & 0o077 == 0, f"{kept}; key {settings.referrals_key.name}"


def _purge(settings: Settings) -> tuple[bool, str]:
    last = purge.last(ReferralStore.of(settings))
    if last is None:
        return False, "referrals whose time is over were never deleted yet: run legalmap purge"
    ago = dt.datetime.now(dt.UTC) - last
    if not dt.timedelta() <= ago <= dt.timedelta(seconds=purge.LATE):
        return False, f"the last one was {last:%Y-%m-%d %H:%M}: serve staff pages, or run legalmap purge every hour"
    return True, f"the last one was {last:%Y-%m-%d %H:%M}"


def _database(settings: Settings) -> tuple[bool, str]:
    store = Store.of(settings)
    with store.reading() as connection:
        count, last = len(centers.records(connection)), counters.value(connection, "edition")
    return True, f"{'SQLite' if store.is_sqlite else 'PostgreSQL'}, {count} centers, last edition number {last}"


def _needs(settings: Settings) -> tuple[bool, str]:
    with Store.of(settings).reading() as connection:
        unanswered = [need for need, rules in need_rules.for_needs(connection, NEEDS).items() if not rules]
    return not unanswered, f"nobody answers: {', '.join(unanswered)}" if unanswered else "each is answered"


def _places(settings: Settings) -> tuple[bool, str]:
    with Store.of(settings).reading() as connection:
        count, own = len(known(connection).places.by_id), len(places.brought(connection))
    return count > 0, f"{count} places, {own} of them from your own file (legalmap places import)"


def _edition(settings: Settings) -> tuple[bool, str]:
    editions = Editions(settings.editions)
    try:
        directory = editions.current()
    except NoEdition as fault:
        return False, f"none can be served: {fault}"
    told = f"edition {directory.number} of {directory.published_at:%Y-%m-%d %H:%M}, {len(directory.centers)} centers"
    if editions.alarm:
        return False, f"{told}; {editions.alarm}"
    with Store.of(settings).reading() as connection:
        last = counters.value(connection, "edition")
    return (
        last <= directory.number,
        told if last <= directory.number else f"{told}; {last} waits: run legalmap publish",
    )


def _node(settings: Settings) -> tuple[bool, str]:
    store, status = Store.of(settings), node_status.read(settings.editions)
    if store.is_sqlite:
        return True, "one machine alone"
    now = dt.datetime.now(dt.UTC)
    if status is None:
        told = "legalmap node never ran here; where there is another machine it must"
    else:
        seen = f"{status.reached:%Y-%m-%d %H:%M}" if status.reached else "never"
        told = f"reached the database {seen}, edition {status.edition}; {status.trouble or 'no trouble'}"
    if apart := node.apart(store, settings.editions):
        return False, f"{told}; {apart}"
    return status is None or not (status.trouble or status.stale(now)), told


def _notices(settings: Settings) -> tuple[bool, str]:
    if notices.differs(Store.of(settings), settings.editions, dt.datetime.now(dt.UTC)):
        return False, "what centers say of these days is not what pages show; run legalmap publish"
    return True, "pages show what centers say of these days"


def _disk(settings: Settings) -> tuple[bool, str]:
    usage = shutil.disk_usage(settings.instance)
    share = usage.free / usage.total
    return share > FREE_SHARE, f"{usage.free // 2**20} MiB free ({share:.0%})"


def _backup(settings: Settings) -> tuple[bool, str]:
    now, made = dt.datetime.now(dt.UTC), backup.last(settings)
    if made is None:
        with Store.of(settings).reading() as connection:
            acts = history.all_acts(connection)
        waited = bool(acts) and now - min(act.at for act in acts) > BACKUP_LATE
        return not waited, "none was ever made: run legalmap backup every night"
    told = f"the last one was {made:%Y-%m-%d %H:%M} UTC"
    if not dt.timedelta() <= now - made <= BACKUP_LATE:
        return False, f"{told}: run legalmap backup every night"
    return True, told


def _geodata(settings: Settings) -> tuple[bool, str]:
    folder = resources.folder("geodata")
    missing = [name for name in _GEODATA if not (folder / name).exists()]
    return not missing, f"missing: {', '.join(missing)}" if missing else str(folder)


def _streets(settings: Settings) -> tuple[bool, str]:
    if settings.pmtiles is None:
        return True, "no own streets (LEGALMAP_PMTILES)"
    try:
        found = open_archive(settings.pmtiles)
    except ArchiveError as fault:
        return False, f"{settings.pmtiles}: {fault}; maps stay simple"
    shallow = "; streets need zoom 13 or more" if found.most_zoom < 13 else ""
    zooms = f"zooms {found.least_zoom} to {found.most_zoom}{shallow}"
    lacks = ", ".join(f"name:{lang}" for lang in LANGS if lang not in found.languages)
    names = f"; no {lacks}: the local name stands in" if lacks else ""
    return not shallow, f"{settings.pmtiles}: {found.size / 2**20:.1f} MiB, {zooms}{names}"


def _translations(settings: Settings) -> tuple[bool, str]:
    for domain in ("labels", "problems", "messages"):
        for lang in LANGS:
            catalog(domain, lang)
    return True, ", ".join(LANGS)
