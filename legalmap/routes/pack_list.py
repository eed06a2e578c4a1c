"""The list that the one file shows without any script: by oblast and settlement, and the month for who leaves."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from babel.dates import get_day_names, get_month_names

from legalmap.directory.edition import Directory
from legalmap.directory.search import match
from legalmap.letters import sort_key
from legalmap.model import LANGS, OBLASTS, Match
from legalmap.routes import oblasts, page
from legalmap.wording import label


@dataclass(frozen=True, slots=True)
class Part:
    """The centers of an oblast ("": of none) by the name of their settlement, "" for those that tell none."""

    oblast: str
    count: int
    towns: list[tuple[str, list[Match]]]


def parts(directory: Directory, now: dt.datetime) -> list[Part]:
    """All listed centers, in the alphabet of the page's language."""
    lang = page.language()
    found: dict[str, dict[str, list[Match]]] = {}
    for center in (*directory.ranked, *directory.unplaced):
        # of a hidden center no settlement is known
        town = page.settlement(center) if center.show_location != "no" else ""
        found.setdefault(center.oblast, {}).setdefault(town, []).append(match(center, now))

    def by_name(one: Match) -> tuple[object, ...]:
        return sort_key(one.center.names.in_lang(lang)[0], lang), one.center.id

    made = []
    for code in (*oblasts.sorted_codes(), ""):
        towns = sorted(found.get(code, {}).items(), key=lambda pair: (not pair[0], sort_key(pair[0], lang)))
        if towns:
            listed = [(town, sorted(matches, key=by_name)) for town, matches in towns]
            made.append(Part(code, sum(len(matches) for _, matches in listed), listed))
    return made


def names_of(oblast: str) -> str:
    """What somebody may type to mean an oblast, a line each."""
    names = (label(family, oblast, lang) for lang in LANGS for family in ("oblast", "oblast.short"))
    return "\n".join(dict.fromkeys(names)) if oblast in OBLASTS else ""


def month(today: dt.date) -> dict[str, object]:
    """The neutral month: names in the page's language, the weeks of `today`'s month."""
    lang = page.language()
    days = get_day_names("abbreviated", context="stand-alone", locale=lang)
    months = get_month_names("wide", context="stand-alone", locale=lang)
    names = [f"{months[number][:1].upper()}{months[number][1:]}" for number in range(1, 13)]
    weeks = calendar.Calendar().monthdatescalendar(today.year, today.month)
    return {"months": names, "days": [days[day] for day in range(7)], "weeks": weeks, "today": today}
