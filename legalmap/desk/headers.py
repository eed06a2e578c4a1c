"""Which of our columns a header means: our names, or the Kyrgyz and Russian ones of the template."""

from __future__ import annotations

import re
from functools import cache

from legalmap.model import LANGS
from legalmap.visibility import COLUMNS
from legalmap.wording import label

_LANGUAGE_HINTS = (
    ("ky", ("ky", "кырг", "кыргызча", "kyrgyz", "kg")),
    ("ru", ("ru", "рус", "орусча", "русский", "russian")),
    ("en", ("en", "англ", "англисче", "английский", "english")),
)


def column(header: str) -> str | None:
    """Our name for a column header: any case, `_`, space or `-` alike, text in brackets ignored
    unless it names a language. None when it is not one of ours."""
    return _known().get(_key(header))


@cache
def _known() -> dict[str, str]:
    known = {_key(name): name for name in COLUMNS}
    for name in COLUMNS:
        for lang in LANGS:
            known.setdefault(_key(label("column", name, lang)), name)
    known[_key("region")] = "oblast"
    return known


def _key(header: str) -> str:
    """`Название (рус.)` -> `название ru`; `Телефоны (через ;)` -> `телефоны`."""
    outside = re.sub(r"\([^)]*\)", " ", header)
    words = _words(outside)
    for inside in re.findall(r"\(([^)]*)\)", header):
        hints = _words(inside)
        found = [code for code, names in _LANGUAGE_HINTS if any(hint in names for hint in hints)]
        if len(hints) == 1 and len(found) == 1:
            words.append(found[0])
    return " ".join(words)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.replace("_", " ").casefold())
