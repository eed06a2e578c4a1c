"""Every text that the phone's scripts draw, in the page's language; `{n}` and the like are filled by the script."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel.dates import get_month_names
from babel.numbers import get_decimal_symbol, get_group_symbol

from legalmap.model import FEES, LANGS, LANGUAGES, OBLASTS, SHOW_LOCATION, VERIFIED_BY
from legalmap.routes import asking, atlas, page, words
from legalmap.routes.phrases import _
from legalmap.wording import label


def all_words() -> dict[str, Any]:
    """The texts, by what they are for."""
    return {
        "list": _list(),
        "card": _card(),
        "values": _values(),
        "numbers": _numbers(),
        "position": _position(),
        "typing": _typing(),
    }


def _list() -> dict[str, Any]:
    counts = range(1, asking.MANY + 1)
    told = [words.heading(count, "-").removeprefix("-: ").replace(str(count), "{n}") for count in counts]
    forms = list(dict.fromkeys(told))
    return {
        "title": page.title(_("list")),
        "details_title": page.title(_("details")),
        "headings": forms,
        "heading_of": "".join(str(forms.index(text)) for text in told),  # which form each count from 1 on takes
        "list": _("List"),
        "more": _("Show more"),
        "here": _("In your oblast or for the whole country, distance not known"),
        "unplaced": _("Distance not known"),
        "far": _("Other places, distance not known"),
        "none_placed": _("None with a known place; see below."),
        "none_fits": _("No place fits your choice. Remove some choices, or ask: %(number)s.", number=words.ASK),
        "none": _("The list has no places yet. Ask: %(number)s.", number=words.ASK),
        "nothing": _("Nothing found"),
        "shown_only": _("Shown only:"),
        "clear": _("Clear"),
        "show": _("Show: %(number)s", number="{n}"),
        "found": _("Found: %(number)s", number="{n}"),
        "start": _("Back to the start"),
        "whole_oblast": _("The whole oblast"),
        "center": page.link("places.center", number=0),
        "oblast": {code: page.link("places.oblast", code=code.lower()) for code in OBLASTS},
        "few": asking.FEW,
        "most": asking.MANY,
    }


def _card() -> dict[str, Any]:
    return {
        "same_place": _("In the same place"),
        "km": _("about %(n)s km, straight line", n="{n}"),
        "m": _("about %(n)s m, straight line", n="{n}"),
        "rough_distance": _("Distance approximate"),
        "rough_place": _("Place approximate"),
        "no_hours": _("Hours not known"),
        "closed": _("Closed"),
        "closed_by_timetable": _("Closed by the timetable"),
        "opens": _("opens %(when)s", when="{when}"),
        "open": _("Open"),
        "open_by_timetable": _("Open by the timetable"),
        "always": _("Day and night"),
        "until": _("until %(when)s", when="{when}"),
        "paused": label("status", "suspended", page.language()),
        "next": _("Next:"),
        "checked": _("Checked: %(date)s", date="{date}"),
        "from_dated": _("From a page of %(date)s, not verified", date="{date}"),
        "from_undated": _("From a page without a date, not verified"),
        "not_verified": _("Not verified"),
        "old": _("May be out of date."),
        "call": _("Call"),
        "ask": _("Ask before you travel: %(number)s", number=words.ASK),
        "ask_number": words.ASK,
        "ask_hidden": label("show_location.line", "no_phone", page.language()),
        "ask_hidden_number": words.ASK_HIDDEN,
        "no_address": _("Address not published"),
    }


def _values() -> dict[str, Any]:
    return {
        "kind": atlas.kinds(),
        "fee": _labels("fee", (*FEES, "unknown")),
        "language": _labels("language", LANGUAGES),
        "in_language": _labels("language.in", LANGS),
        "oblast": _labels("oblast", OBLASTS),
        "oblast_short": _labels("oblast.short", OBLASTS),
        "cities": sorted(page.CITIES),
        "verified_by": _labels("verified_by", VERIFIED_BY),
        "show_location": _labels("show_location.line", (value for value in SHOW_LOCATION if value != "yes")),
    }


def _labels(family: str, values: Iterable[str]) -> dict[str, str]:
    return {value: label(family, value, page.language()) for value in values}


def _numbers() -> dict[str, Any]:
    lang = page.language()
    months = get_month_names("abbreviated", locale=lang)
    return {
        "point": get_decimal_symbol(lang),
        "group": get_group_symbol(lang),
        "days": words.short_days(),
        # only English writes a month as a word
        "months": [months[month] for month in range(1, 13)] if lang == "en" else [],
    }


def _position() -> dict[str, str]:
    return {
        "why": _(
            "To find places near you, the page needs your phone's position: it does not send it to us or keep it. "
            "Your browser will now ask. You can also just type your village."
        ),
        "looking": _("Looking for your position…"),
        "from_phone": _("From your phone's position, known to about %(n)s.", n="{n}"),
        "inexact": _(
            "Your phone knows its position only to about %(n)s: distances may be "
            "wrong by as much. Your town or village, written here, is surer.",
            n="{n}",
        ),
        "refused": _(
            "The browser was not allowed to tell the position. Write your town or village here: that works as well.",
        ),
        "no_signal": _(
            "The phone could not find its position. Try again under the open sky, or write your town or village here.",
        ),
        "cannot": _("This browser cannot tell the position. Write your town or village here."),
        "broken": _("The list could not be loaded. Try again, or write your town or village here."),
        "meters": _("%(n)s m", n="{n}"),
        "kilometers": _("%(n)s km", n="{n}"),
    }


def _typing() -> dict[str, str]:
    return {
        "which": _("Which one?"),
        "near": _("near %(place)s, %(n)s km", place="{place}", n="{n}"),
        "some": _("Names below the field: %(n)s", n="{n}"),
        "none": _("No name like this: check the spelling, or press Search"),
    }
