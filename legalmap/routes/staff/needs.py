"""What answers each need, for admins: the table in words, as a file, another one shown before it is taken."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from legalmap.desk import need_rules
from legalmap.desk.need_rules import Reading
from legalmap.desk.template_columns import called
from legalmap.model import NEEDS, Problem
from legalmap.people.accounts import By
from legalmap.routes import page, words
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, frame
from legalmap.store import need_rules as kept
from legalmap.store.need_rules import Rule
from legalmap.wording import label, word

blueprint = door.guarded("admin_needs", __name__, "/admin/needs")
Answer = str | tuple[str, int] | AnyResponse


@blueprint.url_value_preprocessor
def take_larger_bodies(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A table is larger than what the public may send; the guard reads the form already."""
    request.max_content_length, request.max_form_memory_size = 4 * need_rules.MOST_BYTES, 4 * need_rules.MOST_BYTES


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Answer:
    """The file is beyond the limit, which is named with the file's own size."""
    sizes = {"limit": need_rules.MOST_BYTES, "actual": request.content_length or 0}
    return _index([Problem(code="file_too_large", level="error", params=sizes)]), 413


@blueprint.get("")
def index() -> str:
    """The table in words, and where another one is sent."""
    door.require_fresh()  # before a file is chosen: it would be lost on the way
    return _index()


def _index(problems: Sequence[Problem] = ()) -> str:
    with frame.store().reading() as connection:
        rules = kept.everything(connection)
    told = [(need, [_told(rule) for rule in rules if rule.need == need]) for need in NEEDS]
    return render_template("admin/needs.html", needs=told, problems=[_said(one) for one in problems])


def _said(problem: Problem) -> tuple[int | None, str, str]:
    """Line, column and the problem in words."""
    lang = page.language()
    column = label("need.column", problem.column, lang) if problem.column else ""
    return problem.line, column, word(problem, lang)


def _told(rule: Rule) -> dict[str, str]:
    lang = page.language()
    return {
        "kinds": ", ".join(called("kind", one, lang) for one in rule.kinds),
        "topics": ", ".join(called("topic", one, lang) for one in rule.topics),
        "note": {"ky": rule.note_ky, "ru": rule.note_ru, "en": rule.note_en}[lang],
    }


@blueprint.get("/table")
def table() -> Response:
    """The table as a CSV in the page's language, which can be sent back."""
    with frame.store().reading() as connection:
        rules = kept.everything(connection)
    lang = page.language()
    response = Response(need_rules.as_csv(rules, lang, ";").encode(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="needs-{lang}.csv"'
    return response


@blueprint.post("/preview")
def preview() -> Answer:
    """What a file, or the delivered table, would change; nothing is written yet."""
    door.require_fresh(page.link("admin_needs.index"))
    file = request.files.get("file")
    if request.form.get("delivered"):
        reading = Reading(rules=need_rules.delivered())
    elif file and file.filename:
        reading = need_rules.read(file.read(), file.filename)
    else:
        reading = Reading(problems=(Problem(code="file_empty", level="error"),))
    return _preview(reading)


def _preview(reading: Reading) -> Answer:
    if reading.problems:
        return _index(reading.problems), 422
    with frame.store().reading() as connection:
        known = kept.everything(connection)
    changes = need_rules.difference(known, reading.rules)
    if not changes:
        flash(_("This table is the one that is there: nothing changes."))
        return redirect(page.link("admin_needs.index"), 303)
    told = [(one.need, [_told(rule) for rule in one.before], [_told(rule) for rule in one.after]) for one in changes]
    table_, seen = need_rules.as_csv(reading.rules), _mark(known)
    return render_template("admin/needs_preview.html", changes=told, table=table_, seen=seen)


@blueprint.post("/apply")
def apply() -> Answer:
    """Takes the table that was shown, unless another one was taken since: then shows it anew."""
    door.require_fresh(page.link("admin_needs.index"))
    reading = need_rules.read(request.form.get("table", "").encode(), "table.csv")
    if reading.problems:
        return _index(reading.problems), 422
    with frame.store().writing() as connection:
        meanwhile = request.form.get("seen") != _mark(kept.everything(connection))
        by = By(who=f"web:{door.person().name}", now=door.now())
        changes = () if meanwhile else need_rules.replace(connection, by, reading.rules)
    if meanwhile:
        flash(_("Somebody changed the table meanwhile. This is what yours would change now."), "error")
        return _preview(reading)
    flash(_("Done. Needs whose answers are others now: %(n)s", n=words.number(len(changes))))
    return redirect(page.link("admin_needs.index"), 303)


def _mark(rules: Sequence[Rule]) -> str:
    return hashlib.sha256(need_rules.as_csv(rules).encode()).hexdigest()
