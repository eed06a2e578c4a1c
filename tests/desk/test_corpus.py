"""Tables as offices send them, each with what a person must be told (tests/data/import/expected.csv)."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping

import openpyxl
import pytest

from legalmap.desk import report as reports
from legalmap.desk.acts import Report
from legalmap.desk.plan_file import Wanted
from legalmap.desk.reading.delimited import LONGEST_CELL
from legalmap.desk.reading.table import Choice
from tests.conftest import ROOT
from tests.desk.conftest import TestDesk

CORPUS = ROOT / "tests" / "data" / "import"
HEADER = "id,kind,name_ru,oblast,show_location"
ROW = "a1,flac,Центр А,KG-N,yes"
KNOWN = (
    "id,kind,name_ru,oblast,settlement,phones,show_location,address\n"
    "known-open,flac,Открытый центр,KG-T,Талас,0555778899,yes,Ленина 5\n"
    "known-hidden,shelter,Тихий дом,KG-T,,0555445566,no,\n"
)


def _cases() -> list[dict[str, str]]:
    with (CORPUS / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CASES = _cases()


def workbook(*rows: list[str]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _with_part(name: str, content: bytes, *more: str) -> bytes:
    """A workbook one of whose parts is `content`, and `more` parts that nobody needs."""
    out = io.BytesIO()
    plain = io.BytesIO(workbook(HEADER.split(","), ROW.split(",")))
    with zipfile.ZipFile(plain) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in {*book.namelist(), name}:
            made.writestr(part, content if part == name else book.read(part))
        for part in more:
            made.writestr(part, b"")
    return out.getvalue()


def _lying() -> bytes:
    """A bomb whose directory says that it unpacks to 1,000 bytes."""
    honest = _with_part("xl/worksheets/sheet1.xml", b" " * 200_000_000)
    return honest.replace((200_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))


def _merged_everywhere() -> bytes:
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(workbook(HEADER.split(","), ROW.split(",")))) as book:
        sheet = book.read(name)
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A3:XFD1048576"/></mergeCells>'
    return _with_part(name, sheet.replace(b"</sheetData>", merged))


MADE: Mapping[str, Callable[[], bytes]] = {
    "made/10000-columns.csv": lambda: (HEADER + ",x" * 10_000 + "\n" + ROW + ",1" * 10_000 + "\n").encode(),
    "made/10000-blank-columns.csv": lambda: (HEADER + "," * 10_000 + "\n" + ROW + "," * 10_000 + "\n").encode(),
    "made/5001-rows.csv": lambda: (HEADER + "\n" + "".join(f"{n}{ROW}\n" for n in range(5_001))).encode(),
    "made/5001-rows.xlsx": lambda: workbook(HEADER.split(","), *([str(n)] for n in range(5_001))),
    "made/100-megabytes.csv": lambda: (HEADER + "\n").encode() + b"x" * 100_000_000,
    "made/unpacks-to-200-megabytes.xlsx": lambda: _with_part("xl/media/image1.png", bytes(200_000_000)),
    "made/lies-about-its-size.xlsx": _lying,
    "made/3000-parts.xlsx": lambda: _with_part("xl/x.bin", b"", *(f"xl/media/{n}" for n in range(3_000))),
    "made/merged-everywhere.xlsx": _merged_everywhere,
    "made/30000-letters-hours.csv": lambda: f"{HEADER},hours\n{ROW},{'Пн 9-18 ' * 3_700}\n".encode(),
    "made/cell-too-long.csv": lambda: f"{HEADER},note_ru\n{ROW},{'я' * (LONGEST_CELL + 1)}\n".encode(),
    "made/9-megabytes-one-line.csv": lambda: b"name_ru " * 1_125_000,
    "made/9-megabytes-open-quote.csv": lambda: (f'{HEADER},"note_ru\n' + f"{ROW}\n" * 250_000).encode()[:9_000_000],
    "made/2001-letters-note.csv": lambda: f"{HEADER},note_ru\n{ROW},{'я' * 2_001}\n".encode(),
    "made/every-byte.csv": lambda: f"{HEADER}\n".encode() + bytes(range(256)),
}
"""Files too large to be kept."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    """One desk for all: only what may not be written is tried with `apply`."""
    made = TestDesk(tmp_path_factory.mktemp("corpus") / "instance")
    assert made.bring(KNOWN).applied
    return made


def _kept(desk: TestDesk) -> str:
    """The fingerprint of all that an act could change: the database with its log, and the editions."""
    files = sorted(path for path in desk.settings.instance.rglob("*") if path.is_file() and path.suffix != ".db-shm")
    whole = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        if content:
            whole.update(f"{path}\0".encode() + content)
    return whole.hexdigest()


def _brought(desk: TestDesk, case: Mapping[str, str]) -> Report:
    name = case["file"]
    data = MADE[name]() if name in MADE else (CORPUS / name).read_bytes()
    choice = dict(part.split("=") for part in case["choice"].split()) if case["choice"] else {}
    must_not_write = case["outcome"] not in {"ok", "ok_fixed"}
    wanted = Wanted(apply=must_not_write, choice=Choice(**choice))  # type: ignore[arg-type]
    size, data = len(data), data[: desk.settings.import_max_bytes + 1]
    return desk.desk.import_file(data, name.rsplit("/", 1)[-1], wanted, size=size)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['file']} {case['choice']}".strip())
def test_a_table_is_read_as_its_sender_meant_it_or_refused_in_words(desk: TestDesk, case: dict[str, str]) -> None:
    before = _kept(desk)
    report = _brought(desk, case)
    told = {problem.code for problem in report.plan.problems}
    assert (report.outcome, told) == (case["outcome"], set(case["codes"].split())), report.plan.problems
    assert (report.applied, _kept(desk)) == (False, before)
    counts = reports.counts(report)
    if case["counts"]:
        taken = counts["new"] + counts["changed"]
        assert f"{taken}/{counts['refused']}" == case["counts"]
    if report.outcome != "file_error":
        assert report.file is not None
        assert sum(counts.values()) == report.file.rows
        refused = {problem.line for problem in report.plan.at("error")}
        assert len(refused) == counts["refused"]
    _check_reads(report, case["reads"])
    for lang in ("ky", "ru", "en"):
        for problem in reports.as_json(report, lang)["problems"]:
            assert problem["message"]
            assert problem["message"] != problem["code"]


def _check_reads(report: Report, reads: str) -> None:
    """`reads` is `column=text`, several by `|`: what the first row of the file becomes."""
    if not reads:
        return
    first = report.plan.changes[0]
    found = {"id": first.id} | {column: new for column, (_, new) in first.fields.items()}
    for part in reads.split("|"):
        column, _, text = part.partition("=")
        assert found.get(column) == text


def test_every_file_of_the_corpus_has_its_expectation_and_the_table_names_no_other() -> None:
    named = {case["file"] for case in CASES}
    there = {path.name for path in CORPUS.iterdir()} - {"expected.csv", ".gitattributes"}
    assert named == there | set(MADE)
    assert len(named) >= 150
    assert all(case["why"] for case in CASES)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.csv", "..\\..\\secret.csv", "/etc/shadow", "a\nb.csv", "<script>alert(1)</script>.csv",
        "{{7*7}}.csv", "\u202evsc.exe", "а" * 400 + ".csv", "", ".", "con.csv", "x.csv\0.exe",
    ],
)  # fmt: skip
def test_a_file_may_have_any_name(desk: TestDesk, name: str) -> None:
    before = _kept(desk)
    report = desk.desk.import_file(f"{HEADER}\n{ROW}\n".encode(), name, Wanted())
    assert (report.outcome, _kept(desk)) == ("ok", before)
    assert report.file is not None
    assert "/" not in report.file.name
    assert "\\" not in report.file.name


def test_no_hours_take_long_to_read(desk: TestDesk) -> None:
    """30,000 letters within 50 ms is measured in bench/import.py; here: no shape of hours takes seconds."""
    hostile = ["Пн 9-18, " * 50, "9-" * 240, "(" * 490, "с до " * 100, "24/7 " * 99, "обед 12-13 " * 40, "пн," * 160]
    rows = "".join(f'{number},{ROW[3:]},"{text}"\n' for number, text in enumerate(hostile))
    report = desk.bring(f"{HEADER},hours\n{rows}", apply=False)
    assert sum(reports.counts(report).values()) == len(hostile)
