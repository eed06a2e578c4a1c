"""Codes and labels are easy to say, and a slip of the tongue is found before anybody looks anything up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from legalmap.model import LANGS, Problem
from legalmap.people.keys import Keys
from legalmap.referrals import codes, labels
from legalmap.wording import word

DIGITS = st.text("0123456789", min_size=11, max_size=11)


def test_the_check_digit_is_that_of_the_published_table() -> None:
    assert codes.with_check("572") == "5724"  # the example of Damm's dissertation


@given(DIGITS, st.data())
def test_every_wrong_digit_and_every_swap_of_neighbors_is_a_slip_in_words(digits: str, data: st.DataObject) -> None:
    code = codes.with_check(digits)
    assert codes.read(codes.shown(code)) == code
    place = data.draw(st.integers(0, 11))
    other = data.draw(st.sampled_from("0123456789").filter(lambda one: one != code[place]))
    swapped = code[:place] + code[place + 1 : place + 2] + code[place] + code[place + 2 :]
    for wrong in (code[:place] + other + code[place + 1 :], swapped):
        if wrong != code:
            assert codes.read(wrong) == Problem(code="code_mistyped", level="error")


@pytest.mark.parametrize(
    "pattern", ["{}{}{}{}", "{}-{}-{}-{}", " {} {}  {}\t{}\n", "{}\u2013{}\u2011{}\u2212{}", "{}\u00a0{}\u202f{} {}"]
)
def test_spaces_and_hyphens_do_not_count(pattern: str) -> None:
    code = codes.with_check("01234567890")
    assert codes.read(pattern.format(code[:3], code[3:6], code[6:9], code[9:])) == code


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("０１２３４５６７８９０１", "code_other_digits"),
        ("٠١٢٣٤٥٦٧٨٩٠١", "code_other_digits"),
        ("12345678901²", "code_other_digits"),
        ("123-456-789-01O", "code_letters"),
        ("123\x00456789012", "code_letters"),
        ("123.456.789.012", "code_letters"),
        ("", "code_length"),
        ("123-456-789-01", "code_length"),
        ("1" * 100_000, "code_length"),
        ("\ud800", "code_letters"),
    ],
)
def test_what_is_no_code_is_told_in_words(typed: str, said: str) -> None:
    found = codes.read(typed)
    assert isinstance(found, Problem)
    assert found.code == said
    assert len({word(found, lang) for lang in LANGS}) == 3


def test_a_form_stands_for_one_code_of_one_member(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(Fernet.generate_key())
    (tmp_path / "key").chmod(0o600)
    keys = Keys(tmp_path / "key")
    made = {codes.from_token(keys, member, token, place) for member in "ab" for token in "xy" for place in (0, 1)}
    assert len(made) == 8
    assert codes.from_token(keys, "a", "x") in made
    assert all(codes.read(code) == code for code in made)


FOLDED = {
    "ky": "ң:н ө:о ү:у ы:и э:е п:б т:д к:г с:з ш:ж",
    "ru": "ё:е о:а э:е я:а и:е ы:е п:б т:д к:г с:з ш:ж щ:ж ф:в ь: ъ:",
    "en": "ph:f ck:k c:k z:s y:i v:f d:t b:p g:k",
}
"""Sounds that are easily taken for one another on the phone."""


def as_heard(word_: str, lang: str) -> str:
    for pair in FOLDED[lang].split(" "):
        letters, sound = pair.split(":")
        word_ = word_.replace(letters, sound)
    return re.sub(r"(.)\1", r"\1", word_)


def apart(one: str, other: str) -> int:
    """Letters to put in, take out or change (Levenshtein)."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        before, row[0] = row[0], place
        for column, against in enumerate(other, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (letter != against))
    return row[-1]


@pytest.mark.parametrize("lang", LANGS)
def test_words_of_labels_are_many_short_and_sound_like_no_other(lang: str) -> None:
    words = labels.words(lang)
    assert len(words) >= 150
    letters = {"ky": "а-яңөү", "ru": "а-я", "en": "a-z"}[lang]
    assert [one for one in words if not re.fullmatch(f"[{letters}]{{3,12}}", one)] == []
    heard = [as_heard(one, lang) for one in words]
    alike = {
        (words[first], words[second])
        for first in range(len(words))
        for second in range(first)
        if heard[first][:4] == heard[second][:4]
        or heard[first].startswith(heard[second])
        or heard[second].startswith(heard[first])
        or (abs(len(heard[first]) - len(heard[second])) < 2 and apart(heard[first], heard[second]) < 2)
    }
    assert alike == set()


def test_a_label_is_two_words_that_name_nothing_else_in_either_order() -> None:
    words = labels.words("ky")
    taken = {f"{one} {other}" for one in words for other in words if one < other} - {f"{words[3]} {words[7]}"}
    assert labels.choose("ky", taken) in {f"{words[3]} {words[7]}", f"{words[7]} {words[3]}"}
    with pytest.raises(LookupError):
        labels.choose("ky", taken | {f"{words[7]} {words[3]}"})
