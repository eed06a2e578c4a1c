"""The staff's wing: the only routes that open the desk, and that a session exists for."""

from __future__ import annotations

from flask import Flask

from legalmap.referrals import Referrals
from legalmap.routes.staff import (
    account,
    acts,
    answering,
    center,
    center_door,
    center_keys,
    committee,
    committee_members,
    committee_way,
    committees_file,
    door,
    editions,
    frame,
    health,
    history,
    imports,
    invited,
    jobs,
    journal,
    needs,
    not_today,
    numbers,
    people,
    phones,
    proposals,
    slip,
)
from legalmap.store import Store

OF_SIGNIN = (account, center_door, invited, phones)
"""Modules whose pages are of one blueprint: the door and what is one's own behind it."""


def prepare(app: Flask) -> None:
    """Adds the staff's wing to `app`."""
    app.extensions["store"] = Store.of(app.extensions["settings"])
    app.extensions["referrals"] = Referrals.of(app.extensions["settings"])
    app.extensions["health"] = health.Health(app.extensions["settings"])
    door.prepare(app)
    frame.prepare(
        app,
        (
            OF_SIGNIN[0].blueprint,
            imports.blueprint,
            jobs.blueprint,
            proposals.blueprint,
            center.blueprint,
            center_keys.blueprint,
            answering.blueprint,
            not_today.of_admins,
            history.blueprint,
            acts.blueprint,
            editions.blueprint,
            people.blueprint,
            committees_file.blueprint,
            committee.blueprint,
            committee_members.blueprint,
            committee_way.blueprint,
            slip.blueprint,
            journal.blueprint,
            needs.blueprint,
            numbers.of_admins,
            numbers.of_members,
        ),
    )
