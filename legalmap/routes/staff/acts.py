"""What was done to the directory, by whom: every act, what it changed, and the way to take it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from legalmap.desk.going_back import may_undo
from legalmap.desk.screen import screens
from legalmap.model import Act
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, frame, saying, wayback
from legalmap.store import past
from legalmap.store.history import FieldChange
from legalmap.wording import label

blueprint = door.guarded("admin_acts", __name__, "/admin/acts")
blueprint.context_processor(saying.words_of_page)
SIZE = 40
CHANGES = 150
"""Changes of one act on one page."""


@blueprint.get("")
def index() -> str:
    """Every act, newest first; with `kind` and `who` only those."""
    wanted = {name: request.args.get(name, "")[:80] for name in ("kind", "who")}
    with frame.store().reading() as connection:
        kinds, people = past.kinds_and_people(connection)
        found, total = past.page_of_acts(connection, **wanted, offset=(saying.page_wanted() - 1) * SIZE, limit=SIZE)
        touched = past.touched_by(connection, [act.id for act in found])
        undone = past.undone(connection, [act.id for act in found])
        titles = past.titles(connection, {center_id for one in touched.values() for center_id in one.first})
    return render_template(
        "admin/acts.html",
        acts=[(act, touched.get(act.id), act.id in touched and _mine(act)) for act in found],
        titles=titles,
        undone=undone,
        options_of_kinds=[(kind, label("act", kind, page.language())) for kind in kinds],
        options_of_people=[(name, saying.who(name)) for name in people],
        wanted=wanted,
        pages=saying.pages("admin_acts.index", total, SIZE, **wanted),
    )


@blueprint.get("/<act_id>")
def act(act_id: str) -> str:
    """One act with all that it changed; of centers that hide their address only that something did."""
    with frame.store().reading() as connection:
        found = past.act(connection, act_id)
        if found is None:
            abort(404)
        changes, total = past.changes_by(
            connection, found.id, offset=(saying.page_wanted() - 1) * CHANGES, limit=CHANGES
        )
        touched = past.touched_by(connection, [found.id]).get(found.id)
        ids = {change.center_id for change in changes}
        titles = past.titles(connection, ids)
        screen = screens(connection, frame.desk().gazetteer(connection), ids, _shows(changes))
    centers = [
        (
            name,
            titles.get(name),
            [(change, screen[name].hides(change.field, change.old, change.new)) for change in many],
        )
        for name, many in groupby(changes, key=lambda change: change.center_id)
    ]
    return render_template(
        "admin/act.html",
        act=found,
        touched=touched,
        centers=centers,
        mine=touched is not None and _mine(found),
        pages=saying.pages("admin_acts.act", total, CHANGES, act_id=act_id),
    )


def _shows(changes: Sequence[FieldChange]) -> dict[str, list[str]]:
    """What show_location went from and came to in these changes, by center."""
    found: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        if change.field == "show_location":
            found[change.center_id] += [text for text in (change.old, change.new) if text]
    return found


@blueprint.route("/<act_id>/undo", methods=["GET", "POST"])
def undo(act_id: str) -> str | Response:
    """Shows what taking the act back would do; sent, does it."""
    with frame.store().reading() as connection:
        found = past.act(connection, act_id)
        known = found and past.touched_by(connection, [found.id])
    if found is None or not known:
        abort(404)
    if not _mine(found):
        abort(403)
    asked = wayback.Asked(
        report=lambda **choice: frame.desk().undo(found.id, **choice),
        heading=_("Undo an act"),
        lead=f"{label('act', found.kind, page.language())}, {saying.moment(found.at).exact}, {saying.who(found.who)}",
        back=page.link("admin_acts.act", act_id=found.id),
    )
    return wayback.answer(asked)


def _mine(act: Act) -> bool:
    """Whether the person of this request may take the act back."""
    person = door.person()
    return may_undo(act, who=f"web:{person.name}", any_act=person.role == "admin", now=door.now())
