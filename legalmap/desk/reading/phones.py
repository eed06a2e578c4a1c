"""Phone numbers as people write them -> E.164 or a short code, with the label in brackets."""

from __future__ import annotations

import re
from contextlib import suppress

import phonenumbers

from legalmap.desk.problems import Refused
from legalmap.model import Phone

_BRACKETS = re.compile(r"\(([^()]*)\)")
_OUTSIDE = r"(?![^()]*\))"
"""Not inside brackets: no closing bracket follows before the next opening one."""
_A_WORD = r"[^\d\s+\-–—,;]"
"""What makes a text in brackets a label; digits and marks alone are an area code."""
_TRUNK = re.compile(r"(?<![\d+])8[\s(-]*0?\(?(?!800)\d{3}")
"""Soviet long distance: 8, then the code of the town."""
_BETWEEN = re.compile(rf"(?:[,/]|\s(?:и|или|жана|же|and|or)\s){_OUTSIDE}")
_EXTENSION = re.compile(r"(?:доб|добавочн\w*|вн|внутр\w*|ички|ext|extension)\.?\s*:?\s*(\d{1,5})(?!\d)", re.IGNORECASE)
_LETTER_FOR_ZERO = re.compile(r"(?<!\w)[оo]+(?=\d)|(?<=\d)[оo]+(?=\d)", re.IGNORECASE)
_IS_A_PHONE = re.compile(r"(?:тел|телефон\w*|tel|phone|ph)\.?", re.IGNORECASE)
"""Says nothing of a number in a column of numbers."""


def read_numbers(text: str) -> tuple[str, str]:
    """The canonical form of `text`, and the code of a notice where the old trunk prefix 8 was left out."""
    found = canonical(text)
    dropped = _TRUNK.search(text) and not _TRUNK.search(found)
    return found, "phone_trunk" if dropped else ""


def canonical(text: str) -> str:
    """Numbers separated by `;`, by a comma, a slash or "and" between whole numbers: `+996312651010 (trust line); 114`.

    A word beside a number is its label, an extension ("доб. 112") too; labels hold no brackets and no `;`. Raises
    Refused naming what cannot be dialed.
    """
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
    if re.sub(r"[^()]", "", text).replace("()", "") or _LETTER_FOR_ZERO.search(text):
        raise Refused("phone_unreadable")  # brackets nested or left open; О312 with a letter
    text = re.sub(rf",{_OUTSIDE}\s*(?={_EXTENSION.pattern})", " ", text, flags=re.IGNORECASE)
    parts = [part.strip() for part in re.split(rf"[;\n]{_OUTSIDE}", text) if part.strip()]
    numbers = [_one(piece) for part in parts for piece in _by_comma(part)]
    return "; ".join(dict.fromkeys(numbers))


def read(text: str) -> tuple[Phone, ...]:
    """The numbers of a canonical cell."""
    found = []
    for part in text.split("; "):
        number, _, rest = part.partition(" (")
        if number:
            found.append(Phone(number=number, label=rest.removesuffix(")")))
    return tuple(found)


def is_landline(phone: Phone) -> bool:
    """Whether the number's area code shows the town."""
    if not phone.number.startswith("+"):
        return False
    kind = phonenumbers.number_type(phonenumbers.parse(phone.number))
    return kind == phonenumbers.PhoneNumberType.FIXED_LINE


def whatsapp(text: str) -> str:
    """A WhatsApp number in E.164, from a number or a wa.me link. Raises Refused."""
    link = re.fullmatch(r"(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send\?phone=)\+?(\d{8,15})/?", text)
    (phone, *others) = read(canonical("+" + link[1] if link else text)) or (Phone(number=""),)
    if not phone.number.startswith("+"):
        raise Refused("phone_impossible")
    if others or phone.label.casefold() not in {"", "whatsapp", "ватсап", "вотсап"}:
        raise Refused("phone_unreadable")  # the column holds one number and no words
    return phone.number


def _by_comma(part: str) -> list[str]:
    """Cut where every piece can be dialed by itself: "65-10-10/11" is one number and half of another."""
    pieces = [piece.strip() for piece in _BETWEEN.split(part)]
    whole = all(re.search(r"\d{3}", _BRACKETS.sub("", piece)) for piece in pieces)
    return pieces if whole else [part]


def _one(text: str) -> str:
    """One number with its label, canonical."""
    labels = [label for label in map(_label, _BRACKETS.findall(text)) if re.search(_A_WORD, label)]
    bare = _BRACKETS.sub(lambda found: " " if re.search(_A_WORD, _label(found[1])) else found[0], text)
    if extension := _EXTENSION.search(bare):
        labels.append(_label(extension[0]))
        bare = bare[: extension.start()].rstrip(" ,") + " " + bare[extension.end() :]
    if re.search(r"\d[eе][+-]?\d", bare, re.IGNORECASE):
        raise Refused("phone_scientific")
    beside = re.fullmatch(r"([^\d+()]*)([\d\s()+.\-–/]*)([^\d+()]*)", bare.strip())
    if beside is None or not re.search(r"\d", beside[2]):
        raise Refused("phone_unreadable")
    before, after = _label(beside[1]), _label(beside[3])
    if _IS_A_PHONE.fullmatch(before):
        before = ""
    number = _number(beside[2].strip())
    # "-" before a number or "," after it is no word
    words = [word for word in (before, *labels, after) if re.search(_A_WORD, word)]
    return f"{number} ({', '.join(dict.fromkeys(words))})" if words else number


def _label(text: str) -> str:
    return " ".join(text.replace(";", ",").split()).strip(" ,:–—-")


def _number(digits: str) -> str:
    """E.164 or a short code. Source: the phonenumbers library, region KG."""
    try:
        number = phonenumbers.parse(digits, "KG")
    except phonenumbers.NumberParseException as fault:
        raise Refused("phone_unreadable") from fault
    plain = re.sub(r"\D", "", digits)
    if _TRUNK.match(digits) and not phonenumbers.is_valid_number(number):
        with suppress(phonenumbers.NumberParseException):
            number = phonenumbers.parse(plain[1:], "KG")
    # "valid" is false for 111, 112, 114, 115 and 117, so "possible" decides for short codes
    if len(plain) <= 5 and plain[:1] != "0" and phonenumbers.is_possible_short_number_for_region(number, "KG"):
        return plain
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise Refused("phone_impossible")
