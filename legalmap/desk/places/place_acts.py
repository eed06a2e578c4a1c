"""The act that brings an operator's gazetteer: read, survey, look at the consequences, write whole or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from legalmap.desk.acts import Desk
from legalmap.desk.gazetteer import shipped
from legalmap.desk.known import differing, joined
from legalmap.desk.outcome import Outcome
from legalmap.desk.places.borders import BordersMissing
from legalmap.desk.places.consequences import Consequences, consequences
from legalmap.desk.places.findings import Findings
from legalmap.desk.places.geonames import FileUnusable, Progress, Settlement, Source, opened, read_settlements
from legalmap.desk.places.geonames_alternates import read_alternates
from legalmap.desk.places.geonames_names import Alternate
from legalmap.desk.places.survey import survey
from legalmap.desk.publish import PublishRefused
from legalmap.model import Act, Level, Place, Problem
from legalmap.people import audit
from legalmap.store import Connection, StoreError, centers, counters, history, places

CENTERS_LOSE_PLACE = "centers_lose_place"
"""The one question of this act; yes to it leaves those centers listed without a point."""

NAMED_AT_MOST = 20
"""Centers in one sentence; the report lists all."""

Pairs = Mapping[str, tuple[Place | None, Place | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that was read: its name without folders, size in bytes and SHA-256 (hex)."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesReport:
    """What an import of places did or would do. `touched`: id -> the place as it was known before and as it would be
    after; `counts`: by word, and findings by code; `stayed`: ids that the store has and the file has not."""

    files: tuple[File, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    touched: Pairs = field(default_factory=dict)
    stayed: tuple[str, ...] = ()
    centers: Consequences = Consequences()
    problems: tuple[Problem, ...] = ()
    found: Mapping[str, int] = field(default_factory=dict)
    unusable: bool = False
    applied: bool = False
    act: Act | None = None
    edition: int | None = None

    @property
    def outcome(self) -> Outcome:
        """`row_error`: a center stands in the way; `ask`: a center would lose its place."""
        levels = {problem.level for problem in self.problems}
        if self.unusable:
            return "file_error"
        if "question" in levels:
            return "ask"
        if "error" in levels:
            return "row_error"
        return "ok_fixed" if levels else "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the operator asked for. `replace`: places that the file has no more are removed; `accept`: questions
    answered yes."""

    table: Path
    alternates: Path | None = None
    replace: bool = False
    dry_run: bool = False
    accept: frozenset[str] = frozenset()


def import_places(desk: Desk, wanted: Wanted, progress: Progress) -> PlacesReport:
    """Bring the places of a GeoNames file into the store and publish. Nothing is written unless all of it can go in.

    Raises StoreError, OSError.
    """
    with desk.store.reading():
        pass  # a database that is missing is told before a file of many minutes is read
    findings = Findings()
    files: list[File] = []
    try:
        found = _read(wanted, files, findings, progress)
    except FileUnusable as fault:
        problems = (fault.problem, *findings.problems)
        return PlacesReport(files=tuple(files), problems=problems, found=findings.counts, unusable=True)
    except BordersMissing as fault:
        problem = Problem(code="borders_missing", level="error", value=str(fault))
        return PlacesReport(files=tuple(files), problems=(problem,), unusable=True)
    report = PlacesReport(files=tuple(files), problems=tuple(findings.problems), found=findings.counts)
    if wanted.dry_run:
        with desk.store.reading() as connection:
            return _looked_at(connection, report, found, wanted)[0]
    with desk.store.writing() as connection:
        report, writes = _looked_at(connection, report, found, wanted)
        if report.outcome in {"ask", "row_error"}:
            return report
        report = replace(report, applied=True, act=writes.carry_out(connection, desk, files) if writes else None)
    return _published(desk, report)


def _read(wanted: Wanted, files: list[File], findings: Findings, progress: Progress) -> list[Place]:
    alternates: Mapping[str, Sequence[Alternate]] = {}
    with ExitStack() as stack:
        settlements: list[Settlement] = read_settlements(_open(stack, wanted.table, files, progress), findings)
        if wanted.alternates is not None:
            ids = {settlement.id for settlement in settlements}
            alternates = read_alternates(_open(stack, wanted.alternates, files, progress), ids, findings)
    ours = shipped()
    return survey(settlements, alternates, ours.places.by_id, ours.rayons, findings)


def _open(stack: ExitStack, path: Path, files: list[File], progress: Progress) -> Source:
    source = stack.enter_context(opened(path, progress))
    files.append(File(name=source.name, size=source.size, sha256=source.sha256))
    return source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writes:
    put: tuple[Place, ...]
    remove: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.put or self.remove)

    def carry_out(self, connection: Connection, desk: Desk, files: Collection[File]) -> Act:
        edition = counters.take(connection, "edition")
        subject = " ".join(file.sha256 for file in files)
        act = Act(id=uuid.uuid4().hex, kind="places", who=desk.who, at=desk.now, edition=edition, subject=subject)
        history.add_act(connection, act)
        places.put(connection, self.put)
        places.remove(connection, self.remove)
        audit.add_act(connection, act, {})
        return act


def _looked_at(
    connection: Connection, report: PlacesReport, found: Collection[Place], wanted: Wanted
) -> tuple[PlacesReport, _Writes]:
    """The report of what the places would do to the store and the centers of this moment, and what to write."""
    stored = places.brought(connection)
    new = {place.id: place for place in found}
    gone = tuple(sorted(stored.keys() - new.keys(), key=int))
    writes = _Writes(
        put=tuple(place for place in found if stored.get(place.id) != place), remove=gone if wanted.replace else ()
    )
    kept = {} if wanted.replace else stored
    before, after = joined(stored.values()), joined({**kept, **new}.values())
    touched = differing(before.places.by_id, after.places.by_id)
    effects = consequences(centers.records(connection), before, after)
    problems = (*report.problems, *effects.refused, *_asked(effects, wanted.accept))
    counts = {
        "known": len(after.places.by_id),
        "in_file": len(found),
        "new": sum(pair[0] is None for pair in touched.values()),
        "changed": sum(None not in pair for pair in touched.values()),
        "unchanged": sum(place.id not in touched for place in found),
        "removed": sum(pair[1] is None for pair in touched.values()),
        "stayed": 0 if wanted.replace else len(gone),
    }
    told = replace(
        report, counts=counts, touched=touched, stayed=() if wanted.replace else gone, centers=effects,
        problems=problems,
    )  # fmt: skip
    return told, writes


def _asked(effects: Consequences, accept: frozenset[str]) -> tuple[Problem, ...]:
    if not effects.lost:
        return ()
    level: Level = "notice" if CENTERS_LOSE_PLACE in accept else "question"
    named = ", ".join(effects.lost[:NAMED_AT_MOST]) + " …" * (len(effects.lost) > NAMED_AT_MOST)
    return (Problem(code="centers_lose_place", level=level, value=named, params={"count": len(effects.lost)}),)


def _published(desk: Desk, report: PlacesReport) -> PlacesReport:
    """The act stands even when publishing fails; the next publish finishes it."""
    try:
        published = desk.publish()
    except PublishRefused as refusal:
        return replace(report, problems=(*report.problems, *refusal.problems))
    except (OSError, StoreError) as fault:
        problem = Problem(code="publish_failed", level="error", params={"detail": str(fault)})
        return replace(report, problems=(*report.problems, problem))
    return replace(report, edition=published.number if report.act or published.fresh else None)
