"""How values are said on pages: distances, hours, dates, phones, in the words and numbers of the page's language."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from babel.dates import format_date
from babel.numbers import format_decimal

from legalmap.directory import naming
from legalmap.model import PHONE_KINDS, Center, Localized, Match, OpenState, Phone, Place, Timetable
from legalmap.routes import week
from legalmap.routes.phrases import _, language, ngettext, pgettext
from legalmap.wording import label

ASK = "114"
"""Whom to ask about a center that nobody verified."""
ASK_HIDDEN = "117"
"""Whom to ask about a center whose address and number are not public."""

_TONES = {
    "lawyer": {"advocate", "notary", "law_firm", "legal_clinic"},
    "ngo": {"ngo", "womens_council", "aksakal_court"},
    "support": {"crisis_center", "shelter", "child_center"},
}


@dataclass(frozen=True, slots=True)
class Said:
    """A text with the language it is written in; `foreign` says "in Russian" when that is not the page's."""

    text: str
    lang: str
    foreign: str = ""


def said(text: Localized) -> Said:
    """`text` in the page's language, or in another one that is then named."""
    found, written = naming.said(text, language())
    return Said(found, written, label("language.in", written, language()) if written != language() else "")


def capital(text: str) -> str:
    """`text` with a capital letter in front."""
    return text[:1].upper() + text[1:]


def number(value: float, digits: int = 0) -> str:
    """A number as the language writes it: 1 234,5 or 1,234.5."""
    return format_decimal(round(value, digits) if digits else round(value), locale=language())


def distance(match: Match, place: Place | None) -> str:
    """How far, rounded to what a straight line can promise."""
    if match.meters is None:
        return _("Distance not known")
    if match.center.approximate and place and match.center.place_id == place.id:
        return _("In the same place")
    if match.center.approximate:
        # the point is a settlement's: meters and tenths of a kilometer would be invented
        whole = round(match.meters / 1000)
        return _("about %(n)s km, straight line", n=number(whole)) if match.meters >= 1000 else _("In the same place")
    if match.meters < 995:
        return _("about %(n)s m, straight line", n=number(max(10, round(match.meters, -1))))
    kilometers = match.meters / 1000
    return _("about %(n)s km, straight line", n=number(kilometers, 1 if kilometers < 10 else 0))


def rough(center: Center) -> str:
    """What is not exact about an approximate center: with an address only the distance is, not the place."""
    if not center.approximate:
        return ""
    return _("Distance approximate") if center.address else _("Place approximate")


def heading(count: int, place: str = "") -> str:
    """The heading of a list of `count` nearest centers, at least one."""
    text = _("nearest place") if count == 1 else ngettext("nearest %(num)d place", "nearest %(num)d places", count)
    return f"{place}: {text}" if place else capital(text)


def tone(kind: str) -> str:
    """The color family of a kind; the kind itself always stands there in words."""
    return next((name for name, kinds in _TONES.items() if kind in kinds), "state")


def fee(center: Center) -> str:
    """What it costs, or that one has to ask; "" for a number to call of which nothing is known."""
    if not center.fee and center.kind in PHONE_KINDS:
        return ""
    return label("fee", center.fee or "unknown", language())


def spoken(codes: tuple[str, ...]) -> str:
    """Languages as a list in words."""
    return capital(", ".join(label("language", code, language()) for code in codes))


def _day(moment: dt.datetime) -> str:
    return short_days()[moment.weekday()]


def short_days() -> tuple[str, ...]:
    """Monday to Sunday in two or three letters."""
    return (
        pgettext("day", "Mon"), pgettext("day", "Tue"), pgettext("day", "Wed"), pgettext("day", "Thu"),
        pgettext("day", "Fri"), pgettext("day", "Sat"), pgettext("day", "Sun"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """Open or not, in words; `look` is open, shut or unknown."""

    word: str
    detail: str
    look: str


def opening(center: Center, state: OpenState | None, now: dt.datetime) -> Opening:
    """What can honestly be said about a center being open at `now`."""
    if center.status != "active":
        return Opening(label("status", center.status, language()), "", "shut")
    if state is None:
        return Opening(_("Hours not known"), "", "unknown")
    if not state.open:
        word = _("Closed") if state.verified else _("Closed by the timetable")
        return Opening(word, _("opens %(when)s", when=_when(state.opens, now)) if state.opens else "", "shut")
    word = _("Open") if state.verified else _("Open by the timetable")
    if state.until is None:
        return Opening(word, _("Day and night"), "open")
    return Opening(word, _("until %(when)s", when=_when(state.until, now)), "open")


def _when(moment: dt.datetime, now: dt.datetime) -> str:
    """A clock time, with the day unless it is today, with the date when over a week away."""
    clock = f"{moment:%H:%M}"
    if moment.date() == now.date():
        return clock
    if (moment.date() - now.date()).days >= 7:
        return f"{date(moment.date().isoformat())} {clock}"
    return f"{_day(moment)} {clock}"


def hours(timetable: Timetable | None) -> str:
    """A timetable in one line: "Дш–Жм 09:00–12:00, 13:00–18:00; Ишм 10:00–14:00"."""
    if timetable is None:
        return _("Hours not known")
    if week.always(timetable):
        return _("Day and night")
    names = short_days()
    told = (
        f"{names[first]}{f'–{names[last]}' if last > first else ''} {', '.join(spans)}"
        for first, last, spans in week.runs(timetable)
    )
    return "; ".join(told)


def date(partial: str) -> str:
    """`2018`, `2018-07` or `2018-07-30` as the language writes it; anything else as it stands."""
    numbers = partial.split("-")
    lang = language()
    try:
        day = dt.date(*(int(part) for part in (*numbers, "1", "1")[:3]))
    except (TypeError, ValueError):
        return partial
    if len(numbers) == 1:
        return partial
    if len(numbers) == 2:
        return format_date(day, "MMM y" if lang == "en" else "MM.y", locale=lang)
    return format_date(day, "d MMM y" if lang == "en" else "dd.MM.y", locale=lang)


def checked(center: Center) -> str:
    """Who made sure of it and when, or what it was taken from."""
    if center.verified_on:
        if not center.verified_by:
            return _("Checked: %(date)s", date=date(center.verified_on))
        return f"{label('verified_by', center.verified_by, language())}: {date(center.verified_on)}"
    if center.source and center.source_date:
        return _("From a page of %(date)s, not verified", date=date(center.source_date))
    if center.source:
        return _("From a page without a date, not verified")
    return _("Not verified")


def phone(given: Phone) -> str:
    """A number in groups that can be read aloud: +996 312 65 10 10; short codes as they are."""
    return in_groups(given.number)


def in_groups(number: str) -> str:
    """The same for a bare number."""
    match = re.fullmatch(r"\+996(\d{3})(\d{2})(\d{2})(\d{2})", number)
    return f"+996 {' '.join(match.groups())}" if match else number


def website(center: Center) -> str:
    """The host of the center's own site, "" when the address is not a plain web address."""
    return _host(center.website)


def source_host(center: Center) -> str:
    """The host that the facts were read on, else the source's own words."""
    return _host(center.source) or center.source


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.netloc.removeprefix("www.") if parts.scheme in {"http", "https"} else ""


def hidden_line(center: Center) -> str:
    """The sentence that stands where an address would, "" when the address may be shown."""
    if center.show_location == "yes":
        return ""
    # nobody gives an address by a phone that does not exist
    return (
        label("show_location.line", center.show_location, language()) if center.phones else _("Address not published")
    )


def admission(code: str) -> str:
    """One condition of admission in words: `boys_up_to_12`, `max_days_30`, `night`."""
    match = re.fullmatch(r"(boys_up_to|max_days)_(\d+)", code)
    if match:
        return label("admission", f"{match[1]}_N", language()).replace("{n}", match[2])
    return label("admission", code, language())
