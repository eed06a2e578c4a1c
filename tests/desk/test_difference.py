"""Two editions compared: all that the public saw change, and never what one of them, or today, hides."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legalmap.desk import chronicle
from legalmap.desk.difference import CenterDifference, Difference, Past, difference, kept
from legalmap.desk.known import known
from legalmap.desk.plan import apply
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


@given(acts=st.lists(ACT, min_size=2, max_size=5))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_comparison_of_any_two_editions_tells_what_is_hidden_today(
    desk: TestDesk, acts: list[dict[str, str]]
) -> None:
    """Straight into the store, without the import's rules, so that even what should never be there stays unsaid."""
    name = f"c{len(desk.records)}"
    words = {"lat": "41.123456", "area": "naryn", "email": "zimorodok@example.kg"}
    now = dict.fromkeys(COLUMNS, "") | {"name_ru": "Дом", "address_ru": f"ул. {CANARY} 5", "show_location": "yes"}
    first = desk.desk.store
    with first.writing() as connection:
        born = {**{column: ("", text) for column, text in now.items() if text}, "kind": ("", "ngo")}
        begun = apply(
            connection, Plan(changes=(Change(id=name, change="new", fields=born),)), kind="import", who="t", subject="",
            now=NOW,
        )  # fmt: skip
    assert begun
    last = begun.edition
    for act in [*acts, {"show_location": "no"}]:
        then = {
            column: f"{CANARY} 5" if text == "x" and column not in words else words.get(column, "") if text else ""
            for column, text in act.items()
            if column != "show_location"
        } | {"show_location": act["show_location"]}
        fields = {column: (now[column], text) for column, text in then.items() if now[column] != text}
        with first.writing() as connection:
            made = apply(
                connection, Plan(changes=(Change(id=name, change="changed", fields=fields),)), kind="edit", who="t",
                subject="", now=NOW,
            )  # fmt: skip
        now |= then
        last = made.edition if made else last
    past = past_of(desk, begun.edition - 1)
    for old in range(begun.edition, last + 1):
        for new in range(begun.edition, last + 1):
            said = str([one for one in difference(past, old, new).centers if one.id == name]).casefold()
            assert CANARY.casefold() not in said
            assert "zimorodok" not in said
            assert "41.123456" not in said
            assert "naryn" not in said


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
