"""What must hold for a whole center: required fields, safe defaults, and the questions only a person answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from legalmap import danger
from legalmap.desk import privacy
from legalmap.desk.entry import Entry
from legalmap.desk.gazetteer import Gazetteer, twins
from legalmap.desk.reading import phones
from legalmap.model import PHONE_KINDS, SENSITIVE_KINDS, Level
from legalmap.visibility import wider
from legalmap.wording import labels

SMALL_TOWN = 20_000
"""People; in a smaller place, naming the place is nearly naming the house."""
_TOLD_IN = ("name_ky", "name_ru", "name_en", "services", "services_ky", "services_ru", "services_en")


class Say(Protocol):
    """Notes a problem of the row."""

    def __call__(
        self, code: str, level: Level, column: str | None = None, value: str | None = None, **params: object
    ) -> None: ...


def fill_defaults(cells: dict[str, str], say: Say, *, refused: bool = False) -> None:
    """What a new row does not say: status, kind, and whether its address may be shown (in doubt, no).
    `refused`: the row cannot go in anyway, so that nothing needs to be said of its kind."""
    cells["status"] = cells["status"] or "active"
    kind_assumed = not cells["kind"]
    if kind_assumed:
        cells["kind"] = "ngo"
        if not refused:
            say("kind_assumed", "notice", "kind")
    if cells["show_location"]:
        return
    hidden = kind_assumed or cells["kind"] in SENSITIVE_KINDS
    if not hidden and speaks_of_danger(cells):
        hidden = True
        say("show_location_unclear", "question", "show_location")
    cells["show_location"] = "no" if hidden else "yes"


def speaks_of_danger(cells: Mapping[str, str]) -> bool:
    """Whether name, services or topics speak of crisis, shelter or violence (ky, ru, en)."""
    told = " ".join(cells[column] for column in _TOLD_IN)
    return "violence" in cells["topics"].split("; ") or danger.spoken_of(told)


def check(entry: Entry, gazetteer: Gazetteer) -> None:
    """Say what is wrong with the center that this row would make."""
    _check_required(entry)
    if entry.refused:
        return
    settlement = entry.cells["settlement"]
    only_that = entry.cells["show_location"] == "settlement"
    if only_that and privacy.is_an_address(settlement) and not gazetteer.settlements(entry.cells):
        entry.say("settlement_is_address", "error", "settlement", settlement)
        return
    changed = set(entry.fields)
    _check_rayon(entry, gazetteer, changed)
    found = privacy.leak_of_either(entry.cells, entry.known.cells if entry.known else {}, gazetteer)
    if found:
        entry.say("hidden_word_public", "error", found[0], found[1])
        return
    if told := privacy.told_by_slip_name(entry.cells, gazetteer):
        entry.say("slip_name_tells", "error", "slip_name", told)
        return
    _ask_about_showing(entry, changed)
    _ask_about_landlines(entry, changed)
    _settle(entry, gazetteer, changed)
    if entry.cells["verified_on"] and not entry.cells["verified_by"] and "verified_on" in changed:
        entry.say("verified_without_way", "notice", "verified_by")


def _check_required(entry: Entry) -> None:
    """What a center cannot do without; a column that could not be read is not called missing as well."""
    cells = entry.cells
    unread = {problem.column for problem in entry.problems if problem.level == "error"}

    def say(code: str, column: str) -> None:
        if column not in unread:
            entry.say(code, "error", column)

    if not any(cells[column] or column in unread for column in ("name_ky", "name_ru", "name_en")):
        say("name_missing", "name_ky")
    if bool(cells["lat"]) != bool(cells["lon"]):
        say("coordinate_half", "lon" if cells["lat"] else "lat")
    if cells["kind"] in PHONE_KINDS:
        if not cells["phones"]:
            say("phone_missing", "phones")
    elif not (
        cells["lat"] or cells["settlement"] or cells["oblast"] or cells["area"] or cells["show_location"] == "no"
    ) and not unread & {"lat", "lon", "oblast", "area"}:
        say("place_missing", "settlement")
    if cells["verified_by"] and not cells["verified_on"]:
        say("verified_without_date", "verified_on")


def _check_rayon(entry: Entry, gazetteer: Gazetteer, changed: set[str]) -> None:
    """A rayon lies in its oblast; where the two differ only a person knows which is right."""
    rayon, oblast = gazetteer.rayons.get(entry.cells["rayon"]), entry.cells["oblast"]
    if (
        rayon
        and oblast
        and changed & {"rayon", "oblast"}
        and oblast != rayon.oblast
        and not twins(oblast, rayon.oblast)
    ):
        entry.say(
            "rayon_elsewhere", "error", "rayon", rayon.id,
            rayon=rayon.names, oblast=labels("oblast", [rayon.oblast]), given=labels("oblast", [oblast]),
        )  # fmt: skip


def _ask_about_showing(entry: Entry, changed: set[str]) -> None:
    show = entry.cells["show_location"]
    if entry.known and wider(entry.known.cells["show_location"], show):
        entry.say("show_wider", "question", "show_location", show, old=entry.known.cells["show_location"])
    elif entry.known and "kind" in changed and entry.cells["kind"] in SENSITIVE_KINDS and show != "no":
        entry.say("sensitive_shown", "question", "show_location", show)


def _ask_about_landlines(entry: Entry, changed: set[str]) -> None:
    if entry.cells["show_location"] != "no" or not changed & {"phones", "whatsapp", "show_location"}:
        return
    for column in ("phones", "whatsapp"):
        for phone in phones.read(entry.cells[column]):
            if phones.is_landline(phone):
                entry.say("landline_shows_town", "question", column, phone.number)


def _settle(entry: Entry, gazetteer: Gazetteer, changed: set[str]) -> None:
    """Say where the point comes from, and ask where only a person can tell."""
    cells = entry.cells
    if cells["show_location"] == "no" or not cells["settlement"]:
        return
    if not changed & {"settlement", "oblast", "rayon", "lat", "lon", "show_location", "kind"}:
        return
    places = gazetteer.settlements(cells)
    if cells["show_location"] == "settlement" and cells["kind"] in SENSITIVE_KINDS:
        people = places[0].population if len(places) == 1 else 0
        if people < SMALL_TOWN:
            entry.say("small_settlement", "question", "settlement", cells["settlement"], people=people)
    if cells["lat"] and cells["show_location"] == "yes":
        return
    if len(places) > 1:
        names = gazetteer.described(places)
        entry.say("settlement_ambiguous", "question", "settlement", cells["settlement"], choices=names)
    elif places:
        entry.say("point_of_settlement", "notice", "settlement", cells["settlement"])
    elif nearest := gazetteer.candidates(cells):
        entry.say("settlement_similar", "notice", "settlement", cells["settlement"], nearest=nearest)
    else:
        entry.say("settlement_unknown", "notice", "settlement", cells["settlement"])
