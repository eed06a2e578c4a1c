"""The staff's wing: the only routes that open the desk, and that a session exists for."""

from __future__ import annotations

from flask import Flask

from legalmap.referrals import Referrals
from legalmap.routes.staff import (
    account,
    acts,
    center,
    door,
    editions,
    frame,
    history,
    imports,
    jobs,
    journal,
    people,
    proposals,
)
from legalmap.store import Store


def prepare(app: Flask) -> None:
    """Adds the staff's wing to `app`."""
    app.extensions["store"] = Store.of(app.extensions["settings"])
    app.extensions["referrals"] = Referrals.of(app.extensions["settings"])
    door.prepare(app)
    frame.prepare(
        app,
        (
            account.blueprint,
            imports.blueprint,
            jobs.blueprint,
            proposals.blueprint,
            center.blueprint,
            history.blueprint,
            acts.blueprint,
            editions.blueprint,
            people.blueprint,
            journal.blueprint,
        ),
    )
