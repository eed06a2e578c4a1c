"""GeoNames' files become places: each with its own names and oblast, what is doubtful told, nothing guessed."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from legalmap.desk.places.findings import Findings
from legalmap.desk.places.geonames import LONGEST_LINE, FileUnusable, opened, read_settlements
from legalmap.desk.places.geonames_names import Alternate, is_name, named, script, tidy
from legalmap.desk.places.place_acts import PlacesReport, Wanted, import_places
from legalmap.model import LANGS, Place
from legalmap.wording import word
from tests.desk.conftest import TestDesk
from tests.desk.geonames_files import name_line, place_line, write, zipped

VILLAGE = place_line(900001, "Jangy-Bulun")


def bring(desk: TestDesk, table: Path, alternates: Path | None = None, **asked: object) -> PlacesReport:
    wanted = Wanted(table=table, alternates=alternates, **asked)  # type: ignore[arg-type]
    report = import_places(desk.desk, wanted, lambda _done, _size: None)
    for problem in report.problems:
        for lang in LANGS:
            assert word(problem, lang) != problem.code
    return report


def brought(desk: TestDesk, folder: Path, *lines: str, names: tuple[str, ...] = (), **asked: object) -> PlacesReport:
    alternates = write(folder / "names.txt", *names) if names else None
    return bring(desk, write(folder / "KG.txt", *lines), alternates, **asked)


def place_of(desk: TestDesk, id: int) -> Place:
    return desk.directory.places.by_id[str(id)]


def codes(report: PlacesReport) -> list[str]:
    return [problem.code for problem in report.problems]


def test_a_settlement_of_the_file_is_found_on_the_site(desk: TestDesk, tmp_path: Path) -> None:
    line = place_line(900001, "Jangy-Bulun", "Жаңы-Булуң,Жаны-Булун,Yangi Bulun", people=812, rayon="7654212")
    report = brought(desk, tmp_path, line)
    assert (report.outcome, report.counts["new"], report.counts["known"]) == ("ok", 1, 112)
    assert report.act is not None
    assert report.edition == report.act.edition == desk.directory.number == 1
    found = place_of(desk, 900001)
    assert (found.names.ky, found.names.ru, found.names.en) == ("Жаңы-Булуң", "Жаны-Булун", "Jangy-Bulun")
    assert (found.oblast, found.rayon, found.population, found.feature) == ("KG-N", "jumgal", 812, "PPL")
    assert found.aliases == ("Yangi Bulun",)
    assert desk.directory.places.find("жаны булун").exact == (found,)


def test_without_tags_a_name_is_kyrgyz_by_its_letters_and_none_is_made_up() -> None:
    names, others = named("Kok-Bel", "Kok-Bel", ["Кок-Бель", "Көк-Бел", "Яқ-Бел", "柯克"], [])
    assert (names.ky, names.ru, names.en, others) == ("Көк-Бел", "Кок-Бель", "Kok-Bel", ("Яқ-Бел",))
    names, others = named("Aksay", "Aksay", [], [])
    assert (names.ky, names.ru, names.en, others) == ("", "", "Aksay", ())
    names, _ = named("Karakol", "Karakol", ["Пржевальск", "Каракол"], [])
    assert names.ru == "Каракол"


def test_short_foreign_names_and_codes_are_no_other_names() -> None:
    tagged = [
        Alternate(lang=lang, text=text) for lang, text in (("tr", "Uş"), ("fr", "Och"), ("de", "Osch"), ("ky", "Ош"))
    ]
    assert named("Osh", "Osh", ["OSS", "Uş"], tagged)[1] == ("Osch",)
    assert named("Osh", "Osh", ["OSS", "Uş", "Och", "Osch", "Ош"], [])[1] == ("Osch",)


def test_with_tags_preferred_names_lead_and_former_ones_are_other_names(desk: TestDesk, tmp_path: Path) -> None:
    names = (
        name_line(900001, "ky", "Биринчи"), name_line(900001, "ky", "Экинчи", "1"),
        name_line(900001, "ky", "Jangy"), name_line(900001, "ru", "Сталино", "1", "", "", "1"),
        name_line(900001, "ru", "Первое", "", "1"), name_line(900001, "ru", "Второе"),
        name_line(900001, "ru", "Фрунзе", "1", "", "", "", "", "1961"), name_line(900001, "en", "Ekinchi village"),
        name_line(900001, "uz", "Ikkinchi"), name_line(900001, "zh", "第二"), name_line(900001, "", "Төртүнчү"),
        name_line(900001, "link", "https://example.org/wiki"), name_line(900001, "post", "723000"),
        name_line(900001, "abbr", "JB"), name_line(5, "ky", "Башка"), "1\t900001\tkk\tЕкінші",
    )  # fmt: skip
    brought(desk, tmp_path, VILLAGE, names=names)
    found = place_of(desk, 900001)
    assert (found.names.ky, found.names.ru, found.names.en) == ("Экинчи", "Второе", "Ekinchi village")
    assert set(found.aliases) == {
        "Jangy-Bulun", "Биринчи", "Jangy", "Сталино", "Первое", "Фрунзе", "Ikkinchi", "Төртүнчү", "Екінші",
    }  # fmt: skip
    assert desk.directory.places.find("Сталино").exact[0].id == "900001"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Ак-Суу", True), ("Имени XXII Партсъезда", True), ("Со‘х", True), ("Ала-Бука (жаңы)", True), ("8-Март", True),
        ("{{ 7*7 }}", False), ("<b>Ош</b>", False), ("Ош|Osh", False), ("О", False), ("123", False), ("а" * 81, False),
        ("${x}", False), ("Ош\x07", False), ("=2+2", False), ("Ош\nОш", False), ("---", False),
        ("not inhabited, delete?", False),
    ],
)  # fmt: skip
def test_only_what_can_be_a_name_is_taken_for_one(text: str, good: bool) -> None:
    assert is_name(tidy(text)) == good


def test_letters_of_a_name_are_made_right_and_its_alphabet_is_known() -> None:
    assert tidy("  Kок-\u00a0Сай ") == "Кок- Сай"
    assert tidy("О\u200bш\u202e") == "Ош"
    assert tidy("Qurg`oq") == "Qurg’oq"
    assert [script(text) for text in ("Ош", "Osh", "Oш", "柯", "Имени XXII Партсъезда", "8")] == [
        "cyrillic", "latin", "", "", "cyrillic", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", None),
        ("one\ttwo", "geonames_line_columns"),
        (VILLAGE + "\tmore", "geonames_line_columns"),
        ("x" * (LONGEST_LINE + 5), "geonames_line_columns"),
        (place_line("x1", "Айыл"), "geonames_line_unreadable"),
        (place_line("-5", "Айыл"), "geonames_line_unreadable"),
        (place_line("٣٤", "Айыл"), "geonames_line_unreadable"),
        (place_line(900009, "Айыл", lat="нет"), "geonames_line_unreadable"),
        (place_line(900009, "Айыл", lat="nan"), "geonames_line_unreadable"),
        (place_line(900009, "Айыл", lat=1e300), "geonames_line_unreadable"),
        (place_line(900009, "Айыл", people="много"), "geonames_line_unreadable"),
        (place_line(900009, "Айыл", people="-1"), "geonames_line_unreadable"),
        (place_line(900009, "Айыл", feature="<b>"), "geonames_line_unreadable"),
        (place_line(900009, "Айыл", oblast="'; --"), "geonames_line_unreadable"),
        (place_line(900001, "Айыл"), "geonames_id_repeated"),
        (place_line(900009, "{{ config }}"), "geonames_name_unusable"),
        (place_line(900009, "Айыл", country="KZ"), None),
        (place_line(900009, "Төө", kind="T"), None),
        (place_line(900009, "Айыл", feature="PPLQ"), None),
    ],
)  # fmt: skip
def test_a_bad_line_is_told_with_its_number_and_stops_no_other(
    desk: TestDesk, tmp_path: Path, line: str, code: str | None
) -> None:
    report = brought(desk, tmp_path, VILLAGE, line, place_line(900002, "Orto", lat=41.5))
    told = [problem for problem in report.problems if problem.code.startswith("geonames_")]
    assert [(problem.code, problem.line) for problem in told] == ([(code, 2)] if code else [])
    assert set(report.touched) == {"900001", "900002"}


def test_a_line_that_is_not_utf8_is_told(desk: TestDesk, tmp_path: Path) -> None:
    bad = place_line(900003, "Айыл").encode("cp1251")
    (tmp_path / "KG.txt").write_bytes(b"\xef\xbb\xbf" + VILLAGE.encode() + b"\r\n" + bad + b"\r\n")
    report = bring(desk, tmp_path / "KG.txt")
    assert [(p.code, p.line) for p in report.problems if "line" in p.code] == [("geonames_line_unreadable", 2)]
    assert set(report.touched) == {"900001"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("1\t900001\tky", "alternates_line_columns"),
        (name_line(900001, "ky", "Айыл") + "\t\t", "alternates_line_columns"),
        (name_line("x", "ky", "Айыл"), "alternates_line_unreadable"),
        (name_line(900001, "ky", "Айыл", "yes"), "alternates_line_unreadable"),
        (name_line(900001, "ky", "<script>"), "geonames_name_unusable"),
        (name_line(77, "ky", "<script>"), None),
    ],
)
def test_a_bad_line_of_alternate_names_is_told_too(desk: TestDesk, tmp_path: Path, line: str, code: str | None) -> None:
    report = brought(desk, tmp_path, VILLAGE, names=(name_line(900001, "ru", "Булун"), line))
    assert [(p.code, p.line) for p in report.problems if p.code != "place_not_cyrillic"] == [(code, 2)] * bool(code)
    assert place_of(desk, 900001).names.ru == "Булун"


FOREIGN = place_line(1, "Алматы", country="KZ")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "geonames_nothing_usable"),
        (b"id,name_ru\n1,x\n", "geonames_nothing_usable"),
        (FOREIGN.encode(), "geonames_nothing_usable"),
        (VILLAGE.encode("utf-16"), "geonames_nothing_usable"),
        (name_line(900001, "ky", "Айыл").encode(), "geonames_nothing_usable"),
        (b"\0" * 200_000, "geonames_nothing_usable"),
        (b"PK\x03\x04 and nothing else", "geonames_zip_broken"),
        (("\n".join(place_line(n, "Айыл", lat=41 + n / 1e5) for n in range(1, 6_003))).encode(), "geonames_too_many"),
    ],
)
def test_a_file_of_another_kind_is_refused_whole(desk: TestDesk, tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "KG.txt").write_bytes(content)
    report = bring(desk, tmp_path / "KG.txt")
    assert (report.outcome, codes(report)[0], report.applied) == ("file_error", code, False)


def test_alternate_names_of_another_kind_or_country_are_refused(desk: TestDesk, tmp_path: Path) -> None:
    report = brought(desk, tmp_path, VILLAGE, names=(VILLAGE,))
    assert (report.outcome, codes(report)[0]) == ("file_error", "alternates_nothing_usable")
    report = brought(desk, tmp_path, VILLAGE, names=(name_line(900001, "link", "https://x"),))
    assert (report.outcome, codes(report)[0]) == ("file_error", "alternates_of_others")


def test_the_zip_that_geonames_serves_is_read_and_a_broken_one_told(desk: TestDesk, tmp_path: Path) -> None:
    whole = zipped(tmp_path / "KG.zip", readme_txt="about", KG_txt=VILLAGE + "\n")
    names = zipped(tmp_path / "names.zip", KG_txt=name_line(900001, "ru", "Булун"), readme_txt="about")
    assert bring(desk, whole, names, dry_run=True).counts["new"] == 1
    for report, code in (
        (bring(desk, zipped(tmp_path / "two.zip", a_txt=VILLAGE, b_txt=VILLAGE)), "geonames_zip_without_table"),
        (bring(desk, zipped(tmp_path / "none.zip", a_csv=VILLAGE)), "geonames_zip_without_table"),
    ):
        assert (report.outcome, codes(report)) == ("file_error", [code])
    many = zipped(tmp_path / "many.zip", KG_txt="".join(place_line(n, f"A{n}") + "\n" for n in range(1, 3000)))
    data = many.read_bytes()
    for place, cut in ((len(data) // 2, data[: len(data) // 2]), (0, data.replace(data[200:203], b"\0\xff\0", 1))):
        many.write_bytes(cut)
        report = bring(desk, many)
        assert (report.outcome, codes(report)[0], place >= 0) == ("file_error", "geonames_zip_broken", True)


def test_no_damage_to_an_archive_or_a_line_is_a_traceback(tmp_path: Path) -> None:
    rng = random.Random(20261122)
    lines = [place_line(n, f"Айыл {n}", "Ак-Суу,Жаңы-Жол,Uş") for n in range(1, 30)]
    whole = zipped(tmp_path / "whole.zip", KG_txt="\n".join(lines)).read_bytes()
    text = "\n".join(lines).encode()
    seen = set()
    for name, data in [("KG.zip", whole), ("KG.txt", text)] * 150:
        damaged = bytearray(data)
        for _ in range(rng.randint(1, 5)):
            damaged[rng.choice((rng.randrange(len(data)), rng.randrange(40), -1 - rng.randrange(90)))] = rng.randrange(
                256
            )
        (tmp_path / name).write_bytes(damaged)
        try:
            with opened(tmp_path / name, lambda _done, _size: None) as source:
                read = read_settlements(source, Findings())
        except FileUnusable as fault:
            seen.add(fault.problem.code)
        else:
            assert all(is_name(found.name) for found in read if found.name)
            seen.add("read")
    assert {"read", "geonames_zip_broken"} <= seen


def test_an_archive_that_unpacks_without_end_is_stopped(
    desk: TestDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("legalmap.desk.places.geonames.LARGEST_FILE", 1_000_000)
    with zipfile.ZipFile(tmp_path / "KG.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("KG.txt", b"0" * 50_000_000)
    assert (tmp_path / "KG.zip").stat().st_size < 100_000
    assert codes(bring(desk, tmp_path / "KG.zip"))[0] == "geonames_too_large"
