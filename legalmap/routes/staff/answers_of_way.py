"""What each answer on the way to a slip leads to, and what to do about one that is none."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from flask import abort, flash
from werkzeug.datastructures import MultiDict

from legalmap.directory.places import Found
from legalmap.model import OBLASTS
from legalmap.routes import oblasts, page
from legalmap.routes.phrases import _
from legalmap.routes.staff import cards_of_way, members, way
from legalmap.routes.staff.door import Elsewhere
from legalmap.routes.staff.way import Way

Form = MultiDict[str, str]
_MOST_OFFERED = 12
"""Places to choose from: an address has an end."""
_MOST_TYPED = 40
"""Letters of a name that are shown again."""
_MOST_SON = 17


class Wrong(Exception):
    """What was sent does not answer the question. `code`: of FAULTS; `asked`: what is asked again, else the same."""

    def __init__(self, code: str, asked: Way | None = None) -> None:
        super().__init__(code)
        self.code, self.asked = code, asked


FAULTS: Mapping[str, Callable[[], str]] = {
    "no_place": lambda: _("Write the town or village, or choose the oblast."),
    "unknown_place": lambda: _("No place of this name is known: check the spelling, or choose the oblast."),
    "no_need": lambda: _("Choose at least one kind of help."),
    "no_answer": lambda: _("Choose one answer."),
    "many_never": lambda: _("At most %(n)s places can be left out.", n=str(way.MOST_NEVER)),
    "no_consent": lambda: _("Read the three sentences aloud and tick the box when the person agrees."),
    "gone": lambda: _("This center is not in the list any more: choose another one."),
}  # fmt: skip
"""What to do about an answer that is none. Their codes travel in the address, so that Back and reload always work."""


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
    again = asked.at("place", place_id="", offered=(), away=away, typed=typed[:_MOST_TYPED])
    if not typed:
        raise Wrong("no_place", again)
    found: Found = directory.places.find(typed)
    named = oblasts.named(typed)
    if named and not found.exact:
        return asked.at("needs", place_id="", oblast=named, offered=(), away=away)
    if len(found.exact) == 1 and not named:
        return asked.at("needs", place_id=found.exact[0].id, oblast=found.exact[0].oblast, offered=(), away=away)
    # many towns are called as their oblast: which of them is asked, the whole oblast stands below
    offered = tuple(place.id for place in (found.exact or found.similar)[:_MOST_OFFERED])
    if not offered:
        raise Wrong("unknown_place", again)
    return again.at("place", offered=offered, typed=again.typed)


def _needs(asked: Way, form: Form) -> Way:
    needs = way.chosen_needs(form.getlist("need"))
    if not needs:
        raise Wrong("no_need")
    return asked.at("when", needs=needs)


def _when(asked: Way, form: Form) -> Way:
    if not way.is_good("urgency", form.get("urgency", "")):
        raise Wrong("no_answer")
    return asked.at("who", urgency=form["urgency"])


def _who(asked: Way, form: Form) -> Way:
    language, son = form.get("language", ""), form.get("son", "")
    if language and not way.is_good("language", language):
        abort(400)
    if son and not (son.isascii() and son.isdigit() and len(son) < 4 and int(son) <= _MOST_SON):
        abort(400)
    access = tuple(value for value in form.getlist("access") if way.is_good("access", value))
    return asked.at(
        "never", language=language, children=form.get("children") == "1" or bool(son), son=int(son) if son else -1,
        access=access,
    )  # fmt: skip


def _never(asked: Way, form: Form) -> Way:
    known = page.directory().by_number
    wanted = set(form.getlist("never"))
    never = tuple(sorted(number for number in known if str(number) in wanted))
    if len(never) > way.MOST_NEVER:
        raise Wrong("many_never", asked.at("never", never=never[: way.MOST_NEVER]))
    kept = tuple(one for one in asked.answers if one[0] not in never)
    return asked.at("cards", never=never, answers=kept)


def _cards(asked: Way, form: Form) -> Way:
    number, _colon, answer = form.get("answer", "").partition(":")
    offered = {str(one.number): one.number for one in cards_of_way.everyone(asked)}
    if not number or not (answer == "chosen" or way.is_good("answer", answer)):
        abort(400)
    if number not in offered:
        raise Wrong("gone")
    said = {**asked.said, offered[number]: answer}
    answers = tuple((one, told) for one, told in said.items() if told != "chosen")[-cards_of_way.MOST_ANSWERS :]
    if answer in {"expected", "chosen"}:
        return asked.at("consent", first=offered[number], answers=answers)
    return asked.at("cards", answers=answers)


def _consent(asked: Way, form: Form) -> Way:
    if cards_of_way.entry(asked.first) is None:
        raise Wrong("gone", choose_again(asked))
    if form.get("consent") != "1":
        raise Wrong("no_consent")
    return asked.at("paper", token=asked.token or secrets.token_urlsafe(12))


def _paper(asked: Way, form: Form) -> Way:
    paper = form.get("paper", "")
    if not way.is_good("paper", paper):
        raise Wrong("no_answer")
    if cards_of_way.entry(asked.first) is None:
        raise Wrong("gone", choose_again(asked))
    done = members.make(asked, cards_of_way.second(asked))
    if done is None:
        flash(_("This was taken back: nothing of it is kept."))
        raise Elsewhere(page.link("committee.board"))
    code, made = done
    if made.first != asked.first:  # somebody arrived where it led before
        raise Elsewhere(page.link("committee.referral", handle=made.handle))
    return asked.at("done", paper=paper, code=code, handle=made.handle).made


def choose_again(asked: Way) -> Way:
    return asked.at("cards", first=0, fault="gone")


TAKE: Mapping[str, Callable[[Way, Form], Way]] = {
    "danger": _danger, "hurt": _hurt, "age": _age, "place": _place, "needs": _needs, "when": _when, "who": _who,
    "never": _never, "cards": _cards, "consent": _consent, "paper": _paper,
}  # fmt: skip
