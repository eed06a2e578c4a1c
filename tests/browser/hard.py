"""Centers, positions and moments that are hard to rank and to judge: what server and phone must answer alike."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

from legalmap.desk.reading.timetable import compile_hours
from legalmap.directory.edition import Directory, build
from legalmap.directory.places import read_places
from legalmap.hours import BISHKEK, DAY
from legalmap.model import (
    ACCESS,
    FEES,
    GROUPS,
    KINDS,
    LANGUAGES,
    OBLASTS,
    PHONE_KINDS,
    TOPICS,
    VERIFIED_BY,
    Center,
    Localized,
    Phone,
    Place,
    Point,
    Query,
    Timetable,
)
from legalmap.resources import folder

WEEK = 7 * DAY
FIRST, LAST = dt.datetime(2026, 1, 1, tzinfo=BISHKEK), dt.datetime(2028, 3, 1, tzinfo=BISHKEK)
IDS = (
    "10", "9", "1", "01", "007", "A", "Z", "a", "z", "_", "-", "~", "kg-2", "kg-10", "Kg-2", "Б", "б", "ө", "Ө", "я",
    "ё", "\ud7ff", "\uffee", "\U00010400", "\U00010428", "\U0001f600", "a\uffee", "a\U00010400", "é", "e\u0301",
)  # fmt: skip
"""Ids whose order by code point is neither that of numbers nor of UTF-16 units nor of a language."""
MIDDLES = ((41.4287, 75.9911), (42.0, 74.5), (40.5, 72.8), (39.9, 70.5), (42.5, 78.0))
"""Positions with centers as far to the east as to the west."""
KYRGYZ = (39.0, 69.0, 43.5, 80.5)
ABROAD = (
    (55.7558, 37.6173), (43.2389, 76.8897), (41.3111, 69.2797), (25.2, 55.27), (-33.9, 18.4), (40.7, -74.0), (0.0, 0.0),
    (90.0, 0.0), (-90.0, 75.0), (41.4, 180.0), (41.4, -180.0), (-41.43, -104.01), (-42.87, -105.41),
)  # fmt: skip
RARE = ("ombudsman", "prosecutor")
"""Kinds of which two centers stand at the two ends of the country: their nearest is often beyond 300 km."""
NUMBERS = ("+996312651010", "114", "+79161234567", "+996012345678", "+99655512345")
SOURCES = (
    "",
    "2018",
    "2021-11",
    "2021-11-22",
    "2020-02-29",
    "2024-02",
    "2025-06-01",
    "2099",
    "9998",
    "soon",
    "2021-13",
)
MADE_SURE = ("", "2026-11-22", "2026-05-26", "2027-01-31", "2026-05", "2026", "20261122", "2026-W47-7", "2027-12-01")
VERIFIED = ("", "", "", "2026-03-01", "2026-05-26", "2026-02", "2025", "2027-05-06", "1801-01-01")
HOURS = (
    "Mo-Fr 09:00-12:00,13:00-18:00", "Mo-Fr 09:00-18:00; Sa 10:00-14:00", "24/7", "24/7; PH off", "Mo-Su 20:00-08:00",
    "Fr-Su 18:00-02:00; PH 10:00-14:00", "Mo-Sa 08:30-17:30; PH off", "Tu 10:00-11:00",
    "Su 22:00-24:00; Mo 00:00-06:00",
)  # fmt: skip


def _intervals(rng: random.Random, limit: int) -> tuple[tuple[int, int], ...]:
    """Sorted half-open intervals that do not touch, often at midnights."""
    edges = [0, limit, *range(0, limit, DAY), *(rng.randrange(limit) for _ in range(8))]
    cuts = sorted(set(rng.sample(edges, rng.randrange(0, 9) if len(edges) > 9 else 2)))
    return tuple(zip(cuts[::2], cuts[1::2], strict=False))


def timetables(rng: random.Random) -> list[Timetable]:
    """Hours as offices write them, with holidays; and such as nobody writes, with dated exceptions of every sort."""
    days = [FIRST.date() + dt.timedelta(days=days) for days in range((LAST - FIRST).days)]
    made = [compile_hours(text, rng.sample(days, 60)) for text in HOURS]
    holiday = dt.date(2026, 11, 25)
    made.append(Timetable(text="", weekly=((0, WEEK),), exceptions={holiday: ()}))
    made.append(Timetable(text="", weekly=(), exceptions={holiday: ((0, DAY),)}))
    made.append(Timetable(text="", weekly=()))
    for _ in range(24):
        dated = {day: _intervals(rng, DAY) for day in rng.sample(days, rng.choice((0, 3, 400)))}
        made.append(Timetable(text="", weekly=_intervals(rng, WEEK), exceptions=dated))
    return made


def _some(rng: random.Random, values: Sequence[str], most: int = 3) -> tuple[str, ...]:
    return tuple(rng.sample(values, rng.randrange(most + 1)))


def _points(rng: random.Random, places: Sequence[Place]) -> Iterator[Point]:
    """Around towns, on their very points, twice at one point, mirrored, between oblasts, with more digits than six."""
    for lat, lon in MIDDLES:
        for step in (0.01, 0.25, 1.5):
            yield from (Point(lat=lat, lon=round(lon + side * step, 6)) for side in (1, -1, 1))
    for town in rng.sample(places, 60):
        away = rng.gauss(0, 0.03), rng.gauss(0, 0.03)
        yield Point(lat=round(town.point.lat + away[0], 6), lon=round(town.point.lon + away[1], 6))
        if rng.random() < 0.3:
            yield town.point
    for one, other in itertools.pairwise(rng.sample(places, 30)):
        yield Point(lat=(one.point.lat + other.point.lat) / 2, lon=(one.point.lon + other.point.lon) / 2)


def _fields(rng: random.Random, hours: Sequence[Timetable | None]) -> dict[str, Any]:
    kinds = [kind for kind in KINDS if kind not in RARE and (kind not in PHONE_KINDS or rng.random() < 0.2)]
    return {
        "kind": rng.choice(kinds), "status": rng.choice(("active",) * 8 + ("suspended", "closed")),
        "names": Localized(ky="Борбор", ru="Центр"), "oblast": rng.choice((*OBLASTS, "")),
        "phones": rng.choice(((), (Phone(number=rng.choice(NUMBERS), label=rng.choice(("", "кабылдама"))),))),
        "hours": rng.choice(hours), "phone_hours": rng.choice(hours), "hours_verified_on": rng.choice(MADE_SURE),
        "languages": _some(rng, LANGUAGES[:5]),
        "topics": _some(rng, TOPICS, 6), "groups": _some(rng, GROUPS), "access": _some(rng, ACCESS),
        "fee": rng.choice((*FEES, "")), "area": _some(rng, (*OBLASTS, "country", "kochkor"), 2),
        "source": rng.choice(("", "https://minjust.gov.kg")), "source_date": rng.choice(SOURCES),
        "verified_on": rng.choice(VERIFIED), "verified_by": rng.choice(VERIFIED_BY),
    }  # fmt: skip


def directory(rng: random.Random, places: Sequence[Place] = ()) -> Directory:
    """About 250 centers; some hidden, some without a point, some at their settlement's point; few with hours."""
    places = places or read_places(folder("geodata") / "places.csv")
    hours, made = [*timetables(rng), *[None] * 150], []
    points: list[Point | None] = [*_points(rng, places), *[None] * 24]
    corners = [(kind, Point(lat=lat, lon=lon)) for kind in RARE for lat, lon in ((39.95, 69.6), (42.6, 79.2))]
    ids = [*IDS, *(f"{rng.choice('kcЦ')}{number}" for number in range(1_000))]
    for number, point in enumerate([*points, *(point for _, point in corners)], 1):
        fields = _fields(rng, hours) | {"show_location": rng.choice(("yes", "settlement" if point else "no"))}
        fields["approximate"] = point is not None and rng.random() < 0.2
        fields["place_id"] = rng.choice(places[:3] if number % 2 else places).id if point else ""
        if number > len(points):
            fields |= {"kind": corners[number - len(points) - 1][0], "status": "active", "show_location": "yes"}
        if fields["show_location"] == "no":
            fields |= {"hours": None, "source": "", "source_date": ""}
        made.append(Center(number=number, id=ids[number - 1], point=point, **fields))
    rng.shuffle(made)
    return build(7, "", dt.datetime(2026, 11, 22, tzinfo=BISHKEK), made, places, [])


def clocks(rng: random.Random) -> Directory:
    """A center for every timetable: open to visitors, suspended, or hidden, when its phone's hours count."""
    made = []
    for number, timetable in enumerate(timetables(rng), 1):
        hidden, sure = rng.random() < 0.2, rng.choice(MADE_SURE)
        made.append(Center(
            number=number, id=f"{number:03}", kind="ngo", status=rng.choice(("active",) * 5 + ("suspended",)),
            names=Localized(ky="Борбор"), show_location="no" if hidden else "yes", hours=None if hidden else timetable,
            phone_hours=timetable if hidden else None, hours_verified_on=sure,
            verified_on=rng.choice(("", "" if "W" in sure else sure)),
        ))  # fmt: skip
    return build(8, "", dt.datetime(2026, 11, 22, tzinfo=BISHKEK), made, [], [])


def beside(rng: random.Random, known: Directory) -> dt.datetime:
    """A minute beside an opening or closing of one of the centers, beside midnight, or beside the day from which hours
    somebody made sure of are no longer fresh."""
    center = rng.choice(known.centers)
    timetable = center.hours or center.phone_hours
    assert timetable
    day, before = FIRST.date() + dt.timedelta(days=rng.randrange((LAST - FIRST).days)), 0
    if timetable.exceptions and rng.random() < 0.4:
        day, before = rng.choice(list(timetable.exceptions)), rng.choice((0, 0, 1, 14))
    elif rng.random() < 0.2:
        day = dt.date(2026, 5, 26) + dt.timedelta(days=rng.choice((-1, 0, 179, 180)))
    week = {edge % DAY for span in timetable.weekly for edge in span}
    own = {edge for span in timetable.exceptions.get(day, ()) for edge in span}
    minute = rng.choice([0, *sorted(week | own)]) + rng.choice((-1, 0, 1))
    at = dt.datetime.combine(day, dt.time(), BISHKEK) + dt.timedelta(minutes=minute, seconds=rng.choice((0, 59)))
    return (at - dt.timedelta(days=before)).astimezone(rng.choice((dt.UTC, BISHKEK)))


def origins(rng: random.Random, known: Directory) -> Iterator[Point]:
    """Without end: on places, centers and middles, beside and between them, anywhere at home and on earth."""
    places = [place.point for place in known.places.by_id.values()]
    centers = [center.point for center in known.ranked if center.point]
    middles = [Point(lat=lat, lon=lon) for lat, lon in MIDDLES]
    south, west, north, east = KYRGYZ
    while True:
        yield rng.choice(places)
        yield rng.choice(centers)
        yield rng.choice(middles)
        one, other = rng.sample(places, 2)
        yield Point(lat=(one.lat + other.lat) / 2, lon=(one.lon + other.lon) / 2)
        beside = rng.choice(centers)
        yield Point(lat=beside.lat + rng.gauss(0, 1e-5), lon=beside.lon + rng.gauss(0, 1e-5))
        for _ in range(4):
            yield Point(lat=rng.uniform(south, north), lon=rng.uniform(west, east))
        lat, lon = rng.choice(ABROAD)
        yield Point(lat=lat, lon=lon)
        yield Point(lat=rng.uniform(-90, 90), lon=rng.uniform(-180, 180))


def moment(rng: random.Random) -> dt.datetime:
    """Anywhere in two years; often a minute beside a full hour or midnight, with or without seconds."""
    at = FIRST + dt.timedelta(days=rng.randrange((LAST - FIRST).days), minutes=rng.randrange(DAY))
    if rng.random() < 0.5:
        at = at.replace(hour=rng.choice((0, 8, 9, 12, 13, 18, 20, 23)), minute=rng.choice((0, 1, 59)))
    return at.replace(second=rng.choice((0, 59)), microsecond=rng.choice((0, 999_000))).astimezone(dt.UTC)


def query(rng: random.Random, point: Point) -> Query:
    """Filters in any combination, one of them often the rare kinds."""

    def chosen(values: Sequence[str], share: float) -> frozenset[str]:
        return frozenset(rng.sample(values, rng.randrange(1, 4))) if rng.random() < share else frozenset()

    kinds = frozenset(RARE[: rng.randrange(1, 3)]) if rng.random() < 0.1 else chosen(KINDS, 0.15)
    return Query(
        now=moment(rng), point=point, k=rng.choice((0, 1, 5, 5, 5, 15, 100)), kinds=kinds, topics=chosen(TOPICS, 0.3),
        groups=chosen(GROUPS, 0.15), access=chosen(ACCESS, 0.15), languages=chosen(LANGUAGES, 0.15),
        open=rng.random() < 0.2, free=rng.random() < 0.2, verified=rng.random() < 0.2,
    )  # fmt: skip
