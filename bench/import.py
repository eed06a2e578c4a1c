"""Shows how long tables of 100, 1,000 and 5,000 centers take, previewed and applied, and the memory that needs.

    bench/import.py [--check]

Each figure is one new process of the command line with an instance of its own, start and publishing included; beside it
a process that only does pandas.read_csv of the same file. In brackets stand the seconds of processors, which a busy
machine does not stretch. An apply plans anew before it writes, so that its goal is for what it does beyond a preview:
writing, and publishing to all. Memory is the peak of the largest process, as the kernel counts it (resident,
megabytes). The odd files are such as an import reads to the end before it can refuse or take them.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from legalmap.desk.reading.timetable import HoursUnreadable, read

ROOT = Path(__file__).resolve().parent.parent
PREVIEW, APPLY, ANYTHING, MEGABYTES, LONG_HOURS = 10.0, 5.0, 15.0, 200.0, 0.05
"""The goals: seconds for a preview of 5,000 rows, for what an apply does beyond it, for any file; memory; seconds for
30,000 letters."""
SIZES = (100, 1_000, 5_000)
HEADER = (
    "id", "kind", "name_ky", "name_ru", "oblast", "settlement", "address", "lat", "lon", "show_location", "phones",
    "email", "hours", "languages", "topics", "services_ky", "fee", "source", "source_date",
)  # fmt: skip
TOWNS = (
    ("KG-N", "Нарын", 41.4287, 75.9911), ("KG-T", "Талас", 42.5228, 72.2427), ("KG-Y", "Каракол", 42.4907, 78.3936),
    ("KG-J", "Жалал-Абад", 40.9333, 73.0), ("KG-B", "Баткен", 40.0626, 70.8194), ("KG-C", "Токмок", 42.8421, 75.3015),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds from start to end, those in which a processor worked, and megabytes at the peak."""

    seconds: float
    busy: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s ({self.busy:5.2f}) {self.megabytes:4.0f} MB"


def table(rows: int) -> str:
    """A table as offices send it: every cell has to be read, few are in canonical form."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for n in range(rows):
        oblast, town, lat, lon = TOWNS[n % len(TOWNS)]
        writer.writerow([
            f"c{n}", "юридическая клиника", f"Борбор № {n}", f"Центр № {n}", oblast, town, f"ул. Ленина, {n}",
            f"{lat + n % 97 / 9000:.6f}", f"{lon + n % 89 / 9000:.6f}", "да", f"0555 {n // 1000 + 10:02} {n % 1000:04}",
            f"c{n}@adilet.kg", "Пн-Пт 9:00-18:00, обед 12:00-13:00", "кыргызча, орусча", "семья; земля",
            "Юридикалык жардам көрсөтөт", "бесплатно", "https://minjust.gov.kg", "12.10.2025",
        ])  # fmt: skip
    return out.getvalue()


def odd_files(folder: Path) -> list[Path]:
    """Files that hold as much as the limits let in."""
    wide = folder / "wide.csv"
    wide.write_text(",".join(HEADER[:3]) + ",x" * 190 + "\n" + ("a,b,c" + ",яяяя" * 190 + "\n") * 5_000, "utf-8")
    noise = folder / "noise.csv"
    noise.write_text("id,name_ru,hours,phones\n" + '"(((","пн,вт","9-","0312/"\n' * 5_000, "utf-8")
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    heavy = folder / "heavy.xlsx"
    cells = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>'
    with zipfile.ZipFile(plain) as book, zipfile.ZipFile(heavy, "w", zipfile.ZIP_DEFLATED) as made:
        for part in book.namelist():
            before, mark, behind = book.read(part).partition(b"<sheetData />")
            with made.open(part, "w") as written:
                written.write(before)
                if mark:
                    written.write(b"<sheetData>")
                    for n in range(1, 1_000_000):  # piece by piece: a child's memory counts from its parent's
                        written.write(cells % (n, n))
                    written.write(b"</sheetData>")
                written.write(behind)
    return [wide, noise, heavy]


def cost(words: Sequence[str], instance: Path) -> Cost:
    """What a process with these words costs; it may refuse the file, but not fail."""
    environment = {**os.environ, "LEGALMAP_INSTANCE": str(instance)}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    fault = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in {0, 1, 2} or b"Traceback" in fault:
        raise SystemExit(f"{words} failed:\n{fault.decode()}")
    return Cost(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="leave with 1 where a goal is missed")
    options = parser.parse_args()
    bring = ["-m", "legalmap.cli", "import"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'rows':>6}   {'preview':>24}   {'apply':>24}   {'pandas.read_csv':>24}")
        for size in SIZES:
            file, instance = folder / f"{size}.csv", folder / f"instance-{size}"
            file.write_text(table(size), "utf-8")
            cost(["-m", "legalmap.cli", "init"], instance)
            preview = cost([*bring, str(file)], instance)
            apply = cost([*bring, str(file), "--apply", "--accept", "all"], instance)
            pandas = cost(["-c", f"import pandas; pandas.read_csv({str(file)!r})"], instance)
            print(f"{size:6}   {preview!s:>24}   {apply!s:>24}   {pandas!s:>24}")
        odd = {file.name: cost([*bring, str(file)], instance) for file in odd_files(folder)}
        for file_name, spent in odd.items():
            print(f"{file_name:>12} {spent}")
    letters = _long_hours()
    print(f"30,000 letters of hours: {1000 * letters:.1f} ms")
    worst = max(odd.values(), key=lambda spent: spent.seconds)
    most = max(spent.megabytes for spent in (preview, apply, *odd.values()))
    good = (
        preview.seconds < PREVIEW and apply.seconds - preview.seconds < APPLY and worst.seconds < ANYTHING
        and most < MEGABYTES and letters < LONG_HOURS
    )  # fmt: skip
    print(
        f"{'met' if good else 'MISSED'}: {SIZES[-1]} rows previewed in {preview.seconds:.1f} s, applied in "
        f"{apply.seconds - preview.seconds:.1f} s more; odd files {worst.seconds:.1f} s at most; {most:.0f} MB at most"
    )
    return int(options.check and not good)


def _long_hours() -> float:
    start = time.perf_counter()
    try:
        read("Пн 9-18, " * 3_334)
    except HoursUnreadable:
        return time.perf_counter() - start
    raise SystemExit("30,000 letters of hours were taken")


if __name__ == "__main__":
    sys.exit(main())
