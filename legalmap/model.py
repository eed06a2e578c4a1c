"""The words of Legalmap as frozen values, so that every part speaks of the same things.

Nothing here imports the rest of the package. Coordinates are WGS84 degrees, always named
(`Point(lat=, lon=)`); distances are meters; times are Asia/Bishkek (UTC+6, no summer time).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Lang = Literal["ky", "ru", "en"]
LANGS: tuple[Lang, ...] = ("ky", "ru", "en")

KINDS = (
    "flac", "legal_aid_office", "legal_aid_point", "municipal_legal_aid", "justice_house",
    "advocate", "notary", "law_firm", "legal_clinic", "ngo", "crisis_center", "shelter",
    "child_center", "medical", "social_office", "ayil_okmotu", "service_center", "court",
    "prosecutor", "police", "ombudsman", "ministry", "aksakal_court", "womens_council",
    "helpline", "emergency",
)  # fmt: skip
SENSITIVE_KINDS = frozenset({"crisis_center", "shelter", "child_center"})
PHONE_KINDS = frozenset({"helpline", "emergency"})
"""Kinds that are numbers to call, not places: never ranked by distance."""

TOPICS = (
    "family", "alimony", "violence", "inheritance", "documents", "property", "land", "labor",
    "benefits", "guardianship", "child_rights", "criminal", "utilities", "debt", "migration",
)  # fmt: skip
NEEDS = ("legal", "shelter", "psychological", "medical", "police", "child", "documents")
GROUPS = (
    "women", "children", "youth", "older", "disabled", "low_income", "refugees", "minorities",
)  # fmt: skip
ACCESS = ("wheelchair", "sign_language", "home_visits", "remote")
FEES = ("free", "paid", "mixed")
STATUSES = ("active", "suspended", "closed")
SHOW_LOCATION = ("no", "settlement", "yes")
"""From the tightest to the widest."""
VERIFIED_BY = ("phone", "on_site", "document")
OBLASTS = ("KG-B", "KG-C", "KG-GB", "KG-GO", "KG-J", "KG-N", "KG-O", "KG-T", "KG-Y")
LANGUAGES = ("ky", "ru", "en", "uz", "tg", "kk", "tr", "dng", "ug", "zh", "de", "sgn")
"""Languages a center speaks: ISO 639 codes (dng Dungan, sgn sign language)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place on the WGS84 ellipsoid. `lat` -90..90, `lon` -180..180, both in degrees."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90.0 <= self.lat <= 90.0 and -180.0 <= self.lon <= 180.0):
            raise ValueError("a point needs lat -90..90 and lon -180..180")


@dataclass(frozen=True, slots=True, kw_only=True)
class Localized:
    """One text in up to three languages, plus `bare`: written in a language nobody named."""

    ky: str = ""
    ru: str = ""
    en: str = ""
    bare: str = ""

    def in_lang(self, lang: str) -> tuple[str, str]:
        """The text for `lang` and the language it really is in ("" for bare text).

        Falls back ky -> ru -> en (a reader of Kyrgyz reads Russian rather than English),
        then to the bare text. ("", "") when there is none.
        """
        for key in (lang, *LANGS):
            if text := getattr(self, key):
                return text, key
        return self.bare, ""

    def __bool__(self) -> bool:
        return bool(self.ky or self.ru or self.en or self.bare)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A number as dialed: E.164 (`+996312651010`) or a short code (`114`); `label` in words."""

    number: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Opening hours, compiled at the desk.

    `weekly`: half-open intervals in minutes of the week from Monday 00:00 (0..10080), sorted,
    not touching. `exceptions`: dated days with their own half-open minutes of the day
    (empty = closed all day). `text`: the OSM opening_hours string they came from.
    """

    text: str
    weekly: tuple[tuple[int, int], ...]
    exceptions: Mapping[dt.date, tuple[tuple[int, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenState:
    """What the timetable says at one moment.

    `open` now or not; `until`: when it closes (None: open day and night); `opens`: the next
    opening (None: unknown or open); `verified`: hours were verified under 180 days ago, so
    "open now" may be said; else only "open by the timetable".
    """

    open: bool
    verified: bool
    until: dt.datetime | None = None
    opens: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A settlement of the gazetteer. `id` is the GeoNames id as text; `oblast` like `KG-N`.

    `rayon` is the rayon's id, "" where not known; `population` 0 = not known; `aliases` are
    other and former names in any language.
    """

    id: str
    names: Localized
    oblast: str
    point: Point
    rayon: str = ""
    population: int = 0
    feature: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rayon:
    """A district, or one of Bishkek's four. `id` is used in paths; `oblast` like `KG-N`; `seat`: the id of
    the place it is governed from, "" where that is not in the gazetteer."""

    id: str
    names: Localized
    oblast: str
    seat: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Center:
    """One entry of the public directory: only what its `show_location` lets be public.

    `number` is in paths, `id` in the CSV. `point` None: no public point; `approximate`: the
    point is the settlement's. `area`: rayon ids, oblast codes or `country`. Dates stay as
    written (`2018`, `2018-07`, `2018-07-30`). `fee` "" = not known, never free.
    """

    number: int
    id: str
    kind: str
    status: str
    show_location: str
    names: Localized
    oblast: str = ""
    rayon: str = ""
    settlement: str = ""
    place_id: str = ""
    address: Localized = Localized()
    directions: Localized = Localized()
    point: Point | None = None
    approximate: bool = False
    phones: tuple[Phone, ...] = ()
    whatsapp: str = ""
    email: str = ""
    website: str = ""
    hours: Timetable | None = None
    phone_hours: Timetable | None = None
    languages: tuple[str, ...] = ()
    services: Localized = Localized()
    topics: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    admission: tuple[str, ...] = ()
    fee: str = ""
    access: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    rank: int | None = None
    bring: Localized = Localized()
    note: Localized = Localized()
    source: str = ""
    source_date: str = ""
    verified_on: str = ""
    verified_by: str = ""
    hours_verified_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What was asked. Origin: `point`, else `place_id`, else `text`; none = no origin.

    Filters are ANDed, values inside one filter ORed. `k`: how many with a point. `now`: the
    moment "open" is judged at (aware datetime).
    """

    now: dt.datetime
    lang: Lang = "ky"
    point: Point | None = None
    place_id: str = ""
    text: str = ""
    k: int = 5
    kinds: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    access: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    open: bool = False
    free: bool = False
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One center of an answer. `meters` along the WGS84 geodesic, None without a point.

    `stale`: nobody verified it and its source is over 5 years old or undated. `ask_first`: without a
    phone, or stale and not hidden (`show_location` no: nobody travels there), so the main button is
    to ask first (114, or 117 where the address is not public), else the center's own number.
    """

    center: Center
    meters: float | None
    state: OpenState | None
    stale: bool
    ask_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a query found.

    `nearest`: at most k with a point, ordered by (meters rounded to 1 mm, id). `unplaced`:
    matching ones without a public point, same oblast as the origin first, then by id (without an origin
    all matching ones, by id). `oblast`: the
    origin's; a bare point takes that of the settlement nearest to it.
    `more`: how many with a point were left out. `choices`: the text fits several places.
    `similar`: nothing fits, these names begin alike.
    """

    query: Query
    origin: Point | None = None
    place: Place | None = None
    oblast: str = ""
    nearest: tuple[Match, ...] = ()
    unplaced: tuple[Match, ...] = ()
    more: int = 0
    choices: tuple[Place, ...] = ()
    similar: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A center as the desk keeps it: one canonical text per column, "" = empty.

    `cells` has every column of `visibility.COLUMNS`; `number` 0 = not given yet.
    `hours_verified_on`: when somebody last made sure of the hours. `verified`: the last word on each group of
    fields, "2026-11-22 phone".
    """

    id: str
    number: int
    cells: Mapping[str, str]
    hours_verified_on: str = ""
    verified: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What stands now in a field of history: a column, or `verified.phones`."""
        group = name.removeprefix("verified.")
        return self.verified.get(group, "") if group != name else self.cells[name]


Level = Literal["error", "question", "notice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong in what a person gave; worded in their language at the edge.

    `line`: first line of the row in the file, header = 1, None for the whole file. `column`:
    our column's name, None for a row or file. `params` fill the wording; a Localized one is said in the
    reader's language.
    """

    code: str
    level: Level
    line: int | None = None
    column: str | None = None
    value: str | None = None
    params: Mapping[str, str | int | float | Localized] = field(default_factory=dict)


ChangeWord = Literal["new", "changed", "unchanged", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an act would do to one center: `fields` maps a column to (old, new) cell text."""

    id: str
    change: ChangeWord
    line: int | None = None
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an act would do, whole. new + changed + unchanged + refused = non-blank rows.

    `removed` (closed by replace-all or rollback) stands outside that sum.
    """

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: int = 0

    def count(self, word: ChangeWord) -> int:
        """How many centers the plan treats as `word`."""
        return sum(change.change == word for change in self.changes)

    def at(self, level: Level) -> tuple[Problem, ...]:
        """The problems of one level, in the order they were found."""
        return tuple(problem for problem in self.problems if problem.level == level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One change of the directory by somebody: an import, a rollback."""

    id: str
    kind: str
    who: str
    at: dt.datetime
    edition: int
    subject: str = ""
