"""What an import of places did or would do, as one object for programs and as text for people."""

from __future__ import annotations

from typing import Any

from legalmap.desk.places.place_acts import PlacesReport
from legalmap.desk.report import done
from legalmap.directory.rows import place_row
from legalmap.model import Level, Place
from legalmap.wording import phrase, word

SHOWN_OF_A_CODE = 3
SHOWN_CENTERS = 20
LEFT_OUT = ("other_features", "nobody_there")
"""Lines that are no settlements of ours: counted, not told one by one."""


def as_json(report: PlacesReport, lang: str) -> dict[str, Any]:
    """The object that other programs rely on (docs/places.md)."""
    return {
        "outcome": report.outcome,
        "applied": report.applied,
        "act": report.act.id if report.act else None,
        "edition": report.edition,
        "files": [{"name": file.name, "bytes": file.size, "sha256": file.sha256} for file in report.files],
        "counts": dict(report.counts),
        "lines": {word: report.found.get(word, 0) for word in LEFT_OUT},
        "findings": {code: count for code, count in sorted(report.found.items()) if code not in LEFT_OUT},
        "centers": {
            "lost": list(report.centers.lost), "gained": list(report.centers.gained),
            "moved": list(report.centers.moved),
        },
        "problems": [
            {
                "line": problem.line, "column": problem.column, "value": problem.value, "code": problem.code,
                "level": problem.level, "place": problem.params.get("id"), "message": word(problem, lang),
            }
            for problem in report.problems
        ],
        "changes": [
            {"id": place, "change": _word(old, new), "fields": _fields(old, new)}
            for place, (old, new) in report.touched.items()
        ],
        "stayed": list(report.stayed),
    }  # fmt: skip


def _word(old: Place | None, new: Place | None) -> str:
    return "new" if old is None else "removed" if new is None else "changed"


def _fields(old: Place | None, new: Place | None) -> dict[str, list[Any]]:
    """Columns of the edition's table `places` that differ: [old, new], null where there is no place."""
    before, after = place_row(old) if old else {}, place_row(new) if new else {}
    return {
        name: [before.get(name), after.get(name)]
        for name in (after or before)
        if before.get(name) != after.get(name) and name != "id"
    }


def as_text(report: PlacesReport, lang: str) -> str:
    """The report for a terminal, in `lang`: files, counts, what stops it, what is doubtful, centers, what next."""
    lines = [f"{file.name}: {file.size} B, SHA-256 {file.sha256}" for file in report.files]
    if report.counts:
        told = (name for name in report.counts if report.counts[name] or name not in {"removed", "stayed"})
        lines.append("  ".join(f"{phrase(f'places_{name}', lang)}: {report.counts[name]}" for name in told))
        lines.append("  ".join(f"{phrase(f'places_{name}', lang)}: {report.found.get(name, 0)}" for name in LEFT_OUT))
    for level in ("error", "question", "notice"):
        lines.extend(_problems(report, level, lang))
    for name in ("lost", "gained", "moved"):
        ids = getattr(report.centers, name)
        if ids:
            more = " …" if len(ids) > SHOWN_CENTERS else ""
            lines.append(f"{phrase(f'centers_{name}', lang)}: {len(ids)}. {', '.join(ids[:SHOWN_CENTERS])}{more}")
    lines.append(_ending(report, lang))
    return "\n".join(lines)


def _problems(report: PlacesReport, level: Level, lang: str) -> list[str]:
    """The first few of each code in words, and how many more there are."""
    lines: list[str] = []
    shown: dict[str, int] = {}
    for problem in (problem for problem in report.problems if problem.level == level):
        shown[problem.code] = shown.get(problem.code, 0) + 1
        if shown[problem.code] <= SHOWN_OF_A_CODE or level != "notice":
            where = f"{phrase('at_line', lang, line=problem.line)}: " if problem.line is not None else ""
            lines.append(f"{phrase(level, lang)}. {where}{word(problem, lang)} [{problem.code}]")
        if shown[problem.code] == SHOWN_OF_A_CODE and level == "notice":
            more = report.found.get(problem.code, 0) - SHOWN_OF_A_CODE
            if more > 0:
                lines.append(f"  {phrase('places_more', lang, count=more)} [{problem.code}]")
    return lines


def _ending(report: PlacesReport, lang: str) -> str:
    if report.applied:
        return done(report.act, report.edition, lang)
    hint = " " + phrase("places_accept_hint", lang) if report.outcome == "ask" else ""
    return phrase("places_nothing_written", lang) + hint
