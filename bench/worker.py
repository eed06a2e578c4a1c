"""Shows what a worker weighs, how soon it answers, and how soon a change at the desk is seen in every worker.

    python bench/worker.py [--check] [--rounds 3]

Each figure is of a real gunicorn of two workers, as `gunicorn.conf.py` sets it up. start: from the start of the process
to the first home page; the best of the rounds, since what other programs take of the machine is not ours (how many
wanted its processors before is told). memory: resident megabytes of the larger worker after it answered every kind of
page, and what both workers have for themselves of the machine's memory (PSS, which shares what is shared) after they
changed to a new edition; the parent process beside. seen: seconds from the press on the web (a job's own process
publishes), or of a `legalmap import` of one row beyond what showing its plan takes, until each worker has answered with
the new edition, at 61 and at 5,000 real-sized centers; meanwhile each worker is asked some fifteen times a second for
the home page and a center, and the slowest answer is shown. A connection belongs to one worker: /proc tells to which.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from legalmap.config import Settings  # noqa: E402
from legalmap.desk import jobs  # noqa: E402
from legalmap.desk.acts import Desk  # noqa: E402
from legalmap.desk.plan_file import Wanted  # noqa: E402
from legalmap.directory.editions import Editions  # noqa: E402
from legalmap.directory.rows import center_row  # noqa: E402
from legalmap.model import Center  # noqa: E402
from legalmap.store import Store  # noqa: E402
from legalmap.visibility import COLUMNS  # noqa: E402
from tests.conftest import clean_environment, free_port  # noqa: E402
from tests.directory.realsize import real_sized  # noqa: E402
from tests.machines.web import Node  # noqa: E402
from tests.served import stop  # noqa: E402

RESIDENT, SHARED, FIRST = 95.0, 130.0, 0.6
"""The goals: megabytes of a worker, of two after a change of the edition; seconds to the first answer."""
MANY, SEEN_FEW, SEEN_MANY = 5_000, 1.5, 4.0
"""Centers; seconds until every worker shows a change, in the sample and among so many."""
SLOW = 0.25
"""Seconds; no answer may take as long while a change comes in."""
PAUSE = 0.05


# ---- a worker and a connection to it ----


def workers(node: Node) -> list[int]:
    """Process ids of a gunicorn's workers."""
    parent = node.process.pid
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def kilobytes(pid: int, what: str) -> int:
    """`Rss` or `Pss` of a process."""
    found = re.search(rf"^{what}:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found
    return int(found[1])


def _owner(port: int, ours: int, pids: Sequence[int]) -> int | None:
    """Which of the processes holds the connection from our port `ours` to `port`."""
    wanted = (f":{port:04X}", f":{ours:04X}")
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if (fields[1][-5:], fields[2][-5:]) == wanted:
            name = f"socket:[{fields[9]}]"
            for pid in pids:
                for held in Path(f"/proc/{pid}/fd").iterdir():
                    try:
                        if os.readlink(held) == name:
                            return pid
                    except OSError:
                        continue
    return None


class Line:
    """A connection that one worker holds."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.edition()
        self.port = self._connection.sock.getsockname()[1]

    def page(self, path: str, body: bytes | None = None) -> http.client.HTTPResponse:
        """The answer, read; to the form `body`, if there is one."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self._connection.request("POST" if body else "GET", path, body, headers)
        answer = self._connection.getresponse()
        self.text = answer.read()
        return answer

    def edition(self) -> int:
        """The edition that this worker answers from."""
        answer = self.page("/readyz")
        assert answer.status == 200, self.text
        return int(json.loads(self.text)["edition"])

    def close(self) -> None:
        self._connection.close()


def lines(node: Node) -> list[Line]:
    """One connection to each worker."""
    pids = workers(node)
    found: dict[int, Line] = {}
    for _ in range(50):
        opened = [_opened(node.port) for _ in range(8)]
        for line in opened:
            owner = _owner(node.port, line.port, pids)
            if owner is None or found.setdefault(owner, line) is not line:
                line.close()
        if len(found) == len(pids):
            return list(found.values())
    raise SystemExit("one worker takes all connections")


def _opened(port: int) -> Line:
    # both workers wait for connections: whoever is busy leaves the next one to the other
    busy = threading.Thread(target=lambda: Line(port).close())
    busy.start()
    line = Line(port)
    busy.join()
    return line


# ---- start and memory ----


def first_answer(instance: Path, roles: str) -> float:
    """Seconds from the start of a gunicorn to its first home page."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=clean_environment(instance, https="off", roles=roles), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        while True:
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                asked.request("GET", "/ky/")
                if asked.getresponse().status == 200:
                    return time.perf_counter() - began
            except OSError:
                assert process.poll() is None, "gunicorn did not start"
                time.sleep(0.003)
            finally:
                asked.close()
    finally:
        stop(process)


@contextmanager
def serving(instance: Path, roles: str) -> Iterator[Node]:
    """A gunicorn of two workers."""
    node = Node.start(instance, roles=roles)
    try:
        yield node
    finally:
        node.process.terminate()
        node.process.wait(40)


def memory(instance: Path, roles: str) -> tuple[float, float, float]:
    """Megabytes: of the larger worker, of both after a change, of their parent."""
    with serving(instance, roles) as node:
        number = Editions(instance / "editions").current().centers[0].number
        kept = lines(node)
        for line in kept:
            everything(line, number)
        largest = max(kilobytes(pid, "Rss") for pid in workers(node))
        press(instance)
        wait_for_a_new_edition(kept)
        for line in kept:
            everything(line, number)
        both = sum(kilobytes(pid, "Pss") for pid in workers(node))
        return largest / 1000, both / 1000, kilobytes(node.process.pid, "Pss") / 1000


def everything(line: Line, number: int) -> None:
    """Each kind of page, in each language."""
    for lang, place in (("ky", "Кочкор"), ("ru", "Нарын"), ("en", "Osh")):
        form = urllib.parse.urlencode({"place": place}).encode()
        found = line.page(f"/{lang}/search", form).headers["Location"]
        for path in ("", "near.json", "places.json", "near", f"centers/{number}", "phones", "about"):
            assert line.page(f"/{lang}/{path}").status == 200, path
        assert line.page(found).status == 200


# ---- a change, and who has seen it ----


def desk_of(instance: Path) -> Desk:
    """A desk that publishes as the web does: by a job's own process."""
    settings = Settings(instance=instance)
    store = Store.of(settings)
    return Desk(
        store=store, settings=settings, who="web:bench", now=dt.datetime.now(dt.UTC),
        publish_later=lambda: jobs.publish_later(store, settings, "web:bench"),
    )  # fmt: skip


def press(instance: Path) -> None:
    """Somebody hides a center's address on the web."""
    shown = next(c.id for c in Editions(instance / "editions").current().centers if c.show_location == "yes")
    assert desk_of(instance).together("hide", [shown], apply=True).act


def bring(instance: Path, turn: int, *apply: str) -> subprocess.Popen[bytes]:
    """`legalmap import` of one row begins: a center's phone is another one; `apply`: more of its words."""
    center = next(c for c in Editions(instance / "editions").current().centers if c.show_location == "yes" and c.phones)
    file = instance.parent / "one.csv"
    file.write_text(f"id,phones\n{center.id},+99655512{turn:04}\n", encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "legalmap.cli", "import", str(file), *apply], cwd=ROOT,
        env=clean_environment(instance), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def wait_for_a_new_edition(kept: Sequence[Line]) -> None:
    before = kept[0].edition()
    while min(line.edition() for line in kept) == before:
        time.sleep(PAUSE)


@dataclass
class Watch:
    """What one worker answered: when it first had a newer edition, and the slowest answer."""

    line: Line
    number: int
    before: int
    seen: float = 0.0
    slowest: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.over.wait(PAUSE):
            for path in ("/ky/", f"/ky/centers/{self.number}"):
                began = time.perf_counter()
                assert self.line.page(path).status == 200, path
                self.slowest = max(self.slowest, time.perf_counter() - began)
            if self.line.edition() != self.before and not self.seen:
                self.seen = time.perf_counter()


def seen(node: Node, way: str, turn: int) -> tuple[float, float]:
    """Seconds from a change until each worker shows it, and the slowest answer meanwhile."""
    number = Editions(node.instance / "editions").current().centers[0].number
    watched = [Watch(line, number, line.edition()) for line in lines(node)]
    asking = [threading.Thread(target=watch.run) for watch in watched]
    for thread in asking:
        thread.start()
    time.sleep(0.3)
    began = time.perf_counter()
    process = bring(node.instance, turn, "--apply", "--accept", "all") if way == "import" else None
    if process is None:
        press(node.instance)
    while not all(watch.seen for watch in watched) and time.perf_counter() - began < 60:
        time.sleep(PAUSE)
    time.sleep(0.3)  # what comes after the change is also somebody's wait
    for watch, thread in zip(watched, asking, strict=True):
        watch.over.set()
        thread.join()
        watch.line.close()
    if process:
        process.wait(60)
    took = max(watch.seen for watch in watched) - began
    assert took > 0, "a worker never showed the change"
    return took, max(watch.slowest for watch in watched)


# ---- instances ----


def made(folder: Path, name: str) -> Path:
    """An instance with the sample, by the command line."""
    instance = folder / name / "instance"
    instance.parent.mkdir()
    subprocess.run(
        [sys.executable, "-m", "legalmap.cli", "init", "--sample"], cwd=ROOT, env=clean_environment(instance),
        check=True, capture_output=True,
    )  # fmt: skip
    return instance


def made_large(sample: Path, folder: Path) -> Path:
    """An instance with some MANY centers, as large as real ones: what falls into a lake or abroad is left out."""
    instance = made(folder, "large")
    settings = Settings(instance=instance, import_max_rows=2 * MANY)
    desk = Desk(store=Store.of(settings), settings=settings, who="cli:bench", now=dt.datetime.now(dt.UTC))
    with (folder / "large.csv").open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        known = Editions(sample / "editions").current()
        writer.writerows(_cells(center) for center in real_sized(known, MANY + MANY // 50).centers)
    file = (folder / "large.csv").read_bytes()
    desk.import_file(file, "large.csv", Wanted(apply=True, accept=frozenset({"all"}), good_rows=True))
    return instance


def _cells(center: Center) -> dict[str, str]:
    cells = {column: _cell(value) for column, value in center_row(center).items() if column in COLUMNS}
    if center.show_location == "no":  # a made-up name tells the town
        cells |= {name: cells[name].split(" (")[0] for name in ("name_ky", "name_ru", "name_en")}
    return cells


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if not text.startswith("["):
        return text
    return "; ".join(
        f"{one['number']} ({one['label']})".removesuffix(" ()") if isinstance(one, dict) else str(one)
        for one in json.loads(text)
    )


# ---- all of it ----


class Goals:
    """What was measured against its goals."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def held(self, name: str, value: float, unit: str, goal: float = float("inf")) -> str:
        """The figure in words; a goal that it misses is remembered."""
        if value > goal:
            self.missed.append(f"{name} {value:.2f} {unit} > {goal:g}")
        return f"{value:.2f} {unit}"


def starts(sample: Path, rounds: int, goals: Goals) -> None:
    """Of a worker that also has the desk the start and the resident memory are told, without a goal."""
    for roles, first, resident in (("public", FIRST, RESIDENT), ("public,staff", float("inf"), float("inf"))):
        times = sorted(first_answer(sample, roles) for _ in range(rounds))
        told = goals.held("first answer", times[0], "s", first)
        print(f"start   {roles:13} first answer after {told} at best, {statistics.median_low(times):.2f} s median")
        one, two, parent = memory(sample, roles)
        told = goals.held(f"two workers ({roles})", two, "MB", SHARED)
        print(f"memory  {roles:13} {goals.held('a worker', one, 'MB', resident)} resident; two after a change {told} "
              f"of PSS, their parent {parent:.0f} MB")  # fmt: skip


def preview(instance: Path) -> float:
    """Seconds of the same import that only shows what it would do."""
    began = time.perf_counter()
    bring(instance, 0).wait(60)
    return time.perf_counter() - began


def changes(instance: Path, goal: float, rounds: int, goals: Goals) -> None:
    there = len(Editions(instance / "editions").current().centers)
    with serving(instance, "public") as node:
        for way in ("press", "import"):
            measured = [seen(node, way, turn) for turn in range(rounds)]
            took = sorted(seconds for seconds, _ in measured)
            before = min(preview(instance) for _ in range(rounds)) if way == "import" else 0.0
            best, middle = took[0] - before, statistics.median_low(took) - before
            slowest = statistics.median_low(slow for _, slow in measured)
            print(f"seen    {way:6} {there:6,} centers: {goals.held(f'{way} at {there}', best, 's', goal)} at "
                  f"best, {middle:.2f} s median; slowest answer meanwhile "
                  f"{goals.held(f'slowest answer at {there}', slowest, 's', SLOW)}")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave with 1 where a goal is missed")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    goals = Goals()
    print(f"{os.getloadavg()[0]:.1f} processes wanted the {os.cpu_count()} processors before")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        sample = made(folder, "sample")
        starts(sample, options.rounds, goals)
        changes(sample, SEEN_FEW, options.rounds, goals)
        changes(made_large(sample, folder), SEEN_MANY, options.rounds, goals)
    missed = "; ".join(goals.missed)
    print(f"MISSED: {missed}" if missed else "met: memory, first answer, changes seen in every worker")
    return int(options.check and bool(missed))


if __name__ == "__main__":
    sys.exit(main())
