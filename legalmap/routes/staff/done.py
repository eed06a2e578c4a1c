"""What was just done, said on the page one lands on, with the way to take it back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, flash

from legalmap.desk.outcome import Report
from legalmap.model import Act
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import frame, saying
from legalmap.store import history


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act in words: how many centers, which columns (in the reader's language). `act` None: there was nothing to
    do."""

    act: Act | None = None
    centers: int = 0
    columns: tuple[str, ...] = ()
    hid: bool = False
    undo: str = ""


NOTHING = "nothing"
"""Stands in an address for the act that was not needed."""


def of(named: str) -> Done | None:
    """The act of that id; None where there is none."""
    if named == NOTHING:
        return Done()
    if len(named) != 32:
        return None
    with frame.store().reading() as connection:
        changes = history.changes_of_act(connection, named)
    if not changes:
        return None
    made = changes[0]
    fields = dict.fromkeys(change.field for change in reversed(changes) if change.field != "id")
    return Done(
        act=Act(id=named, kind=made.kind, who=made.who, at=made.at, edition=made.edition),
        centers=len({change.center_id for change in changes}),
        columns=tuple(map(saying.field, fields)),
        hid=any(change.field == "show_location" and change.new == "no" for change in changes),
        undo=_undo(named),
    )


def waits(report: Report) -> str:
    """Where what waits for a second person is looked at, after saying so; "" when nothing waits."""
    if not report.proposal:
        return ""
    part = _("Part of this waits for a second person.")
    flash(part if report.act else _("This waits for a second person. Nothing has changed yet."))
    return page.link("admin_proposals.look", proposal_id=report.proposal)


def _undo(act_id: str) -> str:
    """Where the act can be taken back."""
    if "admin_acts.act" not in current_app.view_functions:
        return ""
    return page.link("admin_acts.act", act_id=act_id)
