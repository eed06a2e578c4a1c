"""Oblasts as people meet them: in the order of their language, and meant by a name that somebody types."""

from __future__ import annotations

from functools import cache

from legalmap.letters import search_key, sort_key
from legalmap.model import LANGS, OBLASTS
from legalmap.routes import page
from legalmap.wording import label

_WORDS = frozenset({"облусу", "область", "oblast"})


def sorted_codes() -> list[str]:
    """Codes of the oblasts in the alphabetical order of the page's language."""
    lang = page.language()
    return sorted(OBLASTS, key=lambda code: sort_key(label("oblast", code, lang), lang))


@cache
def _codes() -> dict[str, str]:
    """Search key -> code: full and short names in every language, with and without the word oblast."""
    found: dict[str, str] = {}
    for code in OBLASTS:
        if code in page.CITIES:
            continue  # a city is found as a place, and is called no oblast
        for lang in LANGS:
            for name in (label("oblast", code, lang), label("oblast.short", code, lang)):
                alone = " ".join(word for word in name.split() if word not in _WORDS)
                found |= {search_key(name): code, search_key(alone): code}
    return found


def named(text: str) -> str:
    """The oblast that `text` names in any language, like `KG-Y`; "" when it names none."""
    return _codes().get(search_key(text), "")
