"""The command line as people and programs use it: exit codes, JSON that is relied on, a process that is killed."""

from __future__ import annotations

import atexit
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from legalmap.cli import MODULES, main
from legalmap.directory.editions import Editions
from legalmap.store import Store, centers
from tests.conftest import ROOT, clean_environment
from tests.desk.conftest import TestDesk

HEADER = "id,kind,name_ru,oblast,settlement,phones,show_location\n"
ONE = HEADER + "a1,flac,Центр А,KG-N,Нарын,0312510263,yes\n"


class Terminal:
    """Runs `legalmap` on an instance of its own: in this process, or in one of its own where that is what is asked."""

    def __init__(self, folder: Path) -> None:
        self.instance = folder / "instance"
        self.folder = folder
        self.environment = clean_environment(self.instance) | {"LC_ALL": "C.UTF-8"}

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "legalmap.cli", *words],
            cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def _ended(self, *words: str, alone: bool) -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        if alone:
            process = self.start(*words)
            out, err = process.communicate(timeout=120)
            return process.returncode, out, err
        unset = dict.fromkeys(name for name in os.environ if name.startswith("LEGALMAP_"))
        result = CliRunner().invoke(main, words, env={**unset, **self.environment}, catch_exceptions=False)
        return result.exit_code, result.stdout, result.stderr

    def run(self, *words: str, code: int = 0, alone: bool = False) -> str:
        exit_code, out, err = self._ended(*words, alone=alone)
        assert exit_code == code, f"{words}: exit {exit_code}\n{out}\n{err}"
        assert "Traceback" not in err
        return out if code in {0, 1} else out + err

    def json(self, *words: str, code: int = 0, alone: bool = False) -> Any:
        return json.loads(self.run(*words, "--json", code=code, alone=alone))

    def json_whatever(self, *words: str) -> Any:
        _, out, _ = self._ended(*words, "--json", alone=False)
        return json.loads(out)

    def file(self, text: str, name: str = "file.csv") -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


@cache
def _begun() -> Path:
    """What `legalmap init` makes, once for all tests of a process."""
    folder = Path(tempfile.mkdtemp(prefix="legalmap-begun-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Terminal(folder)
    made.run("init", alone=True)
    return made.instance


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path)
    shutil.copytree(_begun(), made.instance)
    return made


def test_import_prints_the_one_object_that_programs_rely_on(terminal: Terminal) -> None:
    told = terminal.json("import", terminal.file(ONE), "--apply")
    assert list(told) == ["outcome", "applied", "act", "edition", "file", "counts", "problems", "changes", "summary"]
    assert (told["outcome"], told["applied"], told["edition"]) == ("ok_fixed", True, 2)
    assert isinstance(told["act"], str)
    assert {key: told["file"][key] for key in ("name", "bytes", "encoding", "delimiter", "rows")} == {
        "name": "file.csv", "bytes": len(ONE.encode()), "encoding": "utf-8", "delimiter": ",", "rows": 1,
    }  # fmt: skip
    assert len(told["file"]["sha256"]) == 64
    assert told["counts"] == {"new": 1, "changed": 0, "unchanged": 0, "refused": 0, "removed": 0}
    problem = told["problems"][0]
    assert list(problem) == ["line", "column", "value", "code", "level", "message"]
    assert (problem["line"], problem["column"], problem["code"], problem["level"]) == (
        2, "settlement", "point_of_settlement", "notice",
    )  # fmt: skip
    change = told["changes"][0]
    assert (change["id"], change["line"], change["change"]) == ("a1", 2, "new")
    assert change["fields"]["phones"] == ["", "+996312510263"]


@pytest.mark.parametrize(
    ("text", "outcome", "code"),
    [
        (HEADER + "a1,flac,А,KG-N,,,yes\n", "ok", 0),
        (ONE, "ok_fixed", 0),
        (HEADER + "a1,flac,А,Narnia,,,yes\n", "row_error", 1),
        (HEADER + "a1,flac,Приют,KG-N,,,\n", "ask", 1),
        (HEADER + "a1,flac,Приют,KG-N,,,\nb1,flac,А,Narnia,,,yes\n", "ask", 1),
        ("", "file_error", 2),
    ],
)
def test_each_outcome_has_its_exit_code_and_only_good_ones_apply(
    terminal: Terminal, text: str, outcome: str, code: int
) -> None:
    told = terminal.json("import", terminal.file(text), "--apply", code=code, alone=True)
    assert (told["outcome"], told["applied"]) == (outcome, code == 0)


def test_problems_are_worded_in_the_language_asked_for(terminal: Terminal) -> None:
    file = terminal.file(HEADER + "a1,flac,А,Narnia,,,yes\n")
    texts = {
        lang: terminal.json("import", file, "--lang", lang, code=1)["problems"][0]["message"]
        for lang in ("ky", "ru", "en")
    }
    assert len(set(texts.values())) == 3
    assert "облус" in texts["ky"]
    assert "Области" in texts["ru"]


def test_a_question_needs_its_own_yes(terminal: Terminal) -> None:
    file = terminal.file(HEADER + "a1,flac,Приют,KG-N,,,\n")
    assert "is not a question" in terminal.run("import", file, "--accept", "nonsense", code=2)
    assert not terminal.json("import", file, "--apply", "--accept", "id_similar", code=1)["applied"]
    told = terminal.json("import", file, "--apply", "--accept", "show_location_unclear")
    assert (told["outcome"], told["applied"]) == ("ok_fixed", True)


def test_export_comes_back_with_no_change_and_geojson_holds_only_what_is_public(terminal: Terminal) -> None:
    text = ONE + "s1,shelter,Тихий дом,KG-Y,Каракол,0555123456,no\n"
    terminal.run("import", terminal.file(text), "--apply")
    desk = terminal.folder / "desk.csv"
    terminal.run("export", "-o", str(desk))
    assert desk.stat().st_mode & 0o077 == 0
    told = terminal.json("import", str(desk), "--apply")
    assert (told["counts"]["unchanged"], told["act"], told["outcome"]) == (2, None, "ok")
    assert terminal.run("export").startswith("\ufeffid,kind,status")
    public = json.loads(terminal.run("export", "--format", "geojson"))
    shelter = next(feature for feature in public["features"] if feature["properties"]["id"] == "s1")
    assert shelter["geometry"] is None
    assert "Каракол" not in json.dumps(shelter, ensure_ascii=False)


def test_nearest_lists_k_with_a_point_then_those_without(terminal: Terminal) -> None:
    text = (
        HEADER + "a1,flac,А,KG-N,Нарын,114,yes\nb1,flac,Б,KG-GB,Бишкек,114,yes\nc1,flac,В,KG-C,,114,yes\n"
        "h1,helpline,Линия,,,117,yes\nx1,flac,Г,KG-O,Ош,114,yes\n"
    )
    terminal.run("import", terminal.file(text), "--apply")
    found = terminal.json("nearest", "41.43", "75.99", "-k", "2")
    assert [row["id"] for row in found] == ["a1", "b1", "c1"]
    assert [row["meters"] is None for row in found] == [False, False, True]
    assert {"id", "number", "name", "meters", "approximate"} <= set(found[0])
    assert terminal.json("nearest", "-41.43", "-175.99", "-k", "1")[0]["meters"] > 10_000_000
    assert terminal.json("nearest", "41", "75", "--kind", "helpline") == []
    assert "latitude" in terminal.run("nearest", "91", "0", code=2)


def test_places_find_gives_ids_names_and_points(terminal: Terminal) -> None:
    found = terminal.json("places", "find", "нарын")
    assert found[0] == {
        "id": "1527592", "name_ky": "Нарын", "name_ru": "Нарын", "name_en": "Naryn", "oblast": "KG-N",
        "rayon": "", "lat": 41.4283, "lon": 75.9957,
        "near": {"id": "1528796", "name_ky": "Ат-Башы", "name_ru": "Ат-Баши", "name_en": "At-Bashy", "meters": 33045},
    }  # fmt: skip
    assert terminal.json("places", "find", "Исфана")[0]["name_ky"] == "Раззаков"


def test_editions_rollback_and_publish_tell_what_they_do(terminal: Terminal) -> None:
    terminal.run("import", terminal.file(ONE), "--apply")
    terminal.run("import", terminal.file(ONE.replace("0312510263", "114")), "--apply")
    assert [row["edition"] for row in terminal.json("editions")] == [1, 2, 3]
    plan = terminal.json("rollback", "2")
    assert (plan["applied"], plan["changes"][0]["fields"]["phones"]) == (False, ["114", "+996312510263"])
    assert terminal.json("rollback", "2", "--apply")["edition"] == 4
    assert [row["edition"] for row in terminal.json("editions") if row["current"]] == [4]
    assert "4" in terminal.run("publish")
    assert "99" in terminal.run("rollback", "99", code=2)


def test_doctor_names_what_is_broken(terminal: Terminal) -> None:
    assert all(check["ok"] for check in terminal.json("doctor"))
    (terminal.instance / "keys" / "sealing.key").chmod(0o644)
    (terminal.instance / "editions" / "1" / "edition.db").write_bytes(b"broken")
    bad = {check["name"] for check in terminal.json("doctor", code=1) if not check["ok"]}
    assert bad == {"sealing key", "edition"}
    (terminal.instance / "desk.db").unlink()
    assert "database" in {check["name"] for check in terminal.json("doctor", code=1) if not check["ok"]}


def test_init_is_safe_to_run_again_and_keeps_the_key(terminal: Terminal) -> None:
    key = (terminal.instance / "keys" / "sealing.key").read_bytes()
    terminal.run("import", terminal.file(ONE), "--apply")
    terminal.run("init", "--sample")
    assert (terminal.instance / "keys" / "sealing.key").read_bytes() == key
    assert list(_records(terminal)) == ["a1"]
    assert terminal.instance.stat().st_mode & 0o077 == 0


def test_faults_are_told_in_words(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("import", str(tmp_path / "no.csv"), "--lang", "ru", code=2).startswith("Файл не открывается")
    nowhere = Terminal(tmp_path / "nowhere")
    nowhere.environment["LEGALMAP_IMPORT_MAX_ROWS"] = "many"
    assert "LEGALMAP_IMPORT_MAX_ROWS" in nowhere.run("publish", code=2)
    del nowhere.environment["LEGALMAP_IMPORT_MAX_ROWS"]
    assert "legalmap init" in nowhere.run("publish", code=2, alone=True)
    assert "legalmap publish" in nowhere.run("nearest", "42", "74", code=2)


def test_a_file_or_database_that_is_not_there_is_told_as_json_too(terminal: Terminal) -> None:
    told = terminal.json_whatever("import", str(terminal.folder / "no.csv"))
    assert (told["outcome"], told["problems"][0]["code"], told["file"]) == ("file_error", "file_unreadable", None)
    (terminal.instance / "desk.db").unlink()
    told = terminal.json_whatever("import", terminal.file(ONE))
    assert (told["outcome"], told["problems"][0]["code"]) == ("file_error", "database_missing")
    assert "backup" in terminal.run("init", code=2)


def _records(terminal: Terminal) -> dict[str, Any]:
    with Store(f"sqlite:///{terminal.instance / 'desk.db'}").reading() as connection:
        return centers.records(connection)


def _kill_at(terminal: Terminal, file: str, seconds: float) -> None:
    process = terminal.start("import", file, "--apply", "--accept", "all")
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _many(version: str, count: int = 300) -> str:
    return HEADER + "".join(f"k{n},flac,{version} {n},KG-N,Нарын,114,yes\n" for n in range(count))


def _kill_loop(terminal: Terminal, kills: int) -> tuple[int, int]:
    """Kills an apply at random moments; the store and the edition are whole, old or new, each time."""
    desk = TestDesk(terminal.instance)
    old, new = _many("old"), terminal.file(_many("new"), "new.csv")
    desk.bring(old)
    started = time.monotonic()
    terminal.run("import", new, "--apply", alone=True)
    whole = time.monotonic() - started
    rng, seen = random.Random(20261122), {"old": 0, "new": 0}
    for _ in range(kills):
        desk.bring(old)
        _kill_at(terminal, new, rng.uniform(0.3, 1.05) * whole)
        (kept,) = {record.cells["name_ru"].split()[0] for record in desk.records.values()}
        editions = Editions(terminal.instance / "editions")
        (shown,) = {center.names.ru.split()[0] for center in editions.current().centers}
        assert editions.alarm is None
        assert (kept, shown) != ("old", "new")
        seen[kept] += 1
        desk.desk.publish()  # the next publish finishes what was applied
        assert {center.names.ru.split()[0] for center in desk.directory.centers} == {kept}
    return seen["old"], seen["new"]


@pytest.mark.long
def test_kill_9_at_200_moments_of_an_apply(terminal: Terminal) -> None:
    old, new = _kill_loop(terminal, 200)
    assert min(old, new) > 0


def test_an_act_that_could_not_be_published_is_a_fault_of_the_machine(terminal: Terminal) -> None:
    terminal.run("import", terminal.file(ONE), "--apply")
    shutil.move(terminal.instance / "editions", terminal.instance / "elsewhere")
    (terminal.instance / "editions").write_text("a file where the folder was")
    told = terminal.json("import", terminal.file(ONE.replace("0312510263", "114")), "--apply", code=2)
    assert (told["applied"], told["edition"], told["problems"][-1]["code"]) == (True, None, "publish_failed")


def test_a_path_in_a_file_name_is_not_told(terminal: Terminal) -> None:
    file = terminal.file(ONE)
    assert terminal.json("import", file)["file"]["name"] == "file.csv"


def test_the_sample_is_61_centers_with_its_own_questions_accepted(instance: Path) -> None:
    directory = Editions(instance / "editions").current()
    with (ROOT / "geodata" / "centers.csv").open(encoding="utf-8", newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert sorted(ids) == [center.id for center in directory.centers]
    assert len(ids) == 61
    wrong = directory.by_id["kg-1017"]
    assert (wrong.oblast, wrong.point) == ("KG-C", None)
    assert os.stat(instance / "desk.db").st_size > 0


def test_a_workbook_is_exported_by_the_name_of_its_file_and_comes_back_with_no_change(terminal: Terminal) -> None:
    terminal.run("import", terminal.file(ONE + "s1,shelter,Тихий дом,KG-Y,Каракол,0555123456,no\n"), "--apply")
    for name, more in (("d.xlsx", ()), ("d2.xlsx", ("--lang", "ru")), ("d.csv", ("--lang", "ky", "--delimiter", ";"))):
        file = terminal.folder / name
        terminal.run("export", "-o", str(file), *more)
        assert file.stat().st_mode & 0o077 == 0
        assert file.read_bytes().startswith(b"PK" if name.endswith("xlsx") else '\ufeff"Коду'.encode())
        told = terminal.json("import", str(file), "--apply")
        assert (told["counts"]["unchanged"], told["act"], told["outcome"]) == (2, None, "ok")
    assert not list(terminal.folder.glob(".*.part"))


def test_a_command_loads_what_it_needs_and_no_other_commands_libraries() -> None:
    listed = [f"{module}.{command.name}" for module in sorted(set(MODULES.values())) for command in _commands(module)]
    assert sorted(listed) == sorted(f"{module}.{name}" for name, module in MODULES.items())
    for command, needed, idle in (
        ("nearest", ["legalmap.directory"], ["argon2", "babel", "shapely", "sqlalchemy"]),
        ("job", ["sqlalchemy"], ["argon2", "openpyxl"]),
    ):
        program = (
            "import sys\nfrom legalmap.cli import main\n"
            f"main([{command!r}, '--help'], standalone_mode=False)\n"
            f"print(sorted(set({needed + idle!r}) & set(sys.modules)))"
        )
        told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
        assert told.stdout.splitlines()[-1] == repr(needed), command


def _commands(module: str) -> tuple[click.Command, ...]:
    commands: tuple[click.Command, ...] = import_module(f"legalmap.cli.{module}").COMMANDS
    return commands
