"""The slip that somebody takes along: a sheet of paper on which no word tells what it is about."""

from __future__ import annotations

import datetime as dt

from flask import abort, current_app, render_template

from legalmap.model import Center
from legalmap.referrals import codes
from legalmap.routes import cards, page
from legalmap.routes.codes import squares
from legalmap.routes.phrases import pgettext
from legalmap.routes.staff import door, frame, members, way
from legalmap.routes.staff.door import Elsewhere
from legalmap.store import centers

blueprint = door.guarded("committee_slip", __name__, "/committee/new")


@blueprint.get("/<sealed>/slip")
def show(sealed: str) -> str:
    """The slip of a way that was gone to its end: for paper, or to be shown on the screen."""
    asked = way.opened(sealed)
    if asked.step != "done" or asked.paper != "paper":
        abort(404)
    made = members.own(asked.handle)
    members.note("slip_viewed", once_a_day=True)
    center = page.directory().by_number.get(made.first)
    if center is None or center.status == "closed" or not may_print(center):
        raise Elsewhere(page.link("committee.referral", handle=asked.handle))  # it says so there
    open_ = not cards.quiet(center)
    code, side = _squares(center) if open_ else ("", 0)
    return render_template(
        "committee/slip.html", center=center, open_=open_, name=_name(center), code_shown=codes.shown(asked.code),
        squares=code, side=side, made=door.now().astimezone(page.now().tzinfo).date(),
        until=_last_day(made.expires), back=way.address(asked),
    )  # fmt: skip


def may_print(center: Center) -> bool:
    """Whether a sheet helps: of one that must not be named it is a number to call, where there is one."""
    return bool(center.phones) or not cards.quiet(center)


def _last_day(expires: dt.datetime) -> dt.date:
    return (expires.astimezone(page.now().tzinfo) - dt.timedelta(minutes=1)).date()


def _squares(center: Center) -> tuple[str, int]:
    site = current_app.extensions["settings"].site
    return squares(f"{site}{page.link('places.center', number=center.number)}") if site else ("", 0)


def _name(center: Center) -> str:
    """The center's name; of one that is sensitive or hidden the neutral name agreed with it."""
    if not cards.quiet(center):
        return center.names.in_lang(page.language())[0]
    with frame.store().reading() as connection:
        record = centers.records(connection, of=[center.id]).get(center.id)
    return (record.cells.get("slip_name", "") if record else "") or pgettext("slip", "Advice")
