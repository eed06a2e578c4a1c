"""How a form was understood, said back in plain words beside its fields: hours, phones, the place, the point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from legalmap.desk.entry import Entry
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.reading import phones
from legalmap.desk.reading.timetable import compile_hours
from legalmap.model import Problem
from legalmap.routes import page, words
from legalmap.routes.phrases import _
from legalmap.routes.staff import saying
from legalmap.wording import label, word

WATCHED = ("hours", "phone_hours", "phones", "whatsapp", "settlement", "area", "point")
"""Fields that are answered while the form is filled in."""


def understood(entry: Entry, gazetteer: Gazetteer) -> dict[str, dict[str, Any]]:
    """Field -> `said` (a sentence, "" when there is nothing to say), `faults`, and for numbers `calls`: (number, as
    shown, label)."""
    from legalmap.desk import points  # with Shapely, as in desk/plan.py

    points.check([entry], gazetteer)
    told: dict[str, dict[str, Any]] = {}
    for name in WATCHED:
        columns = {"lat", "lon"} if name == "point" else {name}
        own = [problem for problem in entry.problems if problem.column in columns]
        wrong = [problem for problem in own if problem.level != "notice"]
        told[name] = {
            "said": "" if wrong else _said(name, entry.cells, gazetteer, own),
            "faults": [worded(problem) for problem in wrong],
        }
    for name in ("phones", "whatsapp"):
        told[name]["calls"] = [] if told[name]["faults"] else calls(entry.cells[name])
    return told


def worded(problem: Problem) -> str:
    """The problem in the words of a form: fields by their names, how a place is shown not by its code."""
    lang = page.language()
    if problem.code in {"show_wider", "sensitive_shown"}:
        shown = {name: label("show_location", str(code), lang) for name, code in problem.params.items()}
        problem = replace(problem, value=label("show_location", problem.value or "", lang), params=shown)
    return word(problem, lang, "form")


def calls(cell: str) -> list[tuple[str, str, str]]:
    """The numbers of a canonical cell, to be tried."""
    return [(phone.number, words.in_groups(phone.number), phone.label) for phone in phones.read(cell)]


def _said(name: str, cells: Mapping[str, str], gazetteer: Gazetteer, problems: list[Problem]) -> str:
    if name == "point":
        return _point(cells, gazetteer) if cells["lat"] and cells["lon"] else _settled(problems)
    text = cells[name]
    if not text:
        return ""
    if name in {"hours", "phone_hours"}:
        return _("Understood: %(what)s", what=words.hours(compile_hours(text, ())))
    if name == "settlement":
        places = gazetteer.settlements(cells)
        return _("Understood: %(what)s", what=gazetteer.described(places).in_lang(page.language())[0]) if places else ""
    if name == "area":
        return _("Understood: %(what)s", what=saying.value(name, text))
    return ""


def _settled(problems: list[Problem]) -> str:
    told = [worded(problem) for problem in problems]
    return " ".join(told) or _("No point yet.")


def _point(cells: Mapping[str, str], gazetteer: Gazetteer) -> str:
    """Where the point lies, in words."""
    from legalmap.desk import points

    lang = page.language()
    oblast, near = points.whereabouts(cells, gazetteer)
    told = [_("The point lies in: %(where)s.", where=label("oblast", oblast, lang)) if oblast else ""]
    if near:
        place, meters = near
        name = place.names.in_lang(lang)[0]
        told.append(_("From the middle of %(place)s: %(n)s km.", place=name, n=words.number(meters / 1000, 1)))
    return " ".join(filter(None, told))
