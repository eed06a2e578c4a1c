"""A live site that has a center of each look, for all tests of the browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.pages import ROWS, Site, site_of
from tests.conftest import ROOT, clean_environment, serve


@pytest.fixture(scope="session")
def site(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample with one center of each look, on a live server."""
    folder = tmp_path_factory.mktemp("looks")
    shutil.copytree(instance, folder / "instance")
    (folder / "rows.csv").write_text(ROWS, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "legalmap.cli", "import", str(folder / "rows.csv"), "--apply", "--accept", "all"],
        cwd=ROOT, env=clean_environment(folder / "instance"), check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    for server in serve(folder / "instance", folder / "output.log"):
        yield site_of(server)
