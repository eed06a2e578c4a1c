"""Files as GeoNames serves them, written by the tests themselves."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path


def place_line(
    id: int | str,
    name: str,
    others: str = "",
    *,
    lat: float | str = 41.43,
    lon: float | str = 75.2,
    oblast: str = "04",
    rayon: str = "",
    people: int | str = 0,
    feature: str = "PPL",
    country: str = "KG",
    kind: str = "P",
) -> str:
    """A line of KG.txt: 19 columns. By default a village alone in the middle of Naryn oblast."""
    columns = [
        id, name, name, others, lat, lon, kind, feature, country, "", oblast, rayon, "", "", people, "", 2000,
        "Asia/Bishkek", "2024-01-01",
    ]  # fmt: skip
    return "\t".join(str(column) for column in columns)


def name_line(place: int | str, lang: str, name: str, *marks: str) -> str:
    """A line of alternateNamesV2.txt: preferred, short, colloquial, historic, from, to follow the name."""
    return "\t".join(["1", str(place), lang, name, *(*marks, *[""] * 6)[:6]])


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def zipped(path: Path, **members: str) -> Path:
    """A ZIP with members named `KG_txt="..."` for KG.txt."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return path


def from_localities(table: Path, folder: Path) -> tuple[Path, Path, int]:
    """KG.txt and alternateNamesV2.txt of the large test table, and how many settlements they hold."""
    places, names = [], []
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if not row["geonameid"]:
                continue
            places.append(
                place_line(
                    row["geonameid"], row["name"], lat=row["lat"], lon=row["lon"], oblast=row["admin1"],
                    feature=row["feature_code"] or "PPL", people=row["population"] or 0,
                )
            )  # fmt: skip
            names.extend(
                name_line(row["geonameid"], lang, row[f"name_{lang}"]) for lang in ("ky", "ru") if row[f"name_{lang}"]
            )
    return write(folder / "KG.txt", *places), write(folder / "alternateNamesV2.txt", *names), len(places)
