"""A PIN has six digits and is none of those that anybody would try first; most others are free to choose."""

from __future__ import annotations

import pytest

from legalmap.people.phones import weakness


@pytest.mark.parametrize(
    "pin",
    ["123456", "654321", "012345", "111111", "121212", "123123", "123321", "112211", "147258", "150890", "900815",
     "081590", "198512", "121985", "202020"],
)  # fmt: skip
def test_what_anybody_would_try_first_is_refused(pin: str) -> None:
    assert weakness(pin) == "pin_common"


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "абвгде", "٤٢٨٧١٩", "12 345", "902714\n"])
def test_anything_but_six_digits_is_refused(pin: str) -> None:
    assert weakness(pin) == "pin_digits"


def test_most_pins_are_free_to_choose() -> None:
    free = sum(not weakness(f"{pin:06d}") for pin in range(7, 1_000_000, 997))
    assert 0.8 < free / len(range(7, 1_000_000, 997)) < 0.95
