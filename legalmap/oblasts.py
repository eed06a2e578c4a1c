"""The nine oblasts and cities of republican rank by any of the names people write: one reader for all."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from legalmap import letters

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
_ADJECTIVE = re.compile(r"(?:ск(?:ая|ой|ую)|skaya|skaia|skoy|skoi)$")
"""Feminine, as область is: "Нарынский" is a rayon."""


def named(text: str) -> str:
    """The code (`KG-N`) that a name means in Kyrgyz, Russian or Latin letters, with or without "oblast", "city" and the
    like; "" when it means none. "Osh" alone is the oblast; it is the city only when it is called one. Never raises."""
    words = letters.search_key(text).split()
    city = any(_CITY_WORD.fullmatch(word) for word in words)
    oblast = any(_OBLAST_WORD.fullmatch(word) for word in words)
    name = "".join(
        word for word in words if not (_CITY_WORD.fullmatch(word) or _OBLAST_WORD.fullmatch(word) or word == "of")
    )
    if city and oblast:
        return ""
    code = _code_of(name)
    if code:
        return _CITIES.get(code, "") if city else code
    code = "" if city else _code_of(_ADJECTIVE.sub("", name))
    return code if code != "KG-GB" else ""


def _code_of(name: str) -> str:
    """As it is written in any letters, else as it sounds ("Isyk-Kul")."""
    return _codes(letters.latin_key).get(letters.latin_key(name), "") or _codes(letters.sound_key).get(
        letters.sound_key(name), ""
    )


def stems() -> dict[str, str]:
    """Every name we know -> its code, as `letters.search_key` leaves them, without spaces."""
    return {name: code for code, names in _STEMS.items() for name in names.split()}


@cache
def _codes(key: Callable[[str], str]) -> dict[str, str]:
    return {key(name): code for name, code in stems().items()}
