"""The editions in words: what each changed for the public, any two compared, and the way back to one."""

from __future__ import annotations

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from legalmap.desk import chronicle
from legalmap.desk.difference import GROUPS, Difference, Past, difference, kept
from legalmap.people import rights
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, frame, saying, wayback

blueprint = door.guarded("admin_editions", __name__, "/admin/editions")
blueprint.context_processor(saying.words_of_page)
SIZE = 30
CENTERS = 60
"""Centers of a comparison on one page."""


@blueprint.get("")
def index() -> str:
    """Every edition, newest first."""
    folder = frame.settings().editions
    with frame.store().reading() as connection:
        numbers = chronicle.numbers(connection, folder)
        first = (saying.page_wanted() - 1) * SIZE
        told = chronicle.editions(connection, folder, numbers[first : first + SIZE])
    return render_template(
        "admin/editions.html",
        editions=told,
        current=chronicle.current(folder),
        may_go_back=rights.may(door.standing(), "admin_editions.back"),
        newest=numbers[0] if numbers else 0,
        pages=saying.pages("admin_editions.index", len(numbers), SIZE),
    )


@blueprint.get("/compare")
def compare() -> str:
    """What the public saw change from edition `old` to edition `new`, center by center."""
    old, new = (_number(name) for name in ("old", "new"))
    found = _difference(old, new)
    group = request.args.get("group", "")
    group = group if group in GROUPS else ""
    wanted = [one for one in found.centers if not group or one.group == group]
    pages = saying.pages("admin_editions.compare", len(wanted), CENTERS, old=old, new=new, group=group)
    return render_template(
        "admin/compare.html",
        old=old,
        new=new,
        found=found,
        groups=GROUPS,
        group=group,
        may_go_back=rights.may(door.standing(), "admin_editions.back"),
        centers=wanted[(pages.number - 1) * CENTERS : pages.number * CENTERS],
        pages=pages,
    )


@blueprint.route("/<int:number>/back", methods=["GET", "POST"])
def back(number: int) -> str | Response:
    """Shows what going back to an edition would do; sent by who has just proved themselves, does it."""
    asked = wayback.Asked(
        report=lambda **choice: frame.desk().roll_back(number, **choice),
        heading=_("Back to edition %(n)s", n=str(number)),
        lead=_("Everything after it is taken back by one new act. Later editions stay in the list."),
        back=page.link("admin_editions.index"),
        fresh=True,
    )
    try:
        return wayback.answer(asked)
    except LookupError:
        abort(404)


def _number(name: str) -> int:
    """An edition of the address. Aborts with 404 for one that there never was."""
    given = request.args.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) < 10) or not 0 < int(given) <= frame.shown().newest:
        abort(404)
    return int(given)


def _difference(old: int, new: int) -> Difference:
    first, last = sorted((old, new))
    with frame.store().reading() as connection:
        past = Past.since(connection, first, frame.desk().gazetteer(connection))
        quick = chronicle.only_centers_changed(connection, first, last)
    return difference(past, old, new, None if quick else kept(frame.settings().editions, old, new))
