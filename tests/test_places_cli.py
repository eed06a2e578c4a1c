"""Places by command line: imported with exit codes and JSON that programs rely on, fetched from a real server."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from legalmap.desk.known import known
from legalmap.directory.editions import Editions
from legalmap.store import Store
from tests.desk.geonames_files import from_localities, name_line, place_line, write, zipped
from tests.test_cli import Terminal, terminal

__all__ = ["terminal"]
VILLAGE = place_line(900001, "Jangy-Bulun", "Жаңы-Булуң")


def test_import_prints_the_one_object_that_programs_rely_on(terminal: Terminal) -> None:
    table = str(write(terminal.folder / "KG.txt", VILLAGE, "broken", place_line(2, "Astana", country="KZ")))
    told = terminal.json("places", "import", table)
    assert list(told) == [
        "outcome", "applied", "act", "edition", "files", "counts", "lines", "findings", "centers", "problems",
        "changes", "stayed",
    ]  # fmt: skip
    assert (told["outcome"], told["applied"], told["edition"]) == ("ok_fixed", True, 2)
    sha256 = hashlib.sha256(Path(table).read_bytes()).hexdigest()
    assert told["files"] == [{"name": "KG.txt", "bytes": os.stat(table).st_size, "sha256": sha256}]
    assert told["counts"] == {
        "known": 112, "in_file": 1, "new": 1, "changed": 0, "unchanged": 0, "removed": 0, "stayed": 0,
    }  # fmt: skip
    assert (told["lines"], told["findings"]) == ({"other_features": 1, "nobody_there": 0}, {"geonames_line_columns": 1})
    assert told["centers"] == {"lost": [], "gained": [], "moved": []}
    assert (told["problems"][0]["line"], told["problems"][0]["level"]) == (2, "notice")
    change = told["changes"][0]
    assert (change["id"], change["change"], change["fields"]["oblast"]) == ("900001", "new", [None, "KG-N"])
    again = terminal.json("places", "import", table)
    assert (again["act"], again["edition"], again["changes"]) == (None, None, [])
    assert [row["kind"] for row in terminal.json("editions")][-1] == "places"
    assert terminal.json("places", "find", "жаны булун")[0]["id"] == "900001"
    assert "112 places, 1 of them" in {check["name"]: check["detail"] for check in terminal.json("doctor")}["places"]


def test_the_report_is_told_in_the_language_asked_for(terminal: Terminal) -> None:
    table = str(write(terminal.folder / "KG.txt", VILLAGE, place_line(900002, "Almaty", lat=43.25, lon=76.9)))
    told = {lang: terminal.run("places", "import", table, "--dry-run", "--lang", lang) for lang in ("ky", "ru", "en")}
    assert "алынган жок" in told["ky"]
    assert "не взят" in told["ru"]
    assert "left out" in told["en"]


def test_each_outcome_of_an_import_has_its_exit_code(terminal: Terminal) -> None:
    table = write(terminal.folder / "KG.txt", VILLAGE, place_line(900002, "Ortoko", "Ортоко", lat=41.5))
    centers = terminal.file("id,kind,name_ru,oblast,settlement,phones\na1,flac,А,KG-N,Ортоко,114\n")
    terminal.run("import", centers, "--apply")
    terminal.run("places", "import", str(table))
    with table.open("a", encoding="utf-8") as file:
        file.write(place_line(900003, "Ortoko", "Ортоко", lat=41.6) + "\n")
    told = terminal.json("places", "import", str(table), code=1, alone=True)
    assert (told["outcome"], told["applied"], told["centers"]["lost"]) == ("ask", False, ["a1"])
    assert terminal.json("places", "import", str(table), "--accept", "centers_lose_place")["applied"]
    assert terminal.json_whatever("places", "import", "no such")["problems"][0]["code"] == "file_unreadable"
    assert "no such" in terminal.run("places", "import", "no such", code=2)
    assert "KG.txt" in terminal.run("places", "import", centers, code=2)
    (terminal.instance / "desk.db").unlink()
    assert "legalmap init" in terminal.run("places", "import", str(table), code=2)


@pytest.mark.long
def test_kill_9_during_an_import_leaves_all_old_or_all_new(terminal: Terminal) -> None:
    lines = [place_line(n, f"Ayil{n}", lat=40.9 + n % 60 / 100, lon=74.5 + n // 60 / 50) for n in range(1, 1201)]
    table = str(write(terminal.folder / "KG.txt", *lines))
    started = time.monotonic()
    terminal.run("places", "import", table, "--dry-run")
    whole = time.monotonic() - started
    rng = random.Random(20261122)
    store = Store(f"sqlite:///{terminal.instance / 'desk.db'}")
    for _ in range(4):
        process = terminal.start("places", "import", table)
        time.sleep(rng.uniform(0.5, 1.3) * whole)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with store.reading() as connection:
            kept = len(known(connection).places.by_id)
        shown = len(Editions(terminal.instance / "editions").current().places.by_id)
        assert (kept, shown) in {(111, 111), (1311, 111), (1311, 1311)}
    terminal.run("places", "import", table)
    assert len(Editions(terminal.instance / "editions").current().places.by_id) == 1311


class GeoNames(BaseHTTPRequestHandler):
    """Serves what `files` holds; the path's first part says how it misbehaves."""

    files: dict[str, bytes]

    def do_GET(self) -> None:
        _, how, name = self.path.split("/", 2)
        body = self.files.get(name, b"")
        if how == "moved":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
            return
        if how == "missing" or (how == "half" and name != "KG.zip"):
            self.send_error(404)
            return
        if how == "portal":
            body = b"<html>Please sign in to the network</html>"
        self.send_response(200)
        length = 60_000_000 if how == "huge" else len(body) + (100 if how in {"short", "stalled"} else 0)
        if how != "endless":
            self.send_header("Content-Length", str(length))
        self.send_header("Last-Modified", "Sat, 21 Nov 2026 03:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if how == "stalled":
            time.sleep(4)
        try:
            for _ in range(60 if how == "endless" else 0):
                self.wfile.write(b"x" * 1_000_000)
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    class Handler(GeoNames):
        files = {
            "KG.zip": zipped(folder / "a.zip", readme_txt="x", KG_txt=VILLAGE + "\n").read_bytes(),
            "alternatenames/KG.zip": zipped(
                folder / "b.zip", readme_txt="x", KG_txt=name_line(900001, "ru", "Булун") + "\n"
            ).read_bytes(),
        }

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_fetch_brings_both_files_and_says_how_to_import_them(terminal: Terminal) -> None:
    with serving(terminal.folder) as address:
        terminal.environment["LEGALMAP_GEONAMES"] = f"{address}/good/"
        told = terminal.json("places", "fetch")
    assert [Path(file["file"]).name for file in told["files"]] == ["KG.zip", "KG-alternates.zip"]
    for file in told["files"]:
        data = Path(file["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])
        assert file["last_modified"] == "Sat, 21 Nov 2026 03:00:00 GMT"
    words = told["import"].split()
    assert words[0] == "legalmap"
    terminal.run(*words[1:])
    (found,) = terminal.json("places", "find", "Булун")
    assert (found["name_ky"], found["name_ru"]) == ("", "Булун")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("missing", "404"), ("half", "404"), ("short", "did not come whole"), ("stalled", "nothing for"),
        ("portal", "no file of GeoNames"), ("huge", "larger than"), ("endless", "larger than"), ("moved", "302"),
    ],
)  # fmt: skip
def test_a_fetch_that_fails_says_why_and_leaves_the_earlier_files(terminal: Terminal, how: str, said: str) -> None:
    folder = terminal.folder / "files"
    folder.mkdir()
    (folder / "KG.zip").write_bytes(b"earlier")
    with serving(terminal.folder) as address:
        terminal.environment["LEGALMAP_GEONAMES"] = f"{address}/{how}"
        told = terminal.run("places", "fetch", "-o", str(folder), "--timeout", "1", code=2)
    assert said in told
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"KG.zip": b"earlier"}


def test_a_fetch_without_a_network_fails_in_words(terminal: Terminal) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        for base in (f"http://127.0.0.1:{closed.getsockname()[1]}", "http://no-such-host.invalid/"):
            terminal.environment["LEGALMAP_GEONAMES"] = base
            assert "cannot be reached" in terminal.run("places", "fetch", code=2)
    for base in ("file:///etc/", "ftp://127.0.0.1/", "dump"):
        terminal.environment["LEGALMAP_GEONAMES"] = base
        assert "http://" in terminal.run("places", "fetch", code=2)
    folder = terminal.file("a file where the folder should be")
    terminal.environment["LEGALMAP_GEONAMES"] = "http://127.0.0.1:9/"
    assert "cannot be kept" in terminal.run("places", "fetch", "-o", f"{folder}/x", code=2)


def test_the_full_gazetteer_goes_in_and_is_searched(terminal: Terminal) -> None:
    """2,460 settlements in GeoNames' formats, made from the large test table."""
    folder = os.environ.get("LEGALMAP_TESTDATA", "")
    if not folder:
        pytest.skip("LEGALMAP_TESTDATA is not set; it names the folder that holds wof_kg_localities.csv")
    terminal.run("init", "--sample")
    table, names, count = from_localities(Path(folder) / "wof_kg_localities.csv", terminal.folder)
    started = time.monotonic()
    told = terminal.json("places", "import", str(table), "--alternates", str(names))
    assert time.monotonic() - started < 20
    # Кара-Көл is the town, though two hamlets nobody counted are called so
    assert (told["outcome"], told["centers"]["lost"]) == ("ok_fixed", [])
    counts, findings = told["counts"], told["findings"]
    assert count == 2460
    assert counts["in_file"] == count - sum(findings[why] for why in ("place_outside", "place_twin", "place_nameless"))
    assert (counts["in_file"], counts["known"]) == (2445, 2453)
    assert {"kg-1006", "kg-1007", "kg-1017", "kg-1027"} <= set(told["centers"]["gained"])
    started = time.monotonic()
    directory = Editions(terminal.instance / "editions").current()
    assert time.monotonic() - started < 5
    assert len(directory.places.by_id) == 2453
    by_oblast = Counter(place.oblast for place in directory.places.by_id.values())
    assert by_oblast.keys() == {"KG-B", "KG-C", "KG-GB", "KG-GO", "KG-J", "KG-N", "KG-O", "KG-T", "KG-Y"}
    assert min(by_oblast[code] for code in ("KG-B", "KG-C", "KG-J", "KG-N", "KG-O", "KG-T", "KG-Y")) > 100
    assert directory.places.by_id["1528675"].feature == "PPLC"
    assert terminal.json("places", "find", "Жийделик")[0]["id"] == "8376210"
    again = terminal.json("places", "import", str(table), "--alternates", str(names))
    assert (again["act"], again["changes"]) == (None, [])
