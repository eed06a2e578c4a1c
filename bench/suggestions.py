"""Shows how long a slow phone takes for each letter of a place's name, and what the places are as a download.

    LEGALMAP_TESTDATA=<folder> python bench/suggestions.py [--rounds 5] [--check]

Chromium with a processor slowed 4 x; the scripts are those that are served. The folder is that of bench/places.py;
without it the shipped places are taken. `start`: the index is begun; `first`: the first letter, answered and drawn
while the index is still being made; `next`: the slowest later letter of the name; `Enter`: all places of that name.
Milliseconds, the least of all rounds (a busy machine is not the script's doing), a letter each 200 ms.
Goals: first in 100 ms, each next in 30 ms.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Any

import brotli
from places import FILE, read
from playwright.sync_api import Browser, sync_playwright

from legalmap import letters
from legalmap.directory.edition import Directory, build
from legalmap.directory.exports import as_json
from legalmap.directory.places import read_places
from legalmap.directory.suggestions import places_json
from legalmap.model import LANGS
from legalmap.routes.static import read_files

ROOT = Path(__file__).resolve().parent.parent
FIRST_MS, NEXT_MS = 100, 30
TEXTS = ("Жаңы-Жол", "Кызыл-Суу", "Dzhalal-Abad", "Токтогол", "щучинка")
_PAGE = "data:text/html,<form><label for=place>Place</label><div><input id=place></div></form>"
_SCRIPTS = ("letters.js", "typing.js")
_TYPE = """async ([columns, tables, text]) => {
  const words = {near: "near {place}, {n} km", some: "{n}", none: "none"};
  const [data, input] = [JSON.parse(columns), document.getElementById("place")];
  const took = (act) => {
    const start = performance.now();
    act();
    document.body.offsetHeight;
    return performance.now() - start;
  };
  let known;
  input.focus();
  const times = [took(() => {
    known = Near.gazetteer(data, Near.letters(tables), words);
    Near.combobox(input, {find: known.find, ready: known.ready, choose() {}, words});
  })];
  for (let length = 1; length <= text.length; length++) {
    times.push(took(() => {
      input.value = text.slice(0, length);
      input.dispatchEvent(new Event("input"));
    }));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  times.push(took(() => known.exact(text)));
  return times;
}"""


def typed(browser: Browser, columns: str, text: str) -> list[float]:
    """Milliseconds for the start, each letter and Enter."""
    page = browser.new_page()
    page.goto(_PAGE)
    served = read_files(ROOT / "static")
    for name in _SCRIPTS:
        page.add_script_tag(content=served.by_hashed[served.hashed[name]].plain.decode())
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    times: list[float] = page.evaluate(_TYPE, [columns, json.loads(letters.TABLES.read_text("utf-8")), text])
    page.close()
    return times


def directory() -> Directory:
    folder = os.environ.get("LEGALMAP_TESTDATA", "")
    if folder:
        places: Any = read(Path(folder) / FILE)[1].by_id.values()
    else:
        places = read_places(ROOT / "geodata" / "places.csv")
    return build(1, "0" * 64, dt.datetime.now(dt.UTC), (), places, ())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="leave with 1 where a goal is missed")
    options = parser.parse_args()
    known = directory()
    told = {lang: as_json(places_json(known, lang)) for lang in LANGS}
    sizes = ", ".join(f"{lang} {len(brotli.compress(text.encode(), quality=11))}" for lang, text in told.items())
    print(f"{len(known.places.by_id)} places; places.json, bytes (brotli 11): {sizes}")
    good = True
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        for text in TEXTS:
            rounds = [typed(browser, told["ky"], text) for _ in range(options.rounds)]
            start, first, *later, enter = (min(times) for times in zip(*rounds, strict=True))
            good = good and first <= FIRST_MS and max(later) <= NEXT_MS
            print(f"{text:13} start {start:4.0f}  first {first:4.0f}  next {max(later):4.0f}  Enter {enter:4.0f} ms")
        browser.close()
    print("met" if good else "MISSED")
    return int(options.check and not good)


if __name__ == "__main__":
    sys.exit(main())
