"""What tests of the served site share: a real instance with the sample, the application, a live server, Chromium."""

from __future__ import annotations

import datetime as dt
import gc
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from legalmap import create_app
from legalmap.config import Settings
from legalmap.desk.edition_files import EditionContent, write_edition
from legalmap.directory.rows import Text
from legalmap.model import Center, Place, Rayon
from tests import databases
from tests.ready import Compiled, bring_shells
from tests.served import NARYN, Server, SiteMaker, stop

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # fewer processes for one page of one site: a tenth less work
    "--in-process-gpu", "--disable-site-isolation-trials", "--renderer-process-limit=1",
]  # fmt: skip


def clean_environment(instance: Path, **settings: str) -> dict[str, str]:
    """The environment of a child: this one without Legalmap's settings, then `instance` and `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEGALMAP_")}
    given = {f"LEGALMAP_{name.upper()}": value for name, value in settings.items()}
    return {**kept, "LEGALMAP_INSTANCE": str(instance), **given}


MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 6 * 2**30:
    # every act waits for the disk some fifty times: rightly so, but not thousands of times in a test run
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


Flask.jinja_options = {"bytecode_cache": Compiled()}

# a deadline would measure how busy the machine is
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("long", deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """Examples are the same in each run, so that chance stops nobody's change; the long run tries new ones."""
    settings.load_profile("long" if config.option.markexpr == "long" else "same")


def pytest_collection_finish() -> None:
    """What was loaded stays: neither the collector nor a forked child's copy of it looks through it again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With PostgreSQL everywhere, tests of one machine's own files have nothing to look at."""
    if databases.EVERYWHERE:
        for item in items:
            if item.get_closest_marker("own_files"):
                item.add_marker(pytest.mark.skip(reason="about one machine's own files"))


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with the sample directory, made by the command line that people use. Tests only read it."""
    folder = tmp_path_factory.mktemp("sample") / "instance"
    subprocess.run(
        [sys.executable, "-m", "legalmap.cli", "init", "--sample"],
        cwd=ROOT, env=clean_environment(folder), check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def app(instance: Path) -> Flask:
    return create_app(Settings(instance=instance))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def site(tmp_path: Path) -> SiteMaker:
    """Makes a client of a site with a real edition of the given centers and places."""

    def make(
        *centers: Center,
        places: tuple[Place, ...] = (NARYN,),
        texts: tuple[Text, ...] = (),
        rayons: tuple[Rayon, ...] = (),
    ) -> FlaskClient:
        settings = Settings(instance=tmp_path, roles=frozenset({"public"}))
        settings.editions.mkdir(parents=True)
        settings.sealing_key.parent.mkdir(parents=True)
        settings.sealing_key.write_bytes(Fernet.generate_key())
        bring_shells(settings.editions)
        content = EditionContent(centers=centers, places=places, texts=texts, rayons=rayons)
        write_edition(settings.editions, 1, content, "0" * 64, dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
        return create_app(settings).test_client()

    return make


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(instance: Path, output: Path, **settings: str) -> Iterator[Server]:
    """Runs `gunicorn wsgi:app` with two workers and `settings` until the test is over."""
    port = free_port()
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT, env=clean_environment(instance, **settings), stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/livez", process, output)
            yield Server(f"http://127.0.0.1:{port}", port, instance, output)
        finally:
            stop(process)


def wait_until_ready(url: str, process: subprocess.Popen[bytes], output: Path) -> None:
    for _ in range(150):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"gunicorn did not start:\n{output.read_text(encoding='utf-8', errors='replace')}")


@pytest.fixture(scope="session")
def server(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A live server of the sample that all tests share."""
    yield from serve(instance, tmp_path_factory.mktemp("server") / "output.log")


@dataclass
class _Browsers:
    """One Chromium in which each test is a stranger: what one context keeps, no other one sees."""

    driver: Any
    shared: Any = None
    opened: list[Any] = field(default_factory=list)
    profiles: list[Path] = field(default_factory=list)

    def open(self, profile: Path | None = None, *, own: bool = False, **options: Any) -> Any:
        if profile or own:
            self.profiles.append(profile or Path(tempfile.mkdtemp(prefix="legalmap-browser-")))
            context = self.driver.chromium.launch_persistent_context(
                str(self.profiles[-1]), executable_path=CHROMIUM, args=CHROMIUM_FLAGS, headless=True, **options
            )
        else:
            if self.shared is None:
                self.shared = self.driver.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS, headless=True)
            context = self.shared.new_context(**options)
            context.new_page()
        context.set_default_timeout(10_000)
        self.opened.append(context)
        return context

    def close_from(self, first: int) -> None:
        """Closes what was opened since `first` were open: a forgotten page goes on working beside the next tests."""
        for context in self.opened[first:]:
            context.close()
        del self.opened[first:]


@pytest.fixture(scope="session")
def browsers() -> Iterator[_Browsers]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        made = _Browsers(driver)
        yield made
        made.close_from(0)
        for profile in made.profiles:
            shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium(browsers: _Browsers) -> Callable[..., Any]:
    """Opens a context of Chromium that knows nothing, with one page: `chromium(java_script_enabled=False)`. With a
    folder `profile`, or `own=True`, it is a browser of its own, started with `options`."""
    return browsers.open


@pytest.fixture(autouse=True)
def _closed_after(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test opened is closed with it; what its module opened before stays."""
    if "browsers" not in request.fixturenames:
        yield
        return
    browsers: _Browsers = request.getfixturevalue("browsers")
    first = len(browsers.opened)
    yield
    browsers.close_from(first)
