"""Which of the names that GeoNames has for a settlement is its Kyrgyz, its Russian and its English one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from legalmap import letters
from legalmap.model import LANGS, Localized

LONGEST_NAME = 80
"""Letters that the search compares; no settlement has a longer name."""
ALIASES_MAX = 60
"""A capital has names in a hundred languages; written so much alike, they fold to fewer."""
LONG = 4
_MARKS = frozenset(" -‐–'’ʻʼ‘.,()/№&\"«»“”")
_ROMAN = re.compile(r"\b[IVXLCDM]+\b")
"""Имени XXII Партсъезда is a Cyrillic name."""
_RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_KYRGYZ_ONLY = frozenset("өүң")

Script = Literal["cyrillic", "latin", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """One name of the file of alternate names. `lang`: as GeoNames says, "" = of no language; `plain`: neither
    short, colloquial nor historic."""

    lang: str
    text: str
    preferred: bool = False
    plain: bool = True


def tidy(written: str) -> str:
    """A name as it is kept: letters made right, single spaces, an apostrophe for the sign that some type for it."""
    return " ".join(word for word in letters.repair(written).replace("`", "’").split(" ") if word)


def is_name(text: str) -> bool:
    """Whether a tidy text can be kept as a name: letters, digits and what stands between them, no marks of control,
    template or markup, at most LONGEST_NAME letters and at least two."""
    return (
        len(text) <= LONGEST_NAME
        and len(letters.search_key(text)) > 1
        and any(sign.isalpha() for sign in text)
        and all(sign in _MARKS or unicodedata.category(sign)[0] in "LM" or sign.isdecimal() for sign in text)
    )


def script(text: str) -> Script:
    """The one alphabet a name is written in; "" for another, for two, or for none."""
    bare = _ROMAN.sub("", text) if any("Ѐ" <= sign <= "ԯ" for sign in text) else text
    found = {_script_of(sign) for sign in bare if sign.isalpha() and unicodedata.category(sign) != "Lm"}
    return found.pop() if len(found) == 1 else ""


def _script_of(sign: str) -> Script:
    if "Ѐ" <= sign <= "ԯ":
        return "cyrillic"
    return "latin" if sign < "ɐ" or "Ḁ" <= sign <= "ỿ" else ""


def named(
    name: str, latin_name: str, untagged: Sequence[str], alternates: Sequence[Alternate]
) -> tuple[Localized, tuple[str, ...]]:
    """The names of a settlement in our languages and its other names, at most ALIASES_MAX.

    A name is Kyrgyz, Russian or English when the alternate names say so and it is written in that language's
    alphabet. Of those of no language, a Cyrillic one with ө, ү or ң is Kyrgyz and another one with Russian letters
    alone is Russian. Nothing is ever transliterated: a language without a name stays empty.
    """
    loose = [found.text for found in alternates if not found.lang and found.plain] if alternates else list(untagged)
    cyrillic = [text for text in (name, *loose) if script(text) == "cyrillic"]
    ky = _tagged(alternates, "ky") or _first(cyrillic, latin_name, kyrgyz=True)
    ru = _tagged(alternates, "ru") or _first(cyrillic, latin_name, kyrgyz=False)
    en = _tagged(alternates, "en") or next((text for text in (name, latin_name) if script(text) == "latin"), "")
    names = Localized(ky=ky, ru=ru, en=en)
    if alternates:  # these hold all that the untagged ones do
        others = [found.text for found in alternates if found.lang in {*LANGS, ""} or _is_long(found.text)]
    else:
        others = [text for text in untagged if _is_long(text) and not _is_code(text)]
    return names, aliases(names, (text for text in (name, latin_name, *others) if script(text)))


def _is_long(text: str) -> bool:
    """Whether a name of another language can be told from a word: French Och, Turkish Uş for Osh, as names of a hidden
    center's town, would be found in other texts."""
    return script(text) == "cyrillic" or len(letters.search_key(text)) >= LONG


def _is_code(text: str) -> bool:
    """FRU and the like: without tags, the codes of airports stand among the names."""
    return len(text) <= 4 and text.isascii() and text.isupper()


def _tagged(alternates: Iterable[Alternate], lang: str) -> str:
    alphabet = "latin" if lang == "en" else "cyrillic"
    own = [found for found in alternates if found.lang == lang and found.plain and script(found.text) == alphabet]
    own.sort(key=lambda found: not found.preferred)  # else as the file has them
    return own[0].text if own else ""


def _first(cyrillic: Iterable[str], latin_name: str, *, kyrgyz: bool) -> str:
    """The first name of the alphabet; one that sounds like the Latin name before others."""
    own = [text for text in cyrillic if _is_kyrgyz(text) == kyrgyz and _known_letters(text)]
    latin = letters.latin_key(latin_name)
    own.sort(key=lambda text: letters.latin_key(text) != latin)
    return own[0] if own else ""


def _is_kyrgyz(text: str) -> bool:
    return bool(_KYRGYZ_ONLY & set(text.lower()))


def _known_letters(text: str) -> bool:
    """Whether no letter is one that only neighbors have (ў қ ғ ҳ і ә)."""
    return {sign for sign in text.lower() if "Ѐ" <= sign <= "ԯ"} <= _RUSSIAN | _KYRGYZ_ONLY


def aliases(names: Localized, others: Iterable[str]) -> tuple[str, ...]:
    """`others` once each, without those that the search would find as one of `names` anyway."""
    known = {letters.search_key(getattr(names, lang)) for lang in LANGS}
    found: dict[str, str] = {}
    for text in others:
        key = letters.search_key(text)
        if key and key not in known:
            found.setdefault(key, text)
    return tuple(found.values())[:ALIASES_MAX]
