"""Translations: every word of a page exists in ky, ru and en, and what is compiled is what is written."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from legalmap import model, visibility
from legalmap.desk.problems import QUESTIONS
from legalmap.model import LANGS
from legalmap.wording import TRANSLATIONS, label

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
SOURCES = (("templates", "**.html", "jinja2"), ("legalmap/routes", "**.py", "python"))
DOMAINS = ("labels", "messages", "problems")


def catalog(lang: str, domain: str) -> Catalog:
    with (TRANSLATIONS / lang / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=lang)


def messages(found: Catalog) -> Iterator[Message]:
    return (message for message in found if message.id)


def extracted() -> set[tuple[str | None, object]]:
    found = set()
    for folder, pattern, method in SOURCES:
        for _, _, message, _, context in extract_from_dir(
            str(ROOT / folder), [(pattern, method)], {}, keywords=KEYWORDS, comment_tags=()
        ):
            found.add((context, message))
    return found


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_message_is_translated_and_none_is_a_guess(lang: str, domain: str) -> None:
    for message in messages(catalog(lang, domain)):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), message.id
        assert not message.fuzzy, message.id


_SAYS = re.compile(
    r"""(?:Refused|_?FileProblem|StoreError|HoursUnreadable|say|_word|stop|Parsed\([^()]*,|code=)\(?\s*"([a-z_]{4,})\"""",
)


@pytest.mark.parametrize("lang", LANGS)
def test_every_problem_the_desk_can_name_has_words(lang: str) -> None:
    """Codes as they stand in the sources of desk, store and command line, and all questions."""
    worded = {message.id for message in messages(catalog(lang, "problems"))}
    sources = [
        path.read_text(encoding="utf-8")
        for part in ("desk", "store", "cli")
        for path in (ROOT / "legalmap" / part).glob("*.py")
    ]
    named = {code for source in sources for code in _SAYS.findall(source)} | QUESTIONS
    assert len(named) > 50
    assert named - worded == set()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalog_is_the_written_one(lang: str, domain: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalog(lang, domain))
    assert (TRANSLATIONS / lang / "LC_MESSAGES" / f"{domain}.mo").read_bytes() == compiled.getvalue()


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_of_a_page_is_in_the_catalog_and_nothing_else_is(lang: str) -> None:
    written = {
        (message.context, tuple(message.id) if isinstance(message.id, list | tuple) else message.id)
        for message in messages(catalog(lang, "messages"))
    }
    assert written == extracted()


@pytest.mark.parametrize("lang", LANGS)
def test_translations_keep_the_places_for_values(lang: str) -> None:
    for message in messages(catalog(lang, "messages")):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        first = message.id[0] if isinstance(message.id, list | tuple) else message.id
        for text in texts:
            for name in ("number", "place", "n", "date", "when", "num"):
                assert (f"%({name})" in text) == (f"%({name})" in first), message.id


@pytest.mark.parametrize("lang", LANGS)
def test_every_value_has_a_name(lang: str) -> None:
    families = {
        "kind": model.KINDS,
        "topic": model.TOPICS,
        "group": model.GROUPS,
        "need": model.NEEDS,
        "access": model.ACCESS,
        "fee": (*model.FEES, "unknown"),
        "status": model.STATUSES,
        "show_location": model.SHOW_LOCATION,
        "verified_by": model.VERIFIED_BY,
        "oblast": model.OBLASTS,
        "oblast.short": model.OBLASTS,
        "language": model.LANGUAGES,
        "language.in": LANGS,
        "column": visibility.COLUMNS,
    }
    for family, values in families.items():
        known = {message.id for message in messages(catalog(lang, "labels")) if message.context == family}
        assert set(values) <= known, family
        assert all(label(family, value, lang) for value in values)


def test_public_names_of_sensitive_kinds_are_soft() -> None:
    hard = ("кризис", "приют", "убежищ", "насили", "зомбулук", "баш калкалоо", "crisis", "shelter", "violence")
    for lang in LANGS:
        for kind in model.KINDS:
            assert not any(word in label("kind", kind, lang).lower() for word in hard)
        for topic in model.TOPICS:
            assert not any(word in label("topic", topic, lang).lower() for word in hard)
