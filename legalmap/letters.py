"""Letters of Kyrgyz and Russian: repaired for keeping, folded for searching, put in alphabetical order."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_LOOK_ALIKE = str.maketrans("ѳѲɵƟӊӉ", "өӨөӨңҢ")
"""Letters that only look like Kyrgyz ones; NFC and NFKC leave them alone (seen in texts of ministries)."""

_CYRILLIC_TWIN = str.maketrans("aceopxykABCEHKMOPTXY", "асеорхукАВСЕНКМОРТХУ")

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SPACE_LIKE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_WORD = re.compile(r"[^\W\d_]+")

_FOLD = str.maketrans({"ө": "о", "ү": "у", "ң": "н", "ё": "е", "ö": "o", "ü": "u", "ъ": None, "ь": None})
"""What people leave out when they type: Kyrgyz letters on a Russian keyboard, dots, signs."""

_SEPARATORS = re.compile(r"[\s\x00-\x1f\x7f_\-\u2010-\u2015\u2212\"'`´«»„“”‘’‚‹›ʻʼ′″.,;:()]+")

_ALPHABET = {
    "ky": "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя",
    "ru": "абвгдежзийклмнңоөпрстуүфхцчшщъыьэюя",
    "en": "abcdefghijklmnopqrstuvwxyz",
}
"""Order as in CLDR: ё is a letter of its own in Kyrgyz, a kind of е in Russian."""


def _whole_word(found: re.Match[str]) -> str:
    word = found.group()
    latin = sum(letter < "ɐ" for letter in word)
    cyrillic = sum("Ѐ" <= letter <= "ԯ" for letter in word)
    if not 0 < latin <= cyrillic:
        return word
    repaired = word.translate(_CYRILLIC_TWIN)
    # A Latin letter without a twin means that somebody wrote two alphabets on purpose.
    return word if any(letter < "ɐ" for letter in repaired) else repaired


def repair(text: str) -> str:
    """`text` as it is kept: NFC, look-alikes made right, odd spaces plain, invisible marks gone.

    Latin letters become Cyrillic only inside words that are otherwise Cyrillic. Spelling stays.
    """
    composed = unicodedata.normalize("NFC", text).translate(_LOOK_ALIKE)
    visible = _SPACE_LIKE.sub(" ", _INVISIBLE.sub("", composed))
    return _WORD.sub(_whole_word, visible)


def search_key(text: str) -> str:
    """`text` folded so that two spellings of a name meet: "Ысык-Көл" and "ысык кол" are one key.

    Keeps ы/и and к/г apart: folding them would join different villages. Never raises.
    """
    folded = repair(text).lower().translate(_FOLD)
    return _SEPARATORS.sub(" ", folded).strip()


@cache
def _weights(lang: str) -> dict[str, int]:
    return {letter: 100 + place for place, letter in enumerate(_ALPHABET.get(lang, _ALPHABET["en"]))}


def sort_key(text: str, lang: str) -> tuple[tuple[int, ...], tuple[bool, ...], str]:
    """A key that sorts names as a dictionary of `lang` (ky, ru; else English) does.

    Spaces and punctuation come first, then digits, the language's own letters, all others.
    Equal ones differ last: without marks before with (е before ё in Russian), small before capital.
    """
    weights = _weights(lang)
    letters = repair(text).lower()
    bases = [letter if letter in weights else unicodedata.normalize("NFD", letter)[0] for letter in letters]
    places = tuple(weights.get(base) or _foreign(base) for base in bases)
    marks = tuple(base != letter for base, letter in zip(bases, letters, strict=True))
    return places, marks, text.swapcase()


def _foreign(letter: str) -> int:
    """The place of what is no letter of the language: space, punctuation, digits, then other alphabets."""
    if letter.isalpha():
        return 1000 + ord(letter)
    if letter in "0123456789":
        return 10 + int(letter)
    return 0 if letter.isspace() else 1


_TO_LATIN = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "z", "и": "i", "й": "i", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ы": "i", "э": "e", "ю": "iu", "я": "ia",
})  # fmt: skip
_LATIN_SPELLINGS = (("dzh", "j"), ("dj", "j"), ("zh", "j"), ("kh", "h"), ("shch", "sh"), ("y", "i"), ("ng", "n"))


def latin_key(text: str) -> str:
    """`text` in one plain Latin spelling, so that "Токтогул" and "Toktogul", "Жибек" and "Dzhibek" meet.

    Coarser than search_key: for finding a name that must not be found, not for answering.
    """
    key = search_key(text).translate(_TO_LATIN)
    for spelling, plain in _LATIN_SPELLINGS:
        key = key.replace(spelling, plain)
    return re.sub(r"i+", "i", key)
