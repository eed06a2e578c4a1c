"""What is served is whole and verified, changes at once when the pointer does, and survives any broken file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import shutil
import threading
import time
from pathlib import Path

import pytest

from legalmap.directory.content import content_sha256, tables_of
from legalmap.directory.edition import EditionError, build, open_edition
from legalmap.directory.editions import Editions, NoEdition
from legalmap.model import Center, Localized, Timetable

from .conftest import NARYN, PUBLISHED_AT, TEXT, Publish, center, point_to


def spoil(path: Path, at: int = -1) -> None:
    """Flips one bit in the middle of a file, or at a byte."""
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 if at < 0 else at] ^= 1
    path.write_bytes(raw)


def rewrite(folder: Path, **fields: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | fields))


def test_an_edition_gives_back_all_that_was_written(publish: Publish) -> None:
    written = [center(1002, id="b"), center(1001, id="a")]
    directory = open_edition(publish(7, written))
    assert directory.number == 7
    assert directory.published_at == PUBLISHED_AT
    assert directory.centers == (written[1], written[0])
    assert directory.by_number[1002] is directory.by_id["b"]
    assert directory.places.by_id == {NARYN.id: NARYN}
    assert directory.texts == {TEXT.key: TEXT}
    assert directory.content_sha256 == content_sha256(tables_of(written, [NARYN], [TEXT]))


def test_only_places_that_can_be_gone_to_are_ranked() -> None:
    everyone = [
        center(1), center(2, status="closed"), center(3, kind="helpline"), center(4, kind="emergency", point=None),
        center(5, status="suspended"), center(6, point=None), center(7, status="closed", point=None),
    ]  # fmt: skip
    directory = build(1, "", PUBLISHED_AT, everyone, [], [])
    assert [one.number for one in directory.ranked] == [1, 5]
    assert [one.number for one in directory.unplaced] == [6]
    assert len(directory.centers) == 7


@pytest.mark.parametrize("twins", [[center(1, id="a"), center(2, id="a")], [center(1, id="a"), center(1, id="b")]])
def test_two_centers_of_one_number_or_id_are_refused(twins: list[Center]) -> None:
    with pytest.raises(EditionError, match="share"):
        build(1, "", PUBLISHED_AT, twins, [], [])


@pytest.mark.parametrize("name", ["edition.db", "directory.json"])
def test_one_flipped_bit_in_any_file_is_noticed(publish: Publish, name: str) -> None:
    folder = publish(3)
    for at in range(0, (folder / name).stat().st_size, 997):
        spoil(folder / name, at)
        with pytest.raises(EditionError, match=name):
            open_edition(folder)
        spoil(folder / name, at)
    open_edition(folder)


def test_every_flipped_bit_of_the_manifest_is_noticed_through_the_pointer(editions: Path, publish: Publish) -> None:
    publish(1, flip=False)
    folder = publish(2)
    for at in range(0, (folder / "manifest.json").stat().st_size, 7):
        spoil(folder / "manifest.json", at)
        started = Editions(editions)
        assert started.current().number == 1
        assert "manifest.json" in (started.alarm or "")
        spoil(folder / "manifest.json", at)
    assert Editions(editions).current().number == 2


@pytest.mark.parametrize("name", ["edition.db", "directory.json", "manifest.json"])
def test_a_missing_file_is_noticed(publish: Publish, name: str) -> None:
    folder = publish(3)
    (folder / name).unlink()
    with pytest.raises(EditionError, match="edition 3"):
        open_edition(folder)


@pytest.mark.parametrize(
    "fields",
    [
        {"schema": 2},
        {"edition": 4},
        {"edition": "../3"},
        {"centers": 2},
        {"published_at": "2026-11-22T12:00:00"},
        {"published_at": "soon"},
        {"published_at": None},
        {"files": {}},
        {"files": []},
        {"files": {"edition.db": {}}},
        {"files": {"../3/edition.db": {"sha256": "", "bytes": 0}, "edition.db": {}}},
    ],
)
def test_a_manifest_that_says_something_else_is_refused(publish: Publish, fields: dict[str, object]) -> None:
    folder = publish(3)
    rewrite(folder, **fields)
    with pytest.raises(EditionError, match="edition 3"):
        open_edition(folder)


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"[" * 100_000, b"\xff", b"{}", b'{"schema": NaN}'])
def test_any_other_manifest_is_refused(publish: Publish, raw: bytes) -> None:
    folder = publish(3)
    (folder / "manifest.json").write_bytes(raw)
    with pytest.raises(EditionError, match="edition 3"):
        open_edition(folder)


def test_a_database_of_another_shape_is_refused(publish: Publish) -> None:
    folder = publish(3)
    for content in (b"", b"no database at all"):
        (folder / "edition.db").write_bytes(content)
        promised = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        rewrite(folder, files={"edition.db": promised})
        with pytest.raises(EditionError, match="edition 3"):
            open_edition(folder)


def test_a_new_edition_is_served_at_the_next_call(editions: Path, publish: Publish) -> None:
    publish(1)
    served = Editions(editions)
    first = served.current()
    assert served.current() is first
    publish(2, [center(1001, names=Localized(ky="Жаңы"))])
    assert served.current().number == 2
    assert served.current().by_number[1001].names.ky == "Жаңы"
    assert first.number == 1


def test_back_to_an_older_edition_is_noticed_too(editions: Path, publish: Publish) -> None:
    older = publish(1)
    publish(2)
    served = Editions(editions)
    assert served.current().number == 2
    point_to(editions, older)
    assert served.current().number == 1


@pytest.mark.parametrize(
    "raw",
    [b"", b"2", b"\x00\xff", b"2 " + b"0" * 64, b"../2 " + b"0" * 64, b"9 " + b"a" * 64, b"x" * 100_000, b"-1 a\n"],
)
def test_a_broken_pointer_leaves_the_last_good_edition(
    editions: Path, publish: Publish, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    publish(1)
    served = Editions(editions, retry_s=0)
    served.current()
    publish(2, flip=False)
    (editions / "current").write_bytes(raw)
    with caplog.at_level(logging.ERROR, logger="legalmap.edition"):
        for _ in range(3):
            assert served.current().number == 1
    assert served.alarm
    assert len(caplog.records) == 1


def test_a_missing_pointer_or_folder_leaves_the_last_good_edition(editions: Path, publish: Publish) -> None:
    publish(1)
    served = Editions(editions)
    first = served.current()
    publish(2, flip=False)
    (editions / "current").unlink()
    assert served.current() is first
    shutil.rmtree(editions)
    assert served.current() is first
    assert "current cannot be read" in (served.alarm or "")


def test_a_bad_edition_is_refused_and_the_alarm_ends_with_a_good_one(
    editions: Path, publish: Publish, caplog: pytest.LogCaptureFixture
) -> None:
    publish(1)
    served = Editions(editions, retry_s=0)
    served.current()
    spoil(publish(2, flip=False) / "edition.db")
    point_to(editions, editions / "2")
    with caplog.at_level(logging.ERROR, logger="legalmap.edition"):
        assert [served.current().number for _ in range(3)] == [1, 1, 1]
    assert served.alarm == "edition 2: edition.db is not the one that manifest.json names"
    assert len(caplog.records) == 1
    publish(3)
    assert served.current().number == 3
    assert served.alarm is None


def test_an_edition_that_heals_is_read_again_without_a_new_pointer(editions: Path, publish: Publish) -> None:
    publish(1)
    served = Editions(editions, retry_s=0)
    served.current()
    database = publish(2, flip=False) / "edition.db"
    spoil(database)
    point_to(editions, editions / "2")
    assert served.current().number == 1
    spoil(database)
    assert served.current().number == 2
    assert served.alarm is None


def test_a_cold_start_takes_the_newest_good_edition_but_the_refused_one(editions: Path, publish: Publish) -> None:
    publish(1)
    publish(2)
    spoil(publish(10, flip=False) / "edition.db")
    publish(11, flip=False)
    spoil(publish(9, flip=False) / "directory.json")
    point_to(editions, editions / "10")
    (editions / "12.building").mkdir()
    served = Editions(editions)
    assert served.current().number == 11
    assert "edition 10" in (served.alarm or "")


@pytest.mark.parametrize(("oldest", "served"), [("2\n", 2), ("1\n", 2), ("3\n", None), ("broken", None)])
def test_a_cold_start_never_falls_back_behind_the_oldest_that_may_be_shown(
    editions: Path, publish: Publish, oldest: str, served: int | None
) -> None:
    publish(1)
    publish(2)
    spoil(publish(3) / "edition.db")
    (editions / "oldest").write_text(oldest)
    if served:
        assert Editions(editions).current().number == served
    else:
        with pytest.raises(NoEdition):
            Editions(editions).current()


def test_a_cold_start_without_a_pointer_takes_the_newest_good_edition(editions: Path, publish: Publish) -> None:
    publish(1, flip=False)
    publish(2, flip=False)
    served = Editions(editions)
    assert served.current().number == 2
    assert served.alarm


def test_with_no_edition_at_all_there_is_no_answer_until_there_is_one(editions: Path, publish: Publish) -> None:
    served = Editions(editions)
    with pytest.raises(NoEdition, match="current"):
        served.current()
    publish(1)
    assert served.current().number == 1


def test_two_instances_do_not_know_each_other(tmp_path: Path, editions: Path, publish: Publish) -> None:
    publish(1)
    other = tmp_path / "other"
    shutil.copytree(editions, other)
    here, there = Editions(editions), Editions(other)
    assert here.current().number == there.current().number == 1
    publish(2)
    assert (here.current().number, there.current().number) == (2, 1)


def test_many_threads_see_whole_editions_only(editions: Path, publish: Publish) -> None:
    publish(1, [center(number) for number in range(1, 2)])
    served = Editions(editions)
    seen: set[tuple[int, int]] = set()
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            directory = served.current()
            seen.add((directory.number, len(directory.centers)))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(2, 12):
        publish(number, [center(one) for one in range(1, number + 1)])
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    assert served.current().number == 11
    assert seen <= {(number, number) for number in range(1, 12)}
    assert len(seen) > 2


def test_a_worker_answers_from_the_edition_before_while_a_large_one_is_read(editions: Path, publish: Publish) -> None:
    publish(1)
    served = Editions(editions)
    assert served.current().number == 1
    served.patience_s = 0.0
    publish(2, [center(number) for number in range(1, 2_000)])
    assert served.current().number == 1
    until = time.monotonic() + 20
    while served.current().number == 1 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(served.current().centers) == 1_999


def test_reading_writes_nothing_beside_the_edition(editions: Path, publish: Publish) -> None:
    folder = publish(1)
    before = sorted(path.name for path in folder.iterdir())
    Editions(editions).current()
    assert sorted(path.name for path in folder.iterdir()) == before


def test_10_000_centers_of_few_timetables_are_read_and_share_them(publish: Publish) -> None:
    day = dt.date(2026, 1, 1)
    hours = [
        Timetable(
            text=f"Mo-Fr 09:00-{hour}:00",
            weekly=tuple((weekday * 1440 + 540, weekday * 1440 + hour * 60) for weekday in range(5)),
            exceptions={day + dt.timedelta(days=offset): () for offset in range(0, 400, 20)},
        )
        for hour in range(12, 24)
    ]
    folder = publish(1, [center(number, hours=hours[number % 12]) for number in range(10_000)])
    directory = open_edition(folder)
    assert len(directory.ranked) == 10_000
    assert len({id(center.hours) for center in directory.ranked}) == 12
