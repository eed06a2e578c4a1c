"""The nine oblasts and cities of republican rank by any of the names people write."""

from __future__ import annotations

import difflib
import re
from functools import cache

from legalmap import letters
from legalmap.desk.problems import Refused
from legalmap.model import LANGS, OBLASTS
from legalmap.wording import label

_STEMS = {
    "KG-B": "batken баткен",
    "KG-C": "chuy chui chuj chu чуй",
    "KG-J": "jalalabad dzhalalabad djalalabad zhalalabad джалалабад жалалабад",
    "KG-N": "naryn нарын",
    "KG-O": "osh ош",
    "KG-T": "talas талас",
    "KG-Y": "issykkul issykkol ysykkol ysykkul yssykkul yssykkol иссыккул иссыккол ысыккол ысыккул",
    "KG-GB": "bishkek бишкек",
}
"""Names as `letters.search_key` leaves them (no ь, ү as у, ө as о), without spaces."""
_CITIES = {"KG-GB": "KG-GB", "KG-O": "KG-GO"}
"""What a name means when it is said to be a city."""
_CITY_WORD = re.compile(r"г|гор|город\w{0,2}|ш|шаар\w*|city|shaary?")
_OBLAST_WORD = re.compile(r"обл|област\w*|облус\w*|oblast\w*|oblus\w*|region|province")
_ADJECTIVE = re.compile(r"(?:ск(?:ая|ой|ую|ий)|skaya|skaia|skoy|skoi)$")


def code_of(text: str) -> str:
    """The code (`KG-N`) of an oblast or city of republican rank by any of its names. Raises Refused.

    "Osh" alone is the oblast; it is the city only when it is called one.
    """
    key = letters.search_key(text)
    code = _codes().get(key) or _by_words(key.split())
    if code:
        return code
    names = _codes() | _stems()
    close = difflib.get_close_matches(key, names, n=3, cutoff=0.6)
    nearest = list(dict.fromkeys(names[name] for name in close)) or list(OBLASTS)
    raise Refused("oblast_unknown", nearest=", ".join(f"{code} {label('oblast', code, 'ru')}" for code in nearest))


def _by_words(words: list[str]) -> str:
    """The code that a name with or without "oblast", "city" and the like means, "" if none."""
    city = any(_CITY_WORD.fullmatch(word) for word in words)
    oblast = any(_OBLAST_WORD.fullmatch(word) for word in words)
    name = "".join(
        word for word in words if not (_CITY_WORD.fullmatch(word) or _OBLAST_WORD.fullmatch(word) or word == "of")
    )
    if city and oblast:
        return ""
    if name in _stems():
        code = _stems()[name]
        return _CITIES.get(code, "") if city else code
    code = "" if city else _stems().get(_ADJECTIVE.sub("", name), "")
    return code if code != "KG-GB" else ""


@cache
def _stems() -> dict[str, str]:
    return {name: code for code, names in _STEMS.items() for name in names.split()}


@cache
def _codes() -> dict[str, str]:
    """Codes, whole and short, and our own labels."""
    found = {letters.search_key(key): code for code in OBLASTS for key in (code, code.removeprefix("KG-"))}
    for code in OBLASTS:
        for lang in LANGS:
            found.setdefault(letters.search_key(label("oblast", code, lang)), code)
    return found
