"""The one page of every way back: what it would do, what needs a separate yes, and only then the act."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from legalmap.desk.outcome import Report
from legalmap.desk.screen import Screen, screens
from legalmap.model import Change, Problem
from legalmap.routes import page
from legalmap.routes.phrases import _
from legalmap.routes.staff import done, door, frame, saying
from legalmap.store import past
from legalmap.store.past import Title
from legalmap.visibility import wider
from legalmap.wording import word

_OWN = frozenset({"rollback_held_back", "rollback_widened", "undo_edited_since", "rollback_center_held_back"})
"""What the page tells in its own places."""
SHOWN = 200
"""Centers that a plan lists; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A way back that somebody looks at. `report`: the desk's function, taking apply, accept and seen; `back`: where
    whoever changes their mind goes; `shows_hidden`: hidden fields are told, since whoever looks left a line of it."""

    report: Callable[..., Report]
    heading: str
    lead: str
    back: str
    shows_hidden: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One field of one center in a plan; `hidden`: neither value is told here."""

    field: str
    old: str
    new: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class CenterTold:
    """One center in a plan. `opens`: its address, or more of it, would be shown again."""

    id: str
    title: Title | None
    closes: bool
    opens: bool
    fields: tuple[Told, ...]


def answer(asked: Asked) -> str | Response:
    """The plan; or, where its form was sent, the act and the way to its own page."""
    accept = frozenset(request.form.getlist("accept")) - {"all"}
    if request.method == "POST":
        if asked.fresh:
            door.require_fresh()
        report = asked.report(apply=True, accept=accept, seen=request.form.get("seen", "-"))
        if waits := done.waits(report):
            return redirect(waits, 303)
        if report.act:
            flash(_("Done. It takes a moment until everybody sees it."))
            return redirect(page.link("admin_acts.act", act_id=report.act.id), 303)
    shown = asked.report(apply=False, accept=frozenset())
    refused = report if request.method == "POST" else None
    return _page(asked, shown, refused, accept)


def _page(asked: Asked, shown: Report, refused: Report | None, accept: Collection[str]) -> str:
    changes = [change for change in shown.plan.changes if change.fields]
    listed = {change.id: change for change in (*shown.held[:SHOWN], *changes[:SHOWN])}
    shows = {name: change.fields.get("show_location", ()) for name, change in listed.items()}
    told = [problem for problem in shown.plan.problems if problem.level != "question"]
    stays = _stays(told)
    with frame.store().reading() as connection:
        titles = past.titles(connection, {*listed, *(center_id for center_id, _why in stays)})
        screen = {} if asked.shows_hidden else screens(connection, frame.desk().gazetteer(connection), listed, shows)
    questions = _once(shown.plan.at("question"))
    return render_template(
        "admin/wayback.html",
        asked=asked,
        seen=shown.seen,
        going=[_told(change, titles, screen) for change in changes[:SHOWN]],
        count=len(changes),
        closing=sum(change.change == "removed" for change in changes),
        held=[_told(change, titles, screen) for change in shown.held[:SHOWN]] if not questions else [],
        held_count=0 if questions else len(shown.held),
        questions=[(problem, _said(problem)) for problem in questions],
        errors=[_said(problem) for problem in told if problem.level == "error"],
        stays=[(saying.called(titles[name]) if name in titles else name, why) for name, why in stays],
        notes=[_said(problem) for problem in told if problem.level == "notice" and problem.code not in _OWN],
        nothing=refused is not None and not refused.plan.at("error"),
        stale=refused is not None and any(problem.code == "plan_changed" for problem in refused.plan.problems),
        accept=accept,
    )


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """One question for each code: a yes answers them together."""
    return list({problem.code: problem for problem in problems}.values())


def _said(problem: Problem) -> str:
    return word(problem, page.language())


def _told(change: Change, titles: Mapping[str, Title], screen: Mapping[str, Screen]) -> CenterTold:
    fields = []
    for name, (old, new) in change.fields.items():
        hidden = change.id in screen and screen[change.id].hides(name, old, new)
        fields.append(Told(name, "" if hidden else old, "" if hidden else new, hidden))
    opens = wider(*change.fields.get("show_location", ("", "")))
    return CenterTold(change.id, titles.get(change.id), change.change == "removed", opens, tuple(fields))


def _stays(told: Sequence[Problem]) -> list[tuple[str, str]]:
    """(center, why) of what does not go back at all: edited since, or it would give a hidden address away."""
    found = []
    for problem in told:
        center_id = str(problem.params.get("id", ""))
        if problem.code == "undo_edited_since":
            columns = ", ".join(saying.field(name) for name in str(problem.params["columns"]).split(", "))
            found.append((center_id, _("changed since, stays as it is: %(what)s", what=columns)))
        elif problem.code == "rollback_center_held_back":
            found.append((center_id, _("would give its hidden address away, stays whole as it is")))
    return found
