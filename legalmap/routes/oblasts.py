"""Oblasts as people meet them: in the order of their language, and meant by a name that somebody types."""

from __future__ import annotations

from legalmap import oblasts
from legalmap.letters import sort_key
from legalmap.model import OBLASTS
from legalmap.routes import page
from legalmap.wording import label


def sorted_codes() -> list[str]:
    """Codes of the oblasts in the alphabetical order of the page's language."""
    lang = page.language()
    return sorted(OBLASTS, key=lambda code: sort_key(label("oblast", code, lang), lang))


def named(text: str) -> str:
    """The oblast that `text` names in any language, like `KG-Y`; "" when it names none. A city is found as a
    place, and is called no oblast."""
    code = oblasts.named(text)
    return "" if code in page.CITIES else code
