"""The way from a person in danger to a slip, one question a screen; nothing is kept before they agreed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from legalmap.referrals import codes
from legalmap.routes import listing, oblasts, page
from legalmap.routes.staff import cards_of_way, door, members, slip, way
from legalmap.routes.staff.answers_of_way import FAULTS, TAKE, Wrong, choose_again
from legalmap.routes.staff.way import Way

blueprint = door.guarded("committee_way", __name__, "/committee/new")


@blueprint.get("")
def begin() -> AnyResponse:
    """The first question."""
    members.committee()
    return redirect(way.address(Way()), 303)


@blueprint.get("/<sealed>")
def show(sealed: str) -> str | AnyResponse:
    """The question that the address is about."""
    asked = way.opened(sealed)
    if asked.step in {"consent", "paper"} and cards_of_way.entry(asked.first) is None:
        return redirect(way.address(choose_again(asked)), 303)
    return _page(asked)


@blueprint.post("/<sealed>")
def go(sealed: str) -> AnyResponse:
    """Takes one answer and leads to the next question."""
    asked = way.opened(sealed)
    if asked.step not in TAKE:
        abort(404)
    try:
        return redirect(way.address(TAKE[asked.step](asked, request.form)), 303)
    except Wrong as wrong:
        again = wrong.asked or asked
        return redirect(way.address(again.at(again.step, fault=wrong.code, typed=again.typed)), 303)


def _page(asked: Way) -> str:
    member = members.committee()
    earlier = way.before(asked)
    known = _SHOW[asked.step](asked) if asked.step in _SHOW else {}
    return render_template(
        f"committee/{asked.step}.html", way=asked, committee=member, now=page.now(),
        fault=FAULTS[asked.fault]() if asked.fault else "",
        here=way.STEPS.index(asked.step) + 1, steps=len(way.STEPS),
        back=way.address(earlier) if earlier else page.link("committee.board"), **known,
    )  # fmt: skip


def _shown_place(asked: Way) -> dict[str, Any]:
    directory, own = page.directory(), members.committee()
    known = directory.places.by_id
    mine = [known[place] for place in own.places if place in known]
    if not mine and own.rayon:
        ranked = directory.places.ranked(directory.places.in_oblast(own.oblast))
        mine = [place for place in ranked if place.rayon == own.rayon][:8]
    offered = [known[place] for place in asked.offered if place in known]
    return {"mine": listing.rows(mine[:8]), "offered": listing.rows(offered), "oblasts": oblasts.sorted_codes()}


def _shown_never(asked: Way) -> dict[str, Any]:
    likely, further = cards_of_way.likely(asked)
    return {"candidates": likely, "further": further}


def _shown_done(asked: Way) -> dict[str, Any]:
    found = members.own(asked.handle)
    return {
        "referral": found, "match": cards_of_way.entry(found.first), "code_shown": codes.shown(asked.code),
        "slip": way.address(asked, "committee_slip.show"),
        "ask_again": found.due.astimezone(page.now().tzinfo).date(),
    }  # fmt: skip


def _shown_age(asked: Way) -> dict[str, Any]:
    return {"offices": cards_of_way.social_offices(members.committee().rayon)}


def _shown_paper(asked: Way) -> dict[str, Any]:
    return {**cards_of_way.chosen(asked), "may_print": slip.may_print(page.directory().by_number[asked.first])}


_SHOW: Mapping[str, Callable[[Way], dict[str, Any]]] = {
    "place": _shown_place, "never": _shown_never, "cards": cards_of_way.shown, "consent": cards_of_way.chosen,
    "paper": _shown_paper, "done": _shown_done, "age": _shown_age,
}  # fmt: skip
