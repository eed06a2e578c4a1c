"""Shows how long somebody waits on a slow line and a slow phone, beside a stock Folium page of the same centers.

    python bench/slow_network.py [--n 500] [--rounds 3] [--check]

Chromium with a processor slowed 4 x and three lines (kbit/s, ms to the first byte of each answer): 50 / 500, 250 / 300,
1,600 / 150. Each view has an empty cache; the pages take turns in each round, so that a busy machine slows all alike.
Seconds, least and median: `home` and `stock` until something is painted (first contentful paint); `typed`: from
"Search" until the list stands, for a place that somebody typed on the home page, a letter each 0.3 s; `near me`: from
the tap until the list stands, for a position that the browser gives at once; `plain`: as `typed`, on a phone without
script. The site is served by gunicorn, with the sample or with --n made-up centers (those of bench/map.py).

`stock` is folium.Map with folium.Marker and folium.Popup for each center and the files that folium 0.20 names, on this
machine instead of on four hosts (no further name or handshake to wait for) and packed by brotli 11. Without two of its
style sheets that no package registry has (glyphicons, rotate) and without pictures of streets, which is to its favor.
The files come by `npm pack` (exact versions) into the temporary folder and stay there.
Goals on the slowest line: the home page in 1.5 s, stock at least 15 x later.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import folium
from cryptography.fernet import Fernet
from map import centers
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from legalmap.config import Settings
from legalmap.desk import gazetteer
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.directory.editions import Editions
from legalmap.model import Center

ROOT = Path(__file__).resolve().parent.parent
FIRST_PAINT, SOONER = 1.5, 15.0
LINES = {"50 / 500": (50, 500), "250 / 300": (250, 300), "1,600 / 150": (1600, 150)}
"""Kbit/s each way and milliseconds until an answer begins."""
SLOWER = 4
PLACE, NARYN = "Нарын", {"latitude": 41.4287, "longitude": 75.9911, "accuracy": 30}
LETTER_MS = 300
LISTED = "main ol.list li.card"
_WAIT_MS = 180_000
CHROMIUM_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_PAINTED = "() => (performance.getEntriesByName('first-contentful-paint')[0] || {}).startTime"
_PACKAGES = {
    "leaflet@1.9.3": (
        "dist/leaflet.js", "dist/leaflet.css", "dist/images/marker-icon.png", "dist/images/marker-shadow.png",
    ),
    "jquery@3.7.1": ("dist/jquery.min.js",),
    "bootstrap@5.2.2": ("dist/js/bootstrap.bundle.min.js", "dist/css/bootstrap.min.css"),
    "leaflet.awesome-markers@2.0.5": ("dist/leaflet.awesome-markers.js", "dist/leaflet.awesome-markers.css"),
    "@fortawesome/fontawesome-free@6.2.0": ("css/all.min.css",),
}  # fmt: skip
"""Packages of npm and what a page of folium.Marker loads of them."""
_JS = ("dist/leaflet.js", "dist/jquery.min.js", "dist/js/bootstrap.bundle.min.js", "dist/leaflet.awesome-markers.js")
_CSS = ("dist/leaflet.css", "dist/css/bootstrap.min.css", "css/all.min.css", "dist/leaflet.awesome-markers.css")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png", ".html": "text/html; charset=utf-8"}


class Missing(Exception):
    """Something that the measurement needs is not on this machine; the text says what."""


def stock_files() -> dict[str, bytes]:
    """Folium's own files by their path, fetched once."""
    kept = Path(tempfile.gettempdir()) / "legalmap-stock-folium-0.20"
    for package, paths in _PACKAGES.items():
        if all((kept / path).exists() for path in paths):
            continue
        npm = shutil.which("npm")
        if npm is None:
            raise Missing("npm is not on this machine: it fetches the files of the stock page")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [npm, "pack", "--silent", "--pack-destination", folder, package], check=True, capture_output=True
            )
            (archive,) = Path(folder).glob("*.tgz")
            with tarfile.open(archive) as packed:
                for path in paths:
                    content = packed.extractfile(f"package/{path}")
                    assert content
                    (kept / path).parent.mkdir(parents=True, exist_ok=True)
                    (kept / path).write_bytes(content.read())
    return {path: (kept / path).read_bytes() for paths in _PACKAGES.values() for path in paths}


def stock_page(centers: Sequence[Center]) -> bytes:
    """A marker with a popup for each center that has a point."""
    drawn = folium.Map(location=(41.4, 74.6), zoom_start=7, tiles=None)
    drawn.default_js = [(path, f"/{path}") for path in _JS]
    drawn.default_css = [(path, f"/{path}") for path in _CSS]
    for one in centers:
        if one.point:
            phones = "<br>".join(phone.number for phone in one.phones)
            text = folium.Popup(f"{escape(one.names.in_lang('ky')[0])}<br>{phones}")
            folium.Marker((one.point.lat, one.point.lon), popup=text).add_to(drawn)
    return bytes(drawn.get_root().render().encode())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, files: Mapping[str, tuple[str, bytes]], *given: Any) -> None:
        self.files = files
        super().__init__(*given)

    def do_GET(self) -> None:
        media_type, body = self.files.get(self.path, ("", b""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        if body:
            self.send_header("Content-Type", media_type)
        if body and media_type != "image/png":
            self.send_header("Content-Encoding", "br")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def stock_site(centers: Sequence[Center]) -> Iterator[str]:
    """The address of the stock page, served from memory, packed."""
    plain = {f"/{path}": content for path, content in stock_files().items()} | {"/index.html": stock_page(centers)}
    files = {}
    for path, content in plain.items():
        media_type = _TYPES[Path(path).suffix]
        files[path] = (media_type, content if media_type == "image/png" else brotli.compress(content))
    print(f"stock: {sum(len(body) for _, body in files.values()) / 1e3:.0f} kB in {len(files)} files")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/index.html"
    finally:
        server.shutdown()


def _made_up(n: int, folder: Path) -> None:
    """An instance of the `n` centers of bench/map.py."""
    places = tuple(gazetteer.shipped().places.by_id.values())
    settings = Settings(instance=folder)
    settings.editions.mkdir(parents=True)
    settings.sealing_key.parent.mkdir(parents=True)
    settings.sealing_key.write_bytes(Fernet.generate_key())
    content = EditionContent(centers=centers(n, places), places=places, texts=())
    write_edition(settings.editions, 1, content, "0" * 64, dt.datetime.now(dt.UTC))


@contextmanager
def our_site(n: int, folder: Path) -> Iterator[tuple[str, Sequence[Center]]]:
    """The address of the home page, served by gunicorn, and the centers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LEGALMAP_")}
    environment |= {"LEGALMAP_INSTANCE": str(folder), "LEGALMAP_ROLES": "public"}
    if n:
        _made_up(n, folder)
    else:
        command = [sys.executable, "-m", "legalmap.cli", "init", "--sample"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    with (folder / "output.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", address],
            cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            for _ in range(150):
                with suppress(OSError):
                    urllib.request.urlopen(f"http://{address}/livez", timeout=2).close()
                    break
                time.sleep(0.1)
            yield f"http://{address}/ky/", Editions(folder / "editions").current().centers
        finally:
            server.terminate()
            server.wait(30)


@dataclass(frozen=True)
class Phone:
    """A slow phone on a slow line: each visit begins with an empty cache."""

    browser: Browser
    kilobits: int
    latency: int

    @contextmanager
    def visit(self, **options: Any) -> Iterator[Page]:
        """A page of a new visitor."""
        context: BrowserContext = self.browser.new_context(viewport={"width": 360, "height": 640}, **options)
        context.set_default_timeout(_WAIT_MS)
        page = context.new_page()
        devices = context.new_cdp_session(page)
        bytes_a_second = self.kilobits * 1000 / 8
        devices.send("Network.enable")
        devices.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": self.latency,
            "downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second,
        })  # fmt: skip
        devices.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        try:
            yield page
        finally:
            context.close()


def painted(address: str, phone: Phone) -> float:
    """Seconds until something is painted."""
    with phone.visit() as page:
        page.goto(address, wait_until="commit")
        return float(page.wait_for_function(_PAINTED, polling=50).json_value()) / 1000


def _until_listed(page: Page, act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    page.wait_for_selector(LISTED)
    return time.perf_counter() - began


def typed(address: str, phone: Phone, *, script: bool = True) -> float:
    """Seconds from "Search" to the list, after a place was typed."""
    with phone.visit(java_script_enabled=script) as page:
        page.goto(address)
        page.click("#place")
        page.type("#place", PLACE, delay=LETTER_MS)
        return _until_listed(page, lambda: page.click("form.find [type=submit]", no_wait_after=True))


def near_me(address: str, phone: Phone) -> float:
    """Seconds from the tap to the list."""
    with phone.visit(geolocation=NARYN, permissions=["geolocation"]) as page:
        page.goto(address)
        page.wait_for_selector("#near-button:not([hidden])")
        return _until_listed(page, lambda: page.click("#near-button", no_wait_after=True))


Times = dict[str, dict[str, list[float]]]


def measured(browser: Browser, ours: str, stock: str, rounds: int) -> Times:
    """Seconds of each round by line and way."""
    ways: dict[str, Callable[[Phone], float]] = {
        "stock": partial(painted, stock),
        "typed": partial(typed, ours),
        "near me": partial(near_me, ours),
        "plain": partial(typed, ours, script=False),
    }
    times: Times = {line: {way: [] for way in ("home", *ways)} for line in LINES}
    for _ in range(rounds):
        for line, (kilobits, latency) in LINES.items():
            phone = Phone(browser, kilobits, latency)
            for way, run in ways.items():
                times[line]["home"].append(painted(ours, phone))
                times[line][way].append(run(phone))
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=0, help="made-up centers (default: the sample)")
    parser.add_argument(
        "--rounds", type=int, default=3, help="visits of each kind on each line; of home four times as many"
    )
    parser.add_argument("--check", action="store_true", help="leave with 1 where a goal is missed")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        if chromium is None:
            raise Missing("Chromium is not on this machine")
        with (
            tempfile.TemporaryDirectory() as folder,
            our_site(options.n, Path(folder)) as (ours, centers),
            stock_site(centers) as stock,
            sync_playwright() as driver,
        ):
            browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            times = measured(browser, ours, stock, options.rounds)
            browser.close()
    except Missing as fault:
        print(fault, file=sys.stderr)
        return 2
    print("kbit/s / ms   least and median seconds")
    for line, ways in times.items():
        told = (f"{way} {min(found):.2f} {statistics.median(found):.2f}" for way, found in ways.items())
        print(f"{line:>12}   " + "   ".join(told))
    slowest = {way: statistics.median(found) for way, found in times["50 / 500"].items()}
    sooner = slowest["stock"] / slowest["home"]
    good = slowest["home"] < FIRST_PAINT and sooner >= SOONER
    print(
        f"{'met' if good else 'MISSED'}: {len(centers)} centers at 50 kbit/s, home painted in {slowest['home']:.2f} s, "
        f"{sooner:.0f} x sooner than stock Folium ({slowest['stock']:.1f} s)"
    )
    return int(options.check and not good)


if __name__ == "__main__":
    sys.exit(main())
