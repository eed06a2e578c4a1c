"""A phone and what stands beside it are told apart, and what was written comes back."""

from __future__ import annotations

import pytest

from legalmap.desk.problems import Refused
from legalmap.desk.reading.phones import canonical, read, whatsapp
from legalmap.model import Phone


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("+996 (312) 65-10-10 (приёмная)", "+996312651010 (приёмная)"),
        ("(0312) 65-10-10 (доверие)", "+996312651010 (доверие)"),
        ("0 (312) 65 10 10 (x)", "+996312651010 (x)"),
        (
            "+996 312 65-10-10 (приёмная); +996 (555) 12-34-56 (WhatsApp); 114",
            "+996312651010 (приёмная); +996555123456 (WhatsApp); 114",
        ),
        ("0312651010 (room 101, ext 102)", "+996312651010 (room 101, ext 102)"),
        ("0312651010 (room 101; ext 102); 114", "+996312651010 (room 101, ext 102); 114"),
        ("0312651010, 114 (day, night)", "+996312651010; 114 (day, night)"),
        ("114 (24/7)", "114 (24/7)"),
        ("тел. 0312651010", "+996312651010"),
        ("Телефон: 0312651010", "+996312651010"),
        ("приёмная: 0312651010", "+996312651010 (приёмная)"),
        ("факс 0312651010", "+996312651010 (факс)"),
        ("факс 0312651010 (приёмная)", "+996312651010 (факс, приёмная)"),
        ("(приёмная) 0312651010", "+996312651010 (приёмная)"),
        ("0312651010 - приёмная", "+996312651010 (приёмная)"),
    ],
)
def test_a_number_is_read_with_its_label(written: str, text: str) -> None:
    assert canonical(written) == text
    assert canonical(text) == text


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("0312651010 (room (101))", "phone_unreadable"),
        ("0312651010 (room", "phone_unreadable"),
        ("0312651010 room)", "phone_unreadable"),
        ("0312651010 (101)", "phone_impossible"),
        ("0312651010 (;)", "phone_unreadable"),
        ("факс 2: 0312651010", "phone_unreadable"),
        ("факс 0312651010 тел 0312651011", "phone_unreadable"),
        ("0312651010 0312651011", "phone_unreadable"),
        ("(приёмная)", "phone_unreadable"),
    ],
)
def test_what_could_be_two_things_is_refused(written: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        canonical(written)
    assert refusal.value.code == code


def test_the_canonical_text_reads_back_into_numbers_and_labels() -> None:
    assert read(canonical("0312 65-10-10 (room 101; ext 102); 114")) == (
        Phone(number="+996312651010", label="room 101, ext 102"),
        Phone(number="114"),
    )


def test_a_whatsapp_number_may_say_that_it_is_one() -> None:
    assert whatsapp("WhatsApp: +996 555 12-34-56") == "+996555123456"


@pytest.mark.parametrize("written", ["114", "0555123456; 0555123457", "0555123456 (Айгүл)", "wa.me/Aigul"])
def test_a_whatsapp_cell_is_one_number_without_other_words(written: str) -> None:
    with pytest.raises(Refused):
        whatsapp(written)
