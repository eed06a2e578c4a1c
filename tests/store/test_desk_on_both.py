"""The desk's whole way on either engine: the sample goes in, comes out, changes and goes back."""

from __future__ import annotations

import threading
from pathlib import Path

from legalmap import resources
from legalmap.desk.export import as_csv
from tests.desk.conftest import TestDesk
from tests.store.conftest import NewUrl


def test_the_sample_goes_in_comes_back_unchanged_and_rolls_back(made_url: NewUrl, tmp_path: Path) -> None:
    desk = TestDesk(tmp_path / "instance", database=made_url())
    sample = (resources.folder("geodata") / "centers.csv").read_bytes()
    assert desk.bring(sample, accept=("all",)).plan.count("new") == 61
    assert desk.bring(as_csv(desk.records.values())).plan.count("unchanged") == 61
    desk.bring("id,phones,verified_on,verified_by\nkg-1010,0555123456,2026-11-01,phone\n")
    assert desk.directory.by_id["kg-1010"].verified_by == "phone"
    assert desk.back_to(1).edition == 3
    assert desk.directory.by_id["kg-1010"].phones == ()
    assert desk.records["kg-1010"].cells["verified_on"] == ""


def test_imports_at_once_lose_nothing_and_share_no_number(made_url: NewUrl, tmp_path: Path) -> None:
    desk = TestDesk(tmp_path / "instance", database=made_url())
    header = "id,kind,name_ru,oblast,show_location\n"
    files = [header + f"a{n},flac,Центр {n},KG-N,yes\nb{n},flac,Второй {n},KG-N,yes\n" for n in range(6)]
    threads = [threading.Thread(target=desk.bring, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [record.number for record in desk.records.values()]
    assert len(numbers) == len(set(numbers)) == 12
    assert len(desk.directory.centers) == 12
    assert desk.directory.number == 6
