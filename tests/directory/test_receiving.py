"""Who can receive somebody: the gravest need first, then who serves the rayon, the oblast, then by distance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legalmap.directory.edition import Directory, build
from legalmap.directory.receiving import NEAR_HOME_M, Answering, Candidate, Receiving, Situation, receiving
from legalmap.hours import BISHKEK
from legalmap.model import KINDS, Center, Localized, Phone, Place, Point

NOW = dt.datetime(2026, 11, 22, 10, tzinfo=BISHKEK)
HOME = Place(id="1", names=Localized(ky="Кочкор"), oblast="KG-N", rayon="kochkor", point=Point(lat=42.2, lon=75.75))
RULES: Mapping[str, Sequence[Answering]] = {
    "legal": (
        Answering(kinds=frozenset({"flac"})),
        Answering(topics=frozenset({"violence"})),
    ),
    "shelter": (Answering(kinds=frozenset({"shelter", "crisis_center", "aksakal_court"})),),
}


def center(number: int, **values: Any) -> Center:
    given_ = {
        "kind": "flac",
        "status": "active",
        "show_location": "yes",
        "names": Localized(ky=f"Борбор {number}"),
        "phones": (Phone(number="+996312000000"),),
        "oblast": "KG-N",
        "point": Point(lat=42.2 + number / 100, lon=75.75),
    }
    return Center(number=number, id=f"c{number:04}", **{**given_, **values})


def hidden(number: int, **values: Any) -> Center:
    return center(number, **{"kind": "crisis_center", "show_location": "no", "point": None, **values})


def found(*centers: Center, **values: Any) -> Receiving:
    directory: Directory = build(1, "0" * 64, NOW, centers, (HOME,), ())
    asked = {"needs": frozenset({"legal"}), "rules": RULES, "now": NOW, "oblast": "KG-N", "place": HOME}
    return receiving(directory, Situation(**{**asked, **values}))


def numbers(several: Sequence[Candidate]) -> list[int]:
    return [one.number for one in several]


def test_who_serves_the_rayon_comes_first_then_the_oblast_then_by_distance() -> None:
    several = found(
        center(1, oblast="KG-B"),
        center(40),
        center(30),
        center(60, area=("kochkor",)),
        center(2, oblast="KG-C", area=("KG-N",)),
    )
    assert numbers(several.open_) == [60, 2, 30, 40, 1]
    assert [one.serves for one in several.open_] == ["rayon", "oblast", "oblast", "oblast", ""]


def test_the_gravest_need_goes_before_all_and_each_says_which_it_answers() -> None:
    several = found(
        center(1),
        center(20, kind="shelter", oblast="KG-B"),
        center(21, kind="shelter", oblast="KG-B", topics=("violence",)),
        needs=frozenset({"legal", "shelter"}),
    )
    assert [(one.number, one.answers) for one in several.open_] == [
        (21, ("shelter", "legal")),
        (20, ("shelter",)),
        (1, ("legal",)),
    ]


def test_a_local_office_of_elsewhere_is_none_of_them() -> None:
    rules = {"legal": (Answering(kinds=frozenset({"social_office", "police", "flac"})),)}
    several = found(
        center(1, kind="social_office", oblast="KG-GB", rayon="sverdlov"),
        center(2, kind="social_office", rayon="jumgal"),
        center(3, kind="police", oblast="KG-GB", area=("KG-N",)),
        center(4, kind="police", area=("jumgal",)),
        center(5, kind="police", rayon="kochkor"),
        center(6, kind="social_office", oblast="KG-GB", area=("country",)),
        center(7, oblast="KG-GB", rayon="sverdlov"),
        rules=rules,
    )
    assert numbers(several.open_) == [3, 5, 6, 7]
    assert numbers(found(center(2, kind="police", rayon="jumgal"), rules=rules, place=None).open_) == [2]


def test_no_need_waits_behind_many_that_answer_a_graver_one() -> None:
    shelters = [center(number, kind="shelter", oblast="KG-B") for number in (11, 12, 13, 14)]
    several = found(center(90), center(91), *shelters, needs=frozenset({"legal", "shelter"}))
    assert numbers(several.open_) == [11, 90, 12, 13, 14, 91]


def test_who_can_be_called_goes_before_who_has_no_number() -> None:
    several = found(center(1, phones=()), center(30), center(2, phones=(), area=("kochkor",)))
    assert numbers(several.open_) == [2, 30, 1]


def test_the_whole_country_covers_the_rayon_too() -> None:
    several = found(center(1, oblast="KG-B"), center(80, oblast="KG-GB", area=("country",)), center(90))
    assert [(one.number, one.serves) for one in several.open_] == [(90, "oblast"), (80, "country"), (1, "")]


def test_away_from_home_within_an_oblast_alone_is_in_another_one() -> None:
    several = found(center(1), center(90, oblast="KG-B"), away=True, place=None)
    assert [(one.number, one.doubts) for one in several.open_] == [(90, ()), (1, ("near_home",))]
    assert [one.doubts for one in found(hidden(2, needs=("legal",)), away=True, place=None).hidden] == [()]


def test_what_a_center_says_of_its_needs_counts_more_than_its_kind() -> None:
    several = found(
        center(1, kind="crisis_center", needs=("legal",)),
        center(2, kind="crisis_center"),
        center(3, kind="court", needs=("shelter",)),
        needs=frozenset({"shelter"}),
    )
    assert numbers(several.open_) == [3, 2]


def test_hidden_ones_stand_apart_and_have_no_distance_even_if_somebody_gave_them_a_point() -> None:
    several = found(
        hidden(1, oblast="KG-B"),
        hidden(2),
        hidden(3, point=Point(lat=42.2, lon=75.75)),
        center(4, kind="shelter"),
        needs=frozenset({"shelter"}),
    )
    assert numbers(several.open_) == [4]
    assert numbers(several.hidden) == [2, 3, 1]
    assert {one.match.meters for one in several.hidden} == {None}


def test_a_rule_of_kinds_and_topics_asks_for_both() -> None:
    rules = {"legal": (Answering(kinds=frozenset({"ngo"}), topics=frozenset({"violence"})),)}
    several = found(
        center(1, kind="ngo"),
        center(2, topics=("violence",)),
        center(3, kind="ngo", topics=("family", "violence")),
        rules=rules,
    )
    assert numbers(several.open_) == [3]


def test_a_long_way_weighs_more_than_what_a_center_answers_beside() -> None:
    several = found(
        center(300, topics=("violence",), oblast="KG-B"),
        center(40, kind="shelter", topics=("violence",), oblast="KG-B"),
        center(20, oblast="KG-B"),
        needs=frozenset({"legal"}),
    )
    assert numbers(several.open_) == [20, 40, 300]


def test_what_to_know_before_a_call_comes_from_the_rule_that_found_it() -> None:
    note = Localized(ky="Адегенде чалыңыз")
    rules = {"shelter": (Answering(kinds=frozenset({"shelter"}), note=note),)}
    several = found(
        center(1, kind="shelter"),
        center(2, kind="ngo", needs=("shelter",)),
        center(3, kind="shelter", needs=("shelter",)),
        needs=frozenset({"shelter"}),
        rules=rules,
    )
    assert {one.number: one.notes for one in several.open_} == {1: (note,), 2: (), 3: (note,)}


@pytest.mark.parametrize("need", sorted(RULES))
def test_nobody_is_ever_sent_to_an_aksakal_court(need: str) -> None:
    court = center(1, kind="aksakal_court", needs=(need,), topics=("violence",))
    several = found(court, needs=frozenset({need}))
    assert several == Receiving(open_=(), hidden=(), unfit=())


def test_closed_excluded_and_helplines_are_not_offered_suspended_and_unfit_stand_apart_with_the_reason() -> None:
    several = found(
        center(1, status="closed"),
        center(2),
        center(3, status="suspended"),
        center(4, kind="helpline", needs=("legal",)),
        center(5, admission=("boys_up_to_7",)),
        center(6, admission=("boys_up_to_7", "boys_up_to_12")),
        children=True,
        oldest_son=9,
        never=frozenset({2}),
    )
    assert numbers(several.open_) == [6]
    assert [(one.number, one.doubts) for one in several.unfit] == [(3, ("suspended",)), (5, ("no_boys",))]


def test_near_home_comes_last_when_it_must_not_be_near_home() -> None:
    away = found(center(5), center(12), center(50), away=True)
    assert numbers(away.open_) == [50, 5, 12]
    assert [one.doubts for one in away.open_] == [(), ("near_home",), ("near_home",)]
    assert away.open_[0].match.meters is not None
    assert away.open_[0].match.meters > NEAR_HOME_M
    assert numbers(found(center(5), center(50)).open_) == [5, 50]


def test_what_must_be_asked_on_the_phone_is_said() -> None:
    (one,) = found(
        center(1, kind="shelter", languages=("ru",), admission=("needs_letter", "needs_tests")),
        needs=frozenset({"shelter"}),
        children=True,
        languages=frozenset({"ky"}),
        access=frozenset({"wheelchair"}),
    ).open_
    assert one.doubts == ("ask_children", "needs_letter", "needs_tests", "language", "access")
    (one,) = found(
        center(1, kind="shelter", languages=("ky", "ru"), admission=("with_children",), access=("wheelchair",)),
        needs=frozenset({"shelter"}),
        children=True,
        languages=frozenset({"ky"}),
        access=frozenset({"wheelchair"}),
    ).open_
    assert one.doubts == ()


def test_without_a_place_the_oblast_alone_orders_and_nothing_is_measured() -> None:
    several = found(center(9, oblast="KG-B"), center(3), center(1), place=None)
    assert numbers(several.open_) == [1, 3, 9]
    assert {one.match.meters for one in several.open_} == {None}


_CENTERS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(("yes", "settlement", "no")),
        st.sampled_from(("active", "suspended", "closed")),
        st.sampled_from((None, 42.0, 42.3, 41.0)),
        st.frozensets(st.sampled_from(("legal", "shelter", "child"))),
        st.sampled_from(("KG-N", "KG-B")),
    ),
    max_size=12,
)


@settings(max_examples=120, deadline=None)
@given(_CENTERS, st.frozensets(st.sampled_from(("legal", "shelter")), min_size=1), st.frozensets(st.integers(1, 12)))
def test_each_center_stands_at_most_once_answers_something_and_is_never_an_excluded_one(
    drawn: list[tuple[Any, ...]], needs: frozenset[str], never: frozenset[int]
) -> None:
    centers = [
        center(
            place,
            kind=kind,
            show_location=show,
            status=status,
            needs=tuple(own),
            oblast=oblast,
            point=None if lat is None or show == "no" else Point(lat=lat, lon=75.0),
        )
        for place, (kind, show, status, lat, own, oblast) in enumerate(drawn, start=1)
    ]
    several = found(*centers, needs=needs, never=never)
    everyone = [*several.open_, *several.hidden, *several.unfit]
    assert len(set(numbers(everyone))) == len(everyone)
    assert not never & set(numbers(everyone))
    for one in everyone:
        assert set(one.answers) & needs == set(one.answers) != set()
        assert one.match.center.kind != "aksakal_court"
        assert one.match.center.status != "closed"
    assert all(one.match.center.show_location == "no" for one in several.hidden)
    assert all(one.match.center.show_location != "no" for one in several.open_)
