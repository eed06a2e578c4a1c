"""What answers a need is a table in the admins' hands: whole or not at all, and it comes back with no change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legalmap.desk import need_rules
from legalmap.desk.doctor import examine
from legalmap.desk.instance import make_instance
from legalmap.model import KINDS, LANGS, NEEDS, TOPICS
from legalmap.people.accounts import By
from legalmap.store import audit
from legalmap.store import need_rules as kept
from legalmap.store.need_rules import Rule
from legalmap.wording import word
from tests.desk.conftest import NOW, TestDesk

DELIVERED = need_rules.delivered()
HEADER = "need,rank,kinds,topics,note_ky,note_ru,note_en\n"
REST = "".join(f"{need},9,ngo,,,,\n" for need in NEEDS)


def faults(text: str | bytes) -> list[tuple[str, int | None, str | None]]:
    """Code, line and column of each problem; all of them have words in three languages."""
    reading = need_rules.read(text if isinstance(text, bytes) else text.encode(), "needs.csv")
    for problem in reading.problems:
        assert len({word(problem, lang) for lang in LANGS}) == 3
    assert not (reading.problems and reading.rules)
    return [(problem.code, problem.line, problem.column) for problem in reading.problems]


def test_the_delivered_table_answers_each_need_and_names_no_aksakal_court() -> None:
    assert {rule.need for rule in DELIVERED} == set(NEEDS)
    assert not any(need_rules.NEVER & set(rule.kinds) for rule in DELIVERED)
    first = {need: next(rule.kinds for rule in DELIVERED if rule.need == need) for need in NEEDS}
    assert first["police"] == ("police",)
    assert first["documents"] == ("service_center",)
    assert first["child"] == ("child_center",)
    assert all(bool(rule.note_ky) == bool(rule.note_ru) == bool(rule.note_en) for rule in DELIVERED)


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("lang", ["", *LANGS])
def test_what_goes_out_comes_back_with_no_change(lang: str, delimiter: str) -> None:
    sent = need_rules.as_csv(DELIVERED, lang, delimiter).encode()
    assert need_rules.difference(DELIVERED, need_rules.read(sent, "x.csv").rules) == []


_RULES = st.builds(
    Rule, need=st.sampled_from(NEEDS), rank=st.integers(1, 99), topics=st.just(()),
    kinds=st.lists(st.sampled_from(sorted({*KINDS} - need_rules.NEVER)), min_size=1, unique=True).map(tuple),
    note_ky=st.text("аөү ,;\"'=+-@\n1", max_size=20).map(lambda text: " ".join(text.split()).strip("-=+@'")),
)  # fmt: skip


@given(st.lists(_RULES, max_size=8, unique_by=lambda rule: (rule.need, rule.rank)), st.sampled_from(["", "ky"]))
@settings(max_examples=25, deadline=None)
def test_every_table_that_goes_in_comes_out_the_same(rules: list[Rule], lang: str) -> None:
    own = [*rules, *(Rule(need=need, rank=100, kinds=("ngo",)) for need in NEEDS)]
    first = need_rules.read(need_rules.as_csv(own, lang).encode(), "x.csv")
    if not first.problems:  # a note may look like a formula
        again = need_rules.read(need_rules.as_csv(first.rules, lang, ";").encode(), "x.csv")
        assert again.rules == first.rules


def test_every_problem_is_told_by_line_and_column() -> None:
    rows = (
        "lawyer,1,flac,,,,\nхлеб,1,flac,,,,\nlegal,x,flac,,,,\nlegal,2,aksakal_court,,,,\nlegal,3,Аксакалдар соту,,,,\n"
        "legal,4,,,,,\nlegal,0,ngo,,,,\n,5,ngo,,,,\nlegal,6,ngo,погода,,,\nlegal,7,ngo,,{{7*7}},,\n"
        f"legal,8,ngo,,<b>x</b>,,{'x' * 301}\n"
    )
    assert faults(HEADER + rows + REST) == [
        ("value_unknown", 3, "need"), ("rank_unreadable", 4, "rank"), ("needs_aksakal", 5, "kinds"),
        ("needs_aksakal", 6, "kinds"), ("needs_nothing", 7, "kinds"), ("rank_unreadable", 8, "rank"),
        ("needs_empty", 9, "need"), ("value_unknown", 10, "topics"), ("template_marks", 11, "note_ky"),
        ("markup", 12, "note_ky"), ("text_too_long", 12, "note_en"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", ("file_empty", None, None)),
        (b"\0\0\n", ("file_empty", None, None)),
        ("need,kinds\nlegal,ngo\n", ("needs_columns", None, None)),
        (HEADER, ("needs_unanswered", None, "need")),
        (HEADER + REST + "legal,9,flac,,,,\n", ("needs_repeated", 9, "rank")),
        (HEADER + "legal,1,ngo,,,,\n" * 101, ("needs_too_many", None, None)),
        (b"x" * 50_001, ("file_too_large", None, None)),
        (b"PK\x03\x04 no workbook", None),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(
    text: str | bytes, told: tuple[str, int | None, str | None] | None
) -> None:
    found = faults(text)
    assert found
    assert told is None or found[0] == told


def test_two_lines_that_are_not_there_are_all_named() -> None:
    text = HEADER + "".join(f"{need},1,ngo,,,,\n" for need in NEEDS[2:])
    assert faults(text) == [("needs_unanswered", None, "need")] * 2


def test_an_instance_has_the_delivered_table_and_keeps_its_own(desk: TestDesk) -> None:
    store = desk.desk.store
    own = [Rule(need=need, rank=1, topics=TOPICS[:2], note_ky="Ө") for need in NEEDS]
    with store.writing() as connection:
        assert kept.everything(connection) == DELIVERED
        changes = need_rules.replace(connection, By(who="test", now=NOW), own)
        assert {change.need for change in changes} == set(NEEDS)
        assert need_rules.replace(connection, By(who="test", now=NOW), own) == []
        said = [(entry.what, entry.subject) for entry in audit.entries(connection)]
        assert said[-1:] == [("needs_changed", " ".join(NEEDS))]
        assert [what for what, _subject in said].count("needs_changed") == 1
        assert kept.for_needs(connection, ("legal", "child")) == {"legal": (own[0],), "child": (own[5],)}
    make_instance(desk.settings)
    assert ("needs", True) in {(check.name, check.ok) for check in examine(desk.settings)}
    with store.writing() as connection:
        kept.put(connection, own[1:])
    told = next(check for check in examine(desk.settings) if check.name == "needs")
    assert (told.ok, told.detail) == (False, "nobody answers: legal")
    with store.writing() as connection:
        kept.put(connection, own)
    with store.reading() as connection:
        assert kept.everything(connection) == own
