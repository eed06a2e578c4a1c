"""What goes into edition.db comes out the same, from a real SQLite file."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legalmap.directory import rows
from legalmap.directory.content import content_sha256, tables_of
from legalmap.model import Center, Localized, Phone, Place, Point, Rayon, Timetable

from .conftest import NARYN, TEXT, center, write_database

RAYON = Rayon(
    id="kochkor", names=Localized(ky="Кочкор району", ru="Кочкорский район", en="Kochkor district"), oblast="KG-N",
    seat="1527902", aliases=("Кочкор",),
)  # fmt: skip


def sha256_of(*held: object) -> str:
    return content_sha256(tables_of(*held))  # type: ignore[arg-type]


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
many = st.lists(words, max_size=3).map(tuple)
named = st.builds(Localized, ky=words, ru=words, en=words)
localized = st.builds(Localized, ky=words, ru=words, en=words, bare=words)
points = st.builds(Point, lat=st.floats(-90, 90), lon=st.floats(-180, 180))
pairs = st.lists(st.tuples(st.integers(0, 10_080), st.integers(0, 10_080)), max_size=3).map(tuple)
timetables = st.builds(Timetable, text=words, weekly=pairs, exceptions=st.dictionaries(st.dates(), pairs, max_size=3))
by_type = {
    "str": words, "int": st.integers(1, 10**9), "bool": st.booleans(), "Localized": localized,
    "Point | None": st.none() | points, "tuple[Phone, ...]": st.lists(st.builds(Phone, number=words, label=words),
    max_size=3).map(tuple), "tuple[str, ...]": many, "Timetable | None": st.none() | timetables,
    "int | None": st.none() | st.integers(0, 99),
}  # fmt: skip
centers = st.builds(Center, **({field.name: by_type[str(field.type)] for field in fields(Center)} | {"names": named}))
places = st.builds(
    Place, id=words, names=named, oblast=words, point=points, rayon=words, population=st.integers(0, 10**7),
    feature=words, aliases=many,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(centers, max_size=4, unique_by=lambda one: one.number), places)
def test_every_field_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, written: list[Center], place: Place
) -> None:
    path = tmp_path_factory.mktemp("db") / "edition.db"
    write_database(
        path,
        {
            "centers": [rows.center_row(one) for one in written],
            "places": [rows.place_row(place)],
            "rayons": [rows.rayon_row(RAYON)],
            "texts": [rows.text_row(TEXT)],
        },
    )
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        read = [rows.center(row) for row in database.execute("SELECT * FROM centers")]
        assert sorted(read, key=lambda one: one.number) == sorted(written, key=lambda one: one.number)
        assert [rows.place(row) for row in database.execute("SELECT * FROM places")] == [place]
        assert [rows.rayon(row) for row in database.execute("SELECT * FROM rayons")] == [RAYON]
        assert [rows.text(row) for row in database.execute("SELECT * FROM texts")] == [TEXT]


def test_rows_have_the_columns_of_their_table_in_order() -> None:
    written = {
        "centers": rows.center_row(center(1)),
        "places": rows.place_row(NARYN),
        "rayons": rows.rayon_row(RAYON),
        "texts": rows.text_row(TEXT),
    }
    assert {table: list(row) for table, row in written.items()} == {
        table: list(columns) for table, columns in rows.TABLES.items()
    }


def test_no_column_holds_what_staff_keep_to_themselves() -> None:
    assert not [column for column in rows.TABLES["centers"] if "internal" in column]


def test_equal_hours_are_one_object() -> None:
    hours = Timetable(text="24/7", weekly=((0, 10_080),), exceptions={dt.date(2027, 1, 1): ()})
    first, second = (rows.center(rows.center_row(center(number, hours=hours))) for number in (1, 2))
    assert first.hours == hours
    assert first.hours is second.hours


def test_the_hash_hangs_on_content_alone(tmp_path: Path) -> None:
    one, other = center(1), center(2)
    first = sha256_of([one, other], [NARYN], [TEXT])
    assert sha256_of([other, one], [NARYN], [TEXT]) == first
    assert sha256_of([one, replace(other, fee="free")], [NARYN], [TEXT]) != first
    assert sha256_of([one], [NARYN], [TEXT]) != first
    assert sha256_of([one, other], [], [TEXT]) != first
    assert sha256_of([one, other], [NARYN], []) != first
    assert sha256_of([one, other], [NARYN], [TEXT], [RAYON]) != first


def test_the_hash_of_what_is_read_is_that_of_what_was_written() -> None:
    written = center(1, point=Point(lat=42, lon=75))
    read = rows.center(rows.center_row(written))
    assert sha256_of([read], [NARYN], [TEXT]) == sha256_of([written], [NARYN], [TEXT])
