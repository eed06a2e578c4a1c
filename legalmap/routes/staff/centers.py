"""The list of centers: found, filtered, sorted; many changed at once; taken away as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from typing import Any, cast

from flask import Response, abort, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from legalmap.desk import export
from legalmap.desk.overview import CHOICE, SORTS, STATES, USUAL, Asked, Overview, Overviews, Row, name_of
from legalmap.desk.reading.phones import read
from legalmap.desk.together import DEEDS, MOST
from legalmap.hours import BISHKEK
from legalmap.model import KINDS, OBLASTS, Phone, Record
from legalmap.people import audit
from legalmap.routes import oblasts, page, words
from legalmap.routes.phrases import _
from legalmap.routes.staff import done, door, frame, reading, saying
from legalmap.store import Store
from legalmap.store import centers as kept
from legalmap.wording import label

blueprint = door.guarded("admin_centers", __name__, "/admin/centers")
LONGEST_SEARCH = 100
_FEW = 300
"""Centers that a request may write into a workbook by itself."""
_FORM_BYTES = 1_000_000
"""Of a form in which every text is as long as it may be."""
_FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address of the list asks for, and the `columns` it is to show."""

    asked: Asked
    columns: tuple[str, ...] = USUAL

    def link(self, **changes: Any) -> str:
        """The address of the list with some of it changed; from its first page on unless `page` is given."""
        columns = changes.pop("columns", self.columns)
        asked = replace(self.asked, **{"page": 1, **changes})
        told: dict[str, Any] = {
            "q": asked.text, "state": [state for state in STATES if state in asked.states], "kind": asked.kind,
            "oblast": asked.oblast, "sort": asked.sort if asked.sort != "name" else "", "down": int(asked.down) or "",
            "page": asked.page if asked.page > 1 else "", "col": list(columns) if columns != USUAL else [],
        }  # fmt: skip
        return page.link("admin_centers.index", **{name: value for name, value in told.items() if value})

    def toggled(self, state: str) -> str:
        """The address with one state more, or without it."""
        return self.link(states=self.asked.states ^ {state})

    def sorted_by(self, column: str) -> str:
        """The address sorted by a column; by the same one again, the other way round."""
        return self.link(sort=column, down=self.asked.sort == column and not self.asked.down)


@blueprint.url_value_preprocessor
def take_whole_forms(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A form of long texts is larger than what the public may send."""
    request.max_content_length = request.max_form_memory_size = _FORM_BYTES


def overview() -> Overview:
    """The centers as they are now. Raises StoreError."""
    if "overviews" not in current_app.extensions:
        store: Store = frame.store()
        current_app.extensions["overviews"] = Overviews(store, frame.desk().gazetteer)
    return cast(Overviews, current_app.extensions["overviews"]).current()


def today() -> dt.date:
    """The day in Bishkek."""
    return door.now().astimezone(BISHKEK).date()


@blueprint.get("/done/<made>")
def changed(made: str) -> str:
    """The list, with what was just done to many of its centers."""
    return index(made)


@blueprint.get("")
def index(made: str = "") -> str:
    """One page of the centers that are asked for."""
    wanted, whole, lang = _wanted(), overview(), page.language()
    found = whole.look(wanted.asked, lang, today())
    return render_template(
        "admin/centers.html", wanted=wanted, asked=wanted.asked, found=found, all=len(whole.rows),
        states=state_words(), day=today().isoformat(), choice=CHOICE, name_of=lambda row: name_of(row.record, lang),
        kinds=_choices("kind", KINDS, found.kinds), oblasts=_choices("oblast", oblasts.sorted_codes(), found.oblasts),
        column_words=column_words, cell=partial(_cell, whole), phones=_phones, made=done.of(made),
        no_states=frozenset(),
    )  # fmt: skip


def _wanted() -> Wanted:
    given = request.args
    page_number = given.get("page", "1")
    asked = Asked(
        text=given.get("q", "").strip()[:LONGEST_SEARCH],
        states=frozenset(given.getlist("state")) & frozenset(STATES),
        kind=given.get("kind", "") if given.get("kind") in KINDS else "",
        oblast=given.get("oblast", "") if given.get("oblast") in OBLASTS else "",
        sort=given.get("sort", "") if given.get("sort") in SORTS else "name",
        down=given.get("down") == "1",
        page=int(page_number) if page_number.isascii() and page_number.isdigit() and len(page_number) < 6 else 1,
    )
    chosen = tuple(column for column in CHOICE if column in given.getlist("col"))
    return Wanted(asked=asked, columns=chosen or USUAL)


def _choices(family: str, values: Sequence[str], counts: Mapping[str, int]) -> list[tuple[str, str]]:
    lang = page.language()
    found = ((value, words.capital(label(family, value, lang))) for value in values if counts.get(value))
    return [(value, f"{name}: {words.number(counts[value])}") for value, name in found]


def state_words() -> dict[str, str]:
    """What each filter is called."""
    return {
        "no_point": _("No point"),
        "never_verified": _("Never verified"),
        "overdue": _("Verification overdue"),
        "hidden": _("Address hidden"),
        "hidden_no_phone": _("Hidden, no phone"),
        "suspended": label("status", "suspended", page.language()),
        "closed": label("status", "closed", page.language()),
    }


def column_words(column: str) -> str:
    """The short heading of a column."""
    own = {"name": _("Center"), "place": _("Place"), "number": "№", "verified_on": _("Verified")}
    if column == "id":
        return label("column", "id", page.language()).partition(" (")[0]
    return own.get(column) or saying.field(column)


def _cell(whole: Overview, row: Row, column: str) -> str | None:
    """What stands in the list; None where it stays hidden."""
    if column == "place":
        town, code = row.shown("settlement"), row.record.cells["oblast"]
        if town and len(places := whole.gazetteer.settlements(row.record.cells)) == 1:
            town = places[0].names.in_lang(page.language())[0]
        oblast = label("oblast.short", code, page.language()) if code else ""
        parts = dict.fromkeys(part for part in (town, oblast) if part)  # Бишкек is a town and its own oblast
        return None if town is None and not oblast else ", ".join(parts)
    text = row.shown(column)
    return saying.value(column, text) if text else text


def _phones(row: Row) -> tuple[Phone, ...]:
    return read(row.shown("phones") or "")


@blueprint.post("/together")
def together() -> AnyResponse | str:
    """Shows what doing something to the chosen centers would change; by a second press does it as one act."""
    what, ids = request.form.get("what", ""), list(dict.fromkeys(request.form.getlist("id")))[:MOST]
    if what not in DEEDS or not ids:
        return redirect(page.link("admin_centers.index"), 303)
    apply = request.form.get("step") == "apply"
    try:
        report = frame.desk().together(what, ids, apply=apply)
    except LookupError:
        abort(404)
    if report.applied:
        made = report.act.id if report.act else done.NOTHING
        return redirect(done.waits(report) or page.link("admin_centers.changed", made=made), 303)
    records = {center_id: row.record for center_id, row in overview().rows.items()}
    return render_template(
        "admin/together.html", what=what, ids=ids, report=report, records=records,
        changed=[change for change in report.plan.changes if change.change == "changed"],
        name_of=lambda record: name_of(record, page.language()),
        field=saying.field, told=saying.value, worded=reading.worded,
    )  # fmt: skip


@blueprint.post("/export")
def table() -> Response:
    """Every column of every center as a file that an import takes back; hidden addresses are in it."""
    door.require_fresh(page.link("admin_centers.index"))
    kind = request.form.get("format", "csv")
    if kind not in _FILES:
        abort(400)
    with frame.store().writing() as connection:
        audit.add(connection, who=frame.desk().who, what="exported", subject=kind, now=door.now())
    with frame.store().reading() as connection:
        records = kept.records(connection).values()
    lang = page.language()
    body = export.as_csv(records, lang, ";").encode() if kind == "csv" else _workbook(list(records), lang)
    response = Response(body, content_type=_FILES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="centers-{today().isoformat()}.{kind}"'
    return response


def _workbook(records: list[Record], lang: str) -> bytes:
    """A large workbook takes seconds to write: a process of its own does it, so that readers do not wait for it."""
    if len(records) <= _FEW:
        return export.as_xlsx(records, lang)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(export.as_xlsx, records, lang).result()
