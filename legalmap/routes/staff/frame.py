"""What every staff page shares: the desk of the signed-in person, the way around, and whether all is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Flask, current_app, g, request

from legalmap.config import Settings
from legalmap.desk.acts import Desk
from legalmap.desk.jobs import problem_of, publish_later
from legalmap.directory import edition as editions
from legalmap.people import rights
from legalmap.routes import page, words
from legalmap.routes.phrases import _
from legalmap.routes.staff import door
from legalmap.store import Store, counters, jobs, proposals
from legalmap.wording import word


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How far publishing is: the edition that everybody is shown and the newest that an act asked for."""

    current: int
    newest: int
    failed: str = ""
    """Why publishing the newest one failed, in the reader's words; "" while it goes on or is done."""
    waiting: int = 0
    """What waits for a second person."""

    @property
    def behind(self) -> bool:
        """Some act is not public yet."""
        return self.current < self.newest


def settings() -> Settings:
    """The settings of this application."""
    return cast(Settings, current_app.extensions["settings"])


def store() -> Store:
    """The desk's database."""
    return cast(Store, current_app.extensions["store"])


def desk() -> Desk:
    """The desk of the signed-in person, now. Its acts are published by a job: no request waits for it."""
    who = f"web:{door.person().name}"
    return Desk(
        store=store(), settings=settings(), who=who, now=dt.datetime.now(dt.UTC),
        publish_later=lambda: publish_later(store(), settings(), who), two_people=True,
    )  # fmt: skip


def shown() -> Shown:
    """Whether what the acts asked for is public. Raises StoreError."""
    if "shown" not in g:
        with store().reading() as connection:
            newest = counters.value(connection, "edition")
            last = next(iter(jobs.latest(connection)), None)
            waits = proposals.waiting(connection)
        try:
            current, _sha256 = editions.read_pointer(settings().editions)
        except (editions.EditionError, OSError, ValueError):
            current = 0
        fault = problem_of(last) if last and current < newest else None
        said = word(fault, page.language()) if fault else ""
        g.shown = Shown(current=current, newest=newest, failed=said, waiting=waits)
    return cast(Shown, g.shown)


def ways() -> list[tuple[str, str, bool]]:
    """(words, address, whether it is here) of the pages that the signed-in person may open."""
    role, waits = door.person().role, shown().waiting
    known = [
        ("committee.board", _("My referrals")),
        *([("committee_members.index", _("Members"))] if door.person().coordinator else []),
        ("center.index", _("Referrals")),
        ("committee_numbers.own", _("Numbers")),
        ("admin_centers.index", _("Centers")),
        ("admin_imports.index", _("Import")),
        ("admin_acts.index", _("Acts")),
        ("admin_proposals.index", _("Proposals") + (f" ({words.number(waits)})" if waits else "")),
        ("admin_editions.index", _("Editions")),
        ("admin_users.index", _("People")),
        ("admin_committees.index", _("Committees")),
        ("admin_needs.index", _("Needs")),
        ("admin_notices.index", _("Notices")),
        ("admin_numbers.country", _("Numbers")),
        ("admin_audit.index", _("Audit")),
    ]
    return [
        (told, page.link(endpoint), request.blueprint == endpoint.split(".")[0])
        for endpoint, told in known
        if endpoint in current_app.view_functions and rights.may(role, endpoint)
    ]


def prepare(app: Flask, blueprints: tuple[Blueprint, ...]) -> None:
    """Adds the staff's `blueprints` to `app`; their pages may run our own scripts."""

    # not on the blueprints: those are shared by every application of a process
    @app.context_processor
    def shared() -> dict[str, Any]:
        return {"ways": ways, "shown": shown, "person": door.person_or_none} if g.get("staff") else {}

    for blueprint in blueprints:
        app.register_blueprint(blueprint)
