"""Bringing places: surveyed against the borders, joined with the shipped ones, never at a center's cost in silence."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from legalmap import resources
from legalmap.desk.gazetteer import shipped
from legalmap.desk.known import known
from legalmap.desk.plan_file import Wanted
from legalmap.store import history
from tests.desk.conftest import TestDesk
from tests.desk.geonames_files import name_line, place_line
from tests.desk.test_geonames import VILLAGE, brought, codes, place_of

NARYN, OSH, KARAVAN, BALYKCHY = 1527592, 1527534, 1528053, 1527004
CENTER = "id,kind,name_ru,oblast,settlement,phones,show_location\n"


@pytest.mark.parametrize(
    ("lat", "lon", "oblast", "taken", "code"),
    [
        (41.43, 75.2, "04", "KG-N", None),
        (41.43, 75.2, "", "KG-N", None),
        (41.43, 75.2, "00", "KG-N", None),
        (41.43, 75.2, "09", "KG-N", "oblast_by_polygon"),
        (41.33472, 71.16206, "09", "KG-J", "oblast_by_polygon"),
        (40.52, 72.79, "10", "KG-GO", None),
        (40.52, 72.79, "08", "KG-O", None),
        (41.43, 75.2, "10", "KG-N", "oblast_by_polygon"),
        (42.87, 74.59, "01", "KG-GB", None),
        (42.87, 74.59, "02", "KG-C", "oblast_by_code"),
    ],
)
def test_the_polygon_decides_the_oblast_but_for_a_neighbor_by_the_line(
    desk: TestDesk, tmp_path: Path, lat: float, lon: float, oblast: str, taken: str, code: str | None
) -> None:
    report = brought(desk, tmp_path, place_line(900001, "Test", "Тест", lat=lat, lon=lon, oblast=oblast))
    assert place_of(desk, 900001).oblast == taken
    assert codes(report) == ([code] if code else [])


def test_a_place_beyond_the_border_is_left_out_and_told(desk: TestDesk, tmp_path: Path) -> None:
    almaty = place_line(900002, "Almaty", lat=43.25, lon=76.9)
    report = brought(desk, tmp_path, VILLAGE, almaty, place_line(900003, "Null", lat=0, lon=0))
    assert set(report.touched) == {"900001"}
    assert [(p.code, p.line) for p in report.problems if "Latin" not in p.code][-2:] == [
        ("place_outside", 2), ("place_outside", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rayon", "oblast", "taken"),
    [
        ("7654212", "04", "jumgal"), ("9165773", "04", "kochkor"), ("", "04", ""), ("10291336", "04", ""),
        ("1222597", "04", ""), ("nonsense", "04", ""),
    ],
)  # fmt: skip
def test_a_rayon_comes_from_geonames_alone_and_only_in_its_oblast(
    desk: TestDesk, tmp_path: Path, rayon: str, oblast: str, taken: str
) -> None:
    brought(desk, tmp_path, place_line(900001, "Test", oblast=oblast, rayon=rayon))
    assert place_of(desk, 900001).rayon == taken


def test_what_was_checked_by_hand_stays_and_what_is_newer_comes(desk: TestDesk, tmp_path: Path) -> None:
    ours = shipped().places.by_id[str(NARYN)]
    line = place_line(NARYN, "Narin", "Нарин,Naryn town", lat=41.43, lon=75.99, oblast="07", people=50_000)
    brought(desk, tmp_path, line, VILLAGE)
    found = place_of(desk, NARYN)
    assert (found.names, found.oblast, found.rayon) == (ours.names, ours.oblast, ours.rayon)
    assert (found.point.lat, found.population, found.feature) == (41.43, 50_000, ours.feature)
    assert {*ours.aliases, "Narin", "Нарин", "Naryn town"} <= set(found.aliases)


def test_a_shipped_place_far_away_in_the_file_stays_where_it_is(desk: TestDesk, tmp_path: Path) -> None:
    ours = shipped().places.by_id[str(NARYN)]
    report = brought(desk, tmp_path, place_line(NARYN, "Naryn", lat=41.5, lon=76.0, people=0, feature=""))
    assert codes(report) == ["place_moved"]
    assert place_of(desk, NARYN) == ours


def test_a_name_that_geonames_gives_to_the_wrong_place_is_not_taken_up(desk: TestDesk, tmp_path: Path) -> None:
    ours = shipped().places.by_id[str(KARAVAN)]
    there = {"lat": ours.point.lat, "lon": ours.point.lon, "oblast": "09"}
    report = brought(
        desk, tmp_path, place_line(KARAVAN, "Karavan", "Kerben", **there), place_line(900001, "Ortok", "Naryn,Орток")
    )
    assert codes(report) == ["alias_of_town", "alias_of_town"]
    assert [place.id for place in desk.directory.places.find("Kerben").exact] == ["1528052"]
    assert place_of(desk, 900001).aliases == ()
    wrong = resources.geodata_rows("wrong_names.csv")
    assert {row["id"] for row in wrong} <= set(shipped().places.by_id)


def test_a_village_that_a_law_renamed_has_its_new_name_first_and_its_old_one_still(
    desk: TestDesk, tmp_path: Path
) -> None:
    chuy = {"oblast": "02", "lat": 42.8, "lon": 74.44}
    brought(
        desk,
        tmp_path,
        place_line(900001, "Voyenno-Antonovka", "Военно-Антоновка", **chuy),
        place_line(900002, "Golbo", "Голбо", oblast="09", lat=39.811, lon=69.614),
        place_line(900003, "Golbo", "Голбо", oblast="09", lat=39.95, lon=70.8),
    )
    renamed = place_of(desk, 900001)
    assert (renamed.names.ky, renamed.names.ru) == ("Кожомкул", "Кожомкул")
    for name in ("Кожомкул", "Военно-Антоновка", "Voyenno Antonovka"):
        assert [place.id for place in desk.directory.places.find(name).exact] == ["900001"], name
    # which of the two Голбо the law means, nobody can tell
    assert place_of(desk, 900002).names.ru == place_of(desk, 900003).names.ru == "Голбо"


def test_two_of_one_name_within_a_kilometer_are_one(desk: TestDesk, tmp_path: Path) -> None:
    ours = shipped().places.by_id[str(BALYKCHY)]
    report = brought(
        desk,
        tmp_path,
        place_line(900001, "Ortok", "Орток"),
        place_line(900002, "Ortok", "Орток", lat=41.4372, people=5),
        place_line(900003, "Ortok", "Орток", lat=41.45),
        place_line(900004, "Balykchy", "Балыкчы", lat=ours.point.lat, lon=ours.point.lon, oblast="07", people=99),
    )
    assert {(p.code, p.params["id"], p.params["other"]) for p in report.problems} == {
        ("place_twin", "900001", "900002"),
        ("place_twin", "900004", str(BALYKCHY)),
    }
    assert set(report.touched) == {"900002", "900003"}


def test_the_same_file_again_changes_nothing_and_makes_no_edition(desk: TestDesk, tmp_path: Path) -> None:
    first = brought(desk, tmp_path, VILLAGE, place_line(NARYN, "Naryn", lat=41.43, lon=75.99))
    again = brought(desk, tmp_path, VILLAGE, place_line(NARYN, "Naryn", lat=41.43, lon=75.99))
    assert (first.edition, again.edition, again.act, again.touched) == (1, None, None, {})
    with desk.desk.store.reading() as connection:
        (act,) = history.all_acts(connection)
    assert (act.kind, act.who, act.subject) == ("places", "test", first.files[0].sha256)


def test_places_that_the_file_has_no_more_stay_unless_replaced(desk: TestDesk, tmp_path: Path) -> None:
    other = place_line(900002, "Orto", lat=41.5)
    brought(desk, tmp_path, VILLAGE, other)
    report = brought(desk, tmp_path, other)
    assert (report.counts["stayed"], report.stayed, report.act) == (1, ("900001",), None)
    report = brought(desk, tmp_path, other, replace=True, dry_run=True)
    assert (report.counts["removed"], report.applied) == (1, False)
    report = brought(desk, tmp_path, other, replace=True)
    assert (report.counts["removed"], report.counts["known"], report.edition) == (1, 112, 2)
    assert "900001" not in desk.directory.places.by_id


def test_a_dry_run_writes_nothing(desk: TestDesk, tmp_path: Path) -> None:
    report = brought(desk, tmp_path, VILLAGE, dry_run=True)
    assert (report.counts["new"], report.applied, report.act) == (1, False, None)
    with desk.desk.store.reading() as connection:
        assert "900001" not in known(connection).places.by_id
        assert history.all_acts(connection) == []


def test_a_hidden_word_that_would_be_seen_refuses_the_whole_file(desk: TestDesk, tmp_path: Path) -> None:
    desk.bring("id,kind,name_ru,settlement,oblast,show_location\ns1,shelter,Дом на Тиксоо,Булуң,KG-N,no\n")
    report = brought(desk, tmp_path, VILLAGE, place_line(900002, "Bulung", "Булуң,Тиксоо", lat=41.5))
    assert (report.outcome, report.applied) == ("row_error", False)
    assert [(p.code, p.value) for p in report.problems if p.level == "error"] == [("publish_hidden_word", "s1")]
    assert desk.directory.number == 1
    with desk.desk.store.reading() as connection:
        assert "900001" not in known(connection).places.by_id


def test_a_note_that_was_dropped_for_the_address_never_comes_back(desk: TestDesk, tmp_path: Path) -> None:
    desk.bring(
        "id,kind,name_ru,settlement,oblast,show_location,address_ru,note_ru,phones\n"
        "s1,ngo,Дом,Булуң,KG-N,settlement,Тиксоо 5,за остановкой Тиксоо,114\n"
    )
    assert not desk.directory.by_id["s1"].note
    report = brought(desk, tmp_path, place_line(900002, "Bulung", "Булуң,Тиксоо", lat=41.5))
    assert [(p.code, p.value) for p in report.problems if p.level == "error"] == [("places_show_more", "s1")]
    assert not report.applied


def test_a_center_that_would_lose_its_place_is_asked_about(desk: TestDesk, tmp_path: Path) -> None:
    desk.bring(CENTER + "a1,ngo,А,KG-N,Ортоко,114,yes\nb1,ngo,Б,,Жергетал,114,yes\nc1,ngo,В,KG-N,Нарын,114,yes\n")
    first = place_line(900001, "Ortoko", "Ортоко")
    report = brought(desk, tmp_path, first)
    assert (report.centers.gained, report.centers.lost) == (("a1",), ())
    second = place_line(900002, "Ortoko", "Ортоко", lat=41.6)
    moved = place_line(NARYN, "Naryn", lat=41.43, lon=75.99)
    report = brought(desk, tmp_path, first, second, moved)
    assert (report.outcome, report.applied, report.centers.lost, report.centers.moved) == (
        "ask",
        False,
        ("a1",),
        ("c1",),
    )
    assert desk.directory.by_id["a1"].place_id == "900001"
    report = brought(desk, tmp_path, first, second, moved, accept=frozenset({"centers_lose_place"}))
    assert (report.outcome, report.applied, desk.directory.by_id["a1"].place_id) == ("ok_fixed", True, "")


def test_a_desk_that_was_opened_before_publishes_no_place_away(desk: TestDesk, tmp_path: Path) -> None:
    early = replace(desk.desk)
    brought(desk, tmp_path, VILLAGE)
    early.publish()
    data = (CENTER + "a1,ngo,А,KG-N,Jangy-Bulun,114,yes\n").encode()
    early.import_file(data, "x.csv", Wanted(apply=True))
    assert desk.directory.by_id["a1"].place_id == "900001"
    assert "900001" in desk.directory.places.by_id


def test_without_borders_nothing_is_brought(desk: TestDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(resources.folder("geodata"), tmp_path / "geodata", ignore=shutil.ignore_patterns("border.geojson"))
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    report = brought(desk, tmp_path, VILLAGE)
    assert (report.outcome, codes(report)) == ("file_error", ["borders_missing"])
    (tmp_path / "geodata" / "border.geojson").write_text("{}")
    report = brought(desk, tmp_path, VILLAGE)
    assert (report.outcome, codes(report)) == ("file_error", ["borders_missing"])


def test_going_back_leaves_the_places(desk: TestDesk, tmp_path: Path) -> None:
    desk.bring(CENTER + "a1,ngo,А,KG-N,Jangy-Bulun,114,yes\n")
    brought(desk, tmp_path, VILLAGE, names=(name_line(900001, "ru", "Булун"),))
    desk.bring("id,phones\na1,117\n")
    desk.back_to(1)
    assert desk.directory.by_id["a1"].phones[0].number == "114"
    assert desk.directory.by_id["a1"].place_id == "900001"
