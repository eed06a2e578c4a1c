"""Phone numbers as people write them -> E.164 or a short code, with the label in brackets."""

from __future__ import annotations

import re

import phonenumbers

from legalmap.desk.problems import Refused
from legalmap.model import Phone


def canonical(text: str) -> str:
    """Numbers separated by `;` (or a comma between whole numbers): `+996312651010 (trust line); 114`.

    Raises Refused naming what cannot be dialed.
    """
    parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
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


def _by_comma(part: str) -> list[str]:
    pieces = [piece.strip() for piece in part.split(",")]
    return pieces if all(re.search(r"\d{3}", piece) for piece in pieces) else [part]


def _one(text: str) -> str:
    """E.164 or a short code, with its label in brackets. Source: the phonenumbers library, region KG."""
    match = re.fullmatch(r"([^()]*)(?:\(([^()]*[^\d\s()+-][^()]*)\))?\s*", text)
    digits = text if match is None else match[1].strip()
    name = "" if match is None else (match[2] or "").strip()
    if re.search(r"\d[eе][+-]?\d", digits, re.IGNORECASE):
        raise Refused("phone_scientific")
    if re.search(r"[^\d\s()+.\-–/]", digits):
        raise Refused("phone_unreadable")
    try:
        number = phonenumbers.parse(digits, "KG")
    except phonenumbers.NumberParseException as fault:
        raise Refused("phone_unreadable") from fault
    plain = re.sub(r"\D", "", digits)
    # "valid" is false for 111, 112, 114, 115 and 117, so "possible" decides for short codes
    if len(plain) <= 5 and plain[:1] != "0" and phonenumbers.is_possible_short_number_for_region(number, "KG"):
        result = plain
    elif phonenumbers.is_valid_number(number):
        result = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    else:
        raise Refused("phone_impossible")
    return f"{result} ({name})" if name else result


def whatsapp(text: str) -> str:
    """A WhatsApp number in E.164, from a number or a wa.me link. Raises Refused."""
    link = re.fullmatch(r"(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send\?phone=)\+?(\d{8,15})/?", text)
    number = _one("+" + link[1] if link else text)
    if not number.startswith("+"):
        raise Refused("phone_impossible")
    return number
