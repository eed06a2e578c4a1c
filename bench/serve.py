"""Shows how many requests a second the site answers, beside what Flask, nginx, Datasette and PostGIS give.

    python bench/serve.py [--check] [--seconds 3] [--rounds 3]

Needs wrk and nginx (apt-get install wrk nginx-light); for the peers PostgreSQL with PostGIS (apt-get install
postgresql-15-postgis-3) and `make peers`. What is missing is named and left out. Everything on this machine's loopback,
gunicorn with two workers of four threads, all answers uncompressed, wrk with one thread and 16 connections. The
targets take turns, a few seconds each, round after round, so that what else the machine does meets all alike; shown are
the best and the median round, the 50th and 99th percentile of the best one, and the processor time that the server's
processes took for a request (the least of the rounds; a database's is not in it), which a busy host disturbs less.
Goals are of rates; the same ratio of processor time is told beside it.

    results         sealed addresses of a list around each of our places in turn: many are asked again within a minute
    searches        the same by form: a POST, then an address that it led to before; both count as requests (wrk takes
                    as long as the site to read where each POST leads to)
    results, new    each address asks for a place on the map that nobody asked for: made anew each time (no goal)
    at 80 %         64 connections that each wait for a random time before they ask again (wrk's delay), together for
                    80 % of the highest rate of `results` and of `searches`
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sites import postgis  # noqa: E402

from legalmap.directory.edition import Directory  # noqa: E402
from legalmap.directory.editions import Editions  # noqa: E402
from tests.conftest import clean_environment, free_port, wait_until_ready  # noqa: E402
from tests.machines.cluster import Cluster, binaries  # noqa: E402
from tests.machines.web import Node  # noqa: E402

GUNICORN = ("-w", "2", "-k", "gthread", "--threads", "4", "--preload", "--no-control-socket")
"""Of the peers; ours has the same in gunicorn.conf.py."""
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  types {{ application/json json; text/javascript js; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=legalmap:1m max_size=50m inactive=1d use_temp_path=off;
  upstream legalmap {{ server 127.0.0.1:{node}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port};
    location /livez {{ proxy_pass http://legalmap; }}
    location /plain/ {{ alias {folder}/plain/; }}
    include {root}/deploy/nginx-kept.conf;
  }}
}}
"""
SCRIPT = """
local asked, mean = {asked}, {mean}
local at, seed = 0, 0
function setup(thread) seed = seed + 1; thread:set("number", seed) end
function init(args) math.randomseed({seed} + (number or 0)); at = math.random(#asked) end
function request()
  at = at % #asked + 1
  local one = asked[at]
  if one[2] then return wrk.format("POST", one[1], {{["Content-Type"] = one[3]}}, one[2]) end
  return wrk.format("GET", one[1])
end
if mean > 0 then function delay() return math.floor(-mean * math.log(1 - math.random()) + 0.5) end end
function done(summary, latency, requests)
  local bad = summary.errors
  io.write(string.format("RESULT %d %d %f %f %d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), bad.connect + bad.read + bad.write + bad.status + bad.timeout))
end
"""
"""For wrk. `asked`: path, and for a POST its body and media type; `mean`: milliseconds that a connection waits."""
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Asked:
    """One request: a GET, or a POST with a body of that media type."""

    path: str
    body: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Measured:
    """Requests a second, milliseconds of the 50th and 99th percentile, answers that failed, microseconds of processor
    time for each."""

    rate: float
    p50: float
    p99: float
    failed: int
    cost: float


@dataclass
class Target:
    """Something that is asked: at `port`, in turn what `asked` says."""

    name: str
    port: int
    asked: Sequence[Asked]
    measured: list[Measured] = field(default_factory=list)

    def ask(self, folder: Path, seconds: float, connections: int = 16, mean_ms: float = 0.0) -> Measured:
        """By wrk for so many seconds; `mean_ms`: how long a connection waits on average before it asks again."""
        script = folder / "ask.lua"
        listed = ",".join(_lua([one.path, one.body, one.kind] if one.body else [one.path]) for one in self.asked)
        script.write_text(
            SCRIPT.format(asked=f"{{{listed}}}", mean=mean_ms, seed=len(self.measured) + 1), encoding="utf-8"
        )
        url = f"http://127.0.0.1:{self.port}"
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "10s", "-s", str(script), url]
        servers = holders(self.port)
        before = sum(map(processor_time, servers))
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        spent = sum(map(processor_time, servers)) - before
        found = re.search(r"RESULT (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)", said)
        assert found, said
        requests, took, p50, p99, failed = map(float, found.groups())
        return Measured(requests / took * 1e6, p50 / 1000, p99 / 1000, int(failed), spent / requests * 1e6)

    @property
    def best(self) -> Measured:
        return max(self.measured, key=lambda one: one.rate)

    @property
    def cost(self) -> float:
        return min(one.cost for one in self.measured)


def holders(port: int) -> list[int]:
    """The processes that listen at a port of this machine."""
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    sockets = {f"socket:[{one[9]}]" for one in lines if one[1].endswith(f":{port:04X}") and one[3] == "0A"}
    found = []
    for folder in Path("/proc").glob("[1-9]*/fd"):
        with suppress(OSError):
            if any(os.readlink(held) in sockets for held in folder.iterdir()):
                found.append(int(folder.parent.name))
    return found


def processor_time(process: int) -> float:
    """Seconds that it took so far, its own and the system's for it."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _lua(values: Sequence[str]) -> str:
    # what JSON escapes, Lua escapes alike, but for letters beyond ASCII, which are written as they are
    return "{" + ",".join(json.dumps(value, ensure_ascii=False).replace("\\/", "/") for value in values) + "}"


# ---- who is asked ----


@contextmanager
def gunicorn(folder: Path, app: str, **environment: str) -> Iterator[int]:
    """The port of a peer of bench/sites."""
    port, output = free_port(), folder / f"{app.split(':')[0]}.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}", *GUNICORN],
            cwd=ROOT / "bench" / "sites",
            env={**os.environ, **environment}, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    yield from _until_done(process, port, output)


@contextmanager
def nginx(folder: Path, node: int) -> Iterator[int]:
    """The port of an nginx that keeps what deploy/nginx-kept.conf says, and serves the files of folder/plain."""
    port, own = free_port(), folder / "nginx.conf"
    own.write_text(NGINX.format(folder=folder, node=node, port=port, root=ROOT), encoding="utf-8")
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(
            ["nginx", "-e", str(folder / "error.log"), "-c", str(own)], stdout=log, stderr=subprocess.STDOUT
        )
    yield from _until_done(process, port, folder / "nginx.log", "/livez")


@contextmanager
def datasette(folder: Path, database: Path, installed: Path) -> Iterator[int]:
    """The port of a Datasette that shows the edition."""
    port = free_port()
    with (folder / "datasette.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "datasette", "serve", "-i", str(database), "--port", str(port)],
            env={**os.environ, "PYTHONPATH": str(installed)}, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    yield from _until_done(process, port, folder / "datasette.log")


def _until_done(process: subprocess.Popen[bytes], port: int, output: Path, path: str = "/") -> Iterator[int]:
    try:
        wait_until_ready(f"http://127.0.0.1:{port}{path}", process, output)
        yield port
    finally:
        process.terminate()
        process.wait(40)


@contextmanager
def ours(folder: Path, instance: Path, name: str) -> Iterator[Node]:
    """A public node with a copy of the instance."""
    own = folder / name
    shutil.copytree(instance, own)
    node = Node.start(own, roles="public")
    try:
        yield node
    finally:
        node.process.terminate()
        node.process.wait(40)


def sealed(port: int, forms: Sequence[dict[str, str]]) -> list[Asked]:
    """Where searches lead to."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    found = []
    for form in forms:
        connection.request("POST", "/ky/search", urlencode(form), {"Content-Type": FORM})
        answer = connection.getresponse()
        answer.read()
        found.append(Asked(str(answer.headers["Location"])))
    connection.close()
    return found


def anywhere(count: int) -> list[tuple[float, float]]:
    """Points around the country's towns."""
    chance = random.Random(13)
    return [(round(chance.uniform(39.5, 43.0), 5), round(chance.uniform(70.0, 79.5), 5)) for _ in range(count)]


# ---- targets ----


def our_targets(node: Node, directory: Directory) -> list[Target]:
    """What citizens and programs ask of us."""
    places = [place.id for place in directory.places.by_id.values()]
    lists = sealed(node.port, [{"place_id": place} for place in places])
    forms = [Asked("/ky/search", urlencode({"place_id": place}), FORM) for place in places]
    numbers = [center.number for center in directory.ranked]
    points = [Asked("/api/v1/nearest", json.dumps({"lat": lat, "lon": lon}), JSON) for lat, lon in anywhere(500)]
    return [
        Target("results", node.port, lists),
        Target("searches", node.port, [one for both in zip(forms, lists, strict=True) for one in both]),
        Target("home", node.port, [Asked("/ky/")]),
        Target("center", node.port, [Asked(f"/ky/centers/{number}") for number in numbers]),
        Target("near.json", node.port, [Asked("/ky/near.json")]),
        Target("API nearest", node.port, points),
    ]


def kept_targets(folder: Path, node: Node, port: int) -> list[Target]:
    """A static file and near.json through nginx, beside the same bytes as files of nginx."""
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=30)
    (folder / "plain").mkdir()

    def get(path: str, name: str) -> None:
        connection.request("GET", path)
        (folder / "plain" / name).write_bytes(connection.getresponse().read())

    connection.request("GET", "/ky/")
    page = connection.getresponse().read().decode()
    script = re.search(r"/static/[\w.]+\.js", page)
    assert script, "the home page has no script"
    get(script[0], "plain.js")
    get("/ky/near.json", "plain.json")
    connection.close()
    return [
        Target("static, nginx", port, [Asked(script[0])]),
        Target("its plain file", port, [Asked("/plain/plain.js")]),
        Target("near.json, nginx", port, [Asked("/ky/near.json")]),
        Target("its plain file ", port, [Asked("/plain/plain.json")]),
    ]


def peers(stack: ExitStack, folder: Path, directory: Directory, installed: Path) -> list[Target]:
    """Those that are there; `installed`: the folder of their libraries."""
    points = anywhere(500)
    bodies = [json.dumps({"lat": lat, "lon": lon}) for lat, lon in points]
    hello = stack.enter_context(gunicorn(folder, "hello:app"))
    found = [
        Target("Flask hello", hello, [Asked("/")]),
        Target("Flask hello POST", hello, [Asked("/", body, JSON) for body in bodies]),
    ]
    if (installed / "datasette").exists() and directory.folder:
        port = stack.enter_context(datasette(folder, directory.folder / "edition.db", installed))
        sql = (
            "select number, name_ky, lat, lon from centers where lat is not null "
            "order by (lat - :lat) * (lat - :lat) + 0.56 * (lon - :lon) * (lon - :lon) limit 5"
        )
        path = f"/edition.json?sql={quote(sql)}&_shape=array"
        found.append(Target("Datasette JSON", port, [Asked(f"{path}&lat={lat}&lon={lon}") for lat, lon in points]))
    else:
        print("left out: Datasette (make peers)")
    if binaries() and (installed / "psycopg_pool").exists():
        cluster = Cluster()
        stack.callback(cluster.remove)
        cluster.start()
        postgis.fill(cluster.url(), [
            (center.number, center.names.ky, center.address.in_lang("ky")[0],
             center.phones[0].number if center.phones else "", center.point.lat, center.point.lon)
            for center in directory.ranked if center.point
        ])  # fmt: skip
        app = gunicorn(folder, "postgis:make()", DATABASE=cluster.url(), PEERS=str(installed))
        port = stack.enter_context(app)
        found += [
            Target("PostGIS JSON", port, [Asked("/nearest", body, JSON) for body in bodies]),
            Target("PostGIS page", port, [Asked(f"/near/{lat}/{lon}") for lat, lon in points]),
        ]  # fmt: skip
    else:
        print("left out: PostGIS + Flask (apt-get install postgresql-15-postgis-3, make peers)")
    return found


# ---- goals ----

RATIOS = (
    ("results", "Flask hello", 0.6), ("searches", "Flask hello", 0.6), ("results", "PostGIS page", 2.0),
    ("searches", "PostGIS page", 2.0), ("API nearest", "Flask hello", 0.8), ("static, nginx", "its plain file", 0.8),
    ("near.json, nginx", "its plain file ", 0.8), ("API nearest", "Flask hello POST", 0.0),
)  # fmt: skip
"""What is at least so many times as fast as what; 0: told without a goal (what any POST costs that is read)."""
BUSY, P99 = 0.8, 100.0
"""Part of the highest rate at which the 99th percentile may take so many milliseconds."""


def ratio(one: Target, other: Target) -> float:
    """Of rates: the median of the rounds' ratios, so that each was taken within seconds."""
    return statistics.median(a.rate / b.rate for a, b in zip(one.measured, other.measured, strict=True))


def missed_ratios(targets: Sequence[Target], say: Callable[[str], None]) -> list[str]:
    by_name = {target.name: target for target in targets}
    missed = []
    for name, peer, goal in RATIOS:
        if name in by_name and peer in by_name:
            one, other = by_name[name], by_name[peer]
            reached = ratio(one, other)
            say(f"{name.strip()} {reached:.2f} x {peer.strip()} ({f'goal {goal:g}' if goal else 'no goal'}; "
                f"{other.cost / one.cost:.2f} by processor time)")  # fmt: skip
            if reached < goal:
                missed.append(f"{name} {reached:.2f} x {peer.strip()} < {goal:g}")
    return missed


def missed_waits(targets: Sequence[Target], folder: Path, seconds: float, say: Callable[[str], None]) -> list[str]:
    missed = []
    for target in targets:
        wanted = BUSY * target.best.rate
        busy = target.ask(folder, 2 * seconds, 64, 64 / wanted * 1000)
        say(f"at 80 %: {target.name} {busy.rate:.0f} of {target.best.rate:.0f} req/s, p50 {busy.p50:.1f} ms, "
            f"p99 {busy.p99:.1f} ms, {busy.failed} failed")  # fmt: skip
        if busy.p99 >= P99 or busy.failed:
            missed.append(f"{target.name} at 80 %: p99 {busy.p99:.0f} ms, {busy.failed} failed")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave with 1 where a goal is missed")
    parser.add_argument("--seconds", type=float, default=3, help="of each turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", type=Path, default=ROOT / ".bench" / "python", help="where their libraries are")
    options = parser.parse_args()
    for program in ("wrk", "nginx"):
        if shutil.which(program) is None:
            print(f"skipped: no {program} on this machine (apt-get install wrk nginx-light)")
            return 0
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        instance = folder / "instance"
        subprocess.run([sys.executable, "-m", "legalmap.cli", "init", "--sample"], cwd=ROOT,
                       env=clean_environment(instance), check=True, capture_output=True)  # fmt: skip
        directory = Editions(instance / "editions").current()
        node = stack.enter_context(ours(folder, instance, "ours"))
        front = stack.enter_context(nginx(folder, node.port))
        targets = [*our_targets(node, directory), *kept_targets(folder, node, front)]
        # what is new fills the room for pages that are asked again: it has a node of its own
        other = stack.enter_context(ours(folder, instance, "new"))
        new = [{"lat": str(lat), "lon": str(lon)} for lat, lon in anywhere(5_000)]
        targets.insert(2, Target("results, new", other.port, sealed(other.port, new)))
        targets += peers(stack, folder, directory, options.peers)
        for target in targets:
            target.ask(folder, 1)
        for _ in range(options.rounds):
            for target in targets:
                target.measured.append(target.ask(folder, options.seconds))
        return told(targets, folder, options)


def told(targets: Sequence[Target], folder: Path, options: argparse.Namespace) -> int:
    """Prints the table, goals and the summary; the exit code."""
    print(f"{os.cpu_count()} processors, shared by those who ask and those who answer")
    print(f"{'target':17} {'best':>7} {'median':>7} req/s {'p50':>6} {'p99':>6} ms {'cost':>6} us {'failed':>7}")
    for target in targets:
        middle = statistics.median(one.rate for one in target.measured)
        failed = sum(one.failed for one in target.measured)
        print(f"{target.name:17} {target.best.rate:7.0f} {middle:7.0f}       {target.best.p50:6.2f} "
              f"{target.best.p99:6.1f}    {target.cost:6.0f}    {failed:7}")  # fmt: skip
    missed = [f"{target.name}: {one.failed} failed" for target in targets for one in target.measured if one.failed]
    said: list[str] = []
    missed += missed_ratios(targets, said.append)
    busy = [target for target in targets if target.name in {"results", "searches"}]
    missed += missed_waits(busy, folder, options.seconds, said.append)
    print("\n".join(said))
    reached = "; ".join(said[:5])
    print(f"MISSED: {'; '.join(missed)}" if missed else f"met: {reached}")
    return int(options.check and bool(missed))


if __name__ == "__main__":
    sys.exit(main())
