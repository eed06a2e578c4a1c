"""Shows whether the site bears a busy day: 700 requests a second of mixed pages for five minutes, on two processors.

    python bench/load.py [--check] [--seconds 300] [--rate 700]

Needs nothing but the project. A real gunicorn of two workers, as gunicorn.conf.py sets it up, public, with the
sample; who asks shares its processors. The load is open: requests begin at random moments of that rate (Poisson),
whether or not earlier ones were answered, as people do; a wait is counted from the moment a request was due, so an
answer that holds others up is counted in each of them. At most MOST connections; past that a request waits for one,
and the wait counts. Before it counts, the rate grows from a tenth to the whole within WARM seconds, as a busy day does
over minutes: workers pack their files meanwhile, and make for the first time what they keep.
Goals: p99 below 300 ms, no answer wrong or missing, at least 95 % of the wanted rate, memory flat (PSS of the workers
and their parent: the last tenth less than 5 % above the tenth around 20 % of the time).

    part  what                      why so much of it
    30 %  searches                  what the site is for: a form, then the sealed list it leads to; each counts as one
    15 %  home                      where nearly everybody begins
    15 %  a center                  opened from a list, from a saved link, from a message
    12 %  a place by links          lists of those who do not type, and of machines that read the web
    10 %  near.json                 phones that rank by themselves and keep a copy
     8 %  POST /api/v1/nearest      other programs, each time another point
     8 %  static files              the first visit of each phone; in earnest nginx answers nearly all of them
     2 %  a position by form        without a script; nobody asked for that point before, so the list is made anew
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from worker import Goals, kilobytes, made, serving, workers  # noqa: E402

from legalmap.directory.edition import Directory  # noqa: E402
from legalmap.directory.editions import Editions  # noqa: E402
from tests.machines.web import Node  # noqa: E402

P99_MS, GROWTH, REACHED = 300.0, 5.0, 95.0
"""The goals: milliseconds; percent that memory may grow; percent of the wanted rate."""
MOST, PATIENCE, WARM = 64, 20.0, 40.0
"""Connections at a time; seconds until an answer counts as missing; seconds before it counts."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PARTS = {
    "search": 15, "home": 15, "center": 15, "place": 12, "near.json": 10, "API": 8, "static": 8, "position": 1,
}  # fmt: skip
"""Of 84 beginnings 16 are forms, each with the list after it: 100 requests."""
_STATUS, _LENGTH = re.compile(rb"HTTP/1\.1 (\d{3})"), re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *(\S+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


def request(path: str, body: str = "", kind: str = "") -> bytes:
    """A request as a browser sends it; a POST when it has a body."""
    head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip, br\r\n"
    head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{head}\r\n{body}".encode()


def beginnings(directory: Directory, page: str) -> dict[str, Callable[[], bytes]]:
    """What each part asks, made anew each time. `page`: the home page, which names its static files."""
    chance = random.Random(14)
    places = [place.id for place in directory.places.by_id.values()]
    numbers = [center.number for center in directory.ranked]
    files = sorted(set(re.findall(r"/static/[\w./-]+\.(?:js|css|svg)(?=\W)", page)))

    def somewhere() -> dict[str, float]:
        return {"lat": round(chance.uniform(39.5, 43.0), 5), "lon": round(chance.uniform(70.0, 79.5), 5)}

    return {
        "search": lambda: request("/ky/search", urlencode({"place_id": chance.choice(places)}), FORM),
        "home": lambda: request(f"/{chance.choice(('ky', 'ky', 'ru', 'en'))}/"),
        "center": lambda: request(f"/ky/centers/{chance.choice(numbers)}"),
        "place": lambda: request(f"/ky/places/{chance.choice(places)}"),
        "near.json": lambda: request("/ky/near.json"),
        "API": lambda: request("/api/v1/nearest", json.dumps(somewhere()), JSON),
        "static": lambda: request(chance.choice(files)),
        "position": lambda: request("/ky/search", urlencode(somewhere()), FORM),
    }


@dataclass
class Load:
    """Who asks, and what came back: milliseconds by part, faults in words, kilobytes of memory by second."""

    node: Node
    asked: dict[str, Callable[[], bytes]]
    waits: dict[str, list[float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)
    took: float = 0.0
    """Seconds from the first request to the last answer."""

    async def run(self, seconds: float, rate: float, *, growing: bool = False) -> None:
        """Ask at `rate` for so long, or at a rate that grows up to it; each form is followed by its list, so fewer
        beginnings than requests."""
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._room = asyncio.Semaphore(MOST)
        chance, running, told = random.Random(15), set(), 0
        names, weights = list(PARTS), list(PARTS.values())
        forms = PARTS["search"] + PARTS["position"]
        each = (1 + forms / sum(weights)) / rate
        start = due = time.perf_counter()
        while due < start + seconds:
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            task = asyncio.create_task(self._begin(chance.choices(names, weights)[0], due))
            running.add(task)
            task.add_done_callback(running.discard)
            if due - start >= told:
                told += 1
                self.memory.append(sum(kilobytes(pid, "Pss") for pid in (self.node.process.pid, *workers(self.node))))
            share = max(0.1, (due - start) / seconds) if growing else 1.0
            due += chance.expovariate(share / each)
        await asyncio.gather(*running)
        self.took = time.perf_counter() - start
        for _, writer in self._free:
            writer.close()

    async def _begin(self, name: str, due: float) -> None:
        sent = self.asked[name]()
        head = await self._timed(name, sent, due, b"303" if name in {"search", "position"} else b"200")
        if head and (leads := _LOCATION.search(head)):
            await self._timed(f"{name}, list", request(leads[1].decode()), time.perf_counter(), b"200")

    async def _timed(self, name: str, sent: bytes, due: float, wanted: bytes) -> bytes:
        """The answer's head; empty, and told as a fault, when it is not the one that is wanted."""
        try:
            async with asyncio.timeout(PATIENCE), self._room:
                head = await self._answer(sent)
        except (OSError, EOFError, TimeoutError) as fault:
            self.faults[f"{name}: {type(fault).__name__}"] += 1
            return b""
        self.waits.setdefault(name, []).append((time.perf_counter() - due) * 1000)
        status = _STATUS.match(head)
        if status is None or status[1] != wanted:
            self.faults[f"{name}: {head[:12].decode('latin-1')}"] += 1
            return b""
        return head

    async def _answer(self, sent: bytes) -> bytes:
        while self._free:
            reader, writer = self._free.pop()
            try:
                return await self._over(reader, writer, sent)
            except (ConnectionError, EOFError):
                writer.close()  # ended by the server while it was idle: as browsers do, ask again on another one
        return await self._over(*await asyncio.open_connection("127.0.0.1", self.node.port), sent)

    async def _over(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> bytes:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if length is None:
            writer.close()
            raise ConnectionAbortedError("an answer without a length")
        await reader.readexactly(int(length[1]))
        if _CLOSES.search(head):
            writer.close()
        else:
            self._free.append((reader, writer))
        return head


def told(load: Load, rate: float, goals: Goals) -> str:
    """Prints the table; the summary."""
    print(f"{'part':16} {'answers':>8} {'p50':>7} {'p99':>7} {'longest':>8} ms")
    for name, waits in sorted(load.waits.items()):
        print(f"{name:16} {len(waits):8} {statistics.median(waits):7.1f} {_p99(waits):7.1f} {max(waits):8.1f}")
    everything = [wait for waits in load.waits.values() for wait in waits]
    reached, p99 = len(everything) / load.took, _p99(everything)
    tenth = max(1, len(load.memory) // 10)
    early = statistics.median(load.memory[int(1.5 * tenth) :][:tenth])
    growth = (statistics.median(load.memory[-tenth:]) / early - 1) * 100
    goals.held("p99", p99, "ms", P99_MS)
    goals.held("memory grew by", growth, "%", GROWTH)
    goals.held("missing of the rate", 100 * (1 - reached / rate), "%", 100 - REACHED)
    goals.held("faults", load.faults.total(), "answers", 0)
    for what, count in load.faults.items():
        print(f"fault: {count} x {what}")
    return (f"{reached:.0f} requests a second for {load.took:.0f} s, {len(everything):,} answers, "
            f"{load.faults.total()} faults, p50 {statistics.median(everything):.1f} ms, p99 {p99:.0f} ms, "
            f"memory {early / 1024:.0f} MB {growth:+.1f} %")  # fmt: skip


def _home(node: Node) -> str:
    with urllib.request.urlopen(f"{node.url}/ky/", timeout=20) as answer:
        return str(answer.read(), "utf-8")


def _processor() -> tuple[int, int]:
    """What a host took away from this machine's processors since it started, and all that passed, in ticks."""
    ticks = [int(one) for one in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    return ticks[7], sum(ticks)


def _p99(waits: Sequence[float]) -> float:
    return sorted(waits)[int(0.99 * (len(waits) - 1))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave with 1 where a goal is missed")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--rate", type=float, default=700, help="requests a second")
    options = parser.parse_args()
    goals = Goals()
    print(f"{os.getloadavg()[0]:.1f} processes wanted the {os.cpu_count()} processors before")
    with tempfile.TemporaryDirectory() as name:
        instance = made(Path(name), "load")
        with serving(instance, "public") as node:
            directory = Editions(instance / "editions").current()
            asked = beginnings(directory, _home(node))
            load = Load(node, asked)
            gc.disable()  # of who asks: its collections would stand in the answers' waits
            asyncio.run(Load(node, asked).run(WARM, options.rate, growing=True))
            before = _processor()
            asyncio.run(load.run(options.seconds, options.rate))
            stolen, passed = (after - first for after, first in zip(_processor(), before, strict=True))
        print(f"the host took {100 * stolen / passed:.1f} % of the processors for others meanwhile")
        summary = told(load, options.rate, goals)
    print(f"MISSED: {'; '.join(goals.missed)} ({summary})" if goals.missed else f"met: {summary}")
    return int(options.check and bool(goals.missed))


if __name__ == "__main__":
    sys.exit(main())
