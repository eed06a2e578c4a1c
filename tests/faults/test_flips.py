"""One bit of a file is another one: it is noticed and told, and the last good edition serves. Nothing is served that
nobody published."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from legalmap.desk import doctor
from legalmap.directory.editions import Editions
from legalmap.people import audit_check
from legalmap.people.keys import Keys
from legalmap.store import StoreError
from tests.desk.conftest import TestDesk
from tests.faults.conftest import Results
from tests.faults.test_kills import rows, shown
from tests.staff import add_user
from tests.test_wheel import built

pytestmark = pytest.mark.own_files
CHANCE = random.Random(20261123)


def flip(path: Path) -> Callable[[], None]:
    """Turns one bit of the file; what turns it back."""
    good = path.read_bytes()
    at = CHANCE.randrange(len(good))
    path.write_bytes(good[:at] + bytes([good[at] ^ 1 << CHANCE.randrange(8)]) + good[at + 1 :])
    return lambda: (path.write_bytes(good), None)[1]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    """Two editions and an admin with a phone."""
    made = TestDesk(tmp_path_factory.mktemp("flips") / "instance")
    for version in ("first", "old"):
        assert made.bring(rows(version)).applied
    add_user(made.desk.store, Keys(made.settings.people_key), "admin")
    return made


times = pytest.mark.parametrize("many", [6, pytest.param(100, marks=pytest.mark.long)])


@times
def test_a_flip_in_an_edition_is_refused_and_the_one_before_serves(desk: TestDesk, results: Results, many: int) -> None:
    files = [desk.settings.editions / "current", *sorted((desk.settings.editions / "2").iterdir())]
    for number in range(2 * many):
        path = files[number % len(files)]
        cure = flip(path)
        editions = Editions(desk.settings.editions)
        directory = editions.current()
        assert editions.alarm, path.name
        (version,) = {center.names.ru.split()[0] for center in directory.centers}
        # a pointer that leads nowhere leaves the newest edition whole
        assert version == "first" or path.name == "current"
        assert ("edition", False) in [(one.name, one.ok) for one in doctor.examine(desk.settings, ("edition",))]
        cure()
    assert shown(desk) == "old"
    results.tell(
        "bit flips in an edition, its manifest and the pointer", 2 * many, "all noticed; the one before serves"
    )


def dump(database: Path) -> str:
    """All that a database says, as text; "" when it cannot be read."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            return "\n".join(connection.iterdump())
    except (sqlite3.Error, UnicodeDecodeError):
        return ""


def noticed(desk: TestDesk) -> bool:
    """Whether the doctor, or who verifies the audit, says something."""
    names = ("database", "history", "keys of staff", "audit", "places", "needs", "notices")
    if not all(one.ok for one in doctor.examine(desk.settings, names)):
        return True
    try:
        return bool(audit_check.verify(desk.desk.store)[1])
    except StoreError:
        return True


@times
def test_a_flip_in_the_database_changes_no_page_and_what_matters_is_noticed(
    desk: TestDesk, results: Results, many: int
) -> None:
    database, found = desk.settings.instance / "desk.db", Counter[str]()
    good = dump(database)
    for _ in range(3 * many):
        cure = flip(database)
        told, same = noticed(desk), dump(database) == good
        found["noticed" if told else "in bytes that nobody reads" if same else "not noticed"] += 1
        assert shown(desk) == "old", "pages come from the edition"
        cure()
    assert dump(database) == good
    told = ", ".join(f"{times} {word}" for word, times in sorted(found.items()))
    results.tell("bit flips in the database", 3 * many, f"{told}; pages as before")
    assert found["not noticed"] < many / 4


@times
def test_a_flip_in_a_key_is_noticed(desk: TestDesk, results: Results, many: int) -> None:
    keys = {desk.settings.people_key: "keys of staff", desk.settings.audit_key: "audit"}
    for number in range(many // 2):
        path, name = list(keys.items())[number % 2]
        cure = flip(path)
        told = {one.name for one in doctor.examine(desk.settings, ("keys of staff", "audit")) if not one.ok}
        assert name in told, (path.name, path.read_bytes())
        cure()
    results.tell("bit flips in the keys of people and of the audit", many // 2, "all noticed")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as pip installs it."""
    folder = tmp_path_factory.mktemp("program")
    with zipfile.ZipFile(built(folder / "wheel")) as wheel:
        wheel.extractall(folder / "packages")
    return folder / "packages"


SPOILED = "import sys; sys.path.insert(0, sys.argv[1]); from legalmap import installed; print(installed.spoiled())"


def spoiled(packages: Path) -> str:
    command = [sys.executable, "-I", "-c", SPOILED, str(packages)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.long
def test_a_flip_in_the_program_its_geodata_or_its_words_is_noticed(installed: Path, results: Results) -> None:
    assert spoiled(installed) == "[]\n"
    parts = ("geodata", "translations", "templates", "static")
    for number in range(60):
        part = installed / "legalmap" / parts[number % len(parts)]
        files = sorted(path for path in part.rglob("*") if path.is_file() and path.stat().st_size)
        path = CHANCE.choice(files)
        cure = flip(path)
        assert path.name in spoiled(installed)
        cure()
    results.tell("bit flips in geodata, translations, templates and static files", 60, "all noticed")
