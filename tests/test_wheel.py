"""A wheel built from the tree and installed into an empty environment runs as well as the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT, clean_environment, free_port, wait_until_ready
from tests.served import stop

LEFT_OUT = (
    ".git",
    ".venv",
    ".bench",
    ".lighthouse",
    "build",
    "dist",
    "instance",
    "*.egg-info",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
)


def built(folder: Path) -> Path:
    # a copy: what an earlier build left in the checkout must not come into the wheel
    tree = shutil.copytree(ROOT, folder / "tree", ignore=shutil.ignore_patterns(*LEFT_OUT))
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(tree)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    return wheel


def installed_alone(folder: Path) -> Path:
    """The Python of a new environment that holds the wheel, what it asks for, and nothing of the checkout."""
    wheel = built(folder)
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel)]
    told = subprocess.run(install, check=False, capture_output=True, text=True, timeout=600)
    if told.returncode and "CI" not in os.environ and "Could not find a version" in told.stderr:
        pytest.skip("no package index can be reached, so nothing can be installed into an empty environment")
    assert told.returncode == 0, told.stderr
    return python


def installed_beside(folder: Path) -> Path:
    """The Python of a new environment that holds the wheel; the libraries are those that run these tests."""
    wheel = built(folder)
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    (packages,) = (folder / "env" / "lib").glob("python*/site-packages")
    # a folder named so is searched, but the links in it are not followed: the checkout stays out
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed_beside(tmp_path_factory.mktemp("wheel") / "wheel")


def test_the_wheel_makes_an_instance_serves_it_and_answers(beside: Path, tmp_path: Path) -> None:
    _serves(beside, tmp_path)


def test_the_doctor_names_the_files_that_are_not_as_they_were_installed(beside: Path, tmp_path: Path) -> None:
    (installed,) = (beside.parent.parent / "lib").glob("python*/site-packages/legalmap")
    places, catalog = installed / "geodata" / "places.csv", installed / "translations/ky/LC_MESSAGES/messages.mo"
    good = places.read_bytes()
    places.write_bytes(good[:-9] + bytes([good[-9] ^ 1]) + good[-8:])
    catalog.rename(tmp_path / "messages.mo")
    command = [str(beside.parent / "legalmap"), "doctor"]
    told = subprocess.run(
        command, env=clean_environment(tmp_path / "instance"), cwd=tmp_path, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    (tmp_path / "messages.mo").rename(catalog)
    places.write_bytes(good)
    assert told.returncode == 1
    assert "BAD  program: not what was installed: legalmap/geodata/places.csv, legalmap/translations/ky" in told.stdout
    assert "BAD  translations" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr
    assert str(ROOT) not in told.stdout


@pytest.mark.long
def test_the_wheel_alone_in_an_empty_environment_does_so_too(tmp_path: Path) -> None:
    _serves(installed_alone(tmp_path / "wheel"), tmp_path)


def _serves(python: Path, tmp_path: Path) -> None:
    environment = clean_environment(tmp_path / "instance")
    run = {"cwd": tmp_path, "env": environment, "check": True, "capture_output": True, "timeout": 120}
    told = subprocess.run([python, "-c", "import legalmap; print(legalmap.__file__)"], text=True, **run)
    assert str(python.parent.parent) in told.stdout
    subprocess.run([python.parent / "legalmap", "init", "--sample"], **run)
    subprocess.run([python.parent / "legalmap", "doctor"], **run)
    port, output = free_port(), tmp_path / "output.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [python, "-m", "gunicorn", "legalmap:create_app()", "--bind", f"127.0.0.1:{port}"],
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
    assert "--paper:" in page.split("<style>")[1].split("</style>")[0]
    assert os.path.basename(mapped.split('rel="stylesheet" href="')[1].split('"')[0]).startswith("look.")
