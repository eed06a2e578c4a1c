"""Keys of one center, for admins: make one, shown this once; see what is out; end one."""

from __future__ import annotations

import datetime as dt

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap.people import center_keys
from legalmap.routes import codes, page
from legalmap.routes.phrases import _
from legalmap.routes.staff import door, inviting, saying
from legalmap.store import center_keys as kept
from legalmap.store import centers

blueprint = door.guarded("admin_keys", __name__, "/admin/centers/<int:number>/keys")
blueprint.context_processor(saying.words_of_page)


@blueprint.get("")
def index(number: int) -> str:
    """The keys that are out, and a form for another."""
    name = _name(number)
    with door.store().reading() as connection:
        keys = kept.of_center(connection, number, int(door.now().timestamp()))
    return render_template(
        "admin/center_keys.html", number=number, name=name, keys=[(one, _at(one.made), _at(one.until)) for one in keys],
        now=door.now().timestamp(), scopes=center_keys.SCOPES, days=center_keys.DAYS,
    )  # fmt: skip


@blueprint.post("")
def make(number: int) -> str:
    """Makes a key; what opens it stands on the answer to this form and nowhere else."""
    name, back = _name(number), page.link("admin_keys.index", number=number)
    door.require_fresh(back)
    way, days = request.form.get("way"), request.form.get("days", "")
    scope = [one for one in center_keys.SCOPES if one in request.form.getlist("scope")]
    if way not in center_keys.WAYS or days not in {str(one) for one in center_keys.DAYS} or not scope:
        abort(400)
    with door.store().writing() as connection:
        secret = center_keys.make(
            connection, inviting.by(), door.keys(), number, way=way, scope=" ".join(scope), days=int(days)
        )
    return _shown(number, name, way, secret)


@blueprint.post("/<key_id>/end")
def end(number: int, key_id: str) -> Response:
    """Ends a key at once: who tightens is never asked twice."""
    with door.store().writing() as connection:
        gone = center_keys.end(connection, inviting.by(), number, key_id)
    if not gone:
        abort(404)
    flash(_("The key is ended: nobody comes in by it any more."))
    return redirect(page.link("admin_keys.index", number=number), 303)


def _shown(number: int, name: str, way: str, secret: str) -> str:
    """The new key, this once; the paper and the code to scan say nothing of what the site is about."""
    opens = page.link("signin.center_link", token=secret) if way == "link" else page.link("signin.center")
    address = inviting.site() + opens
    path, side = codes.squares(address)
    return render_template(
        "admin/center_key.html", number=number, name=name, way=way, secret=secret, address=address, path=path, side=side
    )


def _name(number: int) -> str:
    """What the center is called. Aborts with 404 for a number that is nobody's."""
    with door.store().reading() as connection:
        center_id = centers.id_of(connection, number)
        found = centers.records(connection, {center_id}).get(center_id) if center_id else None
    if found is None:
        abort(404)
    return saying.called(found.cells)


def _at(moment: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, dt.UTC)
