"""Peers that answer from another process: Redis, PostGIS and node. Each is started here and ends with the bench."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from legalmap.model import Point
from peers.local import Absent, Ask, module
from peers.world import Ints, K, World
from tests.machines.cluster import Cluster, binaries

FOLDER = Path(__file__).resolve().parents[2] / ".bench"
"""What `make peers` installs."""
NEIGHBORS = 20
"""So many by PostGIS's order, a sphere's, are ordered again on the spheroid."""
REDIS_MOST = 85.05
"""Redis takes no latitude past this."""
Make = Callable[[World, Ints], Ask]


@contextmanager
def redis() -> Iterator[Make]:
    """GEOSEARCH on a socket: a circle grows until it holds enough."""
    program = shutil.which("redis-server")
    if program is None:
        raise Absent("redis-server is not installed (make peers)")
    client_module = module("redis")
    with tempfile.TemporaryDirectory() as name:
        socket = f"{name}/socket"
        server = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", name], stdout=subprocess.DEVNULL
        )
        try:
            client = client_module.Redis(unix_socket_path=socket)
            while not Path(socket).exists():
                time.sleep(0.05)
            yield lambda world, rows: _geosearch(client, world, rows)
        finally:
            server.terminate()
            server.wait(30)


def _geosearch(client: Any, world: World, rows: Ints) -> Ask:
    key = f"centers{client.dbsize()}"
    for start in range(0, len(rows), 10_000):
        part = rows[start : start + 10_000]
        values = zip(world.lon[part].tolist(), world.lat[part].tolist(), part.tolist(), strict=True)
        client.geoadd(key, [cell for value in values if abs(value[1]) <= REDIS_MOST for cell in value])
    begin, least = world.radius(rows), min(K, client.zcard(key))

    def ask(point: Point) -> list[int]:
        radius, lat = begin, max(-REDIS_MOST, min(REDIS_MOST, point.lat))
        while True:
            found = client.geosearch(
                key, longitude=point.lon, latitude=lat, radius=radius, unit="m", sort="ASC", count=K, withdist=True
            )
            if len(found) >= least or radius > 2e7:
                return [int(row) for row, _ in found]
            radius *= 2

    return ask


@contextmanager
def postgis() -> Iterator[tuple[Make, Make]]:
    """By `<->` on geography; and exact, ordered again on the spheroid. Prepared statements on a socket."""
    if binaries() is None:
        raise Absent("PostgreSQL is not installed (make peers)")
    cluster = Cluster()
    try:
        cluster.start()
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            try:
                connection.execute("CREATE EXTENSION postgis")
            except psycopg.Error as error:
                raise Absent("PostGIS is not installed (make peers)") from error
            tables: dict[int, str] = {}

            def table(world: World, rows: Ints) -> str:
                return tables.get(len(rows)) or tables.setdefault(
                    len(rows), _table(connection, world, rows, len(tables))
                )

            yield (
                lambda world, rows: _plain(connection, table(world, rows)),
                lambda world, rows: _exact(connection, table(world, rows)),
            )
    finally:
        cluster.remove()


def _table(connection: psycopg.Connection[Any], world: World, rows: Ints, number: int) -> str:
    name = f"centers{number}"
    connection.execute(f"CREATE TABLE {name} (id int, at geography(Point))")
    with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
        for row, lon, lat in zip(rows.tolist(), world.lon[rows].tolist(), world.lat[rows].tolist(), strict=True):
            copy.write_row((row, f"SRID=4326;POINT({lon} {lat})"))
    connection.execute(f"CREATE INDEX ON {name} USING gist (at)")
    connection.execute(f"VACUUM ANALYZE {name}")
    return name


def _plain(connection: psycopg.Connection[Any], table: str) -> Ask:
    here = "ST_MakePoint(%s, %s)::geography"
    sql = f"SELECT id, ST_Distance(at, {here}) FROM {table} ORDER BY at <-> {here} LIMIT {K}"
    return _asking(connection, sql, 2)


def _exact(connection: psycopg.Connection[Any], table: str) -> Ask:
    here = "ST_MakePoint(%s, %s)::geography"
    near = f"SELECT id, ST_Distance(at, {here}) AS meters FROM {table} ORDER BY at <-> {here} LIMIT {NEIGHBORS}"
    return _asking(connection, f"SELECT id, meters FROM ({near}) AS near ORDER BY meters LIMIT {K}", 2)


def _asking(connection: psycopg.Connection[Any], sql: str, times: int) -> Ask:
    cursor = connection.cursor()

    def ask(point: Point) -> list[int]:
        cursor.execute(sql.encode(), (point.lon, point.lat) * times, prepare=True)
        return [row for row, _ in cursor.fetchall()]

    return ask


@contextmanager
def geokdbush() -> Iterator[Callable[[World, Ints], Callable[[list[Point]], tuple[list[float], list[list[int]]]]]]:
    """The fastest in JavaScript, by a sphere; asked by the block and timed inside node, without the way there."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "geokdbush").is_dir():
        raise Absent("node or geokdbush is not installed (make peers)")
    script = shutil.copy(Path(__file__).with_name("geokdbush.mjs"), FOLDER)
    process = subprocess.Popen([node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=FOLDER)
    assert process.stdin
    assert process.stdout

    def said(asked: dict[str, Any]) -> Any:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    def make(world: World, rows: Ints) -> Callable[[list[Point]], tuple[list[float], list[list[int]]]]:
        index = said({"lon": world.lon[rows].tolist(), "lat": world.lat[rows].tolist()})

        def block(points: list[Point]) -> tuple[list[float], list[list[int]]]:
            found = said({"index": index, "k": K, "points": [(point.lon, point.lat) for point in points]})
            return found["us"], [rows[near].tolist() for near in found["found"]]

        return block

    try:
        yield make
    finally:
        process.stdin.close()
        process.wait(30)
