"""The committee's wing: what a member has under way, what its center said, and the steps of a protection order."""

from __future__ import annotations

import hmac

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from legalmap.model import Problem
from legalmap.referrals import codes, kept
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, members, slip
from legalmap.routes.staff.cards_of_way import entry, final_words
from legalmap.routes.staff.way import Way, address, void_earlier
from legalmap.wording import word

blueprint = door.guarded("committee", __name__, "/committee")


@blueprint.get("")
def board() -> str:
    """What the member has under way; for a coordinator the committee's labels and clocks beside it."""
    own, person = members.committee(), door.person()
    members.note("board_viewed", once_a_day=True)
    with members.referrals().reading() as connection:
        mine = kept.mine(connection, members.keys(), person.id, own.id, door.now())
        clocks = kept.of_committee(connection, own.id, door.now()) if person.coordinator else ()
    return render_template(
        "committee/board.html", committee_name=members.name(own), mine=mine, clocks=clocks, now=page.now(),
        centers=page.directory().by_number, sheet=own.rayon if own.rayon in page.directory().rayons else "",
    )  # fmt: skip


@blueprint.get("/order")
def order() -> str:
    """The steps of a protection order, each with where it is from and whether somebody made sure."""
    texts = page.directory().texts
    keys = sorted((key for key in texts if key.startswith("order.")), key=lambda key: int(key.split(".")[1]))
    return render_template("committee/order.html", steps=[texts[key] for key in keys])


@blueprint.get("/referral/<handle>")
def referral(handle: str) -> str:
    """One referral of the member's own: its state, its center, what may be done."""
    members.committee()
    members.note("referral_viewed", once_a_day=True)
    return _page(handle)


def _page(handle: str, fault: str = "", code_fault: str = "") -> str:
    found, now = members.own(handle), page.now()
    return render_template(
        "committee/referral.html", referral=found, first=entry(found.first), second=entry(found.second),
        fault=fault, code_fault=code_fault, may_print=_may_print(found.first), typed=_typed(),
        may_pass_on=kept.may_pass_on(found), now=now,
        words=final_words(), due=found.due.astimezone(now.tzinfo).date(),
        expires=found.expires.astimezone(now.tzinfo).date(),
    )  # fmt: skip


def _may_print(number: int) -> bool:
    center = page.directory().by_number.get(number)
    return center is not None and slip.may_print(center)


@blueprint.post("/referral/<handle>/answer")
def answer(handle: str) -> AnyResponse:
    """Writes down what the center said on the phone."""
    said = request.form.get("answer", "")
    if said not in final_words():
        abort(400)
    members.committee()
    members.own(handle)
    members.note("referral_answered")
    with members.referrals().writing() as connection:
        found = kept.record_answer(connection, members.keys(), door.person().id, handle, said, door.now())
    if found is None:
        abort(404)
    flash(_("Written down."))
    return redirect(page.link("committee.referral", handle=handle), 303)


@blueprint.post("/referral/<handle>/next")
def pass_on(handle: str) -> AnyResponse | tuple[str, int]:
    """To the second choice: the person agreed to that center too."""
    members.committee()
    if request.form.get("consent") != "1":
        return _page(handle, _("Ask first: the next center may know of it only when the person agrees.")), 400
    if entry(members.own(handle).second) is None:  # closed since: the page says what there is
        return redirect(page.link("committee.referral", handle=handle), 303)
    members.note("referral_passed_on")
    with members.referrals().writing() as connection:
        found = kept.pass_on(connection, members.keys(), door.person().id, handle, door.now())
    if found is None:
        abort(404)
    return redirect(page.link("committee.referral", handle=handle), 303)


@blueprint.post("/referral/<handle>/withdraw")
def withdraw(handle: str) -> AnyResponse:
    """Consent was taken back: all of it goes at once."""
    members.committee()
    members.own(handle)
    members.note("referral_withdrawn")
    with members.referrals().writing() as connection:
        gone = kept.withdraw(connection, members.keys(), door.person().id, handle, door.now())
    if not gone:
        abort(404)
    void_earlier()
    flash(_("Deleted: nothing of it is kept."))
    return redirect(page.link("committee.board"), 303)


@blueprint.post("/referral/<handle>/sheet")
def sheet_anew(handle: str) -> AnyResponse | tuple[str, int]:
    """The sheet to take along once more, as after passing on, for who still has the number: it is kept nowhere."""
    members.committee()
    code = codes.read(_typed())
    if isinstance(code, Problem):
        return _page(handle, code_fault=word(code, page.language())), 400
    if not hmac.compare_digest(codes.handle_of(members.keys(), code), members.own(handle).handle):
        return _page(handle, code_fault=_("This is the number of something else. Look at each digit.")), 400
    again = Way(step="done", paper="paper", code=code, handle=handle)
    return redirect(address(again, "committee_slip.show"), 303)


@blueprint.get("/withdraw")
def take_back() -> str:
    """Asks for the number of a slip, whoever made it."""
    members.committee()
    return render_template("committee/withdraw.html", fault="", typed="")


@blueprint.post("/withdraw")
def taken_back() -> AnyResponse | tuple[str, int]:
    """Consent was taken back by its number: whatever was kept under it is gone. What was not there is one answer."""
    members.committee()
    code = codes.read(_typed())
    if isinstance(code, Problem):
        return render_template("committee/withdraw.html", fault=word(code, page.language()), typed=_typed()), 400
    members.note("referral_withdrawn")
    with members.referrals().writing() as connection:
        wait = kept.withdraw_by_code(connection, members.keys(), door.person().id, code, door.now())
    if wait:
        return render_template("committee/withdraw.html", fault=members.wait_words(wait), typed=_typed()), 429
    void_earlier()
    flash(_("Under this number nothing is kept any more."))
    return redirect(page.link("committee.board"), 303)


def _typed() -> str:
    return request.form.get("code", "")[:40]
