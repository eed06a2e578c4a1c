"""Words for codes: labels of values and texts of problems, in ky, ru and en, from the catalogs."""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from legalmap.model import LANGS, Localized, Problem

TRANSLATIONS = Path(__file__).resolve().parent / "translations"


@cache
def catalog(domain: str, lang: str) -> gettext.NullTranslations:
    """The compiled catalog `domain` (labels, problems, messages) of a language.

    Raises FileNotFoundError when it was not compiled (`make translations`).
    """
    return gettext.translation(domain, TRANSLATIONS, languages=[lang])


def label(family: str, value: str, lang: str) -> str:
    """What people call `value`: `label("kind", "flac", "ky")`. The value itself when unnamed."""
    return catalog("labels", lang).pgettext(family, value)


def word(problem: Problem, lang: str, place: str = "") -> str:
    """The problem as one sentence in `lang` that says what is wrong and what to do; `place` ("form"): where it is said,
    if that has words of its own.

    The catalogs hold a text for every code with named fields: `line`, `column`, `value` and the
    problem's params.
    """
    own = catalog("problems", lang).pgettext(place, problem.code) if place else problem.code
    text = own if own != problem.code else catalog("problems", lang).gettext(problem.code)
    fields = {"line": problem.line, "column": problem.column or "", "value": problem.value or "", **problem.params}
    said = {name: part.in_lang(lang)[0] if isinstance(part, Localized) else part for name, part in fields.items()}
    return text.format(**said)


def listed(parts: Iterable[Localized], separator: str = ", ") -> Localized:
    """Several names as one list in each language."""
    given = tuple(parts)
    return Localized(**{lang: separator.join(part.in_lang(lang)[0] for part in given) for lang in LANGS})


def labels(family: str, values: Iterable[str]) -> Localized:
    """`values` as a list that shows both what people call each and how it is written: "Нарын облусу (KG-N)"."""
    return listed(Localized(**{lang: f"{label(family, one, lang)} ({one})" for lang in LANGS}) for one in values)


def phrase(key: str, lang: str, **params: str | int) -> str:
    """A sentence of the desk's own reports (catalog `problems`, context "report")."""
    return catalog("problems", lang).pgettext("report", key).format(**params)
