"""Shows how many places of a large gazetteer are found from each way to write their name, and how fast.

    LEGALMAP_TESTDATA=<folder> python bench/places.py [--check]

The folder holds wof_kg_localities.csv: `name` (Latin), `name_ky`, `name_ru`, `admin1`, `feature_code`,
`population`, ids and WGS84 degrees. Counted are the rows that have the name in its own letters; a row is
found when it is on the first page of 20. Times are microseconds for one question, each asked once.
`typing error` has one letter left out and is shown for its time: no goal is set for it.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from legalmap.directory.places import Places
from legalmap.model import Localized, Place, Point

FILE = "wof_kg_localities.csv"
PAGE = 20
FOUND, MICROSECONDS = 0.98, 1000.0
"""The goals: 98 of 100 rows from each spelling; half of all questions answered within a millisecond."""
_OBLASTS = {
    "01": "KG-GB", "02": "KG-C", "03": "KG-J", "04": "KG-N", "06": "KG-T", "07": "KG-Y", "08": "KG-O", "09": "KG-B",
}  # fmt: skip
_BGN = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "ң": "ng", "о": "o", "ө": "ö", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ү": "ü", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": '"', "ы": "y",
    "ь": "'", "э": "e", "ю": "yu", "я": "ya",
})  # fmt: skip
"""BGN/PCGN 1979 for Kyrgyz: written out here, not taken from letters.json, which is what is measured."""
_POPULAR = str.maketrans({"ö": "o", "ü": "u", "'": None, '"': None})
_KEYBOARD = str.maketrans("өүңӨҮҢ", "оунОУН")


def bgn(name: str) -> str:
    return name.lower().translate(_BGN)


def popular(name: str) -> str:
    """As newspapers write: no dots and signs, n for ң, h for х, i at the end of ай, ой, уй, ей."""
    plain = re.sub("й(?![а-яөүң])", "и", name.lower()).replace("ң", "н").replace("х", "h")
    return plain.translate(_BGN).translate(_POPULAR)


def through_russian(name: str) -> str:
    """A Kyrgyz name as it came into English by way of Russian (Dzhety-Oguz, Tash-Kumyr)."""
    russian = name.lower().replace("ж", "дж").replace("ө", "о").replace("ү", "у").replace("ң", "н")
    return russian.replace("ж", "zh").translate(_BGN).translate(_POPULAR)


def mistyped(name: str) -> str:
    missing = random.Random(name).randrange(1, len(name)) if len(name) > 1 else 0
    return name[:missing] + name[missing + 1 :]


def _same(name: str) -> str:
    return name


WAYS: dict[str, tuple[str, Callable[[str], str]]] = {
    "ky name": ("name_ky", _same),
    "ru name": ("name_ru", _same),
    "Russian keyboard": ("name_ky", lambda name: name.translate(_KEYBOARD)),
    "BGN Latin": ("name_ky", bgn),
    "popular Latin": ("name_ky", popular),
    "through Russian": ("name_ky", through_russian),
}
TYPO = "typing error"
Rows = list[dict[str, str]]


def read(path: Path) -> tuple[Rows, Places]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return rows, Places(_place(row) for row in rows)


def _place(row: Mapping[str, str]) -> Place:
    return Place(
        id=row["wof_id"],
        names=Localized(ky=row["name_ky"], ru=row["name_ru"], en=row["name"]),
        oblast=_OBLASTS.get(row["admin1"], ""),
        point=Point(lat=float(row["lat"]), lon=float(row["lon"])),
        population=int(row["population"] or 0),
        feature=row["feature_code"],
    )


def ask(rows: Rows, places: Places, column: str, spell: Callable[[str], str]) -> tuple[list[str], int, list[float]]:
    """The names not found, how many were asked, and the microseconds of each question."""
    missed, times = [], []
    for row in rows:
        name = row[column]
        if not name or re.search("[a-z]", name, re.IGNORECASE):  # a Latin name in a Cyrillic column is no such name
            continue
        text = spell(name)
        start = time.perf_counter()
        found = places.find(text)
        times.append((time.perf_counter() - start) * 1e6)
        if row["wof_id"] not in [place.id for place in (*found.exact, *found.similar)[:PAGE]]:
            missed.append(f"{text} ({row['name_ky']} / {row['name_ru']} / {row['name']})")
    return missed, len(times), times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave with 1 where a goal is missed")
    parser.add_argument("--missed", action="store_true", help="print every name that was not found")
    options = parser.parse_args()
    folder = os.environ.get("LEGALMAP_TESTDATA", "")
    if not folder:
        print(f"skipped: LEGALMAP_TESTDATA is not set; it names the folder that holds {FILE}")
        return 0
    if not (Path(folder) / FILE).is_file():
        parser.error(f"no {FILE} in the folder that LEGALMAP_TESTDATA names")
    start = time.perf_counter()
    rows, places = read(Path(folder) / FILE)
    print(f"{len(rows)} places indexed in {time.perf_counter() - start:.2f} s")
    shares, times = {}, []
    for way, (column, spell) in (WAYS | {TYPO: ("name_ky", mistyped)}).items():
        missed, asked, took = ask(rows, places, column, spell)
        share = 1 - len(missed) / asked
        print(f"{way:17} {asked - len(missed):5} of {asked} = {100 * share:6.2f} %   {_times(took)}")
        if options.missed:
            print("".join(f"    {name}\n" for name in missed), end="")
        if way != TYPO:
            shares[way] = share
            times += took
    worst = min(shares.values())
    good = worst >= FOUND and float(np.percentile(times, 50)) < MICROSECONDS
    print(f"{'met' if good else 'MISSED'}: worst {100 * worst:.2f} % of {len(rows)} places; {_times(times)}")
    return int(options.check and not good)


def _times(times: list[float]) -> str:
    return f"p50 {np.percentile(times, 50):5.0f} us, p99 {np.percentile(times, 99):5.0f} us"


if __name__ == "__main__":
    sys.exit(main())
