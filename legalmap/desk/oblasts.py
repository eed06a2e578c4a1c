"""The nine oblasts and cities of republican rank by any of the names people write."""

from __future__ import annotations

import difflib
from functools import cache

from legalmap import letters
from legalmap.desk.problems import Refused
from legalmap.model import LANGS, OBLASTS
from legalmap.wording import label


def code_of(text: str) -> str:
    """The code (`KG-N`) of an oblast or city of republican rank by any of its names. Raises Refused."""
    names = _names()
    key = letters.search_key(text)
    if key in names:
        return names[key]
    close = difflib.get_close_matches(key, names, n=3, cutoff=0.6)
    nearest = list(dict.fromkeys(names[name] for name in close)) or list(OBLASTS)
    raise Refused("oblast_unknown", nearest=", ".join(f"{code} {label('oblast', code, 'ru')}" for code in nearest))


@cache
def _names() -> dict[str, str]:
    usual = {
        "KG-B": "Batken Баткен", "KG-C": "Chuy Chui Chu Чуй Чүй", "KG-J": "Jalal-Abad Jalalabad Джалал-Абад Жалал-Абад",
        "KG-N": "Naryn Нарын", "KG-O": "Osh Ош", "KG-T": "Talas Талас",
        "KG-Y": "Issyk-Kul Ysyk-Köl Ysyk-Kol Issyk-Kol Иссык-Куль Ысык-Көл", "KG-GB": "Bishkek Бишкек",
        "KG-GO": "",
    }  # fmt: skip
    adjectives = {
        "KG-B": "Баткенская", "KG-C": "Чуйская", "KG-J": "Джалал-Абадская Жалал-Абадская", "KG-N": "Нарынская",
        "KG-O": "Ошская", "KG-T": "Таласская", "KG-Y": "Иссык-Кульская Ысык-Кульская",
    }  # fmt: skip
    words = (
        "",
        " oblast",
        " region",
        " province",
        " облусу",
        " облус",
        " обл",
        " обл.",
        " область",
        "ская область",
    )
    cities = {
        "KG-GB": ("Bishkek", "Бишкек"), "KG-GO": ("Osh", "Ош"),
    }  # fmt: skip
    names: dict[str, str] = {}
    for code in OBLASTS:
        short = code.removeprefix("KG-")
        for key in (code, short):
            names[letters.search_key(key)] = code
        for lang in LANGS:
            names.setdefault(letters.search_key(label("oblast", code, lang)), code)
        for name in usual[code].split():
            for word in words:
                names.setdefault(letters.search_key(name + word), code)
        for name in adjectives.get(code, "").split():
            for word in ("", " область", " обл", " обл."):
                names.setdefault(letters.search_key(name + word), code)
        for city in cities.get(code, ()):
            for form in (
                "{} city",
                "{} шаары",
                "город {}",
                "г. {}",
                "г.{}",
                "{} ш.",
                "{} ш",
                "city of {}",
                "{} шаар",
            ):
                names[letters.search_key(form.format(city))] = code
    return names
