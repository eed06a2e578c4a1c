"""What texts, settlements and rayons are called in one language: the same on pages, on the map and on the phone."""

from __future__ import annotations

import re

from legalmap.directory.edition import Directory
from legalmap.model import Center, Lang, Localized


def said(text: Localized, lang: str) -> tuple[str, str]:
    """`text` in `lang`, else in the language that comes nearest, and that language: by its letters where nobody named
    it, `lang` where there is no text."""
    found, written = text.in_lang(lang)
    if found and not written:
        written = _guess(found)
    return found, written or lang


def _guess(text: str) -> str:
    if re.search("[өүңӨҮҢ]", text):
        return "ky"
    return "ru" if re.search("[а-яёА-ЯЁ]", text) else "en"


def settlement(directory: Directory, center: Center, lang: Lang) -> str:
    """The name of a center's settlement, from the gazetteer where it is known there."""
    place = directory.places.by_id.get(center.place_id)
    return place.names.in_lang(lang)[0] if place else center.settlement


def rayon_name(directory: Directory, rayon: str, lang: Lang) -> str:
    """A rayon by its id; a name that came as plain text only where its letters are those of the language."""
    known = directory.rayons.get(rayon)
    if known:
        return known.names.in_lang(lang)[0]
    return rayon if rayon.isascii() == (lang == "en") else ""
