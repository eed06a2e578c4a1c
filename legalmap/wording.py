"""Words for codes: labels of values and texts of problems, in ky, ru and en, from the catalogs."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from legalmap.model import Problem

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


def word(problem: Problem, lang: str) -> str:
    """The problem as one sentence in `lang` that says what is wrong and what to do.

    The catalogs hold a text for every code with named fields: `line`, `column`, `value` and the
    problem's params.
    """
    text = catalog("problems", lang).gettext(problem.code)
    fields = {
        "line": problem.line,
        "column": problem.column or "",
        "value": problem.value or "",
        **problem.params,
    }
    return text.format(**fields)


def phrase(key: str, lang: str, **params: str | int) -> str:
    """A sentence of the desk's own reports (catalog `problems`, context "report")."""
    return catalog("problems", lang).pgettext("report", key).format(**params)
