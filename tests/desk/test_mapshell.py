"""The shell of the map: Folium draws it from our own words alone, and a hostile name finds no way into it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from legalmap.desk import mapshell
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.directory import layers
from legalmap.directory.editions import Editions
from legalmap.model import LANGS, Lang, Localized
from tests.conftest import ROOT
from tests.desk.conftest import NOW, TestDesk
from tests.served import NARYN, a_center

HOSTILE = (
    "{{ cycler.__init__.__globals__.os.popen('touch PWNED').read() }}",
    "{% raw %}",
    "${globalThis.PWNED=1}",
    "<img src=x onerror=PWNED=1>",
    "</script><script>PWNED=1</script>",
    "`;PWNED=1;`",
    '\\"];PWNED=1;//',
    "\u2028PWNED=1",
)


@pytest.mark.parametrize("lang", LANGS)
def test_the_shell_holds_no_foreign_host_no_style_and_no_data(lang: Lang) -> None:
    shell = mapshell.draw(lang)
    told = shell.script + json.dumps([shell.css, shell.js])
    assert not re.search(r"https?:|//|style=|<|\$\{|eval|Function", told)
    # what it says in this language is the language alone
    assert mapshell.draw("ky").script.replace('"ky"', f'"{lang}"') == shell.script
    assert mapshell.draw(lang) == shell


def test_the_shell_names_files_that_travel_along() -> None:
    shell = mapshell.draw("ky")
    assert shell.js[0].endswith("/leaflet.js")
    for name in (*shell.css, *shell.js):
        assert (ROOT / "static" / name).is_file()


def test_every_call_of_the_shell_is_one_that_the_pages_script_knows() -> None:
    calls = re.findall(r"^Atlas\.(\w+)\(", mapshell.draw("ky").script, re.MULTILINE)
    assert calls == ["start", "land", "names", "centers", "zoom"]
    script = (ROOT / "static" / "map.js").read_text(encoding="utf-8")
    assert {call for call in calls if f"Atlas.{call} = (" not in script} == set()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_never_reaches_folium(tmp_path: Path, name: str) -> None:
    """Import refuses template marks; were one to come through all the same, it would stay data."""
    center = a_center(names=Localized(ky=name, ru=name, en=name))
    write_edition(tmp_path, 1, EditionContent(centers=(center,), places=(NARYN,), texts=()), "0" * 64, NOW)
    directory = Editions(tmp_path).current()
    assert directory.folder is not None
    for lang in LANGS:
        shell = (directory.folder / layers.file_name("shell", lang, "js")).read_text(encoding="utf-8")
        assert shell == mapshell.draw(lang).script
        data = json.loads((directory.folder / layers.file_name("centers", lang)).read_bytes())
        assert data["name"] == [name]


def test_files_of_others_are_as_they_came() -> None:
    folder = ROOT / "static" / "vendor"
    listed = dict(
        reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    )
    there = {path.relative_to(folder).as_posix() for path in folder.glob("*/*")}
    assert there == set(listed)
    for name, sha256 in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
    for path in folder.iterdir():
        assert not path.is_dir() or [*path.glob("*LICEN?E*")], path


@pytest.mark.own_files
def test_publishing_makes_a_new_edition_when_the_current_one_has_no_map(desk: TestDesk) -> None:
    """After an update of the program the content is the same, and yet the map must come."""
    desk.bring("id,name_ky,kind,oblast,show_location\na,Үлгү,notary,KG-N,yes\n")
    folder = desk.directory.folder
    assert folder is not None
    assert set(layers.FILES) <= set(desk.directory.files)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"] = {name: file for name, file in manifest["files"].items() if name not in layers.FILES}
    text = json.dumps(manifest)
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    (folder.parent / "current").write_text(f"{folder.name} {sha256}\n", encoding="ascii")
    assert not set(layers.FILES) & set(desk.directory.files)
    assert desk.desk.publish().number == int(folder.name) + 1
    assert set(layers.FILES) <= set(desk.directory.files)
    assert desk.desk.publish().number == int(folder.name) + 1
