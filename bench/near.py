"""Shows how large near.json is and how long a slow phone ranks by it.

    python bench/near.py [--check]

For the sample and for 500 and 5,000 real-sized centers, in Kyrgyz: bytes plain and packed by brotli 11; milliseconds of
a processor until the desk has made the three languages; in Chromium with a processor slowed 4 x: `first` (on a new
page from the text to the first answer, as a person waits for it) and the mean of 100 of `open` (from the text to a
directory that answers), `nearest` (the 5 nearest, nothing chosen), `open now` (the same with a topic and open now),
`far` (the 100 nearest from the country's western end) and `counts` (of every choice).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import brotli
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from legalmap.directory.edition import Directory  # noqa: E402
from legalmap.directory.editions import Editions  # noqa: E402
from legalmap.directory.exports import as_json  # noqa: E402
from legalmap.directory.near import near_json  # noqa: E402
from legalmap.model import LANGS  # noqa: E402
from tests.directory.realsize import real_sized  # noqa: E402

SLOWER, ROUNDS = 4, 100
BYTES, MILLISECONDS = 20_000, 20.0
"""The goals for 500 centers: near.json in one language; an answer on the slowed processor (5 ms on a plain one)."""
TIMED = """([text, rounds]) => {
  // all rounds at once: a slowed processor stands still now and then, and one short call may fall between
  const mean = (ask) => {
    const start = performance.now();
    for (let i = 0; i < rounds; i++) ask();
    return (performance.now() - start) / rounds;
  };
  const query = {lat: 41.4287, lon: 75.9911, oblast: "KG-N", k: 5, now: Date.now()};
  const start = performance.now();
  const known = Near.directory(JSON.parse(text));
  known.answer(query);
  const first = performance.now() - start;
  const chosen = Object.assign({}, query, {topic: ["family"], open: true});
  const far = Object.assign({}, query, {lat: 39.94, lon: 69.57, k: 100});
  return {
    first, open: mean(() => Near.directory(JSON.parse(text))), nearest: mean(() => known.answer(query)),
    "open now": mean(() => known.answer(chosen)), far: mean(() => known.answer(far)),
    counts: mean(() => known.counts(chosen)),
  };
}"""


def sample(folder: Path) -> Directory:
    """The sample directory, published by the command line."""
    environment = {**os.environ, "LEGALMAP_INSTANCE": str(folder)}
    subprocess.run(
        [sys.executable, "-m", "legalmap.cli", "init", "--sample"],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return Editions(folder / "editions").current()


def made(directory: Directory) -> float:
    """Milliseconds of a processor for near.json in all languages."""
    start = time.process_time()
    for lang in LANGS:
        as_json(near_json(directory, lang))
    return 1000 * (time.process_time() - start)


def shown(browser: Browser, directory: Directory) -> tuple[int, dict[str, Any]]:
    """One line of the table; the packed bytes and the times."""
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "static" / "near-rank.js")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    spent = made(directory)
    text = as_json(near_json(directory, "ky"))
    packed = len(brotli.compress(text.encode(), quality=11))
    times: dict[str, float] = page.evaluate(TIMED, [text, ROUNDS])
    count = len(directory.ranked) + len(directory.unplaced)
    told = " ".join(f"{name} {taken:6.2f}" for name, taken in times.items())
    print(f"{count:6} centers {len(text.encode()):9,} B {packed:8,} br  made {spent:6.1f} ms  {told}")
    return packed, times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave with 1 where a goal is missed")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("skipped: no Chromium on this machine (apt-get install chromium)")
        return 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        known = sample(Path(folder) / "instance")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        shown(browser, known)
        packed, times = shown(browser, real_sized(known, 500))
        shown(browser, real_sized(known, 5_000))
        browser.close()
    good = packed <= BYTES and max(times["nearest"], times["open now"]) <= MILLISECONDS
    print(f"{'met' if good else 'MISSED'}: 500 centers in {packed:,} bytes, answered in {times['nearest']:.1f} ms")
    return int(options.check and not good)


if __name__ == "__main__":
    sys.exit(main())
