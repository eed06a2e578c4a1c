"""`legalmap pack` writes the file whole or not at all, and says in words why not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from flask.testing import FlaskClient

from tests.conftest import ROOT, clean_environment


def run(instance: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "legalmap.cli", "pack", *words],
        cwd=ROOT, env=clean_environment(instance) | {"LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def test_it_writes_what_the_site_hands_out_over_an_older_file(
    instance: Path, client: FlaskClient, tmp_path: Path
) -> None:
    target = tmp_path / "jakyn-ru.html"
    target.write_text("older", encoding="utf-8")
    done = run(instance, "--lang", "ru", "-o", str(target))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{target}: ")
    assert target.read_bytes() == client.get("/ru/file/jakyn-ru.html").data
    assert list(tmp_path.iterdir()) == [target]


def test_one_oblast_is_a_smaller_file(instance: Path, tmp_path: Path) -> None:
    assert run(instance, "--lang", "en", "--oblast", "KG-Y", "-o", str(tmp_path / "one.html")).returncode == 0
    text = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert 'id="kg-y"' in text
    assert 'id="kg-b"' not in text


def test_what_cannot_be_written_is_said_in_words(instance: Path, tmp_path: Path) -> None:
    failed = run(instance, "--lang", "ru", "-o", str(tmp_path / "no" / "file.html"))
    assert failed.returncode == 2
    assert str(tmp_path / "no") in failed.stderr
    assert "Traceback" not in failed.stderr
    empty = run(tmp_path / "nothing", "--lang", "en", "-o", str(tmp_path / "file.html"))
    assert empty.returncode == 2
    assert "No edition is published" in empty.stderr
    assert not (tmp_path / "file.html").exists()
