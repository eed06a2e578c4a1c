"""All texts side by side for a native reader, and what a machine holds them to: no glued suffix, nothing missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from legalmap.cli import main
from legalmap.cli.texts import Text, doubts, every_text, glued, mixed
from legalmap.model import LANGS

HARD = ("missing", "places for values", "suffix", "alphabets")


def test_no_text_has_a_glued_suffix_mixed_letters_or_other_places_for_values() -> None:
    found = [(text.key, one) for text in every_text() for one in doubts(text) if any(part in one for part in HARD)]
    assert found == []


def test_only_brand_names_units_and_agreed_words_are_the_same_in_two_languages() -> None:
    same = {text.said["ky"] for text in every_text() for one in doubts(text) if "same as" in one}
    assert same == {"WhatsApp", "Эл. почта", "%(kb)s кБ", "%(n)s км", "%(n)s м"}


@pytest.mark.parametrize(
    "text",
    [
        "%(place)sда", "{value}дан", "{n}-ден", "%(num)dчи", "{n}-лардын", "102ге чалыңыз", "24төн", "9дан 18ге",
        "Саат 18-ге", "айыл{n}", "{value}’дан", "%(date)s-нын", "{value}s", "{at}-инчи",
    ],
)  # fmt: skip
def test_a_glued_suffix_is_seen(text: str) -> None:
    assert glued(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ош: %(num)d борбор", "{line}-сап", "2021-ж.", "2-кабат", "24 саат", "({n})", "«{value}» деген", "UTF-8 эмес",
        "BSD-2-Clause", "9:00–18:00 иштеген", "boys_up_to_N", "39–43", "{n} жашка чейин", "%(kb)s кБ",
    ],
)  # fmt: skip
def test_what_stands_apart_is_left_alone(text: str) -> None:
    assert not glued(text)


def test_letters_of_another_alphabet_are_seen() -> None:
    assert mixed("Excelде")
    assert mixed("WhatsAppка")
    assert mixed("Нapын")  # Latin a and p
    assert mixed("бѳлүм")
    assert not mixed("WhatsApp аркылуу, CSV UTF-8, {value} сап")


def test_every_doubt_is_named() -> None:
    text = Text("messages", "x", "", {"ky": "", "ru": "Call %(n)sа", "en": "Call."})
    assert doubts(text) == [
        "ky: missing",
        "ru: other places for values than en",
        "ru: a suffix glued to a value or number",
        "ru: ends otherwise than en",
    ]
    assert "ru: same as en" in doubts(Text("messages", "x", "", {"ky": "Чалуу", "ru": "Call", "en": "Call"}))


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("review") / "a.html"
    done = CliRunner().invoke(main, ["texts", "--review", "-o", str(file)])
    assert done.exit_code == 0, done.output
    assert re.search(r": \d{3,} texts\n$", done.output)
    return file


def test_the_page_holds_every_text_in_three_languages_and_where_it_is_used(review: Path) -> None:
    page = review.read_text(encoding="utf-8")
    assert page.count("<tr") - page.count("<thead>") == len([*every_text()])
    for lang in LANGS:
        assert f'<td lang="{lang}">' in page
    for said in ("Куткаруу кызматы", "Үйдө кооптуу", "Кочкор району", "Мүмкүн болсо, «инкогнито»", "{line}-сап"):
        assert said in page
    assert "public/home.html" in page


def test_the_page_asks_nobody(review: Path) -> None:
    page = review.read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert not re.search(r"""(?:src|href|action)\s*=\s*["'](?!#)""", page)
    assert "@import" not in page
    assert "url(" not in page


@pytest.mark.browser
def test_a_reader_filters_writes_and_takes_the_notes_along(chromium: Callable[..., Any], review: Path) -> None:
    context = chromium(accept_downloads=True)
    page = context.pages[0]
    faults: list[str] = []
    context.on("console", lambda message: faults.append(message.text))
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("request", lambda request: request.url.startswith(("file:", "blob:")) or faults.append(request.url))
    page.goto(review.as_uri())
    page.fill("input[type=search]", "куткаруу")
    shown = page.locator("tbody tr:visible")
    assert 0 < shown.count() < 10
    assert "куткаруу" in shown.first.inner_text().lower()
    shown.first.locator("td").last.fill("Башкача")
    with page.expect_download() as download:
        page.click("#keep")
    assert download.value.suggested_filename == "notes.txt"
    assert Path(download.value.path()).read_text(encoding="utf-8").endswith("Башкача\n")
    page.fill("input[type=search]", "")
    page.check("#doubtful")
    assert page.locator("tbody tr:visible").count() == page.locator("tr.doubt").count() > 0
    assert not faults
    context.close()


@pytest.mark.browser
def test_without_a_script_all_is_there(chromium: Callable[..., Any], review: Path) -> None:
    context = chromium(java_script_enabled=False)
    page = context.pages[0]
    page.goto(review.as_uri())
    assert page.locator("tbody tr:visible").count() == len([*every_text()])
    assert page.locator("input[type=search]:visible, button:visible").count() == 0
    page.check("#doubtful")
    assert page.locator("tbody tr:visible").count() == page.locator("tr.doubt").count()
    context.close()
