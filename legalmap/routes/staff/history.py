"""One center's past: every change of every field, and one field brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from legalmap.desk.restore import restorable
from legalmap.desk.screen import screens
from legalmap.model import Record
from legalmap.people import audit
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, frame, opening, saying, wayback
from legalmap.store import centers, history, past
from legalmap.store.history import FieldChange

blueprint = door.guarded("admin_history", __name__, "/admin/history")
blueprint.context_processor(saying.words_of_page)
SIZE = 60


@dataclass(frozen=True, slots=True)
class _Line:
    """One change, and whether it can be taken back from here."""

    change: FieldChange
    can_restore: bool


@blueprint.get("/<int:number>")
def center(number: int) -> str:
    """What changed of a center, newest first; with `field` and `who` only those."""
    wanted = {name: request.args.get(name, "")[:80] for name in ("field", "who")}
    with frame.store().reading() as connection:
        record = _record(centers.records(connection, {centers.id_of(connection, number)}))
        fields, people = past.fields_and_people(connection, record.id)
        birth = past.changes_of(connection, record.id, field="id", limit=1)[0]
        offset = (saying.page_wanted() - 1) * SIZE
        found, total = past.changes_of(connection, record.id, **wanted, offset=offset, limit=SIZE)
    noted = _note_view(record, found)
    lines = [_Line(change, _can_restore(record, change)) for change in found]
    return render_template(
        "admin/history.html",
        record=record,
        noted=noted,
        born=birth[0].act_id if birth else "",
        acts=[(many[0].change, many) for _id, many in _by_act(lines)],
        center_page=saying.center_page(number),
        options_of_fields=sorted(((name, saying.field(name)) for name in fields), key=lambda pair: pair[1]),
        options_of_people=[(name, saying.who(name)) for name in people],
        wanted=wanted,
        pages=saying.pages("admin_history.center", total, SIZE, number=number, **wanted),
    )


@blueprint.route("/<int:number>/restore/<int:seq>", methods=["GET", "POST"])
def restore(number: int, seq: int) -> str | Response:
    """Shows what bringing back the value that a change replaced would do; sent, does it."""
    with frame.store().reading() as connection:
        record = _record(centers.records(connection, {centers.id_of(connection, number)}))
        made = next((one for one in history.changes_of_center(connection, record.id) if one.seq == seq), None)
    if made is None:
        abort(404)
    if request.method == "GET":
        _note_view(record, [made])
    else:
        opening.note(record, again=True)  # a form that nobody opened first shows the same
    asked = wayback.Asked(
        report=lambda **choice: frame.desk().restore(record.id, seq, **choice),
        heading=_("Bring back one field"),
        lead=saying.called(record.cells) or record.id,
        back=page.link("admin_history.center", number=number),
        shows_hidden=True,
    )
    return wayback.answer(asked)


def _record(found: dict[str, Record]) -> Record:
    if not found:
        abort(404)
    return next(iter(found.values()))


def _can_restore(record: Record, change: FieldChange) -> bool:
    """A value that stands there already needs no bringing back, and what a center began with replaced nothing."""
    return restorable(change.field) and change.old != record.text(change.field)


def _by_act(lines: Sequence[_Line]) -> list[tuple[str, list[_Line]]]:
    return [(act_id, list(many)[::-1]) for act_id, many in groupby(lines, key=lambda line: line.change.act_id)]


def _note_view(record: Record, found: Sequence[FieldChange]) -> bool:
    """Whoever looks at what a center hides, or at a name that told it once, leaves a line in the audit; whether this
    look does."""
    with frame.store().reading() as connection:
        screen = screens(connection, frame.desk().gazetteer(connection), {record.id}, {})[record.id]
    told = any(screen.hides(one.field, one.old, one.new) for one in found if one.old or one.new)
    if told:
        with frame.store().writing() as connection:
            audit.add(connection, who=frame.desk().who, what="hidden_viewed", subject=record.id, now=door.now())
    return told
