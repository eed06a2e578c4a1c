"""The audit for admins: who did what, whether nobody rewrote it, and all of it as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response, render_template, request

from legalmap.desk.reading.formulas import guarded
from legalmap.model import Problem
from legalmap.people import audit, audit_check
from legalmap.routes import page
from legalmap.routes.staff import door, frame, saying
from legalmap.store import audit as lines
from legalmap.store import past
from legalmap.store.audit import Entry
from legalmap.wording import label, word

blueprint = door.guarded("admin_audit", __name__, "/admin/audit")
blueprint.context_processor(saying.words_of_page)
SIZE = 60
_ROLES = frozenset({"user_added", "user_role"})
"""What names a person and a role."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of looking whether the audit is whole. `lines` None: only its end was looked at."""

    lines: int | None
    problems: tuple[str, ...]


@blueprint.get("")
def index() -> str:
    """Every line, newest first; with `what` and `who` only those."""
    return _page(Checked(None, _said(audit_check.verify_end(frame.store()))))


@blueprint.post("/verify")
def verify() -> str:
    """Looks at every line and at every act that it speaks of."""
    count, problems = audit_check.verify(frame.store())
    return _page(Checked(count, _said(problems)))


@blueprint.post("/table")
def table() -> Response:
    """All of it as CSV, oldest first; that it was taken stands in it."""
    door.require_fresh(page.link("admin_audit.index"))
    with frame.store().writing() as connection:
        audit.add(connection, who=f"web:{door.person().name}", what="exported", subject="audit", now=door.now())
    lang = page.language()
    with frame.store().reading() as connection:
        text = "".join(_rows(lines.entries(connection), lang))
    answer = Response("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="jakyn-audit-{door.now():%Y-%m-%d}.csv"'
    return answer


def _rows(entries: Iterator[Entry], lang: str) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("seq", "at", "who", "what", "in_words", "subject", "mac"))
    for entry in entries:
        cells = (entry.who, entry.what, label("audit", entry.what, lang), entry.subject)
        writer.writerow((entry.seq, entry.at, *map(guarded, cells), entry.mac))
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _page(checked: Checked) -> str:
    wanted = {name: request.args.get(name, "")[:80] for name in ("what", "who")}
    with frame.store().reading() as connection:
        whats, people = past.whats_and_people(connection)
        offset = (saying.page_wanted() - 1) * SIZE
        found, total = past.audit_lines(connection, **wanted, offset=offset, limit=SIZE)
        titles = past.titles(connection, {entry.subject for entry in found if entry.what == "hidden_viewed"})
    lang = page.language()
    return render_template(
        "admin/audit.html",
        lines=[(entry, saying.at(entry.at)) for entry in found],
        titles=titles,
        subject=_subject,
        checked=checked,
        options_of_whats=sorted(((what, label("audit", what, lang)) for what in whats), key=lambda pair: pair[1]),
        options_of_people=[(name, saying.who(name) or "–") for name in people if name],
        wanted=wanted,
        pages=saying.pages("admin_audit.index", total, SIZE, **wanted),
    )


def _subject(entry: Entry) -> str:
    """What a line is about, in words where it is a person with a role."""
    name, space, role = entry.subject.partition(" ")
    if entry.what in _ROLES and space:
        return f"{name}: {label('role', role, page.language())}"
    return entry.subject if len(entry.subject) <= 60 else f"{entry.subject[:24]}…"


def _said(problems: Sequence[Problem]) -> tuple[str, ...]:
    return tuple(word(problem, page.language()) for problem in problems)
