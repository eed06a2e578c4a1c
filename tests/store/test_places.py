"""Places of the operator's file are kept alike on SQLite and PostgreSQL, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from legalmap.model import Localized, Place, Point
from legalmap.store import Store, StoreError, places, schema
from tests.desk.conftest import TestDesk
from tests.desk.geonames_files import place_line
from tests.desk.test_geonames import VILLAGE, brought
from tests.store.conftest import NewUrl


def place(id: str, ky: str = "Жаңы-Булуң", **more: object) -> Place:
    names = Localized(ky=ky, ru='Жаны "Булун"', en="Jangy-Bulun’")
    point = Point(lat=41.123456789012345, lon=75.1)
    return Place(id=id, names=names, oblast="KG-N", point=point, aliases=("а'б", "ө|ү", "\\"), **more)  # type: ignore[arg-type]


def test_a_place_comes_back_as_it_was_put_to_the_last_digit(store: Store) -> None:
    kept = [place("900001", rayon="jumgal", population=2_000_000, feature="PPLA2"), place("9", ky="")]
    with store.writing() as connection:
        places.put(connection, kept)
    with store.reading() as connection:
        assert places.brought(connection) == {one.id: one for one in kept}


def test_a_place_put_again_takes_the_place_of_the_earlier_and_others_stay(store: Store) -> None:
    with store.writing() as connection:
        places.put(connection, [place(str(number)) for number in range(1, 3001)])
    with store.writing() as connection:
        places.put(connection, [place("7", ky="Башка")])
        places.remove(connection, ["8", "no such"])
        places.put(connection, [])
        places.remove(connection, [])
    with store.reading() as connection:
        found = places.brought(connection)
    assert (len(found), found["7"].names.ky, found["9"].names.ky) == (2999, "Башка", "Жаңы-Булуң")


def test_a_transaction_that_fails_brings_no_place(store: Store) -> None:
    def half() -> None:
        with store.writing() as connection:
            places.put(connection, [place("1")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with store.reading() as connection:
        assert places.brought(connection) == {}


def test_a_file_goes_in_and_is_found_on_either_engine(made_url: NewUrl, tmp_path: Path) -> None:
    desk = TestDesk(tmp_path / "instance", database=made_url())
    desk.bring("id,kind,name_ru,oblast,settlement,phones\na1,flac,А,KG-N,Ортоко,114\n")
    orto = place_line(900002, "Ortoko", "Ортоко", lat=41.5)
    report = brought(desk, tmp_path, VILLAGE, orto)
    assert (report.edition, report.centers.gained) == (2, ("a1",))
    assert desk.directory.by_id["a1"].place_id == "900002"
    assert brought(desk, tmp_path, VILLAGE, orto).act is None
    assert brought(desk, tmp_path, VILLAGE, orto, dry_run=True).touched == {}


def test_a_database_of_the_first_release_takes_places_after_init(new_url: NewUrl) -> None:
    old = Store(new_url())
    with old.engine.connect() as connection, connection.begin():
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with pytest.raises(StoreError) as fault, old.reading():
        pass
    assert fault.value.code == "database_older"
    old.migrate()
    with old.reading() as connection:
        assert places.brought(connection) == {}
