"""What waits for a second person: looked at whole, agreed to as it is, or refused."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template
from werkzeug.wrappers import Response

from legalmap.desk import plan_text, proposing
from legalmap.people import audit
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, frame, proposed, saying
from legalmap.store import centers
from legalmap.store import proposals as kept
from legalmap.store.proposals import Proposal
from legalmap.wording import label

blueprint = door.guarded("admin_proposals", __name__, "/admin/proposals")


@blueprint.get("")
def index() -> str:
    """What waits, then what was decided."""
    with frame.store().reading() as connection:
        found = kept.latest(connection)
    return render_template("admin/proposals.html", proposals=found, why=_why, **saying.words_of_page())


@blueprint.get("/<proposal_id>")
def look(proposal_id: str) -> str:
    """The exact content of one, old beside new."""
    found = _found(proposal_id)
    plan = plan_text.read(found.content).plan
    with frame.store().writing() as connection:
        records = centers.records(connection, {change.id for change in plan.changes})
        ready_at = proposing.alone_from(connection, found)
        # what waits mostly shows something that is hidden now
        audit.add(connection, who=frame.desk().who, what="hidden_viewed", subject=found.id, now=door.now())
    pages = saying.pages("admin_proposals.look", len(plan.changes), proposed.PER_PAGE, proposal_id=proposal_id)
    start = (pages.number - 1) * proposed.PER_PAGE
    own = found.who == frame.desk().who
    return render_template(
        "admin/proposal.html", found=found, why=_why(found), own=own, count=len(plan.changes), pages=pages,
        may=door.person().role == "admin" and (not own or door.now() >= ready_at),
        alone=own and ready_at.year < 9000, ready_at=ready_at,
        changes=[proposed.told(one, records.get(one.id)) for one in plan.changes[start : start + proposed.PER_PAGE]],
        show=lambda code: label("show_location", code, page.language()), **saying.words_of_page(),
    )  # fmt: skip


@blueprint.post("/<proposal_id>/approve")
def approve(proposal_id: str) -> Response:
    """Carries it out just as it was asked for."""
    door.require_fresh(page.link("admin_proposals.look", proposal_id=proposal_id))
    desk = frame.desk()
    try:
        with frame.store().writing() as connection:
            gazetteer = desk.gazetteer(connection)
            act = proposing.approve(connection, proposal_id, who=desk.who, now=desk.now, gazetteer=gazetteer)
    except LookupError:
        abort(404)
    except proposing.NotYours:
        flash(_("Somebody else has to agree to what you asked for yourself."), "error")
        return _to(proposal_id)
    except proposing.TooNew:
        flash(_("Who was added, reset or made an admin less than a day ago cannot agree yet."), "error")
        return _to(proposal_id)
    except proposing.Decided:
        flash(_("This was decided already."), "error")
        return _to(proposal_id)
    if act is None:
        flash(
            _("Nothing was done: a center was changed meanwhile, so this is no longer what would happen. Ask anew."),
            "error",
        )
        return _to(proposal_id)
    if desk.publish_later:
        desk.publish_later()
    flash(_("Done. It takes a moment until everybody sees it."))
    return redirect(page.link("admin_acts.act", act_id=act.id), 303)


@blueprint.post("/<proposal_id>/refuse")
def refuse(proposal_id: str) -> Response:
    """An admin says no, or who asked for it takes it back."""
    desk, found = frame.desk(), _found(proposal_id)
    if found.who != desk.who and door.person().role != "admin":
        abort(403)
    try:
        with frame.store().writing() as connection:
            proposing.refuse(connection, proposal_id, who=desk.who, now=desk.now)
        flash(_("Refused. Nothing was changed."))
    except proposing.Decided:
        flash(_("This was decided already."), "error")
    return _to(proposal_id)


def _why(found: Proposal) -> str:
    """The reasons in words."""
    return "; ".join(label("proposal.reason", reason, page.language()) for reason in found.reasons)


def _found(proposal_id: str) -> Proposal:
    with frame.store().reading() as connection:
        found = kept.find(connection, proposal_id)
    if found is None:
        abort(404)
    return found


def _to(proposal_id: str) -> Response:
    return redirect(page.link("admin_proposals.look", proposal_id=proposal_id), 303)
