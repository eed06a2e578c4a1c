"""A wheel built from the tree and installed into an empty environment runs as well as the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT, clean_environment, free_port, wait_until_ready
from tests.served import stop

LEFT_OUT = (".git", ".venv", "build", "dist", "instance", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin/ folder of a new environment that holds the wheel and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    # a copy: what an earlier build left in the checkout must not come into the wheel
    tree = shutil.copytree(ROOT, folder / "tree", ignore=shutil.ignore_patterns(*LEFT_OUT))
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(tree)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    venv.create(folder / "env", with_pip=True)
    (wheel,) = folder.glob("*.whl")
    binaries = folder / "env" / "bin"
    install = [str(binaries / "python"), "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel)]
    told = subprocess.run(install, check=False, capture_output=True, text=True, timeout=600)
    if told.returncode and "CI" not in os.environ and "Could not find a version" in told.stderr:
        pytest.skip("no package index can be reached, so nothing can be installed into an empty environment")
    assert told.returncode == 0, told.stderr
    return binaries


@pytest.mark.timeout(700)
def test_the_wheel_makes_an_instance_serves_it_and_answers(installed: Path, tmp_path: Path) -> None:
    environment = clean_environment(tmp_path / "instance")
    run = {"cwd": tmp_path, "env": environment, "check": True, "capture_output": True, "timeout": 120}
    told = subprocess.run([installed / "python", "-c", "import legalmap; print(legalmap.__file__)"], text=True, **run)
    assert str(installed.parent) in told.stdout
    subprocess.run([installed / "legalmap", "init", "--sample"], **run)
    subprocess.run([installed / "legalmap", "doctor"], **run)
    port, output = free_port(), tmp_path / "output.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [installed / "gunicorn", "legalmap:create_app()", "--bind", f"127.0.0.1:{port}"],
            cwd=tmp_path, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", process, output)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ky/", timeout=10) as answer:
                page = answer.read().decode()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ky/map", timeout=10) as answer:
                mapped = answer.read().decode()
        finally:
            stop(process)
    assert "Жакын" in page
    assert "leaflet" in mapped.split("data-map='")[1].split("'")[0]
    assert os.path.basename(page.split('rel="stylesheet" href="')[1].split('"')[0]).startswith("site.")
