"""Nobody can compute a number under five from all that is shown, at any sequence of dates."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legalmap.model import NEEDS, OBLASTS
from legalmap.referrals import Referrals, counted, numbers, purge
from legalmap.referrals.counted import OUTCOMES
from legalmap.referrals.numbers import Quarter, year_shown
from legalmap.referrals.sights import Wanted
from legalmap.store.referrals import Row
from tests.referrals.test_kept import COMMITTEE, NOW, make

DAY = dt.timedelta(days=1)
Person = tuple[str, frozenset[str], str]
"""Oblast, needs (one or more, as the way asks) and outcome of a referral."""
PEOPLE = st.builds(
    lambda groups: [one for one, times in groups for _ in range(times)],
    st.lists(
        st.tuples(
            st.tuples(
                st.sampled_from(OBLASTS),
                st.frozensets(st.sampled_from(NEEDS), min_size=1),
                st.sampled_from(OUTCOMES),
            ),
            st.integers(1, 90),
        ),
        max_size=14,
    ),
)


def a_row(person: Person) -> Row:
    oblast, needs, outcome = person
    return Row(
        code="", label="", member="", committee="c", first=1, second=0, needs=" ".join(sorted(needs)), urgency="now",
        due=0, week="2026-W47", oblast=oblast, state="open" if outcome == "expired" else outcome, answer="", expires=0,
    )  # fmt: skip


def seen(people: list[Person]) -> Quarter:
    """What is shown of them, counted as the purge counts."""
    cells = counted.cells(map(a_row, people))
    oblasts = {oblast: cells.get(("2026-Q4", "oblast", oblast, ""), 0) for oblast in OBLASTS}
    needs = {(need, end): cells.get(("2026-Q4", "need", need, end), 0) for need in NEEDS for end in OUTCOMES}
    return numbers.shown("2026-Q4", oblasts, needs)


def others(oblasts: Mapping[str, int], needs: Mapping[tuple[str, str], int]) -> list[Person]:
    """Other people of just these numbers. Fails when there can be none."""
    fewest = {end: max(needs[need, end] for need in NEEDS) for end in OUTCOMES}
    most = {end: sum(needs[need, end] for need in NEEDS) for end in OUTCOMES}
    total, sizes = sum(oblasts.values()), dict(fewest)
    for end in OUTCOMES:
        sizes[end] += min(most[end] - fewest[end], total - sum(sizes.values()))
    assert sum(sizes.values()) == total, "no people of these numbers"
    made: list[tuple[frozenset[str], str]] = []
    for end, size in sizes.items():
        hands: list[set[str]] = [set() for _ in range(size)]
        dealt = [need for need in NEEDS for _ in range(needs[need, end])]
        for turn, need in enumerate(dealt):
            hands[turn % size].add(need)
        made += [(frozenset(hand), end) for hand in hands]
    where = [oblast for oblast, count in oblasts.items() for _ in range(count)]
    return [(oblast, needs_, end) for oblast, (needs_, end) in zip(where, made, strict=True)]


def alternatives(shown: Quarter) -> Iterator[tuple[object, list[Person]]]:
    """For each hidden cell, people that differ in it, with all others hidden at their least and at their most."""
    for fill in (0, 4):
        oblasts = {oblast: fill if count is None else count for oblast, count in shown.oblasts.items()}
        needs = {cell: fill if count is None else count for cell, count in shown.needs.items()}
        for value in range(5):
            for oblast in (oblast for oblast, count in shown.oblasts.items() if count is None):
                changed = {**oblasts, oblast: value}
                if shown.needs:
                    yield oblast, others(changed, needs)
                else:
                    where = [name for name, count in changed.items() for _ in range(count)]
                    yield oblast, [(name, frozenset({"legal"}), "closed") for name in where]
            for cell in (cell for cell, count in shown.needs.items() if count is None):
                yield cell, others(oblasts, {**needs, cell: value})


def values_of(cell: object, people: list[Person]) -> int:
    return sum(cell == oblast or (cell in {(need, end) for need in needs}) for oblast, needs, end in people)


@given(people=PEOPLE)
@settings(max_examples=6, deadline=None)
def test_each_hidden_number_could_be_any_from_none_to_four(people: list[Person]) -> None:
    could_be_any(people)


@pytest.mark.long
@given(people=PEOPLE)
@settings(max_examples=500, deadline=None)
def test_each_hidden_number_of_many_countries_could_be_any_from_none_to_four(people: list[Person]) -> None:
    could_be_any(people)


def test_each_hidden_number_beside_shown_needs_could_be_any_from_none_to_four() -> None:
    pairs = list(zip(NEEDS, NEEDS[1:], strict=False))
    people = [(oblast, frozenset(pair), "closed") for oblast in OBLASTS[:7] for pair in pairs] * 2
    few = [(OBLASTS[7], frozenset({"legal"}), "closed"), (OBLASTS[0], frozenset({"child", "legal"}), "declined")] * 3
    assert seen([*people, *few]).needs
    could_be_any([*people, *few])


def could_be_any(people: list[Person]) -> None:
    """Whoever knows the program too: for each hidden cell and each value there are people of whom the very same is
    shown, counted by the same code."""
    shown = seen(people)
    possible: dict[object, set[int]] = {}
    for cell, instead in alternatives(shown):
        assert seen(instead) == shown
        possible.setdefault(cell, set()).add(values_of(cell, instead))
    assert all(values == {0, 1, 2, 3, 4} for values in possible.values())
    cells = [*shown.oblasts.values(), *shown.needs.values()]
    assert len(possible) == cells.count(None)
    assert all(count is None or count >= 5 for count in cells)


def test_both_tables_are_seen_where_there_are_many_and_oblasts_alone_where_they_would_tell() -> None:
    many = [(oblast, frozenset({need, "legal"}), end) for oblast in OBLASTS for need in NEEDS for end in OUTCOMES] * 3
    assert seen(many).needs["legal", "closed"] == 189
    telling = [("KG-N", frozenset({"legal"}), "closed")] * 12 + [("KG-B", frozenset({"legal"}), "closed")] * 3
    assert seen(telling).oblasts["KG-N"] == 12
    assert seen(telling).needs == {}, "15 with a lawyer and 12 in Naryn would tell that 3 were elsewhere"


@given(counts=st.lists(st.integers(0, 14), min_size=1, max_size=4))
@settings(max_examples=200)
def test_no_two_looks_at_a_committees_year_differ_by_less_than_five(counts: list[int]) -> None:
    quarters = [(f"2026-Q{number}", count) for number, count in enumerate(counts, 1)]
    looks = [year_shown(quarters[:until]).made or 0 for until in range(1, len(quarters) + 1)]
    for before, after in zip([0, *looks], looks, strict=False):
        assert after == before or after - before >= 5
    assert 0 <= sum(counts) - looks[-1] < 5
    possible: list[set[int]] = [set() for _ in counts]
    for first in range(15):
        for place, count in enumerate(counts):
            other = [*counts]
            other[place] = first
            for second in range(place + 1, len(counts)):
                moved = [*other]
                moved[second] = max(0, counts[second] + count - first)
                _note(possible, moved, looks)
            _note(possible, other, looks)
            for earlier in range(place):
                moved = [*other]
                moved[earlier] = max(0, counts[earlier] + count - first)
                _note(possible, moved, looks)
    assert all(len(values) > 1 for count, values in zip(counts, possible, strict=True) if count < 5)


def _note(possible: list[set[int]], counts: list[int], looks: list[int]) -> None:
    """These counts are possible where they show the same on every date."""
    quarters = [(f"2026-Q{number}", count) for number, count in enumerate(counts, 1)]
    if [year_shown(quarters[:until]).made or 0 for until in range(1, len(quarters) + 1)] == looks:
        for place, count in enumerate(counts):
            possible[place].add(count)


def test_a_quarter_is_shown_when_nothing_of_it_is_left_and_never_changes_then(referrals: Referrals) -> None:
    wanted = Wanted(first=1, needs=frozenset({"legal", "shelter"}), urgency="now", oblast="KG-N", lang="ky")
    for _ in range(6):
        make(referrals, wanted=wanted)
    looks: Counter[str] = Counter()
    for days in range(0, 140, 7):
        if days == 70:
            make(referrals, wanted=wanted, now=NOW + days * DAY)
        purge.run(referrals.store, NOW + days * DAY)
        with referrals.reading() as connection:
            looks[str((numbers.of_country(connection), numbers.of_committee(connection, COMMITTEE)))] += 1
            last = numbers.of_country(connection), numbers.of_committee(connection, COMMITTEE)
    assert len(looks) == 2, "nothing, and then this quarter as it stays"
    assert looks["([], [])"] == 13
    country, years = last
    with referrals.reading() as connection:
        of_none = numbers.of_committee(connection, "of-none")
    assert [(year.name, year.made) for year in of_none] == [("2026", None)], "none at all is not told from four"
    assert [(one.name, one.oblasts["KG-N"], one.oblasts["KG-B"]) for one in country] == [("2026-Q4", 6, None)]
    assert [(year.name, year.made, year.until) for year in years] == [("2026", 6, "2026-Q4")]
