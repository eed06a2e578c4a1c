"""Two editions compared: all that the public saw change, and never what one of them, or today, hides."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legalmap.desk import chronicle
from legalmap.desk.difference import CenterDifference, Difference, Past, difference, kept
from legalmap.desk.gazetteer import shipped
from legalmap.desk.known import known
from legalmap.desk.plan import apply
from legalmap.desk.public_view import public_center
from legalmap.model import Change, Plan
from tests.desk.conftest import NOW, TestDesk
from tests.desk.test_import import row, rows


def past_of(desk: TestDesk, since: int) -> Past:
    with desk.desk.store.reading() as connection:
        return Past.since(connection, since, known(connection))


def compare(desk: TestDesk, old: int, new: int, *, folders: bool = False) -> Difference:
    folder = desk.settings.editions
    return difference(past_of(desk, min(old, new)), old, new, kept(folder, old, new) if folders else None)


def told(found: Difference) -> dict[str, tuple[str, dict[str, tuple[str, str]]]]:
    def fields(one: CenterDifference) -> dict[str, tuple[str, str]]:
        return {field.field: ("…", "…") if field.hidden else (field.old, field.new) for field in one.fields}

    return {one.id: (one.group, fields(one)) for one in found.centers}


def test_every_group_is_told_field_by_field_in_both_directions(desk: TestDesk) -> None:
    header = {"oblast": "KG-N", "settlement": "Нарын", "kind": "flac", "show_location": "yes"}

    def named(center_id: str, **cells: str) -> dict[str, str]:
        return {**header, "id": center_id, "name_ru": f"Центр {center_id}", **cells}

    desk.bring(rows(named("a", phones="114"), named("b"), named("c", address_ru="Тайная 5"), named("e")))
    desk.bring(
        rows(named("a", phones="117"), named("b", status="closed"), named("c", show_location="no"), named("d")),
        accept=("all",),
    )
    found = told(compare(desk, 1, 2))
    assert {name: group for name, (group, _) in found.items()} == {
        "a": "changed", "b": "gone", "c": "hidden", "d": "new",
    }  # fmt: skip
    assert found["a"][1] == {"phones": ("114", "117")}
    assert found["c"][1]["address_ru"] == found["c"][1]["settlement"] == ("…", "…")
    assert found["c"][1]["show_location"] == ("yes", "no")
    assert {name: group for name, (group, _) in told(compare(desk, 2, 1)).items()} == {
        "a": "changed", "b": "new", "c": "changed", "d": "gone",
    }  # fmt: skip
    assert "Тайная" not in str(told(compare(desk, 2, 1)))
    assert told(compare(desk, 2, 2)) == {}


def test_folders_that_are_kept_say_the_same_as_history(desk: TestDesk) -> None:
    desk.bring(rows(row(phones="114", hours="Mo-Fr 09:00-18:00", settlement="Нарын", address_ru="Ленина 1")))
    desk.bring(rows(row(phones="117", topics="family; land", rank="3", lat="41.43", lon="75.99")))
    of_folders = compare(desk, 1, 2, folders=True)
    assert of_folders.kept
    assert told(of_folders) == told(compare(desk, 1, 2))
    assert told(of_folders)["a1"][1]["topics"] == ("", "family; land")


CANARY = "Зимородок"
COLUMNS = ("name_ru", "address_ru", "note_ru", "settlement", "services_ru", "email", "internal_note", "lat", "area")
ACT = st.fixed_dictionaries(
    {"show_location": st.sampled_from(["yes", "settlement", "no"])},
    optional={column: st.sampled_from(["", "x"]) for column in COLUMNS},
)


WORDS = {"lat": "41.123456", "area": "naryn", "email": "zimorodok@example.kg"}
SOME = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def lived(desk: TestDesk, acts: list[dict[str, str]]) -> tuple[str, int, int]:
    """A center that was shown, went through these acts and is hidden today: its id, first and last edition. Straight
    into the store, without the import's rules, so that it holds even what should never be there."""
    name = f"c{len(desk.records)}"
    now = dict.fromkeys(COLUMNS, "") | {"name_ru": "Дом", "address_ru": f"ул. {CANARY} 5", "show_location": "yes"}
    born = {**{column: ("", text) for column, text in now.items() if text}, "kind": ("", "ngo")}
    editions = [carry_out(desk, Change(id=name, change="new", fields=born))]
    for act in [*acts, {"show_location": "no"}]:
        then = {column: (WORDS.get(column, f"{CANARY} 5") if text == "x" else text) for column, text in act.items()}
        fields = {column: (now[column], text) for column, text in then.items() if now[column] != text}
        editions.append(carry_out(desk, Change(id=name, change="changed", fields=fields)))
        now |= then
    return name, editions[0], max(editions)


def carry_out(desk: TestDesk, change: Change) -> int:
    with desk.desk.store.writing() as connection:
        act = apply(connection, Plan(changes=(change,)), kind="edit", who="t", subject="", now=NOW)
    return act.edition if act else 0


def tells(text: str) -> bool:
    return any(word.casefold() in text.casefold() for word in (CANARY, *WORDS.values()))


@given(acts=st.lists(ACT, min_size=2, max_size=5))
@SOME
def test_no_comparison_of_any_two_editions_tells_what_is_hidden_today(
    desk: TestDesk, acts: list[dict[str, str]]
) -> None:
    name, first, last = lived(desk, acts)
    past = past_of(desk, first - 1)
    for old in range(first, last + 1):
        for new in range(first, last + 1):
            assert not tells(str([one for one in difference(past, old, new).centers if one.id == name]))


@given(acts=st.lists(ACT, min_size=2, max_size=5), back=st.integers(0, 5))
@SOME
def test_going_back_to_any_edition_shows_nothing_of_what_is_hidden_today(
    desk: TestDesk, acts: list[dict[str, str]], back: int
) -> None:
    name, first, last = lived(desk, acts)
    record = desk.records[name]
    plan = desk.back_to(min(first + back, last), apply=False).plan
    fields = next((change.fields for change in plan.changes if change.id == name), {})
    then = replace(record, cells={**record.cells, **{column: pair[1] for column, pair in fields.items()}})
    assert then.cells["show_location"] == "no"
    before, after = (str(public_center(one, shipped(), ())) for one in (record, then))
    assert not tells(after) or tells(before)


def test_an_edition_is_told_by_what_the_public_saw(desk: TestDesk) -> None:
    desk.bring(rows(row(phones="114"), row(id="b2", name_ru="Б", address_ru="Тайная 5", settlement="Нарын")))
    desk.bring(rows(row(phones="117", name_ru="А"), row(id="b2", name_ru="Б", show_location="no")))
    desk.bring(
        rows(
            row(name_ru="А", internal_note="звонить"),
            row(id="b2", name_ru="Б", show_location="no", address_ru="Другая 7"),
        )
    )
    desk.bring(rows(row(name_ru="А", status="closed"), row(id="b2", name_ru="Б", show_location="yes")), accept=("all",))
    with desk.desk.store.reading() as connection:
        numbers = chronicle.numbers(connection, desk.settings.editions)
        found = chronicle.editions(connection, desk.settings.editions, numbers)
        again = chronicle.editions(connection, desk.settings.editions, [2])
    assert [(one.number, one.told, one.current) for one in found] == [
        (4, {"closed": 1, "shown": 1}, True),
        (3, {}, False),
        (2, {"hidden": 1, "names": 1, "phones": 1}, False),
        (1, {"new": 2}, False),
    ]
    assert again[0].told == found[2].told
    assert [one.kept for one in found] == [True, False, False, False]
