"""The program's own health check: what an operator would look at, one line each."""

from __future__ import annotations

import datetime as dt
import shutil
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from legalmap.config import Settings
from legalmap.desk import backup, node, notices, program_files, replay
from legalmap.desk.known import known
from legalmap.directory import node_status
from legalmap.directory.editions import Editions, NoEdition
from legalmap.model import NEEDS
from legalmap.people import audit_check
from legalmap.people.keys import Keys, read_key
from legalmap.referrals import Referrals, purge
from legalmap.store import Store, StoreError, centers, counters, history, need_rules, places, users
from legalmap.store.referrals import ReferralStore
from legalmap.wording import word

FREE_SHARE = 0.05
CLOCK_APART = dt.timedelta(minutes=5)
BACKUP_LATE = dt.timedelta(hours=26)
"""Past this a night was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at; `ok` False needs a person, `detail` says what was seen."""

    name: str
    ok: bool
    detail: str


BRIEF = ("database", "edition", "disk", "clock", "backup", "purge")
"""What a serving process looks at now and then."""


def examine(settings: Settings, only: Collection[str] = ()) -> Iterator[Check]:
    """Every check in turn, or `only` those of some names; a check that fails never stops the others."""
    looks: tuple[tuple[str, Callable[[Settings], tuple[bool, str]]], ...] = (
        ("program", program_files.program),
        ("instance", _instance),
        ("sealing key", _key),
        ("database", _database),
        ("history", _history),
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
        ("clock", _clock),
        ("backup", _backup),
        ("geodata", program_files.geodata),
        ("streets", program_files.streets),
        ("translations", program_files.translations),
    )
    for name, look in looks:
        if only and name not in only:
            continue
        try:
            ok, detail = look(settings)
        except (OSError, StoreError) as fault:
            ok, detail = False, str(fault)
        except Exception as fault:  # a spoiled file can fail anywhere; whoever looks wants to hear of the others too
            ok, detail = False, f"{type(fault).__name__}: {fault}"
        yield Check(name=name, ok=ok, detail=detail)


def _instance(settings: Settings) -> tuple[bool, str]:
    mode = stat.S_IMODE(settings.instance.stat().st_mode)
    return mode & 0o077 == 0, f"{settings.instance.resolve()} mode {mode:o} (should be readable by its owner only)"


def _key(settings: Settings) -> tuple[bool, str]:
    mode = stat.S_IMODE(settings.sealing_key.stat().st_mode)
    size = len(settings.sealing_key.read_bytes().strip())
    return mode & 0o077 == 0 and size == 44, f"{size} characters, mode {mode:o}"


def _keys_of_staff(settings: Settings) -> tuple[bool, str]:
    paths, keys = (settings.people_key, settings.audit_key), Keys(settings.people_key)
    for path in paths:
        read_key(path)
    with Store.of(settings).reading() as connection:
        factors = [users.proofs(connection, user.id).factor for user in users.everybody(connection)]
    for factor in factors:
        if factor:
            keys.open(factor)  # KeyFault when it was sealed by another key
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
        last = counters.value(connection, "edition")
    return True, f"{'SQLite' if store.is_sqlite else 'PostgreSQL'}, last edition number {last}"


def _history(settings: Settings) -> tuple[bool, str]:
    store = Store.of(settings)
    if broken := store.damage():
        return False, f"{broken}: bring the last backup back (legalmap restore)"
    with store.reading() as connection:
        count, apart = len(centers.records(connection)), replay.differing(connection)
    if apart:
        return False, f"not what their history adds up to: {', '.join(apart[:5])}; look at legalmap audit verify"
    return True, f"whole; each of {count} centers is what its history adds up to"


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


def _clock(settings: Settings) -> tuple[bool, str]:
    now = dt.datetime.now(dt.UTC)
    with suppress(NoEdition):
        written = Editions(settings.editions).current().published_at
        if written > now + CLOCK_APART:
            return False, f"it says {now:%Y-%m-%d %H:%M} UTC, but the edition is of {written:%Y-%m-%d %H:%M}: set it"
    return True, f"{now:%Y-%m-%d %H:%M} UTC"


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
