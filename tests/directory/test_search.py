"""One query, one answer: who is in it, in which order, and what is said about each."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from legalmap.directory.edition import Directory, build
from legalmap.directory.search import answer, match
from legalmap.model import Answer, Center, Localized, Phone, Place, Point, Query, Timetable

from .conftest import NARYN, PUBLISHED_AT, center

BISHKEK_TIME = dt.timezone(dt.timedelta(hours=6))
MONDAY_10 = dt.datetime(2026, 11, 23, 10, 0, tzinfo=BISHKEK_TIME)
HERE = Point(lat=41.42866, lon=75.99111)
OFFICE = Timetable(text="Mo-Fr 09:00-18:00", weekly=tuple((day * 1440 + 540, day * 1440 + 1080) for day in range(5)))
NIGHT = Timetable(text="Mo-Su 20:00-24:00", weekly=tuple((day * 1440 + 1200, day * 1440 + 1440) for day in range(7)))
TWO = [
    Place(id=id, names=Localized(ky="Ак-Суу"), oblast=oblast, point=Point(lat=lat, lon=75.0), population=people)
    for id, oblast, lat, people in (("1", "KG-N", 41.0, 10), ("2", "KG-Y", 42.5, 20))
]


def north(meters: float) -> Point:
    """A point about so many meters north of HERE."""
    return Point(lat=HERE.lat + meters / 111_000, lon=HERE.lon)


def directory(*centers: Center) -> Directory:
    return build(1, "", PUBLISHED_AT, centers, [NARYN, *TWO], [])


def ask(centers: list[Center], **query: Any) -> Answer:
    asked: dict[str, Any] = {"now": MONDAY_10, "point": HERE} | query
    return answer(directory(*centers), Query(**asked))


def numbers(found: Answer) -> list[int]:
    return [one.center.number for one in (*found.nearest, *found.unplaced)]


def test_the_nearest_come_in_order_of_distance_and_the_rest_is_counted() -> None:
    centers = [center(number, point=north(meters)) for number, meters in ((1, 900), (2, 100), (3, 500), (4, 5000))]
    found = ask(centers, k=3)
    assert [one.center.number for one in found.nearest] == [2, 3, 1]
    assert [one.meters for one in found.nearest] == sorted(one.meters or 0 for one in found.nearest)
    assert found.more == 1
    assert found.origin == HERE


@pytest.mark.parametrize("k", [0, -3])
def test_no_k_leaves_all_out_and_says_so(k: int) -> None:
    found = ask([center(1), center(2, point=None)], k=k)
    assert (found.nearest, found.more, numbers(found)) == ((), 1, [2])


def test_closed_centers_and_numbers_to_call_are_in_no_list() -> None:
    centers = [
        center(1), center(2, status="closed"), center(3, kind="helpline"), center(4, kind="emergency", point=None),
        center(5, status="closed", point=None),
    ]  # fmt: skip
    assert numbers(ask(centers)) == [1]
    assert numbers(ask(centers, point=None)) == [1]


def test_without_a_point_the_own_oblast_comes_first_then_ids() -> None:
    centers = [
        center(1, id="d", point=None, oblast="KG-O"),
        center(2, id="c", point=None, oblast="KG-N"),
        center(3, id="b", point=None, oblast="", area=("KG-N",)),
        center(4, id="a", point=None, oblast="KG-B"),
    ]
    found = ask(centers)
    assert [one.center.id for one in found.unplaced] == ["b", "c", "a", "d"]
    assert all(one.meters is None for one in found.unplaced)


def test_a_place_of_one_name_is_the_origin() -> None:
    found = ask([center(1, point=north(0))], point=None, text="naryn")
    assert (found.place, found.origin, found.nearest[0].meters) == (NARYN, NARYN.point, 0.0)


def test_a_place_by_its_id_is_the_origin_and_goes_before_text() -> None:
    assert ask([center(1)], point=None, place_id="1", text="Нарын").place == TWO[0]


def test_a_point_goes_before_a_place() -> None:
    found = ask([center(1)], place_id="1", text="Нарын")
    assert (found.place, found.origin) == (None, HERE)


def test_an_unknown_id_falls_back_to_the_text() -> None:
    assert ask([center(1)], point=None, place_id="999", text="Нарын").place == NARYN


def test_several_places_of_one_name_are_choices_without_centers() -> None:
    found = ask([center(1), center(2, point=None)], point=None, text="ак суу")
    assert [place.id for place in found.choices] == ["2", "1"]
    assert (numbers(found), found.origin, found.similar) == ([], None, ())


def test_no_place_of_that_name_gives_names_that_begin_alike() -> None:
    found = ask([center(1)], point=None, text="Нары")
    assert (found.similar, found.choices, numbers(found)) == ((NARYN,), (), [])


def test_the_name_of_an_oblast_offers_its_places() -> None:
    assert ask([center(1)], point=None, text="Нарын облусу").similar == (NARYN, TWO[0])


@pytest.mark.parametrize("text", ["", "  "])
def test_without_an_origin_all_that_match_are_listed_by_id(text: str) -> None:
    centers = [center(1, id="b"), center(2, id="c", fee="free"), center(3, id="a", fee="mixed", point=None)]
    found = ask(centers, point=None, text=text, free=True)
    assert ([one.center.id for one in found.unplaced], found.nearest, found.more) == (["a", "c"], (), 0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kinds": frozenset({"ngo"})}, [1, 4]),
        ({"kinds": frozenset({"ngo", "notary"})}, [1, 2, 4]),
        ({"kinds": frozenset({"spaceport"})}, []),
        ({"topics": frozenset({"land"})}, [2, 3]),
        ({"topics": frozenset({"land", "debt"})}, [2, 3, 4]),
        ({"groups": frozenset({"women"})}, [3]),
        ({"access": frozenset({"wheelchair"})}, [1]),
        ({"languages": frozenset({"uz"})}, [2]),
        ({"free": True}, [1, 3]),
        ({"verified": True}, [4]),
        ({"kinds": frozenset({"ngo"}), "free": True}, [1]),
        ({"open": True}, [2, 3]),
        ({"open": True, "topics": frozenset({"debt"})}, []),
    ],
)
def test_filters_are_anded_and_their_values_ored(query: dict[str, Any], expected: list[int]) -> None:
    centers = [
        center(1, kind="ngo", fee="free", access=("wheelchair",)),
        center(2, kind="notary", fee="paid", topics=("land", "property"), languages=("ky", "uz"), hours=OFFICE),
        center(3, kind="court", fee="mixed", topics=("land",), groups=("women",), hours=OFFICE, point=None),
        center(4, kind="ngo", topics=("debt",), verified_on="2019", hours=NIGHT, point=None),
    ]
    assert sorted(numbers(ask(centers, **query))) == expected


@pytest.mark.parametrize("topic", ["violence", "child_rights"])
def test_an_aksakal_court_is_never_named_for_violence_or_a_child(topic: str) -> None:
    centers = [center(1, kind="aksakal_court", topics=(topic, "land")), center(2, topics=(topic,))]
    assert numbers(ask(centers, topics=frozenset({topic}))) == [2]
    assert numbers(ask(centers, topics=frozenset({topic, "land"}))) == [2]
    assert numbers(ask(centers, topics=frozenset({topic}), kinds=frozenset({"aksakal_court"}))) == []
    assert numbers(ask(centers, topics=frozenset({"land"}))) == [1]


def test_who_is_open_is_judged_anew_each_minute_in_whatever_zone_it_is_asked() -> None:
    late = Timetable(text="Mo 09:30-12:00", weekly=((570, 720),))
    known = directory(center(1, hours=OFFICE), center(2, hours=NIGHT), center(3), center(4, hours=late))
    moments = (
        (dt.datetime(2026, 11, 23, 9, 29, 59, tzinfo=BISHKEK_TIME), [1]),
        (dt.datetime(2026, 11, 23, 9, 30, tzinfo=BISHKEK_TIME), [1, 4]),
        (dt.datetime(2026, 11, 23, 17, 59, 1, tzinfo=BISHKEK_TIME), [1]),
        (dt.datetime(2026, 11, 23, 17, 59, 59, tzinfo=BISHKEK_TIME), [1]),
        (dt.datetime(2026, 11, 23, 18, 0, tzinfo=BISHKEK_TIME), []),
        (dt.datetime(2026, 11, 23, 14, 30, tzinfo=dt.UTC), [2]),
        (dt.datetime(2026, 11, 23, 17, 59, tzinfo=BISHKEK_TIME), [1]),
    )
    for now, expected in moments:
        assert numbers(answer(known, Query(now=now, point=HERE, open=True))) == expected
        assert numbers(answer(known, Query(now=now, point=HERE))) == [1, 2, 3, 4]


def test_a_suspended_center_is_listed_but_never_open() -> None:
    centers = [center(1, status="suspended", hours=OFFICE)]
    state = ask(centers).nearest[0].state
    assert state is not None
    assert (state.open, state.until, state.opens) == (False, None, None)
    assert numbers(ask(centers, open=True)) == []


def test_a_hidden_center_is_open_when_its_phone_is_answered() -> None:
    hidden = center(1, show_location="no", point=None, phone_hours=OFFICE)
    shown = center(2, phone_hours=OFFICE)
    assert numbers(ask([hidden, shown], open=True)) == [1]
    assert match(shown, MONDAY_10).state is None


def test_open_takes_hours_that_nobody_verified_lately() -> None:
    centers = [center(1, hours=OFFICE), center(2, hours=OFFICE, hours_verified_on="2026-11-01")]
    found = ask(centers, open=True)
    assert [one.state and one.state.verified for one in found.nearest] == [False, True]


@pytest.mark.parametrize(
    ("fields", "stale"),
    [
        ({"source_date": "2021-11-23"}, False),
        ({"source_date": "2021-11-22"}, True),
        ({"source_date": "2021-12"}, False),
        ({"source_date": "2021-11"}, True),
        ({"source_date": "2022"}, False),
        ({"source_date": "2021"}, True),
        ({"source_date": ""}, True),
        ({"source_date": "last year"}, True),
        ({"source_date": "2024-02-30"}, True),
        ({"source_date": "2024-13"}, True),
        ({"source_date": "0000"}, True),
        ({"source_date": "2018", "verified_on": "2026"}, False),
        ({"show_location": "no", "point": None}, True),
        ({"show_location": "no", "point": None, "verified_on": "2026-10"}, False),
    ],
)
def test_stale_is_unverified_and_over_five_years_old_or_undated(fields: dict[str, Any], stale: bool) -> None:
    phone = (Phone(number="114"),)
    told = match(center(1, phones=phone, **fields), MONDAY_10)
    # nobody travels to a hidden center: with a phone it is called itself
    assert (told.stale, told.ask_first) == (stale, stale and fields.get("show_location") != "no")


@pytest.mark.parametrize("verified_on", ["", "2026-10"])
def test_a_hidden_center_without_a_phone_is_asked_about_first(verified_on: str) -> None:
    told = match(center(1, show_location="no", point=None, phones=(), verified_on=verified_on), MONDAY_10)
    assert (told.stale, told.ask_first) == (not verified_on, True)


def test_without_a_phone_one_is_told_to_ask_first() -> None:
    told = match(center(1, verified_on="2026-10-01"), MONDAY_10)
    assert (told.stale, told.ask_first) == (False, True)


def test_an_empty_directory_answers_with_nothing() -> None:
    nothing = build(1, "", PUBLISHED_AT, [], [], [])
    for query in (Query(now=MONDAY_10, point=HERE), Query(now=MONDAY_10, text="Ош", open=True), Query(now=MONDAY_10)):
        found = answer(nothing, query)
        assert (found.nearest, found.unplaced, found.more) == ((), (), 0)
