"""Bytes -> text: UTF-8 and UTF-16 are read, an old Cyrillic code page is offered, anything doubtful is refused."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from legalmap.desk.problems import FileRefused
from legalmap.desk.reading import headers
from legalmap.model import Problem

UNICODE = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be")
CODE_PAGES = ("cp1251", "koi8-r", "cp866", "mac-cyrillic", "iso8859-5")
"""Old Cyrillic code pages; none of them has ө ү ң."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CYRILLIC_IN_UTF8 = re.compile(rb"[\xd0-\xd3][\x80-\xbf]")
_FREQUENT = frozenset("оеаинтсрлкдмуыбг")
"""The commonest letters of Russian and Kyrgyz: two thirds of a text; of a text in the wrong code page a quarter."""
_SIGNS = frozenset("№«»“”„‘’–—…•°§\u00a0")
"""Signs beyond ASCII that texts have."""
_SAMPLE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The text of a file, the encoding it was read in, and what has to be asked about that."""

    text: str
    encoding: str
    problems: tuple[Problem, ...] = ()


def decode(data: bytes, chosen: str = "") -> Decoded:
    """The text of `data`. `chosen`: the encoding that a person named, one of UNICODE or CODE_PAGES. An old code page is
    never taken without a yes: question `encoding_guessed` with a sample. Raises FileRefused."""
    if chosen:
        try:
            return Decoded(text=data.decode(chosen).removeprefix("\ufeff"), encoding=chosen)
        except UnicodeDecodeError as fault:
            raise FileRefused("file_not_in_encoding", value=chosen, byte=fault.start) from fault
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _marked(data, bom, encoding)
    if b"\0" in data and (found := _utf16(data)):
        return found
    try:
        return Decoded(text=data.decode("utf-8"), encoding="utf-8")
    except UnicodeDecodeError as fault:
        return _legacy(data, fault)


def _marked(data: bytes, bom: bytes, encoding: str) -> Decoded:
    try:
        text = data[len(bom) :].decode(encoding.removesuffix("-sig"))
    except UnicodeDecodeError as fault:
        raise _refused(data, fault) from fault
    return Decoded(text=text, encoding=encoding)


def _utf16(data: bytes) -> Decoded | None:
    """UTF-16 without its mark is believed where its first line names one of our columns."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]
        if any(headers.column(cell.strip('" ')) for cell in re.split(r"[,;\t|]", first)):
            return Decoded(text=text, encoding=encoding)
    return None


def _refused(data: bytes, fault: UnicodeDecodeError) -> FileRefused:
    line = data.count(b"\n", 0, fault.start) + 1
    if fault.end >= len(data) - 3 and ("end" in fault.reason or "truncated" in fault.reason):
        return FileRefused("file_cut", at=line)
    return FileRefused("file_mixed_encodings", at=line)


def _legacy(data: bytes, fault: UnicodeDecodeError) -> Decoded:
    if len(_CYRILLIC_IN_UTF8.findall(data[: fault.start])) > 1 or len(_CYRILLIC_IN_UTF8.findall(data)) > 3:
        raise _refused(data, fault) from fault  # the rest is UTF-8: whatever this is, it is not one encoding
    guesses = {encoding: data.decode(encoding, "replace") for encoding in CODE_PAGES}
    best = max(CODE_PAGES, key=lambda encoding: _plausible(guesses[encoding]))
    sample = _sample(guesses[best])
    if _plausible(guesses[best]) < 1 or not sample:
        raise FileRefused("file_not_utf8", byte=fault.start) from fault
    question = Problem(
        code="encoding_guessed", level="question", value=sample,
        params={"encoding": best, "others": ", ".join(page for page in CODE_PAGES if page != best)},
    )  # fmt: skip
    return Decoded(text=guesses[best], encoding=best, problems=(question,))


def _plausible(text: str) -> float:
    """How much the letters beyond ASCII look like Russian or Kyrgyz: about 1.6 for real text, below 1 for none."""
    letters = [letter for letter in text if letter > "\x7f"]
    if not letters:
        return 0.0
    cyrillic = sum(letter.lower() in "абвгдеёжзийклмнопрстуфхцчшщъыьэюя№«»" for letter in letters) / len(letters)
    frequent = sum(letter.lower() in _FREQUENT for letter in letters) / len(letters)
    # in the wrong page capitals and small letters change places: "нАРЫН"
    # and words of two alphabets or signs of tables come out: "CafИ", "■БШР"
    odd = len(re.findall(r"[а-яё][А-ЯЁ]|[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]", text)) / len(letters)
    odd += sum(not letter.isalnum() and letter not in _SIGNS for letter in letters) / len(letters)
    return cyrillic + frequent - 4 * odd


def _sample(text: str) -> str:
    """The first words beyond ASCII: what a person can judge the guess by."""
    words = re.findall(r"[^\s,;|\"]*[^\x00-\x7f][^,;|\"\r\n]*", text)
    return " · ".join(dict.fromkeys(word.strip() for word in words))[:_SAMPLE]
