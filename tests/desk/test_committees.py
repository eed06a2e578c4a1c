"""Committees in a table: all that is wrong is named by line and column, and what went out comes back the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from legalmap import letters
from legalmap.cli import main
from legalmap.config import Settings
from legalmap.desk import committees as tables
from legalmap.desk.gazetteer import shipped
from legalmap.desk.instance import make_instance
from legalmap.desk.reading import reader
from legalmap.model import LANGS
from legalmap.store import Store, committees
from legalmap.store.committees import Committee
from legalmap.wording import word

HEAD = "id,name_ky,name_ru,name_en,oblast,rayon,places"
SETTINGS = Settings()
KNOWN = {"c1": Committee(id="c1", name_ky="Нарын ҮЗАК", oblast="KG-N", rayon="naryn", closed=True)}


def plan_of(text: str | bytes, known: dict[str, Committee] | None = None, name: str = "x.csv") -> tables.CommitteesPlan:
    data = text if isinstance(text, bytes) else text.encode()
    return tables.plan(tables._read(data, name, SETTINGS), known or {}, shipped())


def codes(plan: tables.CommitteesPlan) -> list[tuple[int, str, str]]:
    return [(one.line or 0, one.column or "", one.code) for one in plan.problems if one.level != "notice"]


def test_a_table_in_any_of_our_languages_is_understood() -> None:
    plan = plan_of(f"{HEAD}\n,Кочкор КПСН,,,Нарынская область,Кочкорский район,Кочкор; Нарын\n")
    assert (codes(plan), len(plan.new)) == ([], 1)
    made = plan.new[0]
    assert (made.id, made.oblast, made.rayon, len(made.places)) == ("c1", "KG-N", "kochkor", 2)
    for lang in LANGS:
        assert plan_of(tables.as_csv([made], lang, ";"), {"c1": made}).unchanged == 1, lang


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",,,,KG-N,,", "name_ky", "committee_name"),
        (",x,,,,,", "oblast", "committee_oblast"),
        (",x,,,Атлантида,,", "oblast", "oblast_unknown"),
        (",x,,,KG-N,Баткен району,", "rayon", "committee_rayon_elsewhere"),
        (",x,,,KG-N,Атлантида,", "rayon", "rayon_unknown"),
        (",x,,,KG-N,,Атлантида", "places", "committee_place_unknown"),
        (",x,,,KG-N,,1222554", "places", "committee_place_elsewhere"),
        (",x,,,KG-N,,99999999", "places", "committee_place_unknown"),
        ("a b,x,,,KG-N,,", "id", "committee_id"),
        ("../x,x,,,KG-N,,", "id", "committee_id"),
        (f",{'x' * 201},,,KG-N,,", "name_ky", "committee_name_long"),
        (",=HYPERLINK(1),,,KG-N,,", "name_ky", "formula_text"),
        (",<script>,,,KG-N,,", "name_ky", "markup"),
        (",?зг?н,,,KG-N,,", "name_ky", "letters_lost"),
        (",x,,,KG-N,,,too,many", "", "row_too_long"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column_in_every_language(row: str, column: str, code: str) -> None:
    plan = plan_of(f"{HEAD}\n,Жакшы,,,KG-N,naryn,\n{row}\n")
    assert codes(plan) == [(3, column, code)]
    assert (plan.refused, plan.changes) == (True, ())
    assert all(word(problem, lang) for problem in plan.problems for lang in LANGS)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe\x00", b"%PDF-1.4", b"PK\x03\x04broken", b"\x00" * 100, "ҮЗАК".encode(), b"a,b\n1,2\n",
     HEAD.encode(), (HEAD + "\n").encode() + b"c1,\xcd\xe0\xf0\xfb\xed,,,KG-N,,\n",
     (HEAD + "\n" + ",x,,,KG-N,,\n" * (tables.MOST_ROWS + 1)).encode()],
)  # fmt: skip
def test_a_bad_file_is_refused_in_words_and_changes_nothing(data: bytes, tmp_path: Path) -> None:
    limits = replace(SETTINGS, import_max_rows=tables.MOST_ROWS)
    plan = tables.plan(tables._read(data, "x.csv", limits), KNOWN, shipped())
    assert (plan.refused, plan.changes) == (True, ())
    assert all(word(problem, lang) for problem in plan.problems for lang in LANGS)


def test_an_empty_cell_leaves_a_hyphen_empties_and_a_twin_without_an_id_is_known() -> None:
    plan = plan_of(f"{HEAD}\nc1,,,,,-,\n", KNOWN)
    assert [after for _, after in plan.changed] == [replace(KNOWN["c1"], rayon="")]
    assert plan_of(f"{HEAD}\n,Нарын ҮЗАК,,,KG-N,naryn,\n", KNOWN).unchanged == 1
    assert codes(plan_of(f"{HEAD}\n,Нарын ҮЗАК,,,KG-N,naryn,\nc1,,,,,,\n", KNOWN)) == [(3, "id", "committee_repeated")]
    assert plan_of("id,name_ru\nc1,КПСН\n", KNOWN).changed[0][1] == replace(KNOWN["c1"], name_ru="КПСН")


NAME = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=20
)


@settings(max_examples=30)
@given(st.lists(NAME, min_size=1, max_size=3), st.sampled_from([",", ";", "\t"]), st.sampled_from(["", *LANGS]))
def test_what_goes_out_comes_back_with_no_change(names: list[str], delimiter: str, lang: str) -> None:
    texts = [" ".join(letters.repair(f"Ак {name}").split()) for name in names]
    known = {f"c{n}": Committee(id=f"c{n}", name_ky=text, oblast="KG-GB") for n, text in enumerate(texts)}
    text = tables.as_csv(known.values(), lang, delimiter)
    plan = plan_of(text, known)
    if not plan.refused:  # a name that no import takes is not there in the first place
        assert (plan.new, plan.changed, plan.unchanged) == ([], [], len(known))


@pytest.mark.parametrize("name", ["=1+1", "+996 x", "@x", "-x", "'=x"])
def test_no_name_runs_as_a_formula_in_what_goes_out(name: str) -> None:
    line = tables.as_csv([Committee(id="c1", name_ky=name, oblast="KG-N")]).splitlines()[1]
    assert f",'{name}" in line


def test_a_workbook_comes_back_the_same() -> None:
    known = {"c1": Committee(id="c1", name_ky="Нарын ҮЗАК", oblast="KG-GB", places=("1528334",))}
    table = reader.read(tables.as_xlsx(known.values(), "ru"), "x.xlsx", SETTINGS)
    assert not table.unusable
    plan = plan_of(tables.as_xlsx(known.values(), "ru"), known, "x.xlsx")
    assert (plan.new, plan.changed, plan.unchanged) == ([], [], 1), plan.problems


def test_the_command_line_shows_then_takes_then_changes_nothing(tmp_path: Path) -> None:
    chosen = Settings(instance=tmp_path / "instance")
    make_instance(chosen)
    file, out = tmp_path / "c.csv", tmp_path / "out.csv"
    file.write_text(f"{HEAD}\n,ҮЗАК,,,KG-N,naryn,\n", encoding="utf-8")

    def run(*words: str) -> tuple[int, str]:
        environment = {"LEGALMAP_INSTANCE": str(chosen.instance), "LC_ALL": "C.UTF-8"}
        result = CliRunner().invoke(main, ["committees", *words], env=environment)
        return result.exit_code, result.output

    def there() -> int:
        with Store.of(chosen).reading() as connection:
            return len(committees.everyone(connection))

    assert (run("import", str(file), "--lang", "en")[0], there()) == (0, 0)
    assert (run("import", str(file), "--apply")[0], there()) == (0, 1)
    assert run("export", "-o", str(out))[0] == 0
    assert "New: 0, changed: 0, unchanged: 1" in run("import", str(out), "--apply", "--lang", "en")[1]
    file.write_text(f"{HEAD}\n,ҮЗАК 2,,,KG-N,naryn,\n,,,,,,x\n", encoding="utf-8")
    assert (run("import", str(file), "--apply")[0], there()) == (1, 1)
