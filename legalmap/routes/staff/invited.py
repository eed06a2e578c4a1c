"""The link that lets a member in: looking at it tells and changes nothing, a tap accepts."""

from __future__ import annotations

from flask import make_response, render_template

from legalmap.people import invitations, passwords
from legalmap.people.signing_in import Refused
from legalmap.routes.staff import door, own_phone, signin
from legalmap.routes.staff.signin import Answer, refused, try_

blueprint = signin.blueprint


@blueprint.get("/signin/invited/<token>")
def invited(token: str) -> str:
    """The same page whatever the token is: a messenger that looks ahead learns nothing and uses nothing up."""
    return render_template("signin/invited.html", refusal=None)


@blueprint.post("/signin/invited/<token>")
def accept(token: str) -> Answer:
    """Lets in whoever brings a good link, and shows their passphrase, this once."""
    here = door.here()
    try:
        found = invitations.accept(try_(), token, here.found)
    except passwords.Busy:
        found = Refused(why="busy")
    if isinstance(found, Refused):
        return refused("signin/invited.html", found)
    came, secret = found
    here.become(came.token, came.session, came.user)
    answer = make_response(render_template("signin/welcome.html", me=came.user, passphrase=secret))
    if own_phone.token():
        own_phone.drop(answer)  # it was somebody's, or is forgotten by now
    return answer
