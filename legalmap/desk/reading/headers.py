"""Which of our columns a header means: our names, or the Kyrgyz and Russian ones of the template."""

from __future__ import annotations

import re
from functools import cache

from legalmap import letters
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


_EVERYDAY = {
    "id": "код; id центра; center id; code",
    "kind": "тип; категория; type; түр",
    "status": "статус",
    "name_ky": "аталышы; аты; мекеменин аталышы; название кырг; название на кыргызском",
    "name_ru": "название; наименование; организация; наименование организации; наименование центра; "
    "наименование учреждения; полное наименование; учреждение; название организации; название центра; название рус; "
    "название на русском",
    "name_en": "name; title; название англ; название на английском",
    "oblast": "region; область; регион; province; oblus",
    "rayon": "district; raion; район/город; р-н",
    "settlement": "город; село; населенный пункт; нас пункт; город/село; айыл; шаар; city; town; village; place",
    "address": "улица, дом; адрес; юридический адрес; дарек",
    "lat": "latitude; широта; lat; координаты; coordinates; gps; координата; координаттар",
    "lon": "longitude; lng; long; долгота",
    "phones": "телефон; тел; номер телефона; номера телефонов; контактный телефон; phone; telephone; phone number; "
    "телефондор",
    "whatsapp": "ватсап; вотсап; wa",
    "email": "e-mail; mail; почта; электронная почта; электрондук почта; эл адрес",
    "website": "web; site; url; веб-сайт; вебсайт; сайты",
    "hours": "режим работы; время работы; часы работы; рабочее время; график; opening hours; иш убактысы; иш тартиби",
    "languages": "языки; тилдер; тили; язык; language",
    "services": "услуги; кызматтар; виды услуг; service",
    "note": "примечание; комментарий; эскертүү; comment; notes",
    "source": "источник; булагы; булак",
    "fee": "стоимость; цена; баасы; платно/бесплатно; cost; price",
    "topics": "темы; тема; тематика; темалар; topic",
    "verified_on": "проверено; дата проверки",
    "slip_name": "имя на памятке; название для памятки; нейтральное название; барактагы аты; бейтарап аты; slip name; "
    "neutral name",
}  # fmt: skip
"""What people call the columns in tables of their own, parted by `;`. A name that says no language is in its word's."""


@cache
def _known() -> dict[str, str]:
    known = {_key(name): name for name in COLUMNS}
    for name in COLUMNS:
        for lang in LANGS:
            known.setdefault(_key(label("column", name, lang)), name)
    for name, words in _EVERYDAY.items():
        for word in words.split(";"):
            known.setdefault(_key(word), name)
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
    return re.findall(r"\w+", letters.repair(text).replace("_", " ").casefold().replace("ё", "е"))
