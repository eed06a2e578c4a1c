"""A table of centers on the web: sent, checked, shown with all it would do, put right, and only then applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, flash, json, redirect, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from legalmap.desk import imports, jobs, parting, plan_text, proposing, refused
from legalmap.desk.outcome import Report
from legalmap.desk.plan import can_apply
from legalmap.desk.problems import FileRefused
from legalmap.desk.reading.delimited import DELIMITERS
from legalmap.desk.reading.encodings import CODE_PAGES, UNICODE
from legalmap.model import Problem, Record
from legalmap.people import audit
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import asking, choosing, door, frame, moves, progress, proposed, saying
from legalmap.store import centers
from legalmap.store import imports as kept
from legalmap.store.imports import Import
from legalmap.visibility import COLUMNS
from legalmap.wording import label, word

blueprint = door.guarded("admin_imports", __name__, "/admin/imports")
_FORM_BYTES, _FORM_PARTS = 2_000_000, 20_000
"""Of what is chosen about one file: a text for each of some hundred cells."""
_FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.url_value_preprocessor
def take_larger_bodies(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A table is larger than what the public may send; the guard reads the form already."""
    own = _FORM_BYTES if endpoint != "admin_imports.send" else frame.settings().import_max_bytes + _FORM_BYTES
    request.max_content_length, request.max_form_memory_size = own, own
    request.max_form_parts = _FORM_PARTS


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """The file is beyond the limit, which is named with the file's own size."""
    sizes = {"limit": frame.settings().import_max_bytes, "actual": request.content_length or 0}
    return _index(word(Problem(code="file_too_large", level="error", params=sizes), page.language())), 413


@blueprint.get("")
def index() -> str:
    """Where a table is sent, how that goes, and the last ones."""
    return _index()


def _index(fault: str = "") -> str:
    imports.forget(frame.store(), frame.settings())
    with frame.store().reading() as connection:
        found = kept.latest(connection)
    return render_template(
        "admin/imports.html", imports=found, fault=fault, moment=saying.moment, doer=saying.who,
        days=frame.settings().uploads_days,
    )  # fmt: skip


@blueprint.post("")
def send() -> str | tuple[str, int] | AnyResponse:
    """Takes a file or pasted cells and lets them be checked."""
    file, pasted = request.files.get("file"), request.form.get("pasted", "").strip("\r\n")
    data = file.read() if file and file.filename else pasted.encode()
    name = (file.filename if file and file.filename else None) or _("pasted") + ".tsv"
    if not data:
        return _index(_("Choose a file or paste cells first.")), 400
    if len(data) > frame.settings().import_max_bytes:
        raise RequestEntityTooLarge
    import_id, job_id = imports.begin(frame.store(), frame.desk().who, data, name)
    if job_id:
        jobs.start(job_id, frame.settings())
    return _to(import_id)


@blueprint.get("/template.<any(csv, xlsx):ending>")
def empty(ending: str) -> Response:
    """An empty table to be filled in, in the page's language."""
    from legalmap.desk import template  # with openpyxl, which weighs 7 MB

    lang = page.language()
    body = template.as_csv(lang).encode() if ending == "csv" else template.as_xlsx(lang)
    return _file(body, f"centers-{lang}.{ending}", ending)


@blueprint.get("/<import_id>")
def look(import_id: str) -> str | tuple[str, int] | AnyResponse:
    """How far the file is; once it is checked or applied, the page that shows that."""
    found = _found(import_id)
    if not found.wanted and found.state != "done":
        return _gone()
    if found.state in {"checked", "done"}:
        endpoint = "preview" if found.state == "checked" else "applied"
        return redirect(page.link(f"admin_imports.{endpoint}", import_id=import_id), 303)
    jobs.mend(frame.store(), frame.settings())
    return render_template("admin/import_wait.html", found=found, **progress.of(found.job_id))


@blueprint.get("/<import_id>/state")
def state(import_id: str) -> Response:
    """For the page's own script: how far the file is."""
    found = _found(import_id)
    told = {"over": found.state in {"checked", "done"}, **progress.of(found.job_id)}
    return Response(json.dumps(told), content_type="application/json")


@blueprint.get("/<import_id>/preview")
def preview(import_id: str) -> str | tuple[str, int] | AnyResponse:
    """All that the file would do; nothing is written yet."""
    found = _found(import_id)
    if found.state != "checked" or not found.plan:
        return _to(import_id)
    report, wanted = plan_text.read(found.plan), imports.read(found.wanted)
    records = _records(report)
    if proposed.tells_hidden(report, records):
        with frame.store().writing() as connection:
            audit.add(connection, who=frame.desk().who, what="hidden_viewed", subject=found.id, now=door.now())
    titles = proposed.titles_of(report, records)
    questions = asking.to_answer(report, titles)
    touched = [one for one in report.plan.changes if one.change != "unchanged"]
    order = {"removed": 0, "changed": 1, "new": 2}
    touched.sort(key=lambda one: (order[one.change], one.line or 0))
    pages = saying.pages("admin_imports.preview", len(touched), proposed.PER_PAGE, import_id=import_id)
    start = (pages.number - 1) * proposed.PER_PAGE
    rows, refused_rows = proposed.to_correct(report, titles)
    counts, turns = proposed.shown_how(touched, records)
    moving = moves.moved(touched, records)
    return render_template(
        "admin/import_preview.html", found=found, info=report.file, unusable=report.unusable, wanted=wanted,
        of_file=proposed.of_file(report), rows=rows, refused=refused_rows, questions=questions,
        asked=sum(kind.count for kind in questions), anew=wanted.apply, unread=proposed.unread(report, wanted.choice),
        answered=proposed.answered(report, wanted.accept, titles),
        notices=proposed.notices(report), plan=report.plan, skipped=sorted(wanted.skip),
        put_right=sorted(wanted.cells.items()),
        changes=[
            proposed.told(parting.with_what_shows(one, records), records.get(one.id))
            for one in touched[start : start + proposed.PER_PAGE]
        ],
        touched=len(touched), pages=pages, counts=counts, turns=turns, moving=moving[: proposed.MOST],
        all_moving=len(moving), doubted=moves.doubted(report), outline=moves.paths(), size=(moves.WIDTH, moves.HEIGHT),
        whole=can_apply(report.plan) and not report.unusable,
        partly=can_apply(report.plan, good_rows=True) and not report.unusable,
        columns=[(column, proposed.column_name(column)) for column in COLUMNS], encodings=(*UNICODE, *CODE_PAGES),
        delimiters=DELIMITERS, lists=proposed.choices(), field=proposed.field, value=saying.value,
        show=lambda code: label("show_location", code, page.language()),
    )  # fmt: skip


def _records(report: Report) -> Mapping[str, Record]:
    """The centers that the plan touches, as they are now."""
    ids = {change.id for change in report.plan.changes if change.change != "new"}
    with frame.store().reading() as connection:
        return centers.records(connection, ids) if ids else {}


@blueprint.post("/<import_id>/choose")
def choose(import_id: str) -> AnyResponse:
    """Takes answers, cells put right, rows left out and how the file is read; checks again."""
    found = _found(import_id)
    if found.state == "done" or not found.wanted:
        return _to(import_id)
    asked = plan_text.read(found.plan).plan.at("question") if found.plan else ()
    wanted = choosing.chosen(imports.read(found.wanted), request.form, asked)
    try:
        jobs.start(imports.choose(frame.store(), found, wanted, frame.desk().who), frame.settings())
    except imports.Moved:
        flash(_("Somebody chose something else about this file meanwhile. This is how it stands now."), "error")
    return _to(import_id)


@blueprint.post("/<import_id>/apply")
def apply(import_id: str) -> AnyResponse:
    """Applies just what was shown: `seen` is the version of it."""
    found = _found(import_id)
    if found.state == "done" or found.state == "applying":
        return _to(import_id)
    if request.form.get("seen") != str(found.version):
        flash(_("Somebody chose something else about this file meanwhile. This is how it stands now."), "error")
        return _to(import_id)
    try:
        good_rows = request.form.get("rows") == "good"
        jobs.start(imports.confirm(frame.store(), found, frame.desk().who, good_rows=good_rows), frame.settings())
    except (imports.Moved, ValueError):
        flash(_("Nothing was applied: there are still rows to correct or questions to answer."), "error")
    return _to(import_id)


@blueprint.get("/<import_id>/done")
def applied(import_id: str) -> str | AnyResponse:
    """What was applied, and the way back."""
    found = _found(import_id)
    if found.state != "done":
        return _to(import_id)
    jobs.mend(frame.store(), frame.settings())  # a process may have died between writing and publishing
    plan = plan_text.read(found.plan).plan if found.plan else None
    with frame.store().reading() as connection:
        waits = proposing.size(connection, found.proposal_id)
    return render_template("admin/import_done.html", found=found, plan=plan, waits=waits, **progress.of(found.job_id))


@blueprint.get("/<import_id>/refused")
def left_out(import_id: str) -> Response:
    """The rows that could not go in, each with why, as a file like the one that was sent."""
    found = _found(import_id)
    if not found.data or not found.plan:
        abort(410)
    report = plan_text.read(found.plan)
    if report.file is None:
        abort(404)
    try:
        wanted = imports.read(found.wanted)
        body, ending = refused.refused_rows(found.data, report.file, wanted, report.plan, page.language())
    except FileRefused:
        abort(404)
    with frame.store().writing() as connection:
        audit.add(connection, who=frame.desk().who, what="exported", subject=f"refused {found.id}", now=door.now())
    return _file(body, _("to-correct") + f".{ending}", ending)


def _found(import_id: str) -> Import:
    with frame.store().reading() as connection:
        found = kept.find(connection, import_id)
    if found is None:
        abort(404)
    return found


def _gone() -> tuple[str, int]:
    return _index(word(Problem(code="import_gone", level="error"), page.language())), 410


def _to(import_id: str) -> AnyResponse:
    return redirect(page.link("admin_imports.look", import_id=import_id), 303)


def _file(body: bytes, name: str, ending: str) -> Response:
    response = Response(body, content_type=_FILES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
