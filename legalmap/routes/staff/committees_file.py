"""Committees as a table: sent, shown with all it would do, and only then taken, whole or not at all; and handed out."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap.desk import committees as tables
from legalmap.desk.committees import CommitteesPlan
from legalmap.desk.known import known as gazetteer_of
from legalmap.desk.reading.cells import CLEAR
from legalmap.desk.reading.table import FileInfo, Row, Table
from legalmap.model import Problem
from legalmap.people import audit
from legalmap.people import committees as rules
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import committees as pages
from legalmap.routes.staff import door, inviting
from legalmap.store import Connection
from legalmap.store import committees as kept
from legalmap.store.committees import Committee
from legalmap.wording import label, word

blueprint = pages.blueprint
_FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Answer = pages.Answer


@blueprint.route("/table/send", methods=["GET", "POST"])
def send() -> Answer:
    """Takes a file and shows what it would do; nothing is written."""
    door.require_fresh(page.link("admin_committees.send"))
    file = request.files.get("file")
    data = file.read() if file and file.filename else b""
    if not data:
        said = _("Choose a file first.") if request.method == "POST" else ""
        return render_template("admin/committees_send.html", fault=said), 400 if said else 200
    name = (file.filename or "")[:200] if file else ""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:  # a fork of a server's threads may hang
        table = apart.submit(tables.read, data, name, door.settings()).result()
    with door.store().reading() as connection:
        plan, state = _plan(connection, table)
    return _preview(plan, state, name), 422 if plan.refused else 200


@blueprint.post("/table/apply")
def apply() -> Answer:
    """Writes what was shown, unless anything changed since."""
    door.require_fresh(page.link("admin_committees.send"))
    given = request.form.get("table", "")
    with door.store().writing() as connection:
        plan, state = _plan(connection, _canonical(given))
        if plan.refused or request.form.get("seen") != _mark(given, state):
            return _preview(plan, state, "", pages.meanwhile()), 409
        written = sum(rules.keep(connection, inviting.by(), one) for one in plan.changes)
        audit.add(connection, who=inviting.by().who, what="committees_taken", subject=str(written), now=door.now())
    flash(_("Taken: %(count)s", count=str(written)))
    return redirect(page.link("admin_committees.index"), 303)


@blueprint.post("/table/<any(csv, xlsx):kind>")
def table(kind: str) -> Response:
    """Every committee as a file that comes back with no change."""
    door.require_fresh(page.link("admin_committees.index"))
    with door.store().writing() as connection:
        everyone = kept.everyone(connection)
        audit.add(connection, who=inviting.by().who, what="exported", subject="committees", now=door.now())
    lang = page.language()
    body = tables.as_csv(everyone, lang, ";").encode() if kind == "csv" else tables.as_xlsx(everyone, lang)
    response = Response(body, content_type=_FILES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="committees-{door.now():%Y-%m-%d}.{kind}"'
    return response


def _plan(connection: Connection, table: Table) -> tuple[CommitteesPlan, str]:
    """What the table would do, and how everything stands at this moment."""
    everyone = {one.id: one for one in kept.everyone(connection)}
    return tables.plan(table, everyone, gazetteer_of(connection)), repr(
        sorted(everyone.values(), key=lambda one: one.id)
    )


def _canonical(text: str) -> Table:
    """The table that a preview carried on: ours already, without a file's faults."""
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    rows = tuple(
        Row(line=number, cells={column: str(line.get(column) or CLEAR) for column in tables.COLUMNS})
        for number, line in enumerate(lines[: tables.MOST_ROWS], 2)
    )
    return Table(info=FileInfo(name="", sha256="", bytes=len(text)), rows=rows)


def _preview(plan: CommitteesPlan, state: str, name: str, fault: str = "") -> str:
    """What a table would do. What can be taken is carried on as a table of ours in the form."""
    carried = tables.as_csv(plan.changes)
    lang = page.language()
    return render_template(
        "admin/committees_preview.html", plan=plan, name=name, fault=fault, carried=carried,
        seen=_mark(carried, state), problems=[(one, word(_named(one), lang)) for one in plan.problems],
        fields=[(column, tables.heading(column, lang)) for column in tables.COLUMNS[1:]],
        headings={column: tables.heading(column, lang) for column in tables.COLUMNS},
        of=inviting.shown, told=_told,
    )  # fmt: skip


def _named(problem: Problem) -> Problem:
    """A column by the name that the reader's language has for it."""
    column = tables.heading(problem.column, page.language()) if problem.column in tables.COLUMNS else problem.column
    return replace(problem, column=column)


def _told(one: Committee, column: str) -> str:
    """A field in the reader's words."""
    if column == "oblast":
        return label("oblast", one.oblast, page.language())
    if column == "rayon":
        return inviting.rayon_name(one.rayon)
    return "; ".join(one.places) if column == "places" else str(getattr(one, column))


def _mark(table: str, state: str) -> str:
    # a form's text comes back with line ends of the browser's own
    return door.keys().mac("table of committees", table.replace("\r\n", "\n"), state)
