"""Shows what one web node costs, what several give together, where one stops, and asks PostGIS whether we are right.

    python bench/scale.py nodes             needs nginx and wrk (apt-get install nginx-light wrk)
    python bench/scale.py world --n 1000000
    python bench/scale.py judge             needs PostgreSQL with PostGIS (apt-get install postgresql-15-postgis-3)

`nodes`: 1, 2 and 4 gunicorns of two workers behind nginx, the home page and a results page; requests a second, and
seconds of processor for 1,000 requests (all processes of nodes and nginx, from /proc): on a machine of few cores the
second figure alone tells what more machines would give. `world`: so many made-up centers around 50,000 towns all over
the world become an edition, which a node then serves: seconds, megabytes, and what a page takes. `judge`: 10,000
answers of five nearest beside PostGIS, by its order (`<->`, a sphere) and by ST_Distance on the spheroid.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import math
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from cryptography.fernet import Fernet

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.directory.nearest import Nearest
from legalmap.model import Center, Localized, Phone, Place, Point
from tests.conftest import clean_environment
from tests.machines.cluster import Cluster
from tests.machines.web import Front, Node, needed

TOWNS, VISITS_A_DAY, PAGES_A_VISIT = 50_000, 10_000_000, 4
BUSIEST_HOUR = 0.12
"""Part of a day's visits in its busiest hour."""


# ---- nodes ----


def _seconds_of(groups: Sequence[int]) -> float:
    """Seconds of processor of all processes of these process groups so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) in groups:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _asked(url: str, seconds: int) -> tuple[float, float, int]:
    """Requests a second, the 99th percentile in ms, and how many failed."""
    command = [needed("wrk"), "-t1", "-c16", f"-d{seconds}s", "--latency", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert rate, said
    assert slow, said
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}[slow[2]]
    return float(rate[1]), float(slow[1]) * unit, int(bad[1]) if bad else 0


def nodes(seconds: int) -> None:
    """One, two, four nodes behind nginx."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        instance = folder / "instance"
        subprocess.run(
            [sys.executable, "-m", "legalmap.cli", "init", "--sample"],
            env=clean_environment(instance), check=True, capture_output=True,
        )  # fmt: skip
        app = create_app(Settings(instance=instance))
        found = app.test_client().post("/ky/search", data={"place": "Кочкор"}).headers["Location"]
        print(f"{'nodes':>5} {'page':8} {'req/s':>8} {'p99 ms':>7} {'bad':>4} {'CPU s / 1,000':>14}")
        costs = []
        for count in (1, 2, 4):
            with ExitStack() as stack:
                started = []
                for number in range(count):
                    own = folder / f"{count}-{number}"
                    shutil.copytree(instance, own)
                    node = Node.start(own, roles="public")
                    stack.callback(os.killpg, node.process.pid, 15)
                    started.append(node)
                front = Front(folder / f"nginx{count}", started)
                stack.callback(front.stop)
                groups = [*(node.process.pid for node in started), os.getpgid(front.process.pid)]
                for page, path in (("home", "/ky/"), ("results", found)):
                    before = _seconds_of(groups)
                    rate, slow, bad = _asked(front.url + path, seconds)
                    cost = (_seconds_of(groups) - before) / (rate * seconds) * 1000
                    costs.append(cost)
                    print(f"{count:>5} {page:8} {rate:>8.0f} {slow:>7.1f} {bad:>4} {cost:>14.2f}")
        dearest = max(costs)
        busiest = VISITS_A_DAY * PAGES_A_VISIT * BUSIEST_HOUR / 3600
        print(
            f"{VISITS_A_DAY:,} visits a day of {PAGES_A_VISIT} pages, {BUSIEST_HOUR:.0%} of them in the busiest hour: "
            f"{busiest:.0f} requests/s x {dearest:.2f} ms = {busiest * dearest / 1000:.1f} cores at work; "
            f"at 60 % load {math.ceil(busiest * dearest / 1000 / 0.6)} cores"
        )


# ---- world ----


def _anywhere(chance: random.Random) -> Point:
    """A point of the sphere, each place of it as likely."""
    lat = math.degrees(math.asin(chance.uniform(-1, 1)))
    return Point(lat=round(lat, 6), lon=round(chance.uniform(-180, 180), 6))


def _beside(chance: random.Random, town: Point) -> Point:
    lat = max(-90.0, min(90.0, town.lat + chance.gauss(0, 0.05)))
    lon = (town.lon + chance.gauss(0, 0.05) + 180) % 360 - 180
    return Point(lat=round(lat, 6), lon=round(lon, 6))


def _towns(chance: random.Random) -> tuple[Place, ...]:
    return tuple(
        Place(id=str(number), names=Localized(ky=f"Шаар {number}", en=f"Town {number}"), oblast="KG-N",
              point=_anywhere(chance))
        for number in range(1, TOWNS + 1)
    )  # fmt: skip


def _centers(n: int, towns: Sequence[Place], chance: random.Random) -> Iterator[Center]:
    for number in range(n):
        town = towns[chance.randrange(len(towns))]
        yield Center(
            id=f"w{number:07}", number=1_000 + number, kind="ngo", status="active", show_location="yes",
            names=Localized(ky=f"Жардам борбору {number}", en=f"Legal aid center {number}"),
            phones=(Phone(number=f"+9967{number:08}"),), oblast="KG-N", place_id=town.id, settlement=town.names.ky,
            point=_beside(chance, town.point),
        )  # fmt: skip


def _megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _in_a_child(work: Callable[[], None]) -> None:
    """What is measured has a process of its own, whose memory holds nothing else."""
    sys.stdout.flush()
    if (child := os.fork()) == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            sys.stdout.flush()
            os._exit(code)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise SystemExit("it did not get that far")


def world(n: int, queries: int) -> None:
    """Publishes `n` centers and serves them."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(instance=Path(name), roles=frozenset({"public"}))
        settings.editions.mkdir()
        settings.sealing_key.parent.mkdir()
        settings.sealing_key.write_bytes(Fernet.generate_key())
        settings.sealing_key.chmod(0o600)
        _in_a_child(lambda: _publish(n, settings))
        _in_a_child(lambda: _serve(n, settings, queries))


def _publish(n: int, settings: Settings) -> None:
    chance = random.Random(n)
    towns = _towns(chance)
    content = EditionContent(centers=tuple(_centers(n, towns, chance)), places=towns, texts=())
    began = time.perf_counter()
    write_edition(settings.editions, 1, content, "0" * 64, dt.datetime.now(dt.UTC))
    took, most = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    files = sorted((settings.editions / "1").iterdir(), key=lambda path: -path.stat().st_size)
    whole = sum(path.stat().st_size for path in files) / 1e6
    near = (settings.editions / "1" / "near1-ky.json.br").stat().st_size / 1e6
    print(f"published {n:,} centers: {took:.0f} s, {most:.0f} MB at most; {whole:.0f} MB on disk; "
          f"near.json, which a phone loads, {near:.2f} MB")  # fmt: skip


def _serve(n: int, settings: Settings, queries: int) -> None:
    before, began = _megabytes(), time.perf_counter()
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/ky/").status_code == 200
    opened = time.perf_counter() - began
    print(f"served by one process: {opened:.1f} s from start to the first page, {_megabytes() - before:.0f} MB")
    chance = random.Random(1)
    times = []
    for _ in range(queries):
        point = _anywhere(chance)
        began = time.perf_counter()
        answer = client.post("/api/v1/nearest", json={"lat": point.lat, "lon": point.lon, "k": 5})
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.text
    times.sort()
    print(f"{queries:,} answers of the five nearest of {n:,}, whole application: "
          f"p50 {statistics.median(times):.2f} ms, p99 {times[len(times) * 99 // 100]:.2f} ms")  # fmt: skip


# ---- judge ----


def judge(n: int, queries: int) -> bool:
    """Compares with PostGIS; whether every difference is explained."""
    import psycopg

    chance = random.Random(n)
    towns = [_anywhere(chance) for _ in range(max(1, n // 20))]
    points = [_beside(chance, towns[chance.randrange(len(towns))]) for _ in range(n - 3)]
    points += [Point(lat=90.0, lon=0.0), Point(lat=-90.0, lon=0.0), Point(lat=0.0, lon=180.0)]
    asked = [_anywhere(chance) for _ in range(queries)]
    ours = Nearest(points, [str(number) for number in range(n)])
    cluster = Cluster()
    try:
        cluster.start()
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION postgis")
            connection.execute("CREATE TABLE c (id int PRIMARY KEY, p geography(Point))")
            with connection.cursor().copy("COPY c FROM STDIN") as copy:
                for number, point in enumerate(points):
                    copy.write_row((number, f"SRID=4326;POINT({point.lon!r} {point.lat!r})"))
            connection.execute("CREATE INDEX ON c USING gist (p)")
            connection.execute("ANALYZE c")
            return _compared(connection, ours, asked)
    finally:
        cluster.remove()


_BY_ORDER = (
    "SELECT id, ST_Distance(c.p, q.p) FROM c, (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography AS p) q "
    "ORDER BY c.p <-> q.p LIMIT 5"
)
_BY_METERS = (
    "SELECT id, m FROM (SELECT id, ST_Distance(c.p, q.p) AS m "
    "FROM c, (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography AS p) q ORDER BY c.p <-> q.p LIMIT 200) near "
    "ORDER BY m, id LIMIT 5"
)


def _compared(connection: object, ours: Nearest, asked: Sequence[Point]) -> bool:
    sphere = ties = unexplained = 0
    worst = 0.0
    for point in asked:
        mine = ours.find(point, 5)
        by_order = connection.execute(_BY_ORDER, (point.lon, point.lat)).fetchall()  # type: ignore[attr-defined]
        theirs = connection.execute(_BY_METERS, (point.lon, point.lat)).fetchall()  # type: ignore[attr-defined]
        if [number for number, _ in mine] != [number for number, _ in by_order]:
            sphere += 1  # `<->` orders by a sphere: it differs where two are nearly as far
        gaps = [abs(a[1] - b[1]) for a, b in zip(mine, theirs, strict=True)]
        worst = max(worst, *gaps)
        if [number for number, _ in mine] != [number for number, _ in theirs]:
            if max(gaps) < 0.001:
                ties += 1  # as far to the millimeter
            else:
                unexplained += 1
    print(
        f"{len(asked):,} answers: the order of <-> differs in {sphere} (a sphere instead of the spheroid); by "
        f"ST_Distance {ties} differ by ties to the millimeter and {unexplained} otherwise; meters differ by "
        f"{worst * 1000:.4f} mm at most"
    )
    return unexplained == 0


def main() -> None:
    """Runs one part."""
    options = argparse.ArgumentParser(description="one node, many nodes, the whole world, and a judge")
    options.add_argument("part", choices=("nodes", "world", "judge"))
    options.add_argument("--n", type=int, default=100_000, help="centers of world and judge")
    options.add_argument("--queries", type=int, default=10_000)
    options.add_argument("--seconds", type=int, default=10, help="of each measurement of nodes")
    options.add_argument("--check", action="store_true", help="exit 1 when the judge finds what nobody can explain")
    chosen = options.parse_args()
    logging.getLogger("legalmap").setLevel(logging.ERROR)
    fine = True
    if chosen.part == "nodes":
        nodes(chosen.seconds)
    elif chosen.part == "world":
        world(chosen.n, min(chosen.queries, 2_000))
    else:
        fine = judge(chosen.n, chosen.queries)
    print("met" if fine else "missed")
    if chosen.check and not fine:
        sys.exit(1)


if __name__ == "__main__":
    main()
