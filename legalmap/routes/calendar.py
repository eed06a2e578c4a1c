"""Where somebody goes who leaves at once: a month of the calendar, which says nothing about this site."""

from __future__ import annotations

import calendar
import datetime as dt

from babel.dates import get_day_names, get_month_names
from flask import Blueprint, abort, current_app, render_template

from legalmap.routes import moment, page

blueprint = Blueprint("calendar", __name__)
LANG = page.LANG_PATH
FIRST, LAST = 2000, 2099
"""Years that can be looked at."""


@blueprint.app_context_processor
def way_out() -> dict[str, object]:
    """Every page says where its way out leads: the operator's page, else the calendar."""
    return {"leave_to": lambda: current_app.extensions["settings"].leave or page.link("calendar.this_month")}


@blueprint.get(f"{LANG}/calendar")
@moment.kept
def this_month() -> str:
    """The month of today, in Bishkek."""
    today = page.now().date()
    return _month(today.year, today.month, today)


@blueprint.get(f"{LANG}/calendar/<int:year>-<int:month>")
def month(year: int, month: int) -> str:
    """Any month from FIRST to LAST; 404 for others."""
    if not (FIRST <= year <= LAST and 1 <= month <= 12):
        abort(404)
    return _month(year, month, page.now().date())


def _month(year: int, month: int, today: dt.date) -> str:
    lang = page.language()
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    days = get_day_names("abbreviated", context="stand-alone", locale=lang)
    before, after = dt.date(year, month, 1) - dt.timedelta(1), dt.date(year, month, 28) + dt.timedelta(4)
    return render_template(
        "public/calendar.html", year=year, month=month, weeks=weeks, today=today,
        heading=_heading(year, month), days=[days[day] for day in range(7)],
        ways=[(_heading(to.year, to.month), page.link("calendar.month", year=to.year, month=to.month))
              for to in (before, after) if FIRST <= to.year <= LAST],
    )  # fmt: skip


def _heading(year: int, month: int) -> str:
    """ "Ноябрь 2026": month and year as the language writes them."""
    name = get_month_names("wide", context="stand-alone", locale=page.language())[month]
    return f"{name[:1].upper()}{name[1:]} {year}"
