"""Publishing: whole editions only, numbered, finished when interrupted, never with a hidden word."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from legalmap.desk.edition_folder import KEPT
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.instance import make_instance
from legalmap.desk.publish import PublishRefused
from legalmap.directory import columns
from legalmap.directory.editions import NoEdition
from legalmap.store import StoreError, centers
from tests import disks
from tests.desk.conftest import NOW, TestDesk, codes

FILE = "id,kind,name_ru,oblast,settlement,phones,show_location\na1,flac,Центр,KG-N,Нарын,114,yes\n"
SECRET = (
    "id,kind,name_ru,oblast,rayon,settlement,address,address_ru,directions_ky,lat,lon,show_location,phones,email,website,"
    "hours,services,note_en,source,source_date,internal_note,internal_contact,bring_ru,slip_name\n"
    "s1,shelter,Тихий дом,KG-Y,Ак-Суу району,Каракол,Секретная 77,Секретная 77,ТайныйПуть,42.490001,78.390001,"
    "no,0555123456,secret@mail.kg,https://secret.kg,Mo-Fr 09:00-18:00,СекретУслуга,SecretNote,"
    "SecretSource,2020,SecretInternal,SecretContact,паспорт,SecretSlip\n"
)


def pointer(desk: TestDesk) -> str:
    return (desk.settings.editions / "current").read_text(encoding="ascii")


def test_a_hidden_row_leaves_no_trace_in_any_byte_of_the_edition(desk: TestDesk) -> None:
    assert desk.bring(SECRET).applied
    folder = desk.settings.editions / "1"
    (folder / "directory.json.txt").write_bytes(_unpacked(folder))
    everything = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    seen = everything.decode("utf-8", errors="replace").casefold()
    for secret in ("секретн", "тайныйпуть", "42.490001", "78.390001", "secret"):
        assert secret not in seen, secret
    center = desk.directory.by_id["s1"]
    assert (center.point, center.rayon, center.settlement, center.place_id, center.hours) == (None, "", "", "", None)
    assert (center.oblast, center.phones[0].number, center.bring.ru) == ("KG-Y", "+996555123456", "паспорт")


def _unpacked(folder: Path) -> bytes:
    import gzip

    import brotli

    return gzip.decompress((folder / "directory.json.gz").read_bytes()) + brotli.decompress(
        (folder / "directory.json.br").read_bytes()
    )


def test_publishing_again_makes_no_new_edition_unless_the_content_differs(desk: TestDesk) -> None:
    desk.bring(FILE)
    assert not desk.desk.publish().fresh
    desk.bring("id,hours\na1,Mo-Fr 09:00-18:00\n")
    assert not desk.desk.publish().fresh
    desk.at(NOW + dt.timedelta(days=200))  # other holidays fall into the next 400 days
    assert (desk.desk.publish().fresh, desk.directory.number) == (True, 3)


@pytest.mark.own_files
def test_an_act_that_was_applied_but_not_published_is_finished_by_the_next_publish(desk: TestDesk) -> None:
    desk.bring(FILE)
    desk.bring(FILE.replace("114", "117"))
    shutil.rmtree(desk.settings.editions / "2")
    before = pointer(desk)
    published = desk.desk.publish()
    assert (published.number, published.fresh) == (2, True)
    assert pointer(desk) == before.replace(before.split()[1], pointer(desk).split()[1])
    assert desk.directory.by_id["a1"].phones[0].number == "117"


@pytest.mark.parametrize("name", ["edition.db", "manifest.json", "directory.json", "directory.json.br"])
def test_a_broken_current_edition_is_built_again(desk: TestDesk, name: str) -> None:
    desk.bring(FILE)
    (desk.settings.editions / "1" / name).write_bytes(b"broken")
    assert desk.desk.publish().fresh
    assert desk.directory.number == 1


def test_an_edition_of_another_layout_is_replaced(desk: TestDesk) -> None:
    desk.bring(FILE)
    folder = desk.settings.editions / "1"
    database = sqlite3.connect(folder / "edition.db")
    database.execute("DROP TABLE rayons")
    database.commit()
    database.close()
    _seal_again(desk.settings.editions, folder)
    desk.bring(FILE.replace("114", "117"))
    assert desk.directory.number == 2


def _seal_again(editions: Path, folder: Path) -> None:
    """Makes manifest and pointer agree with the files as they are now."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    data = (folder / "edition.db").read_bytes()
    manifest["files"]["edition.db"] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    (editions / "current").write_text(f"{folder.name} {digest}\n", encoding="ascii")


def test_a_lost_pointer_is_written_again(desk: TestDesk) -> None:
    desk.bring(FILE)
    (desk.settings.editions / "current").unlink()
    assert desk.desk.publish().number == 1
    assert desk.directory.number == 1


def test_what_a_killed_publisher_left_is_swept_and_never_served(desk: TestDesk) -> None:
    desk.bring(FILE)
    left = desk.settings.editions / ".building-dead"
    left.mkdir()
    (left / "edition.db").write_bytes(b"half")
    desk.bring(FILE.replace("114", "117"))
    assert not left.exists()
    assert desk.directory.number == 2


def test_old_editions_are_swept_but_history_brings_them_back(desk: TestDesk) -> None:
    for number in range(KEPT + 4):
        desk.bring(FILE.replace("Центр", f"Центр {number}"))
    folders = {int(path.name) for path in desk.settings.editions.iterdir() if path.name.isdigit()}
    assert len(folders) == KEPT + 1
    assert 1 not in folders
    desk.back_to(1)
    assert desk.directory.by_id["a1"].names.ru == "Центр 0"


@pytest.mark.parametrize(
    "tighter",
    [
        "id,show_location\na1,no\n", "id,status\na1,closed\n", "id,phones\na1,-\n", "id,settlement\na1,-\n",
        "id,phones\na1,114\n",
    ],
)  # fmt: skip
def test_no_older_edition_is_left_that_shows_more_than_the_current_one(desk: TestDesk, tighter: str) -> None:
    desk.bring(FILE)
    desk.bring(FILE.replace("114", "117; 114"))
    assert (desk.settings.editions / "1").exists()
    desk.bring(tighter)
    folders = {path.name for path in desk.settings.editions.iterdir() if path.name.isdigit()}
    assert folders == {"3"}
    (desk.settings.editions / "3" / "edition.db").write_bytes(b"broken")
    with pytest.raises(NoEdition):
        _ = desk.directory


@pytest.mark.parametrize("fault", ["pointer", "edition"])
def test_hiding_something_while_the_current_edition_is_broken_lets_no_older_one_be_served(
    desk: TestDesk, fault: str
) -> None:
    desk.bring(FILE)
    desk.bring(FILE.replace("114", "117"))
    if fault == "pointer":
        (desk.settings.editions / "current").unlink()
    else:
        (desk.settings.editions / "2" / "edition.db").write_bytes(b"broken")
    desk.bring("id,show_location\na1,no\n")
    (desk.settings.editions / "3" / "edition.db").write_bytes(b"broken")
    with pytest.raises(NoEdition):
        _ = desk.directory


def test_a_rayon_nobody_knows_is_no_area_of_a_hidden_row(desk: TestDesk) -> None:
    desk.bring("id,kind,name_ru,show_location,area\ns1,shelter,Дом,no,Кочкор району; country\n")
    assert desk.directory.by_id["s1"].area == ("KG-N", "country")
    desk.desk = replace(desk.desk, gazetteer=lambda _: Gazetteer((), ()))
    desk.desk.publish()
    assert desk.directory.by_id["s1"].area == ("country",)


def test_an_emptied_note_costs_no_older_edition(desk: TestDesk) -> None:
    desk.bring(FILE.replace("show_location\n", "show_location,note_ru\n").replace("yes\n", "yes,слово\n"))
    desk.bring("id,note_ru\na1,-\n")
    (desk.settings.editions / "2" / "edition.db").write_bytes(b"broken")
    assert desk.directory.number == 1


def test_a_text_that_begins_with_a_bracket_is_a_text(desk: TestDesk) -> None:
    header, row = FILE.splitlines()
    desk.bring(f"{header},directions_ky\n{row},[короо ичинде\n")
    assert desk.bring(f"{header},directions_ky\n{row},-\n").edition == 2
    assert [path.name for path in desk.settings.editions.glob("[1-9]*")] == ["2"]


@pytest.mark.own_files
def test_an_act_left_unpublished_is_published_by_the_same_file_again(desk: TestDesk) -> None:
    desk.bring(FILE)
    desk.bring(FILE.replace("114", "117"))
    shutil.rmtree(desk.settings.editions / "2")
    report = desk.bring(FILE.replace("114", "117"))
    assert (report.act, report.edition, desk.directory.number) == (None, 2, 2)


def test_an_instance_in_an_open_folder_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    desk = TestDesk(tmp_path / "open")
    assert desk.settings.instance.stat().st_mode & 0o077 == 0
    assert (desk.settings.instance / "desk.db").stat().st_mode & 0o077 == 0


@pytest.mark.own_files
def test_a_lost_database_is_not_replaced_by_an_empty_one(desk: TestDesk) -> None:
    desk.bring(FILE)
    (desk.settings.instance / "desk.db").unlink()
    for attempt in (lambda: desk.bring(FILE, apply=False), lambda: make_instance(desk.settings)):
        with pytest.raises(StoreError) as fault:
            attempt()
        assert fault.value.code in {"database_missing", "database_lost"}
    assert not (desk.settings.instance / "desk.db").exists()
    assert desk.directory.by_id["a1"]


def test_publishing_refuses_a_hidden_word_and_names_the_center(desk: TestDesk) -> None:
    desk.bring(FILE)
    with desk.desk.store.writing() as connection:
        leaky = {"kind": "shelter", "show_location": "no", "settlement": "Каракол", "name_ru": "Дом в Караколе"}
        centers.add(connection, {"leaky": leaky}, 1002)
    with pytest.raises(PublishRefused) as refusal:
        desk.desk.publish()
    assert [(problem.value, problem.column) for problem in refusal.value.problems] == [("leaky", "name_ru")]
    assert "leaky" not in desk.directory.by_id


def test_the_edition_opens_as_an_ordinary_sqlite_file(desk: TestDesk) -> None:
    desk.bring(FILE)
    database = sqlite3.connect(desk.settings.editions / "1" / "edition.db")
    assert database.execute("SELECT id, name_ru, approximate FROM centers").fetchall() == [("a1", "Центр", 1)]
    assert database.execute("SELECT count(*) FROM places").fetchone()[0] >= 111
    database.close()
    manifest = json.loads((desk.settings.editions / "1" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["edition"], manifest["centers"]) == (1, 1)


def test_the_content_hash_knows_neither_number_nor_time(desk: TestDesk, tmp_path: Path) -> None:
    other = TestDesk(tmp_path / "other")
    desk.bring(FILE)
    other.bring(FILE.replace("114", "117"))
    other.at(NOW + dt.timedelta(minutes=5))
    other.bring(FILE)
    assert desk.directory.content_sha256 == other.directory.content_sha256
    assert desk.directory.number != other.directory.number


def test_an_empty_directory_is_published_and_served(desk: TestDesk) -> None:
    assert desk.desk.publish().number == 1
    assert desk.directory.centers == ()


def test_more_towns_than_a_phones_file_holds_are_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = TestDesk(tmp_path / "instance")
    assert desk.bring("id,name_ky,phones,oblast,settlement\na,А,0312 611111,KG-GB,Бишкек\n", accept=("all",)).applied
    monkeypatch.setattr(columns, "MOST", 1)
    refused = desk.bring("id,name_ky,phones,oblast,settlement\nb,Б,0312 611112,KG-O,Ош\n", accept=("all",))
    assert "publish_many_towns" in [problem.code for problem in refused.plan.problems]
    with pytest.raises(PublishRefused):
        desk.desk.publish()


@pytest.mark.own_files
def test_a_full_disk_leaves_the_old_edition_whole_and_says_so(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", 1500) as disk:
        desk = TestDesk(disk.folder / "instance")
        assert desk.bring(FILE).edition == 1
        disk.leave(0)
        with pytest.raises(StoreError) as fault:
            desk.bring("id,services\na1," + "я" * 1900 + "\n")
        assert fault.value.code == "disk_full"
        assert (desk.directory.number, desk.records["a1"].cells["name_ru"]) == (1, "Центр")
        disk.leave(70_000)
        report = desk.bring(FILE.replace("Центр", "Другой"))  # room for the act, not for the edition
        assert (report.applied, report.edition, codes(report)) == (True, None, ["publish_failed"])
        assert desk.directory.by_id["a1"].names.ru == "Центр"
        disk.make_room()
        assert desk.desk.publish().number == 2
        assert desk.directory.by_id["a1"].names.ru == "Другой"
