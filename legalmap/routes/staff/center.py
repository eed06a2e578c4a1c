"""One center: its form, what a save would do, what two people changed at once, hiding by one press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, abort, json, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from legalmap.desk.edit import Edit, Stale, answer_key, base_of, read_form
from legalmap.desk.outcome import Report
from legalmap.desk.overview import name_of
from legalmap.desk.together import hiding
from legalmap.model import Problem, Record
from legalmap.routes import page
from legalmap.routes.staff import done, fields, frame, opening, pointing, preview, reading, saying
from legalmap.routes.staff.centers import blueprint as blueprint
from legalmap.routes.staff.centers import overview, today
from legalmap.store import centers, verifications
from legalmap.store.verifications import FIELD_GROUPS
from legalmap.visibility import COLUMNS

_STAYS = ("form", "find", "point")
"""Steps that only show the form again; `find` looks for a place, `point:ID` takes that place's point."""


@blueprint.get("/new")
def new() -> str:
    """The form of a center that is not there yet."""
    return _form(None, Edit(cells=dict.fromkeys(COLUMNS, "") | {"status": "active"}), ())


@blueprint.post("/new")
def create() -> AnyResponse | str:
    """Shows what the new center would be; by a second press brings it."""
    return _take(None)


@blueprint.get("/<int:number>/done/<made>")
def saved(number: int, made: str) -> str:
    """The form again, with what was just done to the center."""
    return center(number, made)


@blueprint.get("/<int:number>")
def center(number: int, made: str = "") -> str:
    """The form of a center. That its hidden fields were opened is kept in the audit."""
    record = _record(number)
    with frame.store().reading() as connection:
        base = base_of(connection, record.id)
    opening.note(record)
    return _form(record, Edit(id=record.id, cells=record.cells, base=base), (), made=made)


@blueprint.post("/<int:number>")
def save(number: int) -> AnyResponse | str:
    """Shows what saving would change; by a second press saves it."""
    return _take(_record(number))


@blueprint.post("/<int:number>/hide")
def hide(number: int) -> AnyResponse | str:
    """Hides the address at once, whatever else stands in the form or is wrong with the center. What is typed beside
    stays typed."""
    record = _record(number)
    with frame.store().reading() as connection:
        base = base_of(connection, record.id)
    report = frame.desk().together("hide", [record.id], apply=True)
    made = report.act.id if report.act else done.NOTHING
    if request.form.get("end") == "1":
        typed, hidden = _edit(record.id), report.plan.changes[0].fields
        # a form that was stale before stays so
        newest = report.act.edition if report.act and typed.base >= base else typed.base
        cells = {column: hidden[column][1] if column in hidden else text for column, text in typed.cells.items()}
        if any(record.cells[column] != text for column, text in typed.cells.items() if column not in hidden):
            return _form(_record(number), replace(typed, cells=cells, base=newest), (), made=made)
    return redirect(page.link("admin_centers.saved", number=number, made=made), 303)


@blueprint.post("/understood")
def understood() -> Response:
    """For the form's own script: how its fields are understood so far."""
    edit = _edit(request.form.get("of", ""))
    with frame.store().reading() as connection:
        known = centers.records(connection, {edit.id}) if edit.id else {}
    for record in known.values():
        opening.note(record, again=True)
    gazetteer = overview().gazetteer
    entry = read_form(edit, known.get(edit.id), known, gazetteer, today())
    return Response(json.dumps(reading.understood(entry, gazetteer)), content_type="application/json")


def _record(number: int) -> Record:
    with frame.store().reading() as connection:
        center_id = centers.id_of(connection, number)
        found = centers.records(connection, {center_id}).get(center_id) if center_id else None
    return found or abort(404)


def _edit(center_id: str) -> Edit:
    """The form as it was sent; one that was cut off on its way empties nothing."""
    form = request.form
    if form.get("end") != "1":
        abort(400)
    return Edit(
        id=center_id, cells=fields.typed(form), base=_edition("base"),
        groups=frozenset(form.getlist("verified")) & frozenset(FIELD_GROUPS),
        on=form.get("verified_on", ""), way=form.get("verified_by", ""), answers=frozenset(form.getlist("answer")),
    )  # fmt: skip


def _take(record: Record | None) -> AnyResponse | str:
    edit = _chosen(_edit(record.id if record else ""), record)
    if record:
        opening.note(record, again=True)
    step, _colon, of = request.form.get("step", "check").partition(":")
    if step == "preview":
        return preview.shown(record, edit, overview().gazetteer, today())
    if step in _STAYS:
        return _form(record, pointing.moved(edit, of, overview().gazetteer), (), looking=True)
    try:
        report = frame.desk().edit(edit, apply=step == "apply")
    except Stale as stale:
        return render_template(
            "admin/stale.html", record=stale.record, stale=stale, carried=_carried(edit), saying=saying,
            name=name_of(stale.record, page.language()), field=saying.field, told=saying.value,
        )  # fmt: skip
    except LookupError:
        abort(404)
    if report.applied:
        return redirect(done.waits(report) or _landing(report), 303)
    if report.plan.at("error") or not any(change.fields for change in report.plan.changes):
        return _form(record, edit, report.plan.problems, unchanged=not report.plan.at("error"))
    return _plan(record, edit, report)


def _chosen(edit: Edit, record: Record | None) -> Edit:
    """What a person chose of two people's values. Until each has an answer the form counts as stale."""
    form, differing = request.form, request.form.getlist("differs")
    if record is None or not differing or not all(form.get(f"keep.{column}") for column in differing):
        return edit
    theirs = {column for column in differing if form.get(f"keep.{column}") == "theirs" and column in record.cells}
    cells = {column: record.cells[column] if column in theirs else text for column, text in edit.cells.items()}
    return replace(edit, cells=cells, base=_edition("newest"))


def _edition(name: str) -> int:
    """An edition's number that the form carries; what is none makes the form stale."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _landing(report: Report) -> str:
    """The page of what was saved."""
    if not report.act:
        return page.link("admin_centers.changed", made=done.NOTHING)
    (change,) = report.plan.changes
    with frame.store().reading() as connection:
        number = centers.records(connection, {change.id})[change.id].number
    return page.link("admin_centers.saved", number=number, made=report.act.id)


def _carried(edit: Edit) -> list[tuple[str, str]]:
    """The form as hidden fields, so that nothing is lost on the way through the plan."""
    more = [("base", str(edit.base)), ("verified_on", edit.on), ("verified_by", edit.way), ("end", "1")]
    return [*edit.cells.items(), *(("verified", group) for group in sorted(edit.groups)), *more]


def _plan(record: Record | None, edit: Edit, report: Report) -> str:
    lang = page.language()
    problems = report.plan.problems
    return render_template(
        "admin/plan.html", record=record, name=name_of(record, lang) if record else "", carried=_carried(edit),
        here=_here(record), change=report.plan.changes[0], field=saying.field, told=saying.value,
        tried=request.form.get("step") == "apply",
        questions=[(answer_key(one), reading.worded(one), one.column) for one in problems if one.level == "question"],
        answered=[
            (answer_key(one), reading.worded(one)) for one in problems if answer_key(one) in edit.answers
        ],
        notices=[
            reading.worded(one) for one in problems if one.level == "notice" and answer_key(one) not in edit.answers
        ],
    )  # fmt: skip


def _form(
    record: Record | None,
    edit: Edit,
    problems: Sequence[Problem],
    *,
    looking: bool = False,
    unchanged: bool = False,
    made: str = "",
) -> str:
    gazetteer, lang = overview().gazetteer, page.language()
    cells: Mapping[str, str] = {**(record.cells if record else {}), **edit.cells}
    entry = read_form(edit, record, {record.id: record} if record else {}, gazetteer, today())
    by: dict[str, str] = {}
    if record:
        with frame.store().reading() as connection:
            by = verifications.by_whom(connection, record.id)
    said = reading.understood(entry, gazetteer)
    shown: dict[str, Any] = {
        "faulty": [(problem.column or "", reading.worded(problem)) for problem in fields.faulty(problems)],
        "hiding": [(one.column or "", reading.worded(one)) for one in hiding(record, gazetteer)] if record else [],
        # what is wrong is said once, at its field
        "said": {name: one for name, one in said.items() if not (problems and one["faults"])},
        "place": pointing.looked_for(gazetteer) if looking else (),
        "atlas": pointing.offer(entry.cells, gazetteer, now=looking),
    }
    return render_template(
        "admin/center.html", record=record, edit=edit, name=name_of(record, lang) if record else "",
        parts=fields.parts(cells, problems, gazetteer, new=record is None), counted=fields.counted(cells),
        groups=FIELD_GROUPS, by=by, day=today().isoformat(), problems=problems, made=done.of(made),
        saying=saying, told=saying.value, worded=reading.worded, request_find=request.form.get("find", ""),
        first=shown["faulty"][0][0] if shown["faulty"] else "", here=_here(record),
        history=_history(record), unchanged=unchanged, **shown,
    )  # fmt: skip


def _here(record: Record | None) -> str:
    """Where the form is sent, without the piece of the page that one looks at: then what is wrong has the focus."""
    return page.link("admin_centers.save", number=record.number) if record else page.link("admin_centers.create")


def _history(record: Record | None) -> str:
    """Where the center's past is told."""
    return page.link("admin_history.center", number=record.number) if record else ""
