"""What most would build: Flask, a pool of connections, PostGIS; the exact five nearest as JSON and as a plain page.

`DATABASE` is the address of a database with the table `centers`, see `fill`; `PEERS` the folder of psycopg_pool, which
is no dependency of ours.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

import psycopg
import psycopg.rows
from flask import Flask, Response, request

FIVE_NEAREST = (
    "SELECT * FROM (SELECT number, name, address, phone, ST_Y(p::geometry) AS lat, ST_X(p::geometry) AS lon,"
    " ST_Distance(p, q) AS meters"
    " FROM centers, (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography AS q) asked"
    " ORDER BY p <-> q LIMIT 40) near ORDER BY meters, number LIMIT 5"
)
"""The order of `<->` is that of a sphere: the nearest forty by it hold the five that the spheroid says."""
PAGE = """<!doctype html>
<html lang="ky"><head><meta charset="utf-8"><title>Жакын</title><meta name="viewport" content="width=device-width">
<style>body{font:1rem sans-serif;max-width:40rem;margin:auto}li{margin:1rem 0}</style></head><body>
<form method="post" action="/search"><label>Кайдасыз? <input name="place"></label> <button>Издөө</button></form>
<ol>{% for center in centers %}<li><h2><a href="/centers/{{ center.number }}">{{ center.name }}</a></h2>
<p>{{ "%.1f"|format(center.meters / 1000) }} км</p><p>{{ center.address }}</p>
<p><a href="tel:{{ center.phone }}">{{ center.phone }}</a></p></li>{% endfor %}</ol></body></html>"""


def fill(url: str, rows: list[tuple[int, str, str, str, float, float]]) -> None:
    """The table: number, name, address, phone, latitude, longitude of each center."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION postgis")
        connection.execute(
            "CREATE TABLE centers (number int PRIMARY KEY, name text, address text, phone text, p geography(Point))"
        )
        for number, name, address, phone, lat, lon in rows:
            connection.execute(
                "INSERT INTO centers VALUES (%s, %s, %s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography)",
                (number, name, address, phone, lon, lat),
            )
        connection.execute("CREATE INDEX ON centers USING gist (p)")
        connection.execute("ANALYZE centers")


def make() -> Flask:
    """The application, with a pool of four connections in each worker."""
    sys.path.append(os.environ["PEERS"])
    new_pool = importlib.import_module("psycopg_pool").ConnectionPool
    app = Flask(__name__)
    page = app.jinja_env.from_string(PAGE)
    pools: dict[int, Any] = {}

    def nearest(lat: float, lon: float) -> list[dict[str, Any]]:
        pool = pools.get(os.getpid())  # connections do not live through the fork that makes a worker
        if pool is None:
            pool = pools[os.getpid()] = new_pool(
                os.environ["DATABASE"], min_size=4, max_size=4, open=True, kwargs={"row_factory": psycopg.rows.dict_row}
            )
        with pool.connection() as connection:
            found: list[dict[str, Any]] = connection.execute(FIVE_NEAREST, (lon, lat)).fetchall()
            return found

    @app.get("/")
    def ready() -> str:
        return "ok"

    @app.post("/nearest")
    def as_json() -> Response:
        asked = request.get_json()
        found = nearest(float(asked["lat"]), float(asked["lon"]))
        return Response(json.dumps({"centers": found}, ensure_ascii=False), content_type="application/json")

    @app.get("/near/<float:lat>/<float:lon>")
    def as_page(lat: float, lon: float) -> str:
        return page.render(centers=nearest(lat, lon))

    return app
