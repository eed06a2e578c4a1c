"""Shows what a view of the map costs the server and the phone, beside four other ways to draw the same centers.

    python bench/map.py --n 61|500|10000 [--check]

Measured in turn, so that a busy machine slows all alike: the map page of this project (the page and what it loads
from the edition, through the whole application; the unfiltered page is kept from view to view, the filtered one is
made anew), folium.Marker each, folium MarkerCluster and FastMarkerCluster
drawn anew for the view, and Leaflet written by hand. All have the same names and phones. `ms` is the median of the
server's time for one view. `kB` is what comes over the line without pictures of streets (brotli):
all others are given Leaflet and the cluster script at our size, and their jQuery, Bootstrap and Font Awesome for
nothing. Goals at 500: 50 x faster than a marker each; at 61 and 500: 110 kB at most.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import brotli
import folium
from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from folium.plugins import FastMarkerCluster, MarkerCluster
from jinja2 import Environment, select_autoescape

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk import gazetteer
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.model import Center, Localized, Phone, Place, Point
from legalmap.routes.static import StaticFiles

FASTER, MOST_KB = 50.0, 110.0
_KINDS = ("flac", "advocate", "notary", "ngo", "legal_aid_office", "crisis_center", "court", "social_office")
_WORDS = "Ак Кара Алай Нур Мээрим Үмүт Жардам Укук Кеңеш Адилет Тилек Ынтымак Келечек Бакыт Жарык Өмүр".split()
_HAND = Environment(autoescape=select_autoescape(default=True)).from_string(
    "<!doctype html><title>map</title><div id=map></div><script>\n"
    "const map = L.map('map').setView([41.4, 74.6], 7);\n"
    "for (const [lat, lon, name, phone] of {{ points|tojson }}) {\n"
    "  const text = document.createElement('p'); text.textContent = name + ' ' + phone;\n"
    "  L.marker([lat, lon]).addTo(map).bindPopup(text);\n"
    "}\n</script>"
)
Points = Sequence[tuple[float, float, str, str]]


def centers(n: int, places: Sequence[Place]) -> tuple[Center, ...]:
    """`n` made-up centers around real places; one of twenty has no point."""
    chance = random.Random(n)
    made = []
    for i in range(n):
        place = chance.choice(places)
        point = Point(
            lat=round(place.point.lat + chance.gauss(0, 0.05), 6), lon=round(place.point.lon + chance.gauss(0, 0.07), 6)
        )
        name = f"{chance.choice(_WORDS)}-{chance.choice(_WORDS)} {chance.choice(_WORDS)} {i}"
        made.append(
            Center(
                number=1001 + i, id=f"made-{i}", kind=chance.choice(_KINDS), status="active", show_location="yes",
                names=Localized(ky=name, ru=name, en=name), oblast=place.oblast, place_id=place.id,
                point=None if i % 20 == 19 else point, phones=(Phone(number=f"+996{chance.randrange(10**8, 10**9)}"),),
                source="https://example.org/", source_date="2024-05", topics=("land", "family"), languages=("ky", "ru"),
            )
        )  # fmt: skip
    return tuple(made)


def site(folder: Path, made: tuple[Center, ...], places: Sequence[Place]) -> FlaskClient:
    """The application over a real edition of these centers."""
    settings = Settings(instance=folder)
    settings.editions.mkdir(parents=True)
    settings.sealing_key.parent.mkdir(parents=True)
    settings.sealing_key.write_bytes(Fernet.generate_key())
    content = EditionContent(centers=made, places=tuple(places), texts=())
    write_edition(settings.editions, 1, content, "0" * 64, dt.datetime.now(dt.UTC))
    return create_app(settings).test_client()


def from_edition(client: FlaskClient) -> list[str]:
    """What the map page loads from the edition."""
    about = json.loads(client.get("/ky/map").text.split("data-map='", 1)[1].split("'", 1)[0])
    return [about["layers"]["names"], about["layers"]["centers"], about["shell"]]


def ours(client: FlaskClient, page: str, files: Sequence[str]) -> bytes:
    """One view: the page and its files of the edition, as they go out."""
    asked = {"Accept-Encoding": "gzip, br"}
    return b"".join(client.get(path, headers=asked).data for path in (page, *files))


def marker_each(points: Points) -> bytes:
    drawn = folium.Map(location=(41.4, 74.6), zoom_start=7)
    for lat, lon, name, phone in points:
        folium.Marker((lat, lon), popup=folium.Popup(f"{escape(name)}<br>{phone}")).add_to(drawn)
    return bytes(drawn.get_root().render().encode())


def marker_cluster(points: Points) -> bytes:
    drawn = folium.Map(location=(41.4, 74.6), zoom_start=7)
    cluster = MarkerCluster().add_to(drawn)  # type: ignore[no-untyped-call]
    for lat, lon, name, phone in points:
        folium.Marker((lat, lon), popup=folium.Popup(f"{escape(name)}<br>{phone}")).add_to(cluster)
    return bytes(drawn.get_root().render().encode())


def fast_cluster(points: Points) -> bytes:
    drawn = folium.Map(location=(41.4, 74.6), zoom_start=7)
    callback = "function (row) { return L.marker([row[0], row[1]]).bindPopup(row[2] + '<br>' + row[3]); }"
    rows = [list(row) for row in points]
    FastMarkerCluster(data=rows, callback=callback).add_to(drawn)  # type: ignore[no-untyped-call]
    return bytes(drawn.get_root().render().encode())


def by_hand(points: Points) -> bytes:
    return _HAND.render(points=points).encode()


def measured(ways: dict[str, Callable[[], bytes]], rounds: int) -> dict[str, tuple[float, bytes]]:
    """Median milliseconds of each way and what it made, one after the other in each round."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    made: dict[str, bytes] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            made[name] = way()
            times[name].append((time.perf_counter() - start) * 1e3)
    return {name: (statistics.median(times[name]), made[name]) for name in ways}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=500, help="centers (61, 500, 10000)")
    parser.add_argument("--rounds", type=int, default=0, help="views of each (default: 11, at 10000 3)")
    parser.add_argument("--check", action="store_true", help="leave with 1 where a goal is missed")
    options = parser.parse_args()
    logging.disable(logging.INFO)  # the application's access lines
    places = tuple(gazetteer.shipped().places.by_id.values())
    made = centers(options.n, places)
    points = [(one.point.lat, one.point.lon, one.names.ky, one.phones[0].number) for one in made if one.point]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        client = site(Path(folder), made, places)
        print(f"{options.n} centers, edition and application made in {time.perf_counter() - start:.2f} s")
        edition = from_edition(client)
        filtered = client.post("/ky/map", data={"topic": "land"}).headers["Location"]
        files: StaticFiles = client.application.extensions["static"]
        drawn = {name: len(files.by_hashed[hashed].br) for name, hashed in files.hashed.items()}
        leaflet = sum(size for name, size in drawn.items() if name.startswith("vendor/"))
        ways: dict[str, Callable[[], bytes]] = {
            "legalmap": lambda: ours(client, "/ky/map", edition),
            "legalmap, filtered": lambda: ours(client, filtered, edition),
            "folium.Marker each": lambda: marker_each(points),
            "MarkerCluster": lambda: marker_cluster(points),
            "FastMarkerCluster": lambda: fast_cluster(points),
            "Leaflet by hand": lambda: by_hand(points),
        }
        found = measured(ways, options.rounds or (3 if options.n > 2000 else 11))
    kilobytes = {
        name: (
            len(page) + sum(drawn.values())
            if name.startswith("legalmap")
            else len(brotli.compress(page, quality=9)) + leaflet
        )
        / 1e3
        for name, (_, page) in found.items()
    }
    base = found["legalmap"][0]
    for name, (took, _) in found.items():
        print(f"{name:19} {took:9.1f} ms   {took / base:7.1f} x   {kilobytes[name]:7.1f} kB")
    faster = found["folium.Marker each"][0] / base
    good = (faster >= FASTER or options.n != 500) and (kilobytes["legalmap"] <= MOST_KB or options.n > 500)
    print(
        f"{'met' if good else 'MISSED'}: {options.n} centers, {faster:.0f} x faster than folium.Marker each, "
        f"{kilobytes['legalmap']:.1f} kB without tiles"
    )
    return int(options.check and not good)


if __name__ == "__main__":
    sys.exit(main())
