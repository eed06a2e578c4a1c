"""Letters of Kyrgyz and Russian: repaired for keeping, folded for searching, put in alphabetical order."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

TABLES = Path(__file__).with_suffix(".json")
"""The tables are data of their own so that the phone folds letters by the same ones."""
_TABLES: dict[str, Any] = json.loads(TABLES.read_text("utf-8"))
_CHARACTERS: dict[str, str] = _TABLES["characters"]

_LOOK_ALIKE = str.maketrans(_TABLES["look_alikes"])
"""Letters that only look like Kyrgyz ones; NFC and NFKC leave them alone (seen in texts of ministries)."""
_OLD_FONT = str.maketrans(_TABLES["old_font"])
_NEIGHBORS = re.compile("[іґқғҳӣӯ]", re.IGNORECASE)
"""Letters of Ukrainian, Belarusian, Uzbek and Tajik that Kyrgyz and Russian lack."""
_CYRILLIC_TWIN = str.maketrans(_TABLES["twins"])

_INVISIBLE = re.compile(f"[{_CHARACTERS['invisible']}]")
_SPACE_LIKE = re.compile(f"[{_CHARACTERS['spaces']}]")
_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"[А-Яа-яЁёӨөҮүҢң0-9 \n.,;:()/№«»–—!?%+*=\"'-]*")
"""What most cells are made of: nothing in it is ever put right, and one look tells."""
_TWO_SCRIPTS = re.compile("[A-Za-z].*[Ѐ-ԯ]|[Ѐ-ԯ].*[A-Za-z]")

_FOLD = str.maketrans(_TABLES["folds"])
"""What people leave out when they type: Kyrgyz letters on a Russian keyboard, dots, signs; and the letters of
the neighbors for the same sounds (Uzbek ў қ ғ ҳ, Kazakh і ә ұ һ, Tajik ӣ ӯ, Turkish ş ç ğ ı)."""

_IN_WORD = re.compile(rf"(?<=[^\W\d_])[{_CHARACTERS['apostrophes']}]+(?=[^\W\d_])")
"""Uzbek oʻ and gʻ in all the ways to type them, and the soft sign of Latin names (Gul'cha)."""
_SEPARATORS = re.compile(f"[{_CHARACTERS['separators']}]+")

_ALPHABET: dict[str, str] = _TABLES["alphabets"]
"""Order as in CLDR: ё is a letter of its own in Kyrgyz, a kind of е in Russian."""


def _settled(step: Callable[[str], str], text: str) -> str:
    """`text` after `step` as often as it changes anything: what one removes may let two others meet."""
    while (changed := step(text)) != text:
        text = changed
    return text


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
    return text if text.isascii() or _PLAIN.fullmatch(text) else _settled(_repaired, text)


def _repaired(text: str) -> str:
    visible = _SPACE_LIKE.sub(" ", _INVISIBLE.sub("", text))
    composed = unicodedata.normalize("NFC", visible.translate(_LOOK_ALIKE))
    return _WORD.sub(_whole_word, composed)


def look(text: str) -> str:
    """What texts share that look the same in capitals, whichever alphabet their letters are of."""
    return text.upper().translate(_CYRILLIC_TWIN)


def of_two_scripts(text: str) -> list[str]:
    """The words of `text` that mix Latin and Cyrillic letters; a hyphen parts words ("IT-центр" is none)."""
    return [word for word in _WORD.findall(text) if _TWO_SCRIPTS.search(word)]


def in_old_font(text: str, *, kyrgyz: bool = False) -> bool:
    """Whether `text` came through a Kyrgyz font of the eight-bit days, in which є ї ў stood for ө ү ң ("Ємїрбек").

    A letter that only Ukrainian, Belarusian, Uzbek or Tajik has says no; ў alone, which is Uzbek too, says yes
    only where the text is known to be `kyrgyz`.
    """
    found = set(text) & _TABLES["old_font"].keys()
    return bool(found - ({"ў", "Ў"} if not kyrgyz else set())) and not _NEIGHBORS.search(text)


def from_old_font(text: str) -> str:
    """`text` with the letters that an old font showed as ө ү ң."""
    return text.translate(_OLD_FONT)


def search_key(text: str) -> str:
    """`text` folded so that two spellings of a name meet: "Ысык-Көл" and "ысык кол" are one key.

    Keeps ы/и and к/г apart: folding them would join different villages. Never raises.
    """
    return _settled(_folded, text)


def _folded(text: str) -> str:
    letters = _IN_WORD.sub("", repair(text).lower()).translate(_FOLD)
    return _SEPARATORS.sub(" ", letters).strip()


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


_TO_LATIN = str.maketrans(_TABLES["latin"])
_LATIN_SPELLINGS = [(re.compile(spelling), plain) for spelling, plain in _TABLES["latin_spellings"]]
_SOUND_SPELLINGS = [(re.compile(spelling), plain) for spelling, plain in _TABLES["sound_spellings"]]
"""Patterns that take a whole run of letters at once: settling must not take a pass for each of them."""


def latin_key(text: str) -> str:
    """`text` in one plain Latin spelling, so that "Токтогул" and "Toktogul", "Жибек" and "Dzhibek" meet.

    Coarser than search_key: for finding a name that must not be found, not for answering.
    """
    return _settled(_latin, search_key(text))


def _latin(key: str) -> str:
    return _respelled(key.translate(_TO_LATIN), _LATIN_SPELLINGS)


def sound_key(text: str) -> str:
    """`text` as it sounds, in plain Latin letters without spaces: "Тюп", "Түп" and "Tyup" are one key.

    Coarser than latin_key (ю and у, oe and o, single and double letters meet): for finding what a
    person may have meant when no name is written so, and for counting typing errors. Never raises.
    """
    return _settled(_sound, latin_key(text))


def _sound(key: str) -> str:
    return re.sub(r"(.)\1+", r"\1", _respelled(key.replace(" ", ""), _SOUND_SPELLINGS))


def _respelled(key: str, spellings: Iterable[tuple[re.Pattern[str], str]]) -> str:
    for spelling, plain in spellings:
        key = spelling.sub(plain, key)
    return key


def typos(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped with their neighbor; above `most`: most + 1.

    Source: optimal string alignment (Damerau 1964, Levenshtein 1966), in O(len(one) * len(other)).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and its == one[i - 2]:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:  # a swap reaches back two rows, but never below what the last one had
            return most + 1
    return min(row[-1], most + 1)
