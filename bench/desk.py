"""Shows how long staff and the public wait for what the desk does on the web.

    python bench/desk.py [--check]

hide: from the press to the edition in which the address is gone, published by a job's own process; beside it that
process alone doing nothing (`legalmap job --help`), which is the part that Python's start takes. list: one view of the
list of 5,000 centers, beside the same view of 61. check: a table of 5,000 rows sent on the web until its preview can
be shown. Medians of several; seconds. Goals: hidden in 2 s, a view in 0.15 s, a preview in 12 s.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from legalmap import resources
from legalmap.config import Settings
from legalmap.desk import imports, jobs
from legalmap.desk.acts import Desk
from legalmap.desk.instance import make_instance
from legalmap.desk.known import known
from legalmap.desk.overview import Asked, Overviews
from legalmap.desk.plan_file import Wanted
from legalmap.directory.editions import Editions
from legalmap.store import imports as kept

ROOT = Path(__file__).resolve().parent.parent
HIDDEN, VIEW, PREVIEW = 2.0, 0.15, 12.0
TODAY = dt.datetime.now(dt.UTC)


def table(rows: int) -> str:
    """The table of bench/import.py."""
    spec = importlib.util.spec_from_file_location("bench_import", ROOT / "bench" / "import.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_import"] = module
    spec.loader.exec_module(module)
    return str(module.table(rows))


def desk_with(folder: Path, data: bytes) -> Desk:
    settings = Settings(instance=folder)
    desk = Desk(store=make_instance(settings), settings=settings, who="bench", now=TODAY)
    desk.import_file(data, "bench.csv", Wanted(apply=True, accept=frozenset({"all"})))
    return desk


def median(times: int, once: Callable[[int], None]) -> float:
    spent = []
    for turn in range(times):
        began = time.perf_counter()
        once(turn)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def begin_only(_turn: int) -> None:
    """A process that starts as a job's does, and does nothing."""
    subprocess.run([sys.executable, "-m", "legalmap.cli", "job", "--help"], capture_output=True, check=True, cwd=ROOT)


def hide(desk: Desk) -> float:
    """Seconds until nobody is shown the address of a center that somebody hides."""
    editions = Editions(desk.settings.editions)
    shown = [center.id for center in editions.current().centers if center.show_location == "yes"]

    def once(turn: int) -> None:
        web = Desk(
            store=desk.store, settings=desk.settings, who="web:bench", now=dt.datetime.now(dt.UTC),
            publish_later=lambda: jobs.publish_later(desk.store, desk.settings, "web:bench"),
        )  # fmt: skip
        web.together("hide", [shown[turn]], apply=True)
        while editions.current().by_id[shown[turn]].show_location != "no":
            time.sleep(0.01)

    return median(5, once)


def view(desk: Desk) -> float:
    """Seconds of processor for a view of the list with a word and a filter."""
    overviews = Overviews(desk.store, known)
    never = frozenset({"never_verified"})
    asked = (Asked(), Asked(text="борбор 70"), Asked(sort="place", down=True), Asked(states=never))

    def once(turn: int) -> None:
        overviews.current().look(asked[turn % len(asked)], "ky", TODAY.date())

    median(len(asked), once)  # the first of a worker puts all in order
    return median(12, once)


def check(desk: Desk, data: bytes) -> float:
    """Seconds until a sent table can be shown."""

    def once(_turn: int) -> None:
        import_id, job_id = imports.begin(desk.store, "web:bench", data, "bench.csv")
        jobs.start(job_id, desk.settings)
        while True:
            with desk.store.reading() as connection:
                found = kept.find(connection, import_id)
            if found and found.state == "checked":
                return
            time.sleep(0.05)

    return median(1, once)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave with 1 where a goal is missed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        small = desk_with(Path(name) / "small", (resources.folder("geodata") / "centers.csv").read_bytes())
        rows = table(5_000).encode()
        large = desk_with(Path(name) / "large", rows)
        start = median(3, begin_only)
        hidden = hide(small)
        print(f"hide   {hidden:.2f} s at 61 centers; starting a process alone {start:.2f} s")
        few, many = view(small), view(large)
        print(f"list   {1000 * many:.1f} ms at 5,000 centers; {1000 * few:.1f} ms at 61")
        previewed = check(small, rows)
        print(f"check  {previewed:.1f} s for 5,000 rows")
    good = hidden < HIDDEN and many < VIEW and previewed < PREVIEW
    print("met" if good else "MISSED")
    return int(options.check and not good)


if __name__ == "__main__":
    sys.exit(main())
