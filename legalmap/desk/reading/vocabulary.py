"""Values of a column by any name people give them: the value, its labels in three languages, everyday words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from legalmap import letters
from legalmap.desk.problems import Refused
from legalmap.desk.reading.synonyms import SYNONYMS
from legalmap.model import LANGS
from legalmap.wording import label, labels

ADMISSION = (
    "with_children", "boys_up_to_N", "self", "needs_letter", "needs_tests", "night", "max_days_N", "female_staff",
)  # fmt: skip
_LARGEST = {"boys_up_to_N": 99, "max_days_N": 999}


def value(family: str, values: Sequence[str], text: str) -> str:
    """The value that `text` names. Raises Refused with the nearest."""
    names = names_of(family, tuple(values))
    key = _key(text)
    if key in names:
        return names[key]
    close = difflib.get_close_matches(key, names, n=3, cutoff=0.5)
    nearest = list(dict.fromkeys(names[name] for name in close)) or list(values[:8])
    raise Refused("value_unknown", nearest=labels(family, nearest))


def several(family: str, values: Sequence[str], text: str) -> str:
    """Values separated by `;`, `|`, a line break, or a comma that is not part of a label ("Семья, развод")."""
    names = names_of(family, tuple(values))
    found: list[str] = []
    for part in re.split(r"[;|\n]", text):
        whole = names.get(_key(part))
        pieces = [whole] if whole else [one for piece in _parts(part) for one in _both(piece, names)]
        found.extend(value(family, values, piece) for piece in pieces)
    return listed(found)


def admission(text: str) -> str:
    """Whom a shelter takes, and how; "мальчики до 12" is `boys_up_to_12`. Raises Refused with the nearest."""
    return listed(_admitted(part) for part in _parts(text))


def _admitted(text: str) -> str:
    numbers = re.findall(r"[0-9]+", text)
    found = value("admission", ADMISSION, re.sub(r"[0-9]+", "#", text))
    if not found.endswith("_N"):
        return found
    if len(numbers) != 1 or not 0 < int(numbers[0][:6]) <= _LARGEST[found]:
        raise Refused("value_unknown", nearest=found.replace("N", "7"))
    return found.replace("N", str(int(numbers[0])))


def listed(found: Iterable[str]) -> str:
    """Several values as one canonical cell."""
    return "; ".join(dict.fromkeys(found))


@cache
def names_of(family: str, values: tuple[str, ...]) -> dict[str, str]:
    """What every name means. Values go before labels, labels before everyday words."""
    names = {_key(value.replace("_N", "_#")): value for value in values}
    for found in values:
        for lang in LANGS:
            for source in (family, f"{family}.desk", f"{family}.short"):
                names.setdefault(_key(label(source, found, lang).replace("{n}", "#")), found)
    for found, words in SYNONYMS.get(family, {}).items():
        for word in words:
            names.setdefault(_key(word), found)
    return names


def _key(text: str) -> str:
    return letters.search_key(text.replace("_", " "))


def _both(text: str, names: Mapping[str, str]) -> list[str]:
    """ "русский/кыргызский", "кыргызский и русский": two values, unless the whole is the name of one."""
    return [text] if _key(text) in names else re.split(r"\s*/\s*|\s+(?:и|жана|and)\s+", text)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;|,\n]", text) if part.strip()]
