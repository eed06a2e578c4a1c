"""What stands in the column of the oblast -> its code, or the nearest names."""

from __future__ import annotations

import difflib
from functools import cache

from legalmap import letters, oblasts
from legalmap.desk.problems import Refused
from legalmap.model import LANGS, OBLASTS
from legalmap.wording import label, labels


def code_of(text: str) -> str:
    """The code (`KG-N`) of an oblast or city of republican rank by its code, label or any name. Raises Refused."""
    key = letters.search_key(text)
    code = _codes().get(key) or oblasts.named(text)
    if code:
        return code
    names = _codes() | oblasts.stems()
    close = difflib.get_close_matches(key, names, n=3, cutoff=0.6)
    nearest = list(dict.fromkeys(names[name] for name in close)) or list(OBLASTS)
    raise Refused("oblast_unknown", nearest=labels("oblast", nearest))


@cache
def _codes() -> dict[str, str]:
    """Codes, whole and short, and our own labels."""
    found = {letters.search_key(key): code for code in OBLASTS for key in (code, code.removeprefix("KG-"))}
    for code in OBLASTS:
        for lang in LANGS:
            found.setdefault(letters.search_key(label("oblast", code, lang)), code)
    return found
