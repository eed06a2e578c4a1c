"""The same texts as translations: whoever translates writes words, never a page."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import count, product
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from legalmap.cli.texts import fields
from legalmap.model import LANGS
from tests.attacks.payloads import PAYLOADS
from tests.attacks.test_injection import HARMLESS, Shape, alike
from tests.attacks.test_other_texts import harmless
from tests.conftest import clean_environment

ROOT = Path(__file__).parents[2]
WRITTEN = tuple(text for text in PAYLOADS if "%" not in text)
"""A sign of percent is a place for a value, whose absence tests/test_texts.py notices."""
PAGES = ("", "tips", "phones", "about", "search", "map", "places", "centers/1001", "nothing-here", "staff/signin")
SHOW = """
import json, sys
from pathlib import Path
import legalmap
from legalmap import create_app
from tests.served import search
assert legalmap.__file__.startswith(sys.argv[1])
client = create_app().test_client()
pages = {}
for lang in ("ky", "ru", "en"):
    for path in sys.argv[2:]:
        pages[f"/{lang}/{path}"] = client.get(f"/{lang}/{path}").text
    pages[f"/{lang}/search: list"] = search(client, lang, place_id="1527592").text
    pages[f"/{lang}/search: none"] = search(client, lang, place="qqqq").text
print(json.dumps(pages))
"""
"""Run in the copy, which it must be."""


def translated(folder: Path, said: Callable[[int], str]) -> Path:
    """A copy of the program whose every page text says something else; values keep their places."""
    shutil.copytree(ROOT / "legalmap", folder / "legalmap", ignore=shutil.ignore_patterns("__pycache__", "static"))
    for name in ("templates", "static", "geodata", "tests"):
        (folder / name).symlink_to(ROOT / name)
    for lang, domain in product(LANGS, ("messages", "labels")):
        own = folder / "legalmap" / "translations" / lang / "LC_MESSAGES" / domain
        with own.with_suffix(".po").open("rb") as file:
            catalog = read_po(file, locale=lang)
        for number, message in zip(count(), (one for one in catalog if one.id), strict=False):
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            new = tuple(" ".join((said(number), *sorted(fields(form)))) for form in forms)
            message.string = new if isinstance(message.string, tuple) else new[0]
        with own.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
    return folder


def pages(program: Path, instance: Path) -> dict[str, str]:
    """What it shows."""
    answer = subprocess.run(
        [sys.executable, "-c", SHOW, str(program), *PAGES],
        cwd=program, env=clean_environment(instance), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return dict(json.loads(answer.stdout))


@pytest.mark.parametrize("start", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(97, len(WRITTEN), 97))])
def test_a_translation_stays_words(tmp_path: Path, instance: Path, start: int) -> None:
    """Every text of the pages is another of the hostile ones, in turn."""
    hostile = pages(translated(tmp_path / "a", lambda n: WRITTEN[(start + n) % len(WRITTEN)]), instance)
    tame = pages(translated(tmp_path / "b", lambda n: f"{HARMLESS}{n}"), instance)
    for path, page in hostile.items():
        harmless(page, path)
        alike(Shape(page), Shape(tame[path]), path)
    assert "window.hurt" in hostile["/ky/"]
