"""The way from a person in danger to a slip, one question a screen; nothing is kept before they agreed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from legalmap.directory.places import Found
from legalmap.model import OBLASTS
from legalmap.referrals import codes
from legalmap.routes import listing, oblasts, page
from legalmap.routes.phrases import _
from legalmap.routes.staff import cards_of_way, door, members, way
from legalmap.routes.staff.way import Way

blueprint = door.guarded("committee_way", __name__, "/committee/new")
Form = MultiDict[str, str]
_MOST_OFFERED = 12
"""Places to choose from: an address has an end."""
MOST_SON = 17


class Wrong(Exception):
    """What was sent does not answer the question; the text says what to do."""


@blueprint.get("")
def begin() -> AnyResponse:
    """The first question."""
    members.committee()
    return redirect(way.address(Way()), 303)


@blueprint.get("/<sealed>")
def show(sealed: str) -> str:
    """The question that the address is about."""
    return _page(way.opened(sealed), "")


@blueprint.post("/<sealed>")
def go(sealed: str) -> AnyResponse | tuple[str, int]:
    """Takes one answer and leads to the next question."""
    asked = way.opened(sealed)
    if asked.step not in _TAKE:
        abort(404)
    try:
        return redirect(way.address(_TAKE[asked.step](asked, request.form)), 303)
    except Wrong as fault:
        return _page(asked, str(fault)), 400


def _page(asked: Way, fault: str) -> str:
    member = members.committee()
    earlier = way.before(asked)
    known = _SHOW[asked.step](asked) if asked.step in _SHOW else {}
    return render_template(
        f"committee/{asked.step}.html", way=asked, fault=fault, committee=member, now=page.now(),
        here=way.STEPS.index(asked.step) + 1, steps=len(way.STEPS),
        back=way.address(earlier) if earlier else page.link("committee.board"), form=request.form, **known,
    )  # fmt: skip


# ---- what is taken ----


def _danger(asked: Way, form: Form) -> Way:
    return asked.at("hurt")


def _hurt(asked: Way, form: Form) -> Way:
    if form.get("answer") == "yes":
        return asked.at("hurt", hurt=True, needs=_with(asked, "medical"))
    return asked.at("age") if form.get("answer") == "on" else asked.at("age", hurt=False, needs=_but(asked, "medical"))


def _age(asked: Way, form: Form) -> Way:
    if form.get("answer") == "yes":
        return asked.at("age", minor=True, needs=_with(asked, "child"))
    if form.get("answer") == "on":
        return asked.at("place")
    return asked.at("place", minor=False, needs=_but(asked, "child"))


def _with(asked: Way, need: str) -> tuple[str, ...]:
    return way.chosen_needs([*asked.needs, need])


def _but(asked: Way, need: str) -> tuple[str, ...]:
    return tuple(one for one in asked.needs if one != need)


def _place(asked: Way, form: Form) -> Way:
    away, directory = form.get("away") == "1", page.directory()
    chosen = directory.places.by_id.get(form.get("place_id", ""))
    if chosen:
        return asked.at("needs", place_id=chosen.id, oblast=chosen.oblast, offered=(), away=away)
    if (oblast := form.get("oblast", "")) in OBLASTS:
        return asked.at("needs", place_id="", oblast=oblast, offered=(), away=away)
    typed = form.get("place", "").strip()
    if not typed:
        raise Wrong(_("Write the town or village, or choose the oblast."))
    if code := oblasts.named(typed):
        return asked.at("needs", place_id="", oblast=code, offered=(), away=away)
    found: Found = directory.places.find(typed)
    if len(found.exact) == 1:
        return asked.at("needs", place_id=found.exact[0].id, oblast=found.exact[0].oblast, offered=(), away=away)
    offered = tuple(place.id for place in (found.exact or found.similar)[:_MOST_OFFERED])
    if not offered:
        raise Wrong(_("No place of this name is known: check the spelling, or choose the oblast."))
    return asked.at("place", place_id="", offered=offered, away=away)


def _needs(asked: Way, form: Form) -> Way:
    needs = way.chosen_needs(form.getlist("need"))
    if not needs:
        raise Wrong(_("Choose at least one kind of help."))
    return asked.at("when", needs=needs)


def _when(asked: Way, form: Form) -> Way:
    if not way.is_good("urgency", form.get("urgency", "")):
        raise Wrong(_("Choose one answer."))
    return asked.at("who", urgency=form["urgency"])


def _who(asked: Way, form: Form) -> Way:
    language, son = form.get("language", ""), form.get("son", "")
    if language and not way.is_good("language", language):
        abort(400)
    if son and not (son.isascii() and son.isdigit() and int(son) <= MOST_SON):
        abort(400)
    access = tuple(value for value in form.getlist("access") if way.is_good("access", value))
    return asked.at(
        "never", language=language, children=form.get("children") == "1" or bool(son), son=int(son) if son else -1,
        access=access,
    )  # fmt: skip


def _never(asked: Way, form: Form) -> Way:
    numbers = tuple(sorted({int(value) for value in form.getlist("never") if value.isascii() and value.isdigit()}))
    known = page.directory().by_number
    never = tuple(number for number in numbers if number in known)
    if len(never) > way.MOST_NEVER:
        raise Wrong(_("At most %(n)s places can be left out.", n=str(way.MOST_NEVER)))
    kept = tuple(one for one in asked.answers if one[0] not in never)
    return asked.at("cards", never=never, answers=kept)


def _cards(asked: Way, form: Form) -> Way:
    number, _colon, answer = form.get("answer", "").partition(":")
    offered = {str(one.number): one.number for one in cards_of_way.everyone(asked)}
    if number not in offered or not (answer == "chosen" or way.is_good("answer", answer)):
        abort(400)
    said = {**asked.said, offered[number]: answer}
    answers = tuple((one, told) for one, told in said.items() if told != "chosen")[-cards_of_way.MOST_ANSWERS :]
    if answer in {"expected", "chosen"}:
        return asked.at("consent", first=offered[number], answers=answers)
    return asked.at("cards", answers=answers)


def _consent(asked: Way, form: Form) -> Way:
    if form.get("consent") != "1":
        raise Wrong(_("Read the three sentences aloud and tick the box when the person agrees."))
    return asked.at("paper", token=asked.token or secrets.token_urlsafe(12))


def _paper(asked: Way, form: Form) -> Way:
    paper = form.get("paper", "")
    if not way.is_good("paper", paper):
        raise Wrong(_("Choose one answer."))
    center = page.directory().by_number.get(asked.first)
    if center is None or center.status == "closed":  # an edition came meanwhile
        return asked.at("cards", first=0)
    code, made = members.make(asked, cards_of_way.second(asked))
    return asked.at("done", paper=paper, code=code, handle=made.handle)


_TAKE: Mapping[str, Callable[[Way, Form], Way]] = {
    "danger": _danger, "hurt": _hurt, "age": _age, "place": _place, "needs": _needs, "when": _when, "who": _who,
    "never": _never, "cards": _cards, "consent": _consent, "paper": _paper,
}  # fmt: skip


# ---- what is shown ----


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
    again = found.due.astimezone(page.now().tzinfo).date()
    slip = way.address(asked, "committee_slip.show")
    return {"referral": found, "slip": slip, "code_shown": codes.shown(asked.code), "ask_again": again}


_SHOW: Mapping[str, Callable[[Way], dict[str, Any]]] = {
    "place": _shown_place, "never": _shown_never, "cards": cards_of_way.shown, "consent": cards_of_way.chosen,
    "paper": cards_of_way.chosen, "done": _shown_done,
}  # fmt: skip
