"""Writes all texts side by side in one file, so that a native reader can judge every word of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader

from legalmap import resources
from legalmap.config import Settings
from legalmap.model import LANGS
from legalmap.wording import TRANSLATIONS

DOMAINS = ("labels", "messages", "problems")
GEODATA = ("rayons.csv", "places.csv", "names.csv", "holidays.csv")
NAMES = frozenset(GEODATA)
"""Families of proper names, which are often the same in two languages."""

_FIELD = re.compile(r"%\([^)]*\)[^a-z]*[a-z]|\{[^{}]*\}")
_ENDING = r"(?:[дтгк][аеоө]н?|[днт][ыиуү]н?|[лдт][аеоө]р\w*|[ыиуү]?н?ч[ыиуү])\b"
"""Endings of Kyrgyz: behind a hyphen they are as wrong as without; "5-сап" (line 5) is right."""
_GLUED = re.compile(
    rf"(?:{_FIELD.pattern})(?:[’']?[^\W\d_]|[-–]{_ENDING})|[^\W\d_][’']?(?:{_FIELD.pattern})|(?<![\w-])\d+(?:[а-яёөүң]|-{_ENDING})"
)
_MIXED = re.compile(r"[A-Za-z]-?[А-Яа-яЁёӨөҮүҢң]|[А-Яа-яЁёӨөҮүҢң][A-Za-z]")
_LOOKALIKE = re.compile(r"[ѲѳѢѣЅѕЈјӘәҒғ]")
_ENDS = re.compile(r"[.:?!…]$")


@dataclass(frozen=True)
class Text:
    """One text: where it is kept (`family`), its name there (`key`), where it is shown (`used`), by language."""

    family: str
    key: str
    used: str
    said: Mapping[str, str]


def fields(text: str) -> set[str]:
    """Places for values: {"%(number)s", "{value}"}."""
    return set(_FIELD.findall(text))


def glued(text: str) -> bool:
    """A suffix stands at a place for a value or at a number: wrong for most of what will stand there."""
    return bool(_GLUED.search(text))


def mixed(text: str) -> bool:
    """Latin and Cyrillic letters in one word, or letters that only look like Kyrgyz ones."""
    return bool(_MIXED.search(_FIELD.sub(" ", text)) or _LOOKALIKE.search(text))


def doubts(text: Text) -> list[str]:
    """What a machine can see to be wrong or odd; a person decides."""
    found, english = [], text.said.get("en", "")
    for lang, said in text.said.items():
        if not said:
            found.append(f"{lang}: missing")
            continue
        if fields(said) != fields(english) and english:
            found.append(f"{lang}: other places for values than en")
        if glued(said):
            found.append(f"{lang}: a suffix glued to a value or number")
        if mixed(said):
            found.append(f"{lang}: letters of two alphabets in one word")
        if lang != "en" and said == english and re.search("[a-z]{2}", said):
            found.append(f"{lang}: same as en")
        if text.family not in NAMES and bool(_ENDS.search(said)) != bool(_ENDS.search(english)) and english:
            found.append(f"{lang}: ends otherwise than en")
    if text.family not in NAMES and " " in text.said["ky"] and text.said["ky"] == text.said["ru"]:
        found.append("ky: same as ru")
    return found


def catalog(domain: str, lang: str) -> Catalog:
    """The catalog as it is written, not as it is compiled."""
    with (TRANSLATIONS / lang / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=lang)


@cache
def _shown_in() -> dict[tuple[str | None, object], str]:
    """Of each text of the pages, the templates and routes that say it."""
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
    found: dict[tuple[str | None, object], set[str]] = {}
    places = ((resources.folder("templates"), "**.html", "jinja2"), (TRANSLATIONS.parent / "routes", "**.py", "python"))
    for folder, pattern, method in places:
        said = extract_from_dir(folder, [(pattern, method)], {}, keywords=keywords, comment_tags=())
        for file, _, message, _, context in said:
            first = message[0] if isinstance(message, tuple) else message
            found.setdefault((context, first), set()).add(file)
    return {key: ", ".join(sorted(files)) for key, files in found.items()}


def _worded(domain: str) -> Iterator[Text]:
    catalogs = {lang: catalog(domain, lang) for lang in LANGS}
    for message in catalogs["en"]:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        said: dict[str, str] = {}
        for lang in LANGS:
            known = catalogs[lang].get(key, message.context)
            forms = known.string if known else ""
            said[lang] = forms if isinstance(forms, str) else "\n".join(dict.fromkeys(forms or ()))
        used = _shown_in().get((message.context, key), "") if domain == "messages" else ""
        yield Text(f"{domain}/{message.context}" if message.context else domain, key, used, said)


def _geodata(name: str) -> Iterator[Text]:
    for row in resources.geodata_rows(name):
        said: dict[str, str] = {lang: row.get(f"name_{lang}", row.get(lang, "")) for lang in LANGS}
        yield Text(name, row.get("id") or row.get("date") or row["key"], row.get("source", ""), said)


def _notes() -> Iterator[Text]:
    """What a member is told of those who answer a need; some say nothing more than their kind."""
    for row in resources.geodata_rows("needs.csv"):
        said: dict[str, str] = {lang: row[f"note_{lang}"] for lang in LANGS}
        if any(said.values()):
            yield Text("needs.csv", f"{row['need']} {row['rank']}", "", said)


def every_text() -> Iterator[Text]:
    """Catalogs first, then what is said before a call, then names."""
    for domain in DOMAINS:
        yield from _worded(domain)
    yield from _notes()
    for name in ("texts.csv", *GEODATA):
        yield from _geodata(name)


def page() -> str:
    """All texts as one page that needs nothing beside it and asks nobody."""
    families: dict[str, list[tuple[Text, list[str]]]] = {}
    for text in every_text():
        families.setdefault(text.family, []).append((text, doubts(text)))
    templates = Environment(loader=FileSystemLoader(resources.folder("templates")), autoescape=True)
    doubtful = sum(bool(found) for rows in families.values() for _, found in rows)
    total = sum(map(len, families.values()))
    return templates.get_template("desk/texts.html").render(
        families=families, langs=LANGS, total=total, doubtful=doubtful
    )


@click.command()
@click.option("--review", is_flag=True, required=True, help="A page for a native reader.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file.")
@click.pass_obj
def texts(settings: Settings, review: bool, output: Path) -> None:
    """Write all texts side by side in ky, ru and en: one page that opens by a double click and prints.

    What looks doubtful is marked; the last column is for what the reader would change.
    """
    output.write_text(page(), encoding="utf-8")
    click.echo(f"{output}: {sum(1 for _ in every_text())} texts")


COMMANDS = (texts,)
