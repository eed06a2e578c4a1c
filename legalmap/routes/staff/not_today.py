"""A center says that one should not come these days, and takes it back; admins see all of it."""

from __future__ import annotations

import datetime as dt

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap.desk import notices
from legalmap.directory.notices import WHATS
from legalmap.hours import BISHKEK
from legalmap.model import Problem
from legalmap.people.accounts import By
from legalmap.routes import page
from legalmap.routes.staff import answering, door, inviting, saying
from legalmap.store import StoreError
from legalmap.store import notices as kept
from legalmap.wording import word

Answer = str | Response | tuple[str, int]
blueprint = answering.blueprint
of_admins = door.guarded("admin_notices", __name__, "/admin/notices")
of_admins.context_processor(saying.words_of_page)
_MOST_PAST = 100
_OURS = frozenset({"notice_date", "notice_too_many"})


@blueprint.get("/notice")
def notice() -> str:
    """What the center says now, and a form to say something."""
    return _page()


@blueprint.post("/notice")
def set_notice() -> Answer:
    """Says it, until a day that is named; everybody is shown it at once."""
    mine = answering.speaker("notice")
    what, until = request.form.get("what", ""), _until()
    if what not in WHATS:
        abort(400)
    try:
        with door.store().writing() as connection:
            if until is None:
                raise StoreError("notice_date")
            notices.put(connection, By(who=mine.who, now=door.now()), mine.center, what, until)
    except StoreError as fault:
        if fault.code not in _OURS:
            raise
        return _page(word(Problem(code=fault.code, level="error"), page.language())), 409
    return _shown(page.link("center.notice"))


@blueprint.post("/notice/end")
def end_notice() -> Response:
    """Takes it back."""
    mine = answering.speaker("notice")
    with door.store().writing() as connection:
        notices.end(connection, By(who=mine.who, now=door.now()), mine.center)
    return _shown(page.link("center.notice"))


@of_admins.get("")
def index() -> str:
    """What all centers say now, and what they said."""
    today = page.now().date().isoformat()
    with door.store().reading() as connection:
        found, past = kept.live(connection, today), kept.past(connection, today, _MOST_PAST)
    said = {one.center for one in found}
    may = {one.id for one in past if one.ended and one.until >= today and one.center not in said}
    return render_template(
        "admin/notices.html", notices=found, past=past, may_set_again=may, centers=page.directory().by_number, day=_day
    )


def _day(moment: int) -> str:
    return dt.datetime.fromtimestamp(moment, BISHKEK).date().isoformat()


@of_admins.post("/<int:number>/end")
def end(number: int) -> Response:
    """Ends a center's notice."""
    with door.store().writing() as connection:
        notices.end(connection, inviting.by(), number)
    return _shown(page.link("admin_notices.index"))


@of_admins.post("/again/<notice_id>")
def again(notice_id: str) -> Response:
    """Sets once more what was ended, if nothing else is said by now."""
    with door.store().writing() as connection:
        notices.again(connection, inviting.by(), notice_id)
    return _shown(page.link("admin_notices.index"))


def _shown(back: str) -> Response:
    notices.show(door.store(), door.settings().editions, door.now())
    return redirect(back, 303)


def _until() -> dt.date | None:
    """The last day that the form names; None for what is no date."""
    today, chosen = page.now().date(), request.form.get("until")
    if chosen in {"today", "tomorrow"}:
        return today + dt.timedelta(days=int(chosen == "tomorrow"))
    try:
        return dt.date.fromisoformat(request.form.get("day", "")[:10])
    except ValueError:
        return None


def _page(fault: str = "") -> str:
    mine, today = answering.speaker("notice"), page.now().date()
    with door.store().reading() as connection:
        found = kept.of_center(connection, mine.center, today.isoformat())
    return render_template(
        "center/notice.html", notice=found, whats=WHATS, fault=fault, today=today.isoformat(),
        last=(today + dt.timedelta(days=notices.LONGEST_DAYS)).isoformat(),
    )  # fmt: skip
